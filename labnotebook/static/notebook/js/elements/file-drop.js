// <file-drop> round a file input: drop several files on it, see their names before sending.
class FileDrop extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input[type=file]");
    const names = this.querySelector(".names");
    const box = this.querySelector(".drop") || this;
    if (!input) return;
    const show = () => {
      if (!names) return;
      names.textContent = [...input.files].map((file) => `${file.name} (${Math.ceil(file.size / 1024)} kB)`).join(", ");
    };
    input.addEventListener("change", show);
    for (const name of ["dragenter", "dragover"]) this.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.add("over");
    });
    for (const name of ["dragleave", "drop"]) this.addEventListener(name, () => box.classList.remove("over"));
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      const all = new DataTransfer();
      const dropped = [...event.dataTransfer.files];
      for (const file of input.multiple ? [...input.files, ...dropped] : dropped.slice(0, 1)) all.items.add(file);
      input.files = all.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
customElements.define("file-drop", FileDrop);
