// <copy-text><code>…</code><button type="button" hidden>Copy</button></copy-text>
import { toast } from "../shell.js";

class CopyText extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button) return;
    button.hidden = false;
    button.onclick = async () => {
      const code = this.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent.trim());
        toast("Copied.");
      } catch { // plain http has no clipboard: select it for Ctrl C
        getSelection().selectAllChildren(code);
        toast("Selected. Press Ctrl C to copy.");
      }
    };
  }
}
customElements.define("copy-text", CopyText);
