//# allFunctionsCalledOnLoad
// What waits is shown as if it were recorded, and said to be kept here.
import * as clocks from "./clock.js";
import { shown } from "./entries.js";
import { make } from "./status.js";
import { askedBy, readTyped } from "./typed.js";
import { bench, nameOf, placeOfKind, placeOfTarget } from "./where.js";

const clockOf = (at) => new Date(at).toTimeString().slice(0, 8);

/** Show what the queue holds; `takenAway` is told when a refused entry was. */
export function showWaiting(queue, takenAway) {
  bench.querySelectorAll("[data-not-taken]").forEach((line) => line.remove());
  for (const row of queue.rows) {
    const place = placeOfTarget(row.target) || (row.kind === "condition" || row.kind === "note" ? placeOfKind("air") : null);
    if (!place) continue;
    if (row.refused) notTaken(place, row, () => { queue.take(row.id); takenAway(); });
    else show(place, row, queue.isOnItsWay(row));
  }
}

function notTaken(place, row, takeAway) {
  const away = make("button", { type: "button", className: "b", textContent: "Take it away" });
  away.onclick = () => { line.remove(); takeAway(); };
  const line = make("div", { className: "err not-taken", dataset: { notTaken: "" } },
    make("p", { textContent: `${nameOf(row)} (${clockOf(row.at)}) was not taken: ${row.refused}` }), away);
  line.setAttribute("role", "alert");
  place.querySelector("header").after(line);
}
function show(place, row, isOnItsWay) {
  place.dataset.was ||= place.dataset.state;
  if (row.kind === "weighing") {
    const form = place.querySelector("form.amount"), read = readTyped(textOf(row), askedBy(form));
    const panel = place.querySelector(".r");
    if (panel && read?.value !== undefined) {
      panel.dataset.was ??= panel.dataset.value;
      panel.dataset.value = (row.portion ? Number(panel.dataset.value || 0) : 0) + read.value;
    }
    if (document.activeElement !== form.elements.value) form.elements.value.value = row.portion ? "" : textOf(row);
    said(form.querySelector(".echo"), `✓ ${textOf(row)}${row.as_planned ? ", as planned" : ""}`, row, isOnItsWay);
    form.dataset.recorded = textOf(row);
    place.dataset.state = "done";
    mainSays(place, "Correct");
    pours(place, row.value?.lot);
  } else if (row.kind === "lot") pours(place, shown(row.value));
  else if (row.kind === "parameter" || row.kind === "condition") {
    const form = bench.querySelector(`form[data-target-is="${CSS.escape(row.target)}"]`);
    if (!form) return;
    form.dataset.recorded = textOf(row);
    said(form.querySelector(".echo"), `✓ ${textOf(row)}${row.as_planned ? ", as planned" : ""}`, row, isOnItsWay);
  } else if (row.kind === "step_start" || row.kind === "step_finish") {
    const box = place.querySelector(".growth,.doing");
    const mine = box.dataset.react || box.dataset.key;
    const begins = row.kind === "step_start";
    if (row.target === box.dataset.quench && !begins) {
      box.dataset.cooled = row.at;
      place.dataset.state = "done";
    } else if (box.dataset.react && row.target === mine && !begins) box.dataset.ended = row.at;
    else if (row.target === mine) {
      box.dataset[begins ? "started" : "ended"] = row.at;
      if (begins && row.repeat) box.dataset.ended = "";
      if (begins) clocks.remember(mine, row.at, row.mono, row.origin);
      place.dataset.state = begins ? "running" : "done";
    } else if (!box.dataset.react) place.dataset.state = begins ? "running" : "done";
  } else if (row.kind === "observation") {
    const value = row.value?.appearance || (typeof row.value === "string" ? row.value : "");
    for (const button of place.querySelectorAll(".look,.col")) {
      const group = button.classList.contains("look") ? value : row.value?.colour;
      if (group) button.setAttribute("aria-pressed", String(button.value === group));
    }
    place.dataset.state = "done";
  } else if (row.kind === "skip") place.dataset.state = "out";
}
// The bottle is said: it is not said again with the next amount.
function pours(place, code) {
  saysBottle(place, false);
  if (!code) return;
  const box = place.querySelector(".bottle"), first = box.querySelector(":scope > form");
  box.dataset.s = "ok";
  if (first) first.hidden = true;
  if (code !== box.dataset.lot) box.querySelector("div").replaceChildren(make("span", {}, make("b", { textContent: code })), make("small", { textContent: "kept on this tablet" }));
}
function saysBottle(place, along) {
  const field = place.querySelector("form.amount [name=value_lot]");
  if (field) field.disabled = !along;
  place.querySelectorAll(".from,[name=bottleless]").forEach((words) => { words.hidden = !along; });
}
function mainSays(place, verb) {
  place.querySelectorAll("[data-main] .verb").forEach((words) => { words.textContent = verb; });
}
const textOf = (row) => (row.value && typeof row.value === "object" ? row.value.text || "" : row.value || "");
function said(line, words, row, isOnItsWay) {
  if (!line) return;
  const wait = isOnItsWay ? "" : " kept on this tablet";
  line.replaceChildren(make("span", { className: "done", textContent: words }), `, ${clockOf(row.at)}${wait}`);
}

/** Show that entries were taken back. */
export function showUndone(rows) {
  for (const row of rows) {
    const place = placeOfTarget(row.target);
    if (!place || row.kind === "file") continue;
    place.dataset.state = place.dataset.was || "open";
    for (const box of place.querySelectorAll(".growth,.doing")) {
      if (row.kind === "step_start" && [box.dataset.react, box.dataset.key].includes(row.target)) box.dataset.started = "";
      if (row.kind === "step_finish" && row.target === box.dataset.quench) box.dataset.cooled = "";
      if (row.kind === "step_finish" && [box.dataset.react, box.dataset.key].includes(row.target)) box.dataset.ended = "";
    }
    if (row.kind === "weighing") {
      place.querySelector("form.amount").dataset.recorded = "";
      place.querySelectorAll(".r").forEach((r) => { r.dataset.value = r.dataset.was || ""; });
      mainSays(place, "Record");
    }
    if (row.kind === "observation") place.querySelectorAll("[aria-pressed]").forEach((b) => b.setAttribute("aria-pressed", "false"));
    if (row.kind === "lot" || row.value?.lot) {
      const box = place.querySelector(".bottle");
      box.dataset.s = "";
      box.querySelectorAll("form[hidden]").forEach((form) => { form.hidden = false; });
      saysBottle(place, true);
    }
  }
}
