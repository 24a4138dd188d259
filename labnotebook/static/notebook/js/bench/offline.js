// The bench without a network: a service worker keeps the page and what it needs. It needs https, or this machine.
const SAID = "bench:no-worker-said";

export async function startWorker({ bench }) {
  const { worker, base } = bench.dataset;
  if (!worker) return;
  if (!("serviceWorker" in navigator)) { sayOnce(); return; }
  try {
    await navigator.serviceWorker.register(worker, { scope: "/b/" });
    const { active } = await navigator.serviceWorker.ready;
    const parts = performance.getEntriesByType("resource").map((one) => one.name)
      .filter((url) => new URL(url).origin === location.origin && new URL(url).pathname.startsWith("/static/"));
    active.postMessage({ keep: [...new Set(parts)], page: location.href, base });
  } catch { /* a private window: the page works, and does not reload without a network */ }
}

function sayOnce() {
  try {
    if (localStorage.getItem(SAID)) return;
    localStorage.setItem(SAID, "1");
  } catch { return; }
  const line = document.createElement("p");
  line.className = "notice";
  line.textContent = "Entries are kept on this tablet without a network, but this address is plain http: the page itself cannot be reloaded then. How the lab gets a certificate stands in docs/how-to/serve-by-https.md.";
  document.getElementById("notices").append(line);
}
