// The search over any page: asks as one types, shows the newest answer only, arrows walk what was found.
// Loaded when it is first opened; without it the same form leads to the page of the search.
const WAIT_MS = 150;
const form = document.querySelector("form.find");
const panel = document.getElementById("finder");
const box = form.elements.q;
const list = panel.querySelector(".finds");
const said = panel.querySelector("[role=status]");
let before = null; // what had the focus
let timer = 0;
let asking = null;
let shown = "";

/** Show the panel under the box, which has the focus; `from` is what had it before. */
export function open(from) {
  document.getElementById("keys").hidePopover();
  before = [box, document.body].includes(from) ? null : from;
  panel.hidden = false;
  if (box.value.trim() !== shown) ask();
}

function close(back) {
  if (panel.hidden) return;
  clearTimeout(timer);
  asking?.abort();
  const inside = form.contains(document.activeElement);
  form.classList.remove("open");
  panel.hidden = true;
  if (!back || !inside) return;
  if (before?.isConnected) before.focus();
  else document.activeElement.blur();
}

async function ask() {
  const words = box.value.trim();
  clearTimeout(timer);
  asking?.abort();
  if (!words) { show("", ""); return; }
  const mine = asking = new AbortController();
  list.setAttribute("aria-busy", "true");
  try {
    const address = `${form.action}?${new URLSearchParams({ q: words })}`;
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: mine.signal });
    const found = await answer.text();
    if (asking !== mine) return;
    if (answer.redirected) fail("You are signed out.", document.body.dataset.login, "Sign in");
    else if (!answer.ok) fail(`The notebook refused this (${answer.status}).`);
    else show(words, found);
  } catch (error) {
    if (error.name !== "AbortError") fail("The notebook does not answer. Try again.");
  }
}

function show(words, found) {
  shown = words;
  list.innerHTML = found;
  list.removeAttribute("aria-busy");
  list.scrollTop = 0;
  const lines = list.querySelectorAll("li").length;
  said.textContent = words && (lines ? `${lines} found` : list.textContent.trim());
}

function fail(sentence, href, label) {
  show("", "");
  const line = document.createElement("p");
  line.className = "found none";
  line.textContent = `${sentence} `;
  if (href) line.append(Object.assign(document.createElement("a"), { href, textContent: label }));
  list.append(line);
  said.textContent = sentence;
}

function walk(step) {
  const links = [...list.querySelectorAll("a")];
  const next = links.indexOf(document.activeElement) + step;
  if (next < 0) box.focus();
  else links[Math.min(next, links.length - 1)]?.focus();
}

box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT_MS);
});
form.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && !panel.hidden) walk(step);
  else if (event.key === "Escape" && !panel.hidden) close(true);
  else {
    // Letters go on in the box, wherever one is in the list.
    const letter = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (letter && event.target !== box) box.focus();
    return;
  }
  event.preventDefault();
  event.stopPropagation();
});
form.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !form.contains(event.relatedTarget)) close(false);
});
addEventListener("pointerdown", (event) => { if (!form.contains(event.target)) close(false); });
panel.querySelector("button").onclick = () => close(true);
