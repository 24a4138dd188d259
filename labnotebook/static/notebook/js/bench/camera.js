// The camera reads a bottle's label in place, where the browser can. It is on only while its picture is shown.
import { make } from "./status.js";
import { codeOf } from "./typed.js";

const EVERY_MS = 150;
const OFF = "Scan with the camera", ON = "Stop the camera";
let stream = null, stop = () => {};

/** Offer the camera wherever a bottle is chosen; `found` is told the code that it reads. */
export async function offerCamera(found) {
  if (!(await canRead())) return;
  const rooms = "#bench .bottle .others";
  document.querySelectorAll(`${rooms}[open]`).forEach((room) => button(room, found));
  document.addEventListener("toggle", ({ target }) => {
    if (!target.matches?.(rooms)) return;
    if (target.open) button(target, found); else stop();
  }, true);
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
  addEventListener("pagehide", () => stop());
}
async function canRead() {
  try {
    const [formats, devices] = await Promise.all([BarcodeDetector.getSupportedFormats(), navigator.mediaDevices.enumerateDevices()]);
    return formats.includes("qr_code") && devices.some(({ kind }) => kind === "videoinput");
  } catch { return false; } // no reader, no camera, or a page that may use none: plain http
}
function button(room, found) {
  const form = room.querySelector("form.pick");
  if (form.querySelector(".camera")) return;
  const press = make("button", { type: "button", className: "b", textContent: OFF });
  const box = make("div", { className: "camera" }, press);
  press.onclick = () => { if (stream) stop(); else show(room, box, press, found); };
  form.prepend(box);
}
async function show(room, box, press, found) {
  box.querySelector("p")?.remove();
  press.disabled = true;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (error) {
    const allowed = error.name !== "NotAllowedError";
    say(box, allowed ? "The camera does not answer. Type the code instead." : "The browser may not use the camera. Allow it beside the address, or type the code.");
    return;
  } finally { press.disabled = false; }
  const mine = stream, video = make("video", { muted: true, playsInline: true, srcObject: mine });
  video.setAttribute("aria-label", "What the camera sees");
  stop = () => {
    mine.getTracks().forEach((track) => track.stop());
    video.remove();
    press.textContent = OFF;
    stream = null;
    stop = () => {};
  };
  if (!room.open || !room.isConnected) { stop(); return; }
  box.append(video);
  press.textContent = ON;
  video.play().catch(() => {}); // stopped before it began
  const reader = new BarcodeDetector({ formats: ["qr_code"] });
  const look = async () => {
    const seen = await reader.detect(video).catch(() => []); // no picture yet
    if (stream !== mine) return;
    const code = seen.map(({ rawValue }) => codeOf(rawValue)).find(Boolean);
    if (code) { stop(); found(code); return; }
    if (seen.length && !box.querySelector("p")) say(box, "This is no label of the notebook.");
    setTimeout(look, EVERY_MS);
  };
  look();
}
function say(box, words) {
  const line = make("p", { className: "bad", textContent: words });
  line.setAttribute("role", "alert");
  box.append(line);
}
