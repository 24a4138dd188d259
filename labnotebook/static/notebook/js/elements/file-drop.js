// <file-drop> round a file input: drop several files on it, see their names before sending. More than ``data-most`` are not
// sent at once: it says so before anything leaves, sends the first ones if asked, and names the others on the next page.
const LEFT = "files-left", MOST_NAMED = 20;

class FileDrop extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input[type=file]");
    const names = this.querySelector(".names");
    const box = this.querySelector(".drop") || this;
    if (!input) return;
    const show = () => {
      if (!names) return;
      const told = [...input.files].slice(0, MOST_NAMED).map((file) => `${file.name} (${Math.ceil(file.size / 1024)} kB)`);
      const more = input.files.length - told.length;
      names.textContent = [...told, ...(more ? [`and ${more} more`] : [])].join(", ");
    };
    input.addEventListener("change", show);
    for (const name of ["dragenter", "dragover"]) this.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.add("over");
    });
    for (const name of ["dragleave", "drop"]) this.addEventListener(name, () => box.classList.remove("over"));
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      const dropped = [...event.dataTransfer.files];
      this.take(input, input.multiple ? [...input.files, ...dropped] : dropped.slice(0, 1));
    });
    this.limit(input);
  }

  take(input, files) {
    const all = new DataTransfer();
    for (const file of files) all.items.add(file);
    input.files = all.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  limit(input) {
    const said = this.querySelector(".too-many");
    if (!said || this.closest("file-inbox")) return; // the inbox sends them one by one
    const [words, button] = [document.createElement("span"), said.querySelector("button")];
    said.prepend(words);
    const most = () => Number(this.dataset.most);
    const check = () => {
      const count = input.files.length;
      button.hidden = count <= most();
      said.hidden = count <= most();
      if (count > most()) words.textContent = `${count} files are chosen, and ${most()} go at once. Nothing is sent yet.`;
    };
    input.addEventListener("change", check);
    input.form.addEventListener("submit", (event) => {
      if (input.files.length <= most()) return;
      event.preventDefault();
      button.focus();
    });
    button.addEventListener("click", () => {
      const all = [...input.files];
      const rest = all.slice(most()).map((file) => file.name);
      sessionStorage.setItem(LEFT, JSON.stringify({ to: new URL(input.form.action).pathname, rest }));
      this.take(input, all.slice(0, most()));
      input.form.requestSubmit();
    });
    const { to, rest } = JSON.parse(sessionStorage.getItem(LEFT) || "{}");
    if (to !== location.pathname) return;
    sessionStorage.removeItem(LEFT);
    said.hidden = false;
    words.textContent = `${rest.length} of the files that were chosen are not sent yet. Choose them again: ${rest.join(", ")}`;
  }
}
customElements.define("file-drop", FileDrop);
