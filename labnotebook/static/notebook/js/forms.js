// Forms: no double submit, a key for repeats, errors in sight.
const randomHex = () => [...crypto.getRandomValues(new Uint8Array(16))]
  .map((byte) => byte.toString(16).padStart(2, "0")).join("");

export function startForms(root) {
  root.querySelectorAll?.("input[name=idempotency_key]").forEach((field) => { field.value ||= randomHex(); });
  root.querySelector?.(".error-summary")?.focus();
}

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get" || form.hasAttribute("data-again")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  // After this turn, so that the pressed button's own name and value still travel.
  setTimeout(() => form.querySelectorAll("[type=submit],button:not([type])").forEach((button) => {
    button.setAttribute("aria-busy", "true");
  }));
});

// Back to the page: it may be sent again.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}));
