// Entries of a bench that were not sent before its page was left: every page sends them, and says when it cannot.
import { toast } from "./shell.js";

/** Send what waits on this device for this person. */
export async function sendLeftovers() {
  const { person, login } = document.body.dataset, prefix = `waits:${person}:`;
  const codes = Object.keys(localStorage).filter((key) => person && key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  const others = codes.filter((code) => !location.pathname.startsWith(`/b/${code}/bench/`));
  if (!others.length) return;
  const [{ Queue }, { openStore }] = await Promise.all([import("./bench/queue.js"), import("./bench/store.js")]);
  await openStore();
  for (const code of others) {
    const queue = new Queue({ bench: `${person}:${code}`, url: `/b/${code}/events/`, login });
    await queue.load();
    await queue.flush();
    const left = queue.rows.length;
    if (!left) continue;
    const what = left > 1 ? `${left} entries of ${code} are` : `One entry of ${code} is`;
    toast(`${what} kept on this device and not taken yet.`, { link: `/b/${code}/bench/`, label: "Open the bench", stay: true });
  }
}
