// Header, messages, section navigation, theme.
const SHOWN_MS = 8000;

/** Show a message; it stays when `stay` is set, else for eight seconds. */
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

function startTheme() {
  const buttons = document.querySelectorAll("[data-theme-choice]");
  const show = () => buttons.forEach((button) => button.setAttribute("aria-pressed",
    button.dataset.themeChoice === (document.documentElement.dataset.theme || "system")));
  buttons.forEach((button) => {
    button.onclick = () => {
      const choice = button.dataset.themeChoice;
      if (choice === "system") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = choice;
      try { localStorage.setItem("theme", choice); } catch { /* private window: holds for this page */ }
      show();
      document.dispatchEvent(new Event("themechange"));
    };
  });
  show();
}

function startKeys() {
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      const box = document.getElementById("find");
      event.preventDefault();
      if (box?.offsetParent) box.select();
      else document.querySelector("a.find-s")?.click();
    }
    if (event.key === "Escape") document.querySelector("details.menu[open] summary")?.click();
  });
  addEventListener("click", (event) => document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  }));
}

// Marks the chapter whose head last passed the upper third of the window.
function startSections() {
  const links = [...document.querySelectorAll(".secnav a[href^='#']")];
  const heads = links.map((a) => document.getElementById(a.hash.slice(1)));
  if (!links.length) return;
  const mark = () => {
    const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    let at = 0;
    heads.forEach((head, i) => { if (head && head.getBoundingClientRect().top < innerHeight / 3) at = i; });
    if (end) at = links.length - 1;
    links.forEach((a, i) => (i === at ? a.setAttribute("aria-current", "true") : a.removeAttribute("aria-current")));
  };
  links.forEach((a, i) => a.addEventListener("click", () => { if (heads[i]?.matches("details")) heads[i].open = true; }));
  addEventListener("scroll", () => requestAnimationFrame(mark), { passive: true });
  mark();
}

export function startShell() {
  startTheme();
  startKeys();
  startSections();
  document.querySelectorAll("#toasts .toast").forEach((box) =>
    dismissable(box, ["error", "warning"].includes(box.dataset.level)));
}
