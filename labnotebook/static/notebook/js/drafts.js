// Drafts of every form that is posted: what was typed stays until the server has taken it, through reload, an ended
// session, a crash. Not of passwords and files, and not where a page keeps its own (`data-own-drafts`).
const PREFIX = "draft:", SENT = "draft-sent";
const SKIP = new Set(["file", "hidden", "submit", "button"]);

const fields = (form) => [...form.elements].filter((el) => el.name && !SKIP.has(el.type));
const isChoice = (el) => el.type === "checkbox" || el.type === "radio";
const nameOf = (el) => (isChoice(el) ? `${el.name}=${el.value}` : el.name);

/** Keep the drafts of the forms that are there, and bring back what was typed in them. */
export function startDrafts() {
  const { person } = document.body.dataset;
  if (!person) return;
  for (const form of document.querySelectorAll("form[method=post]")) {
    if (form.dataset.draft || form.closest("[data-own-drafts]")) continue;
    if (!fields(form).length || form.querySelector("[type=password]")) continue;
    form.dataset.draft = keyOf(form, person);
    restore(form);
    form.addEventListener("input", () => keep(form));
    form.addEventListener("change", () => keep(form));
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, form.dataset.draft));
    // Before the answer is swapped in: afterwards this form is gone and hears nothing.
    form.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr } }) => {
      const taken = xhr.status < 300 && new URL(xhr.responseURL).pathname !== document.body.dataset.login;
      if (elt === form && taken) localStorage.removeItem(form.dataset.draft);
    });
  }
}

// By where the form goes and what it asks: a page may have several that go to one address.
function keyOf(form, person) {
  const asks = [...new Set(fields(form).map((el) => el.name))].join(",");
  const says = [...form.elements].filter((el) => el.type === "hidden" && el.name === "do").map((el) => el.value);
  const { pathname, search } = new URL(form.action);
  return `${PREFIX}${person}:${pathname}${search}:${[...says, asks].join(":")}`;
}

function keep(form) {
  const kept = {};
  for (const el of fields(form)) {
    const was = isChoice(el) ? el.defaultChecked : usual(el), is = isChoice(el) ? el.checked : el.value;
    if (is !== was) kept[nameOf(el)] = is;
  }
  if (Object.keys(kept).length) localStorage.setItem(form.dataset.draft, JSON.stringify(kept));
  else localStorage.removeItem(form.dataset.draft);
}
const usual = (el) => (el.options ? ([...el.options].find((one) => one.defaultSelected) || el.options[0])?.value : el.defaultValue);

function restore(form) {
  // The form came back with an error: the server's page already holds what was typed.
  if (form.querySelector("[aria-invalid=true],.error-summary,[role=alert]:not([hidden])")) return;
  const kept = JSON.parse(localStorage.getItem(form.dataset.draft) || "{}");
  let changed = 0;
  for (const el of fields(form)) {
    const value = kept[nameOf(el)];
    if (value === undefined) continue;
    if (isChoice(el)) el.checked = value; else el.value = value;
    el.dispatchEvent(new Event("change", { bubbles: true })); // what follows from it is drawn again
    changed += 1;
  }
  if (!changed) return;
  form.closest("details")?.setAttribute("open", "");
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "btn sm quiet", textContent: "Discard it" });
  const note = Object.assign(document.createElement("p"), { className: "help" });
  note.setAttribute("role", "status");
  note.append("What you typed here before is back. It is not saved yet. ", drop);
  drop.onclick = () => { localStorage.removeItem(form.dataset.draft); form.reset(); note.remove(); };
  form.prepend(note);
}

/** A sent draft is done with when the server took the form, that is, answered it with a redirect that leads neither to
 * the sign-in page nor to a refusal. Anything else keeps it. */
export function closeDrafts() {
  const key = sessionStorage.getItem(SENT);
  if (!key) return;
  sessionStorage.removeItem(SENT);
  const arrival = performance.getEntriesByType("navigation")[0];
  const { login, error } = document.body.dataset;
  const refused = error || location.pathname === login || document.querySelector(".error-summary,[aria-invalid=true]");
  if (!refused && arrival?.type === "navigate" && arrival.redirectCount > 0) localStorage.removeItem(key);
}
