//# allFunctionsCalledOnLoad
// Drafts: every key is kept on the tablet, and comes back until it is recorded.
import { drop, keep, rowsOf } from "./store.js";
import { follow } from "./weigh.js";
import { bench, name } from "./where.js";

const draftKey = (field) => `${name}:${field.id}`;
export const dirty = new Set();
/** Keep every key from now on; `typed` is told first. */
export function keepDrafts(typed) {
  document.addEventListener("input", ({ target }) => keepDraft(target, typed));
}
function keepDraft(target, typed) {
  if (!bench.contains(target) || !target.id || !/^(text|search|)$|textarea/.test(target.type || "")) return;
  dirty.add(target.id);
  keep("drafts", { key: draftKey(target), bench: name, id: target.id, value: target.value, order: Date.now() });
  typed();
  if (target.form) follow(target.form);
}
/** What a form said is recorded: its fields need no draft any more. */
export function forgetDraft(form) {
  for (const field of form.elements) forgetField(field);
}
export function forgetField(field) {
  if (!dirty.has(field.id)) return;
  dirty.delete(field.id);
  drop("drafts", draftKey(field));
}
/** Type again what was typed before the page was left. */
export async function restoreDrafts() {
  for (const draft of await rowsOf("drafts", name)) {
    const field = document.getElementById(draft.id);
    if (!field || field.value === draft.value) continue;
    field.value = draft.value;
    dirty.add(field.id);
    if (field.form) follow(field.form);
    const line = field.form?.querySelector(".echo");
    if (line) line.append(" Back from before, not recorded yet.");
  }
}
