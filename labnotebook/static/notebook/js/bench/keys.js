//# allFunctionsCalledOnLoad
// Keys: Enter, Space and Page Down (a foot pedal) do the one big button; digits go to the field.
import { dirty } from "./drafts.js";
import { here } from "./where.js";

function primary() {
  const place = here();
  const main = [...place.querySelectorAll("[data-main]")].find((one) => one.offsetParent && !one.disabled);
  const waits = ["open", "running"].includes(place.dataset.state) || place.dataset.kind === "finish";
  const form = place.querySelector("form.amount");
  if (main && (waits || (form && dirty.has(form.elements.value.id)))) return main;
  return place.querySelector(".foot .next") || main;
}
/** Listen from now on. */
export function listenToKeys() { addEventListener("keydown", press); }
function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const { target } = event;
  const field = here().querySelector("form.amount input[name=value]");
  const own = target.closest?.("button,a,summary,select,textarea,label,input") && target !== field;
  const pedal = event.key === "PageDown";
  if (pedal || (!own && target !== field && (event.key === " " || event.key === "Enter"))) {
    event.preventDefault();
    if (!event.repeat) primary()?.click();
  } else if (target === field && event.key === "Enter") {
    event.preventDefault();
    if (!event.repeat) primary()?.click();
  } else if (field && target !== field && !target.matches?.("input,select,textarea") && /^[\d.,]$/.test(event.key)) {
    field.focus();
    if (!dirty.has(field.id)) field.select();
  }
}
