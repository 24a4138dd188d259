// Header, messages, keys, theme.
const SHOWN_MS = 8000;

/** Show a message for eight seconds, or until closed when `stay` is set. */
export function toast(message, { link, label, stay } = {}) {
  const box = document.createElement("div");
  box.className = "toast";
  const text = document.createElement("span");
  text.textContent = message;
  box.append(text);
  if (link) {
    const a = document.createElement("a");
    Object.assign(a, { href: link, target: "_blank", rel: "noopener", textContent: label });
    box.append(a);
  }
  document.getElementById("toasts")?.append(box);
  dismissable(box, stay);
}

function dismissable(box, stay) {
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.onclick = () => box.remove();
  box.append(close);
  if (stay) return;
  let timer = setTimeout(() => box.remove(), SHOWN_MS);
  for (const event of ["focusin", "pointerenter"]) box.addEventListener(event, () => clearTimeout(timer));
}

// One of several buttons is pressed, and kept so on this device.
function startChoice(name, usual, take) {
  const buttons = document.querySelectorAll(`[data-choice=${name}]`);
  const show = (choice) => {
    take(choice);
    buttons.forEach((button) => button.setAttribute("aria-pressed", button.value === choice));
  };
  buttons.forEach((button) => {
    button.onclick = () => {
      try { localStorage.setItem(name, button.value); } catch { /* private */ }
      show(button.value);
    };
  });
  let kept;
  try { kept = localStorage.getItem(name); } catch { kept = ""; }
  show(kept || usual);
}

function takeTheme(choice) {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  document.dispatchEvent(new Event("themechange"));
}

const FIELDS = "input,textarea,select,[contenteditable],[role=slider],form.find";
let singleKeys = true;
let keysOf;

// The box has the focus at once, so that no letter is lost while the rest is fetched.
function openFinder() {
  const form = document.querySelector("form.find");
  const before = document.activeElement;
  if (form.classList.contains("open")) return;
  form.classList.add("open");
  form.elements.q.focus();
  form.elements.q.select();
  import("./find/panel.js").then((panel) => panel.open(before));
}

function startKeys() {
  startChoice("keys", "on", (choice) => { singleKeys = choice === "on"; });
  addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "Escape") document.querySelector("details.menu[open] summary")?.click();
    if (!document.getElementById("keys") || event.defaultPrevented || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() !== "k") return;
      event.preventDefault();
      openFinder();
    } else if (singleKeys && key.length === 1 && !event.repeat && !event.target.closest(FIELDS)) {
      if ("/?".includes(key)) event.preventDefault();
      if (key === "/") { openFinder(); return; }
      keysOf ??= import("./find/keys.js"); // one promise: what waits for it stays in order
      keysOf.then((keys) => keys.press(key));
    }
  });
  addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    if (!event.target.closest("[data-find]")) return;
    event.preventDefault();
    openFinder();
  });
  document.getElementById("find")?.addEventListener("focus", openFinder);
}

export function startShell() {
  startChoice("theme", "system", takeTheme);
  startKeys();
  document.querySelectorAll("#toasts .toast").forEach((box) =>
    dismissable(box, ["error", "warning"].includes(box.dataset.level)));
}
