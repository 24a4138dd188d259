//# allFunctionsCalledOnLoad
// The queue: every entry is on the tablet first, and sent when there is a network. Sending one twice is harmless.
import { drop, keep, rowsOf } from "./store.js";

const MOST_AT_ONCE = 100, PATIENCE_FILE_MS = 90000, FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 8000, PATIENCE_MS = 15000;
const SENT = ["id", "kind", "target", "value", "at", "reason", "old", "portion", "as_planned", "repeat"];

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
/** A random id; `crypto.randomUUID` needs https, this does not. */
export const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] || document.body.dataset.csrf;

export class Queue extends EventTarget {
  constructor({ bench, url, login }) {
    super();
    Object.assign(this, { bench, url, login, rows: [], sending: new Set(), wait: FIRST_WAIT_MS, since: null, preparing: 0 });
    this.signedOut = false;
    addEventListener("online", () => this.soon(0));
    addEventListener("offline", () => this.changed());
    addEventListener("pagehide", () => this.last());
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(`bench:${bench}`) : null;
    if (this.channel) this.channel.onmessage = () => this.load();
  }

  async load() {
    this.rows = await rowsOf("entries", this.bench);
    this.changed();
    this.soon(0);
  }

  get waiting() { return this.rows.filter((row) => !row.refused); }
  get refused() { return this.rows.filter((row) => row.refused); }

  /** Keep entries; what is shown of them follows at once, the sending later. */
  add(entries) {
    const order = Date.now();
    const rows = entries.map((entry, index) => ({
      ...entry, key: entry.id, bench: this.bench, order: order + index / 1000,
      mono: performance.now(), origin: performance.timeOrigin,
    }));
    this.rows.push(...rows);
    const kept = Promise.all(rows.map((row) => keep("entries", row)));
    this.changed();
    kept.then(() => { this.channel?.postMessage("kept"); this.soon(150); });
    return rows;
  }

  /** Keep entries that are not there yet: photos that are being made smaller. */
  async addLater(entries) {
    this.preparing += 1;
    this.changed();
    try { return this.add(await entries); } finally { this.preparing -= 1; this.changed(); }
  }

  /** Take an entry that was not sent yet out of the queue; false when it is on its way or gone. */
  take(id) {
    const row = this.rows.find((one) => one.id === id);
    if (!row || this.sending.has(id)) return false;
    this.rows = this.rows.filter((one) => one !== row);
    drop("entries", id);
    this.changed();
    return true;
  }

  soon(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), ms);
  }

  /** Whether an entry is being sent, or will be at once. */
  isOnItsWay(row) { return this.sending.has(row.id) || (navigator.onLine && !this.since); }

  /** What goes out next: a file by itself, else the entries up to the next file. */
  next() {
    const [first] = this.waiting;
    if (first?.blob) return [first];
    const file = this.waiting.findIndex((row) => row.blob);
    return this.waiting.slice(0, file < 0 ? MOST_AT_ONCE : Math.min(file, MOST_AT_ONCE));
  }

  async flush() {
    if (this.busy || this.signedOut || !this.waiting.length) return;
    this.busy = true;
    const rows = this.next();
    rows.forEach((row) => this.sending.add(row.id));
    this.changed();
    let answer = null;
    try {
      answer = await this.send(rows);
      this.wait = FIRST_WAIT_MS;
      this.since = null;
    } catch {
      this.since ||= new Date();
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    }
    rows.forEach((row) => this.sending.delete(row.id));
    this.busy = false;
    if (answer) await this.take_answer(answer);
    this.changed();
    if (this.waiting.length) this.soon(answer ? 0 : this.wait);
  }

  /** What the page still holds when one leaves it goes out as well; it stays kept until an answer comes. */
  last() {
    const rows = this.waiting.filter((row) => !row.blob).slice(0, MOST_AT_ONCE); // a file is too big to outlive its page
    if (rows.length && !this.signedOut) this.post(rows, { keepalive: true }).catch(() => {});
  }

  post(rows, more) {
    const sent = new Date().toISOString();
    const body = rows.map((row) => ({ ...Object.fromEntries(SENT.filter((n) => row[n] !== undefined).map((n) => [n, row[n]])), sent }));
    return fetch(this.url, {
      method: "POST", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() }, ...more,
    });
  }

  postFile(row, more) {
    const form = new FormData();
    for (const name of ["id", "kind", "target", "note", "at", "reason"]) if (row[name]) form.append(name, row[name]);
    form.append("sent", new Date().toISOString());
    form.append("file", row.blob, row.value);
    return fetch(this.url, { method: "POST", body: form, headers: { "X-CSRFToken": csrf(), "X-Bench": "part" }, ...more });
  }

  async send(rows) {
    const [{ blob }] = rows;
    const response = blob ? await this.postFile(rows[0], { signal: AbortSignal.timeout?.(PATIENCE_FILE_MS) })
      : await this.post(rows, { signal: AbortSignal.timeout?.(PATIENCE_MS) });
    if (new URL(response.url).pathname === this.login) { this.signOut(); throw new Error("signed out"); }
    if (response.status >= 500 || response.status === 429) throw new Error(`status ${response.status}`);
    const said = await response.json().catch(() => ({}));
    if (response.ok) return said;
    if (response.status === 403 && !said.detail) { this.signOut(); throw new Error("signed out"); }
    const message = said.detail || `The notebook refused this (${response.status}).`;
    return { refused: rows.map((row) => ({ id: row.id, message })) };
  }

  async take_answer({ accepted = [], known = [], refused = [], remarks = [] }) {
    const done = new Set([...accepted, ...known]);
    const gone = this.rows.filter((row) => done.has(row.id));
    this.rows = this.rows.filter((row) => !done.has(row.id));
    for (const { id, message } of refused) {
      const row = this.rows.find((one) => one.id === id);
      if (row) { row.refused = message; await keep("entries", row); }
    }
    await Promise.all(gone.map((row) => drop("entries", row.key)));
    this.channel?.postMessage("sent");
    this.dispatchEvent(new CustomEvent("answer", { detail: { gone, refused, remarks } }));
  }

  signOut() {
    this.signedOut = true;
    this.dispatchEvent(new Event("signedout"));
  }

  signedIn() {
    this.signedOut = false;
    this.wait = FIRST_WAIT_MS;
    this.soon(0);
  }

  changed() {
    const mark = `waits:${this.bench}`; // for the other pages: see leftovers.js
    try {
      if (this.rows.length) localStorage.setItem(mark, this.rows.length); else localStorage.removeItem(mark);
    } catch { /* a private window: the bench itself sends */ }
    this.dispatchEvent(new Event("change"));
  }
}
