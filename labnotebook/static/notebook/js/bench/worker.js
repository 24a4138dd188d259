// The service worker of the bench: the page of a batch and its scripts, styles and fonts, for when there is no network.
const KEPT = "bench-1", PATIENCE_MS = 4000;
const benchOf = (url) => new URL(url).pathname.match(/^\/b\/[^/]+\/bench\//)?.[0];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  await self.clients.claim();
})()));
self.addEventListener("message", ({ data }) => {
  if (!data?.keep) return;
  caches.open(KEPT).then(async (cache) => {
    await Promise.allSettled(data.keep.map(async (url) => { if (!(await cache.match(url))) await cache.add(url); }));
    if (!(await cache.match(data.base))) {
      const page = await fetch(data.page);
      if (page.ok && benchOf(page.url)) await cache.put(data.base, page);
    }
  });
});
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(part(request));
  else if (benchOf(request.url) && (request.mode === "navigate" || request.headers.get("X-Bench"))) event.respondWith(page(request));
});

// Names of files hold their hash; without hashes the network is asked first.
async function part(request) {
  const cache = await caches.open(KEPT), hashed = /\.[0-9a-f]{12}\./.test(request.url);
  const kept = await cache.match(request);
  if (kept && hashed) return kept;
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

const patience = () => new Promise((_resolve, reject) => {
  setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
});

// One page per batch: it holds all its places, whichever of them is asked for.
async function page(request) {
  const cache = await caches.open(KEPT), place = benchOf(request.url), isPart = request.mode !== "navigate";
  try {
    const answer = await (isPart ? fetch(request) : Promise.race([fetch(request), patience()]));
    if (answer.status === 200 && !answer.redirected && benchOf(answer.url)) await cache.put(place, answer.clone());
    if (answer.status >= 500 && !isPart) return (await cache.match(place)) || answer;
    return answer;
  } catch (error) {
    const kept = !isPart && (await cache.match(place));
    if (kept) return kept;
    throw error;
  }
}
