//# allFunctionsCalledOnLoad
// Clocks: from the injection to the quench to 0.1 s, and countdowns of what runs, here, in the head and in the title.
const seconds = (ms) => ms / 1000;
const started = new Map(); // by step: wall clock, and the monotonic clock of this page when it is of this page

/** Remember when a step began; the monotonic clock counts as long as the page lives, the wall clock beyond it. */
export function remember(key, at, mono, origin) {
  started.set(key, { at: new Date(at).getTime(), mono: origin === performance.timeOrigin ? mono : null });
}
export const forget = (key) => started.delete(key);

/** Milliseconds since a step began. */
export function since(key, at) {
  const kept = started.get(key);
  const began = new Date(at).getTime();
  if (kept && kept.mono !== null && Math.abs(kept.at - began) < 5000) return performance.now() - kept.mono;
  return Date.now() - began;
}
/** The moment that lies this long after the begin, by the monotonic clock where there is one. */
export const momentAfter = (at, ms) => new Date(new Date(at).getTime() + ms).toISOString();

let sound = null;
/** A tone needs a tap first: call this in one. */
export function allowSound() {
  sound ||= window.AudioContext ? new AudioContext() : null;
  sound?.resume?.();
}
export function callOut() {
  if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.([200, 80, 200]);
  if (!sound) return;
  const tone = sound.createOscillator(), gain = sound.createGain();
  tone.frequency.value = 880;
  gain.gain.value = 0.25;
  tone.connect(gain).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.35);
}

let awake = null;
/** Keep the screen on while a clock runs, where the browser can. */
export async function stayAwake(on) {
  if (!on) { awake?.release?.(); awake = null; return; }
  if (awake || !navigator.wakeLock) return;
  try { awake = await navigator.wakeLock.request("screen"); } catch { awake = null; }
}

/** Time as on a timer: 41:12, 1:02:03; with a sign when it is over. */
export function onTimer(ms) {
  const whole = Math.max(0, Math.ceil(Math.abs(seconds(ms)))), h = Math.floor(whole / 3600);
  const two = (n) => String(n).padStart(2, "0");
  const text = `${h ? `${h}:${two(Math.floor((whole % 3600) / 60))}` : Math.floor(whole / 60)}:${two(whole % 60)}`;
  return ms < 0 ? `+${text}` : text;
}

const hours = (at) => new Date(at).toTimeString().slice(0, 8);

const called = new Set();
function callOnce(key) {
  if (called.has(key)) return;
  called.add(key);
  callOut();
}

/** Draw the clock of an injection as it stands; return whether it runs. */
export function drawGrowth(box) {
  const { started: at, ended, planned, react } = box.dataset;
  const sec = box.querySelector(".sec"), fill = box.querySelector(".fill");
  if (!at) { called.delete(react); return false; }
  const ms = ended ? new Date(ended) - new Date(at) : since(react, at);
  const whole = Number(planned) || 1;
  sec.textContent = seconds(ms).toFixed(1);
  fill?.setAttribute("width", `${Math.min(100, (seconds(ms) / (whole * 1.6)) * 100)}%`);
  if (ended) return false;
  const say = box.querySelector(".say");
  if (seconds(ms) >= whole) { callOnce(react); say.textContent = "Quench now"; }
  else say.textContent = `Into the ice bath at ${whole} s`;
  return true;
}

/** Draw what is left of a running step; return {name, left} while it runs. */
export function drawDoing(box) {
  const { started: at, ended, planned, key, name } = box.dataset;
  if (!at || ended || !planned) { if (!at) called.delete(key); return null; }
  const left = Number(planned) * 1000 - since(key, at);
  const place = box.querySelector(".left-time");
  if (place) place.textContent = left < 0 ? `${onTimer(left)} over` : onTimer(left);
  const say = box.querySelector(".say"), until = new Date(new Date(at).getTime() + Number(planned) * 1000);
  const words = `since ${hours(at)}, until ${hours(until)}`;
  if (say && say.textContent !== words) say.textContent = words;
  if (left <= 0) callOnce(key);
  return { key, name, left };
}
