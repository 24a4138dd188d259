//# allFunctionsCalledOnLoad
// From a form of the bench to the entries that it means, as synthesis/views/bench/forms.py does without scripts.
import { newId } from "./queue.js";
import { askedBy, codeOf, readTyped } from "./typed.js";

const shown = (value) => (value && typeof value === "object" ? Object.values(value).filter(Boolean).join(", ") : value ?? "");
const spaced = (text) => text.replace(/[\u202f\u00a0]/g, " ");

/** Return the entries, or null for a form that says nothing. */
export function entriesOf(form, submitter) {
  const data = new FormData(form, submitter);
  const said = Object.fromEntries(data);
  if (said.bottleless) delete said.value_lot;
  const at = form.dataset.at || new Date().toISOString();
  const entry = (kind, target, more = {}) => ({ id: newId(), kind, target, value: null, at, ...more });
  const why = said.reason ? { reason: said.reason } : {};
  if (said.do === "inject") {
    return [entry("step_start", said.inject, why), entry("step_finish", said.inject, why), entry("step_start", said.react, why)];
  }
  if (said.do === "quench") return [entry("step_finish", said.react, why), entry("step_start", said.quench, why)];
  if (said.do === "done_as_planned") {
    const numbers = (said.numbers || "").split(" ").filter(Boolean).map((name) => {
      const target = `${said.target}.${name}`;
      const value = spaced(document.querySelector(`form[data-target-is="${target}"]`)?.dataset.plan || "");
      return entry("parameter", target, { value, as_planned: true, ...why });
    });
    return [...numbers, entry("step_finish", said.target, why)];
  }
  const one = entry(said.kind, said.target || "", why);
  for (const flag of ["portion", "repeat"]) if (said[flag]) one[flag] = true;
  if ("old" in said && !one.portion) one.old = said.old;
  one.value = valueOf(form, said);
  if (said.as_planned) {
    const text = spaced(form.dataset.plan), lot = said.value_lot;
    return [{ ...one, value: lot ? { text, lot } : text, as_planned: true }];
  }
  const typed = (said.value || "").trim();
  if (["weighing", "parameter", "condition"].includes(said.kind) && !typed) {
    if (!form.dataset.recorded || said.kind === "condition") return null;
    const { old, ...rest } = one;
    return [{ ...rest, kind: "withdraw", value: null }];
  }
  if (["note", "lot"].includes(said.kind) && !shown(one.value).trim()) return null;
  return [one];
}

function valueOf(form, said) {
  const parts = {};
  for (const [name, text] of Object.entries(said)) {
    if (name.startsWith("value_") && text) parts[name.slice(6)] = text;
  }
  if (said.kind === "weighing" && Object.keys(parts).length) return { text: said.value || "", ...parts };
  if (said.kind === "lot") return said.value || codeOf(parts.text || "") || (parts.text || "").trim().toUpperCase();
  if (said.kind === "parameter") return readTyped(said.value || "", askedBy(form))?.text ?? (said.value || "");
  if (Object.keys(parts).length) return parts;
  return said.value ?? null;
}

/** What an entry says, for the list of what waits and for undo. */
export function wordsOf(entry, name) {
  const value = shown(entry.value);
  const verbs = {
    step_start: "started", step_finish: "done", skip: "left out", withdraw: "taken back", lot: `from ${value}`,
    note: `note: ${value}`, file: `kept ${value}`, deviation: `differently: ${value}`,
  };
  const said = verbs[entry.kind] || value;
  return `${name} ${said}${entry.as_planned ? ", as planned" : ""}`.trim();
}

export { shown };
