// The recipe editor: keeps the draft while one types, moves rows by keys and by pointer, opens what a fault
// speaks of. Without it the form has a Save button, and Up and Down in every row.
const editor = () => document.getElementById("editor");
const say = (text) => { const place = document.getElementById("moved"); if (place) place.textContent = text; };
const rows = (row) => [...row.parentNode.children];
const keep = () => editor()?.dispatchEvent(new Event("keep"));
const state = (text) => {
  const place = document.getElementById("kept");
  if (place) Object.assign(place, { textContent: text }).dataset.state = "waiting";
};

// What is typed while the form is drawn anew is put back into the new fields.
let drawing = false;
const meanwhile = new Map();
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target?.id === "editor" && detail.elt.id !== "editor") drawing = true;
});
for (const end of ["htmx:sendError", "htmx:responseError", "htmx:sendAbort"]) {
  document.addEventListener(end, () => { drawing = false; });
}
function putBack() {
  drawing = false;
  if (!meanwhile.size) return;
  for (const [name, value] of meanwhile) {
    const field = editor().elements[name];
    if (field && "value" in field) field.value = value;
  }
  meanwhile.clear();
  keep();
}

// Typing is kept; choosing what a part is shows other fields.
document.addEventListener("input", ({ target }) => {
  if (!target.closest("#editor") || target.name === "change_note" || target.type === "file") return;
  if (drawing && target.type !== "checkbox") meanwhile.set(target.name, target.value);
  state("typing …");
  keep();
});
document.addEventListener("change", ({ target }) => {
  if (!target.closest("#editor") || !("reshape" in target.dataset)) return;
  remember();
  document.getElementById("reshape").click();
});

// A draft that did not arrive is sent again: nothing typed is lost while the page is open.
let unsent = false;
document.addEventListener("htmx:sendError", () => { unsent = true; state("not kept: no connection. It is sent again."); });
document.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.successful) unsent = false; });
addEventListener("online", keep);
setInterval(() => { if (unsent) keep(); }, 5000);
addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });

// Which rows stand open survives a new drawing of the form, and so does the place of the cursor.
let open = [], focus = "";
function remember() {
  open = [...document.querySelectorAll("#editor details[open]")].map((d) => d.closest("[id]").id);
  focus = document.activeElement?.id || "";
}
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id !== "editor" || detail.requestConfig.elt.id === "editor") return;
  remember();
  // The new form comes in before the old one leaves, and of one name only one row may stand open.
  for (const details of document.querySelectorAll("#editor details[name][open]")) details.open = false;
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  markFaults();
  if (target.id !== "editor" || !drawing) return;
  putBack();
  const shown = document.querySelector("#editor .er details[open]");
  for (const id of open) {
    const details = document.getElementById(id)?.querySelector("details") || document.getElementById(id);
    if (details?.tagName === "DETAILS" && (!shown || shown.name !== details.name)) details.open = true;
  }
  const first = shown?.querySelector("input:not([type=hidden]),select");
  (focus && document.getElementById(focus) || first)?.focus();
});

// A field that a fault speaks of says so; its path leads there.
function markFaults() {
  for (const field of document.querySelectorAll("#editor [data-faulty]")) {
    field.removeAttribute("aria-invalid");
    delete field.dataset.faulty;
  }
  for (const fault of document.querySelectorAll("#check [data-field]")) {
    const found = editor()?.elements[fault.dataset.field];
    const field = found instanceof RadioNodeList ? found[0] : found; // of several boxes, the first
    if (!field?.setAttribute || !field.value) continue;
    field.setAttribute("aria-invalid", "true");
    field.dataset.faulty = "";
  }
}
document.addEventListener("click", (event) => {
  const path = event.target.closest("#check a.path");
  const name = path?.getAttribute("href").slice(1);
  const named = name && (document.getElementById(name) || editor().elements[name]);
  const field = named instanceof RadioNodeList ? named[0] : named;
  if (!field?.closest) return;
  event.preventDefault();
  for (let d = field.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
  field.focus();
});

// Order, by keys and by pointer.
function numbered(list) {
  list.querySelectorAll(".no").forEach((place, index) => { place.textContent = index + 1; });
}
function move(row, by) {
  const all = rows(row), from = all.indexOf(row), to = Math.max(0, Math.min(all.length - 1, from + by));
  if (from === to) return say(`${row.dataset.name} is already ${by < 0 ? "first" : "last"}`);
  all[to][by < 0 ? "before" : "after"](row);
  numbered(row.parentNode);
  say(`${row.dataset.name} is now ${to + 1} of ${all.length}`);
  keep();
}
const STEPS = { ArrowUp: -1, ArrowDown: 1, PageUp: -5, PageDown: 5, Home: -999, End: 999 };
document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.("#editor .grip");
  if (!grip || !STEPS[event.key]) return;
  event.preventDefault();
  move(grip.closest(".er"), STEPS[event.key]);
  grip.focus();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("#editor [data-move]");
  if (button) {
    event.preventDefault();
    move(button.closest(".er"), Number(button.dataset.move));
    button.focus();
  } else if (event.target.closest("#editor .grip")) {
    say("Arrow keys move it, Home and End to the ends");
  }
});
document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("#editor .grip");
  if (!grip || event.button) return;
  event.preventDefault();
  grip.focus();
  const row = grip.closest(".er"), id = event.pointerId, before = rows(row).indexOf(row);
  row.classList.add("lift");
  const drag = (moved) => {
    if (moved.pointerId !== id) return;
    const x = row.getBoundingClientRect().left + 60;
    const over = document.elementFromPoint(x, moved.clientY)?.closest(".er");
    if (!over || over === row || over.parentNode !== row.parentNode) return;
    const box = over.getBoundingClientRect();
    over[moved.clientY < box.top + box.height / 2 ? "before" : "after"](row);
  };
  const drop = () => {
    for (const [name, heard] of Object.entries({ pointermove: drag, pointerup: drop, pointercancel: drop })) {
      removeEventListener(name, heard);
    }
    row.classList.remove("lift");
    numbered(row.parentNode);
    const now = rows(row).indexOf(row);
    say(`${row.dataset.name} is now ${now + 1} of ${rows(row).length}`);
    if (now !== before) keep();
  };
  addEventListener("pointermove", drag);
  addEventListener("pointerup", drop);
  addEventListener("pointercancel", drop);
});
markFaults();
