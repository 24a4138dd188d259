// <time-left until="…" now="…" name="Degas">: what is left of a running step, second by second, here and in the title
// of the page. `now` is the server's clock as it drew the page: that of the device may be wrong.
import { onTimer } from "../bench/clock.js";

const title = document.title, all = new Set();
let beat;

class TimeLeft extends HTMLElement {
  connectedCallback() {
    this.behind = Date.parse(this.getAttribute("now")) - Date.now();
    all.add(this);
    beat ||= setInterval(drawAll, 1000);
    drawAll();
  }

  disconnectedCallback() { all.delete(this); }

  get left() { return Date.parse(this.getAttribute("until")) - Date.now() - this.behind; }
}

function drawAll() {
  const [first, ...rest] = [...all].sort((a, b) => a.left - b.left);
  for (const one of [first, ...rest].filter(Boolean)) {
    one.textContent = `${onTimer(one.left)} ${one.left < 0 ? "over" : "left"}`;
    one.toggleAttribute("data-over", one.left < 0);
  }
  document.title = first ? `${onTimer(first.left)} ${first.getAttribute("name")} · ${title}` : title;
}
customElements.define("time-left", TimeLeft);
