// Scanning a bottle: a hand scanner types what the label's code holds, an address or a code, and ends with Enter.
import { dirty, forgetField } from "./drafts.js";
import { here } from "./where.js";

const GAP_MS = 2000; // longer between two keys: not one scan
const AT_END = /(?:https?:\/\/\S*\/q\/)?([A-Z]{1,3}-\d{4,})\/?$/i;

/** Call `found` with each code that is scanned where nothing is typed, or into the field of an amount. */
export function listenToScanner(found) {
  let keys = [];
  addEventListener("keydown", (event) => {
    const { target, key } = event, field = here().querySelector("form.amount input[name=value]");
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || key === "Shift") return;
    const elsewhere = target !== field && target.closest?.("input,textarea,select");
    if (key === "Enter" && !elsewhere) {
      const scanned = keys.map((one) => one.key).join("").match(AT_END);
      if (scanned) {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (field) giveBack(field, keys[scanned.index]);
        found(scanned[1].toUpperCase());
      }
    }
    if (elsewhere || key.length !== 1) { keys = []; return; }
    if (keys.length && event.timeStamp - keys.at(-1).at > GAP_MS) keys = [];
    keys.push({ key, at: event.timeStamp, value: field?.value, typed: field && dirty.has(field.id) });
  }, true);
}

// Digits of a code land in the field of the amount: what stood there before stands there again.
function giveBack(field, { value, typed }) {
  if (field.value === value) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (!typed) forgetField(field);
}
