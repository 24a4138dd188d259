//# allFunctionsCalledOnLoad
// One field: what was understood, how far off it is, and the question before anything is recorded; the number pad.
import { showRatio } from "./ratio.js";
import { askedBy, echo, readTyped, severity, shown, slip } from "./typed.js";
import { make } from "./status.js";

const FAR = () => Number(document.getElementById("bench").dataset.far || 5);
const KEYS = ["7", "8", "9", "4", "5", "6", "1", "2", "3", ".", "0", "⌫"];

/** Follow what is typed: echo, R, the unit behind the field. Does nothing to what is recorded. */
export function follow(form) {
  const field = form.elements.value;
  if (!field || field.tagName !== "INPUT" || !("unit" in form.dataset)) return;
  const asked = askedBy(form), read = readTyped(field.value, asked);
  const place = form.closest(".place"), line = form.querySelector(".echo");
  form.querySelector(".ask")?.remove();
  field.removeAttribute("aria-invalid");
  const unit = field.parentNode.querySelector("b");
  if (unit) unit.textContent = read?.named ? "" : asked.unit;
  const state = read ? severity(read.value, asked, FAR()) : "";
  if (line) {
    line.dataset.s = state;
    line.textContent = read ? echo(read, asked) : "";
  }
  if (form.classList.contains("amount")) {
    const portion = form.elements.portion ? Number(place.querySelector(".r")?.dataset.value || 0) : 0;
    showRatio(place, read && read.value !== undefined ? read.value + portion : null, FAR());
  }
}

/** Return what is to be asked before this is recorded, "" for nothing. */
export function questionOf(form) {
  const asked = askedBy(form), read = readTyped(form.elements.value?.value || "", asked);
  if (!read || read.value === undefined || form.elements.portion) return "";
  if (severity(read.value, asked, FAR()) !== "major") return "";
  const times = slip(read.value, asked);
  const r = form.classList.contains("amount") ? showRatio(form.closest(".place"), read.value, FAR()) : null;
  const target = form.closest(".place").querySelector(".r")?.dataset.target;
  const would = r === null ? "" : ` R would be ${r.toFixed(2)} instead of ${Number(target)}.`;
  const off = times ? `${times} the plan (${asked.plan})` : `far from the plan (${asked.plan})`;
  return `${shown(read.value, asked)} is ${off}.${would} Nothing is recorded yet.`;
}

/** Ask at the field: fix it, or it is right. */
export function ask(form, question, right) {
  form.querySelector(".ask")?.remove();
  const field = form.elements.value;
  const fix = make("button", { type: "button", className: "b", textContent: "Fix the number" });
  const yes = make("button", { type: "button", className: "b warnb", textContent: `It is right, record ${readTyped(field.value, askedBy(form)).text}` });
  const icon = document.querySelector("#icon-warn")?.content.cloneNode(true) || "";
  const box = make("div", { className: "ask" }, make("p", {}, icon, make("span", { textContent: question })),
    make("div", { className: "chips" }, fix, yes));
  box.setAttribute("role", "alert");
  form.prepend(box);
  field.setAttribute("aria-invalid", "true");
  fix.onclick = () => { box.remove(); field.removeAttribute("aria-invalid"); field.focus(); field.select(); };
  yes.onclick = () => { box.remove(); field.removeAttribute("aria-invalid"); right(); };
  fix.focus({ preventScroll: true });
}

/** The number pad, one for the page, moved to where one weighs. */
export function makePad() {
  const pad = make("div", { className: "pad" });
  pad.setAttribute("role", "group");
  for (const key of KEYS) {
    const button = make("button", { type: "button", className: "b key", textContent: key });
    if (key === ".") button.setAttribute("aria-label", "Decimal point");
    if (key === "⌫") button.setAttribute("aria-label", "Delete the last digit");
    button.onclick = () => press(pad, key);
    pad.append(button);
  }
  return pad;
}

function press(pad, key) {
  const field = pad.closest(".place")?.querySelector("form.amount input[name=value]");
  if (!field) return;
  const text = field.dataset.fresh ? "" : field.value;
  delete field.dataset.fresh;
  if (key === "⌫") field.value = text.slice(0, -1);
  else if (key === "." && /[.,]/.test(text)) return;
  else field.value = text + key;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Put the pad where it belongs; on a touch screen the tablet's own keys stay away. */
export function placePad(pad, place) {
  const room = place.querySelector(".pad-place");
  if (!room) return;
  room.append(pad);
  pad.setAttribute("aria-label", `Number pad for ${place.querySelector("form.amount").dataset.name}`);
  const field = place.querySelector("form.amount input[name=value]");
  if (matchMedia("(pointer:coarse) and (min-width:821px)").matches) field.inputMode = "none";
}
