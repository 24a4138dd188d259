// <draft-form key="…"> keeps what was typed until the server has taken it: through reload, sign-out, a crash.
// forms.js drops the draft once the server has taken the form; an htmx form drops its own.
const PREFIX = "draft:";
const SKIP = new Set(["password", "file", "hidden", "submit", "button"]);

const fields = (form) => [...form.elements].filter((el) => el.name && !SKIP.has(el.type) && !el.dataset.noDraft);

class DraftForm extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    if (!form) return;
    this.key = `${PREFIX}${document.body.dataset.person || ""}:${this.getAttribute("key") || location.pathname}`;
    // The form came back with an error: the server's page already holds what was typed.
    if (!form.querySelector("[aria-invalid=true]")) this.restore(form);
    form.addEventListener("input", () => this.keep(form));
    form.addEventListener("change", () => this.keep(form));
    form.addEventListener("submit", () => sessionStorage.setItem("draft-sent", this.key));
    // Before the answer is swapped in: afterwards this form is gone and hears nothing.
    form.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr } }) => {
      const taken = xhr.status < 300 && new URL(xhr.responseURL).pathname !== document.body.dataset.login;
      if (elt === form && taken) localStorage.removeItem(this.key);
    });
  }

  keep(form) {
    const kept = {};
    for (const el of fields(form)) {
      const choice = el.type === "checkbox" || el.type === "radio";
      if (choice ? el.checked !== el.defaultChecked : el.value !== el.defaultValue) {
        kept[choice ? `${el.name}=${el.value}` : el.name] = choice ? el.checked : el.value;
      }
    }
    localStorage.setItem(this.key, JSON.stringify(kept));
  }

  restore(form) {
    const kept = JSON.parse(localStorage.getItem(this.key) || "{}");
    let changed = 0;
    for (const el of fields(form)) {
      const choice = el.type === "checkbox" || el.type === "radio";
      const value = kept[choice ? `${el.name}=${el.value}` : el.name];
      if (value === undefined) continue;
      if (choice) el.checked = value; else el.value = value;
      changed += 1;
    }
    if (!changed) return;
    const note = document.createElement("p");
    note.className = "help";
    note.setAttribute("role", "status");
    note.textContent = "What you typed here before is back. It is not saved yet. ";
    const drop = document.createElement("button");
    Object.assign(drop, { type: "button", className: "btn sm quiet", textContent: "Discard it" });
    drop.onclick = () => { localStorage.removeItem(this.key); form.reset(); note.remove(); };
    note.append(drop);
    form.prepend(note);
    form.dispatchEvent(new Event("draftrestored", { bubbles: true }));
  }
}
customElements.define("draft-form", DraftForm);
