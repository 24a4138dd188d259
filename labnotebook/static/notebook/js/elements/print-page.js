// <print-page></print-page>: a button that opens the browser's own dialog, where there are scripts to open it.
class PrintPage extends HTMLElement {
  connectedCallback() {
    if (this.firstChild) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn pri";
    button.innerHTML = '<svg class="i" aria-hidden="true"><use href="#i-print"></use></svg><span>Print</span>';
    button.onclick = () => print();
    this.append(button);
  }
}
customElements.define("print-page", PrintPage);
