//# allFunctionsCalledOnLoad
// The bench with scripts: places without loading, entries kept and sent, undo, clocks, keys. Everything here improves
// a page that also works without it. The first line of this folder's files has the browser compile what a tap calls
// while it loads them: at the first tap it would be waited for.
import * as clocks from "./clock.js";
import { dirty, forgetDraft, keepDrafts, restoreDrafts } from "./drafts.js";
import { entriesOf, shown } from "./entries.js";
import { listenToKeys } from "./keys.js";
import { newId, Queue } from "./queue.js";
import { askPassword, make, Status, Undo } from "./status.js";
import { openStore } from "./store.js";
import { listenToScanner } from "./scan.js";
import { ask, follow, makePad, placePad, questionOf } from "./weigh.js";
import { showRatio } from "./ratio.js";
import { askedBy, readTyped } from "./typed.js";
import { showUndone, showWaiting } from "./waiting.js";
import { base, bench, code, events, far, here, login, name, nameOf, person, placeOf, places, placeOfTarget } from "./where.js";
import { startWorker } from "./offline.js";
import { fileEntries } from "./photos.js";
import { carrySecond, showSecond } from "./second.js";

const POLL_MS = 4000;
const queue = new Queue({ bench: name, url: events, login });
const status = new Status(queue, nameOf);
const undo = new Undo();
const pad = makePad();

// What the eye does not wait for is done after the frame that answers the tap.
const afterFrame = (work) => requestAnimationFrame(() => setTimeout(work));

// ---- places ----
function go(key, { push = true, focus = true } = {}) {
  const place = placeOf(key);
  if (!place) return false;
  for (const one of places()) one.hidden = one !== place;
  bench.querySelectorAll(".drawer").forEach((drawer) => { drawer.hidden = true; });
  bench.querySelectorAll("details[open]").forEach((details) => { details.open = false; });
  arrive(place, focus);
  if (push) history.pushState({ place: key }, "", `${base}${encodeURI(key)}/`); // lays out: when all is in its place
  afterFrame(showList);
  return true;
}
function arrive(place, focus) {
  placePad(pad, place);
  const form = place.querySelector("form.amount");
  if (form && !form.querySelector(".ask")) showRatio(place, undefined, far);
  quiet(place);
  showSecond(place, place.querySelector("[data-second]")?.dataset.look);
  scrollTo(0, 0);
  if (focus) settle(place);
}
// Focus never falls to the body: it goes to the field that waits, else to the heading.
function settle(place) {
  const form = place.querySelector("form.amount");
  const field = place.dataset.state === "open" && form?.elements.value;
  (field || place.querySelector("h2")).focus({ preventScroll: true });
}
function showList() {
  const items = [...bench.querySelectorAll(".steps li[data-places]")], at = here().dataset.place;
  const states = new Map(places().map((place) => [place.dataset.place, place.dataset.state]));
  const now = items.findIndex((item) => item.dataset.places.split(" ").includes(at));
  const most = 7, first = Math.max(0, Math.min(now - 2, items.length - most));
  items.forEach((item, index) => {
    item.hidden = index < first || index >= first + most;
    const link = item.querySelector("a"), keys = item.dataset.places.trim().split(" ");
    if (index === now) link.setAttribute("aria-current", "step"); else link.removeAttribute("aria-current");
    const state = ["running", "open"].find((one) => keys.some((key) => states.get(key) === one)) || states.get(keys.at(-1));
    item.dataset.state = state;
    const mark = state === "done" ? "✓" : state === "out" ? "–" : String(index + 1), place = link.querySelector(".k");
    if (place.textContent !== mark) place.textContent = mark;
    const open = keys.find((key) => ["open", "running"].includes(states.get(key)));
    if (open) link.setAttribute("href", `${base}${open}/`);
  });
  bench.querySelectorAll(".steps .fold").forEach((fold) => fold.remove());
  const fold = (n, words, to, before) => {
    if (!n) return;
    const link = make("a", { href: `${base}${items[to].dataset.places.trim().split(" ")[0]}/` },
      make("span", { className: "k", textContent: n }), make("span", { textContent: words }));
    link.firstChild.setAttribute("aria-hidden", "true");
    const line = make("li", { className: "fold", dataset: { fold: before ? "before" : "after" } }, link);
    items[0].parentNode[before ? "prepend" : "append"](line);
  };
  fold(first, `${first} ${first > 1 ? "steps" : "step"} before`, Math.max(0, first - 1), true);
  const rest = items.length - first - most;
  fold(rest > 0 ? rest : 0, `${rest} more ${rest > 1 ? "steps" : "step"}`, Math.min(items.length - 1, first + most), false);
}
// One primary button at a time: Next stays quiet until this place has something recorded.
function quiet(place) {
  const waits = ["open", "running"].includes(place.dataset.state);
  place.querySelector(".foot .next")?.classList.toggle("pri", !waits);
  for (const button of place.querySelectorAll("[data-main]")) {
    if (button.classList.contains("go")) continue;
    button.classList.toggle("pri", waits || place.dataset.kind === "finish");
  }
}
addEventListener("popstate", () => {
  const key = decodeURI(location.pathname.slice(base.length)).replace(/\/$/, "");
  if (!go(key, { push: false })) location.reload();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("#bench a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
  if (link.dataset.more) { event.preventDefault(); more(link.dataset.more); return; }
  const url = new URL(link.href);
  if (url.search || !url.pathname.startsWith(base) || "open" in link.dataset) return;
  const key = decodeURI(url.pathname.slice(base.length)).replace(/\/$/, "");
  if (placeOf(key)?.dataset.kind === "finish" && navigator.onLine) return; // what is missing is asked anew
  if (go(key)) event.preventDefault();
});
function more(what) {
  const place = here();
  bench.querySelectorAll("details[open]").forEach((details) => { details.open = false; });
  if (what === "portion") {
    const form = place.querySelector("form.amount");
    if (!form.elements.portion) form.append(make("input", { type: "hidden", name: "portion", value: "1" }));
    form.elements.value.value = "";
    form.querySelector("label b").textContent = `${form.dataset.name}, second portion`;
    place.querySelectorAll("[data-main]").forEach((b) => { b.textContent = "Record the portion"; b.classList.add("pri"); });
    follow(form);
    form.elements.value.focus();
    return;
  }
  const drawer = document.getElementById(`drawer-${what}`);
  drawer.hidden = false;
  const form = drawer.querySelector("form");
  form.elements.target.value = place.dataset.target;
  form.elements.place.value = place.dataset.place;
  drawer.querySelector("input.line").focus();
}

// The place that comes next is laid out once, unseen, so that the first tap does not wait for its letters and styles.
function rehearse() {
  const next = placeOf(here().querySelector(".foot .next")?.dataset.go);
  if (!next?.hidden) return;
  next.hidden = false;
  next.getBoundingClientRect();
  next.hidden = true;
}

// ---- entries ----
addEventListener("submit", (event) => {
  const form = event.target;
  if (!bench.contains(form) || new URL(form.action).pathname !== events) {
    if (form.id === "f-finish" && queue.waiting.length) {
      event.preventDefault();
      tell(form, `${queue.waiting.length} entries are not sent yet. Finish when the head says “All saved”.`);
    }
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.kind === "file") keepFiles(form); else record(form, event.submitter);
}, true);
document.addEventListener("change", ({ target }) => { if ("atOnce" in target.dataset) target.form.requestSubmit(); });

async function keepFiles(form) {
  if (!form.elements.file.files.length) return tell(form, "Choose a photo or a file.", form.elements.file);
  const at = here().dataset.place, rows = await queue.addLater(fileEntries(form));
  forgetDraft(form);
  form.reset();
  form.closest(".drawer")?.setAttribute("hidden", "");
  undo.offer(nameOf(rows.at(-1)), () => takeBack(rows, at));
  settle(here());
}

function record(form, submitter, sure = false) {
  const isPlanned = submitter?.name === "as_planned";
  if (!sure && !isPlanned && "unit" in form.dataset) {
    const read = readTyped(form.elements.value.value, askedBy(form));
    if (read?.wrong) return tell(form, `${read.wrong} Point or comma, one number, such as 55.3.`);
    const question = questionOf(form);
    if (question) return ask(form, question, () => record(form, submitter, true));
  }
  if (form.elements.reason && !form.elements.reason.value.trim() && (form.dataset.kind === "skip" || bench.dataset.needsReason)) {
    return tell(form, "Say why.", form.elements.reason);
  }
  afterFrame(clocks.allowSound); // what runs out later calls out
  const place = form.closest(".place") || here();
  const growth = form.closest(".growth");
  if (growth) pressed(growth, submitter?.value, form);
  const entries = entriesOf(form, submitter);
  if (!entries) return tell(form, form.classList.contains("amount") ? "No number yet. Type what the instrument shows." : "Nothing is typed yet.");
  const typed = form.elements.value?.value;
  if (entries[0].value?.appearance) showSecond(place, entries[0].value.appearance);
  const rows = queue.add(entries);
  for (const entry of entries) if (entry.target && "old" in entry) form.elements.old.value = shown(entry.value);
  forgetDraft(form);
  if (["note", "skip", "deviation"].includes(entries[0].kind) || form.elements.portion) form.reset();
  form.querySelectorAll("input[name=portion]").forEach((field) => field.remove());
  if (form.closest(".drawer")) form.closest(".drawer").hidden = true;
  form.closest("details.others")?.removeAttribute("open");
  const at = place.dataset.place;
  const next = form.elements.then?.value === "next" && place.querySelector(".foot .next")?.dataset.go;
  const offer = () => undo.offer(nameOf(entries.at(-1)), () => takeBack(rows, at, form.getAttribute("id"), typed));
  showWaiting(queue, () => refresh(true));
  if (next && placeOf(next) && !(placeOf(next).dataset.kind === "finish") && go(next)) {
    afterFrame(() => { offer(); places().forEach(quiet); drawAll(); });
  } else {
    drawAll();
    quiet(place);
    offer();
    afterFrame(showList);
    if (entries[0].kind === "lot" || document.activeElement === document.body || !document.activeElement?.offsetParent) settle(place);
  }
}
// A label was scanned: its bottle is taken for the reagent that is shown, as by a tap.
function scanned(label) {
  const form = here().querySelector(".bottle form.pick");
  if (!form) { remark(`${label} was scanned, but no bottle is asked for here. Go to its reagent and scan it again.`); return; }
  form.elements.value_text.value = label;
  if (form.elements.reason) form.closest("details").open = true;
  form.requestSubmit();
}
function tell(form, words, field = form.elements.value) {
  let line = form.querySelector(".echo,.bad[data-told]");
  if (!line) { line = make("p", { className: "bad", dataset: { told: "" } }); form.append(line); }
  line.replaceChildren(make("span", { className: "bad", textContent: words }));
  line.firstChild.setAttribute("role", "alert");
  field?.setAttribute?.("aria-invalid", "true");
  field?.focus?.();
}
function applyWaiting() {
  showWaiting(queue, () => refresh(true));
  places().forEach(quiet);
  drawAll();
  showList();
}
function takeBack(rows, at, formId, typed) {
  for (const row of rows.toReversed()) {
    clocks.forget(row.target);
    if (queue.take(row.id)) continue;
    queue.add([{ id: newId(), kind: "withdraw", target: row.target, value: { entry: row.id }, at: new Date().toISOString() }]);
  }
  showUndone(rows);
  drawAll();
  showList();
  go(at, { focus: false });
  const field = formId && document.getElementById(formId)?.elements.value;
  if (field && typed !== undefined) { field.value = typed; field.dispatchEvent(new Event("input", { bubbles: true })); field.focus(); }
  else here().querySelector("h2").focus();
}
// ---- clocks ----
function pressed(growth, which, form) {
  delete form.dataset.at;
  if (which === "quench" && growth.dataset.started) {
    form.dataset.at = clocks.momentAfter(growth.dataset.started, clocks.since(growth.dataset.react, growth.dataset.started));
  }
}
function drawAll() {
  let counting = false;
  const running = [];
  for (const box of bench.querySelectorAll(".growth")) {
    const place = box.closest(".place"), go = box.querySelector("button.go");
    if (clocks.drawGrowth(box)) counting = true;
    if (go) {
      const state = !box.dataset.started ? "ready" : box.dataset.ended ? "done" : "run";
      const off = state === "done" && Math.abs((new Date(box.dataset.ended) - new Date(box.dataset.started)) / 1000 - box.dataset.planned) > Number(box.dataset.allowed);
      const words = { ready: "Inject now", run: "Quench", done: `Quenched after ${box.querySelector(".sec").textContent} s` }[state];
      if (go.textContent.trim() !== words) go.textContent = words;
      Object.assign(go, { value: state === "run" ? "quench" : "inject", disabled: state === "done" });
      go.dataset.s = off ? "late" : state;
      if (state === "done") go.removeAttribute("data-main"); else go.setAttribute("data-main", "");
      const cool = box.querySelector(".cool");
      if (cool) cool.hidden = state !== "done" || Boolean(box.dataset.cooled);
    }
    if (box.dataset.started && !box.dataset.ended) running.push({ place, key: box.dataset.react, name: "Inject", left: null });
  }
  for (const box of bench.querySelectorAll(".doing")) {
    const drawn = clocks.drawDoing(box), place = box.closest(".place");
    const start = box.querySelector("[data-do=start]"), done = box.querySelector("[data-do=finish]");
    const begun = Boolean(box.dataset.started) && !box.dataset.ended;
    if (start && done) {
      const main = begun || box.dataset.ended ? done : start;
      for (const button of [start, done]) {
        button.classList.toggle("pri", button === main && !box.dataset.ended);
        button.toggleAttribute("data-main", button === main && !box.dataset.ended);
      }
      start.textContent = box.dataset.started ? "Start again" : "Start";
    }
    if (drawn) { counting = true; running.push({ place, ...drawn }); }
  }
  drawHead(running);
  clocks.stayAwake(running.length > 0);
  return counting;
}
const title = document.title;
function drawHead(running) {
  const head = document.getElementById("timers");
  const links = running.filter(({ place, left }) => left !== null && place.hidden).map(({ place, name: what, left }) => {
    const link = make("a", { className: "timer", href: `${base}${place.dataset.place}/`, dataset: { s: left < 0 ? "over" : "" } },
      make("b", { textContent: what }), ` ${clocks.onTimer(left)}${left < 0 ? " over" : " left"}`);
    return link;
  });
  if (links.length || head.children.length) head.replaceChildren(...links);
  const first = running.find(({ left }) => left !== null);
  document.title = first ? `${clocks.onTimer(first.left)} ${first.name} · ${code}` : title;
}
let beat;
function tick() {
  drawAll();
  const fast = here().querySelector(".growth")?.dataset;
  const every = fast?.started && !fast.ended ? 50 : 500;
  clearTimeout(beat);
  beat = setTimeout(tick, every);
}

// ---- the server's page: after an answer, and when another tablet wrote ----
let version = bench.dataset.version, reading = false;
async function refresh(now = false) {
  if (reading || queue.signedOut || (!now && (document.hidden || !navigator.onLine))) return;
  reading = true;
  try {
    const at = here().dataset.place;
    const answer = await fetch(`${base}${encodeURI(at)}/${now ? "" : `?since=${encodeURIComponent(version)}`}`, { headers: { "X-Bench": "part" } });
    if (new URL(answer.url).pathname === login) queue.signOut();
    else if (answer.status === 200) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch { /* no network: the next look will do */ } finally { reading = false; }
}
function swap(page) {
  const fresh = page.getElementById("bench");
  if (!fresh) return;
  if (page.body.dataset.person !== person) { location.reload(); return; }
  version = fresh.dataset.version;
  const at = here().dataset.place, active = document.activeElement?.id, open = bench.querySelector("details[open]");
  const keptValues = [...dirty].map((id) => [id, document.getElementById(id)?.value]);
  for (const section of fresh.querySelectorAll(".place")) {
    const old = document.getElementById(section.id);
    if (!old) { location.reload(); return; }
    const busy = old.querySelector(".ask") || (!old.hidden && (open || old.querySelector("form.finish")));
    if (busy) continue;
    section.hidden = section.dataset.place !== at;
    carrySecond(old, section);
    old.replaceWith(document.adoptNode(section));
  }
  for (const id of ["steps", "notices", "noted"]) {
    const part = fresh.querySelector(`#${id}`), old = document.getElementById(id);
    if (part && old) old.replaceWith(document.adoptNode(part));
  }
  for (const [id, value] of keptValues) {
    const field = document.getElementById(id);
    if (field && value !== undefined && field.value !== value) { field.value = value; if (field.form) follow(field.form); }
  }
  placePad(pad, here());
  applyWaiting();
  const form = here().querySelector("form.amount");
  if (form && !form.querySelector(".ask")) {
    if (dirty.has(form.elements.value.id)) follow(form); else showRatio(here(), undefined, far);
  }
  if (active && document.activeElement?.id !== active) document.getElementById(active)?.focus({ preventScroll: true });
  if (document.activeElement === document.body) settle(here());
}
queue.addEventListener("answer", ({ detail }) => {
  for (const { message } of detail.remarks) remark(message);
  if (detail.refused.length) applyWaiting();
  if (!queue.waiting.length) refresh(true);
});
queue.addEventListener("signedout", () => askPassword(login, () => { queue.signedIn(); refresh(true); }));
function remark(message) {
  const line = make("div", { className: "toast" }, make("span", { textContent: message }));
  const close = make("button", { type: "button", textContent: "Close" });
  close.onclick = () => line.remove();
  line.append(close);
  document.getElementById("toasts").append(line);
  setTimeout(() => line.remove(), 8000);
}

// ---- begin ----
document.addEventListener("change", ({ target }) => {
  if (target.matches("#bench .why input")) target.closest(".why").removeAttribute("data-bad");
});
keepDrafts(() => undo.hide());
listenToScanner(scanned);
listenToKeys();
await openStore();
bench.querySelectorAll(".pad-place").forEach((room) => room.classList.add("has-pad"));
await queue.load();
applyWaiting();
await restoreDrafts();
const asked = decodeURI(location.pathname.slice(base.length)).replace(/\/$/, "");
if (here().dataset.place !== asked && placeOf(asked)) go(asked, { push: false }); // a kept page of another place
else arrive(here(), true);
showList();
tick();
status.show();
setInterval(refresh, POLL_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) { refresh(); queue.soon(0); } });
startWorker({ base, bench });
(window.requestIdleCallback ?? setTimeout)(rehearse);
if ("BarcodeDetector" in window) import("./camera.js").then(({ offerCamera }) => offerCamera(scanned));
bench.dataset.ready = "yes";
