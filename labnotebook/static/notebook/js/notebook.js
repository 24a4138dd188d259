// What every page has. Everything here improves pages that also work without it.
import { closeDrafts, startDrafts } from "./drafts.js";
import { startForms } from "./forms.js";
import { sendLeftovers } from "./leftovers.js";
import { startShell, toast } from "./shell.js";

const body = document.body;

// Elements that few pages use are fetched by the pages that hold them, also after an htmx swap.
const ELEMENTS = {
  ".ticked": () => import("./elements/kept-ticks.js"),
  "copy-text": () => import("./elements/copy-text.js"),
  "file-drop": () => import("./elements/file-drop.js"),
  "file-inbox": () => import("./elements/file-inbox.js"),
  ".secnav": () => import("./elements/sections.js"),
  "plot-brush": () => import("./elements/plot-brush.js"),
  "print-page": () => import("./elements/print-page.js"),
  "time-left": () => import("./elements/time-left.js"),
  "xy-chart": () => import("./elements/xy-chart.js"),
};

function loadElements(root) {
  for (const [name, load] of Object.entries(ELEMENTS)) {
    if (root.matches?.(name) || root.querySelector?.(name)) load();
  }
}

// htmx: the one place that listens to its events.
body.addEventListener("htmx:configRequest", (event) => {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  const { headers, parameters } = event.detail;
  headers["X-CSRFToken"] = cookie ? cookie[1] : body.dataset.csrf;
  // Signed in again in another tab: the token in the form is the old one.
  if (cookie && parameters.csrfmiddlewaretoken) parameters.csrfmiddlewaretoken = cookie[1];
});
body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (!xhr.responseURL || new URL(xhr.responseURL).pathname !== body.dataset.login) return;
  event.detail.shouldSwap = false;
  toast("You are signed out. What you typed is kept here.", { link: body.dataset.login, label: "Sign in", stay: true });
});
body.addEventListener("htmx:responseError", (event) =>
  toast(`The notebook refused this (${event.detail.xhr.status}). What you typed is still here.`, { stay: true }));
body.addEventListener("htmx:sendError", () =>
  toast("The notebook does not answer. What you typed is still here; try again.", { stay: true }));
body.addEventListener("htmx:load", (event) => {
  startForms(event.detail.elt);
  startDrafts();
  loadElements(event.detail.elt);
});
body.addEventListener("toast", (event) => toast(event.detail.message, event.detail));

startShell();
closeDrafts();
startForms(document);
startDrafts();
loadElements(document);
sendLeftovers();
