// <plot-brush data-form="id of a form">drawing</plot-brush>: a stretch dragged over the drawing goes into the form's
// fields and is asked for at once. A fieldset of the form says of which axis it is, and where the drawing
// begins and ends: data-axis="x" data-low data-high, its two inputs from and to. Fingers scroll; they have the fields.
import { written } from "./xy-ranges.js";

const LEAST = 6; // pixels: less is a click

class PlotBrush extends HTMLElement {
  connectedCallback() {
    this.plot = this.querySelector("svg.chart");
    this.form = document.getElementById(this.dataset.form);
    if (!this.plot || !this.form) return;
    this.box = Object.assign(document.createElement("div"), { className: "brush-box", hidden: true });
    this.append(this.box);
    this.form.querySelector(".dragged")?.removeAttribute("hidden");
    this.plot.addEventListener("pointerdown", (event) => this.begin(event));
    this.plot.addEventListener("dragstart", (event) => event.preventDefault());
    this.plot.addEventListener("click", (event) => this.brushed && event.preventDefault());
  }

  begin(event) {
    this.brushed = false;
    if (event.button || event.pointerType === "touch") return;
    const from = this.place(event);
    const ended = new AbortController();
    const on = (kind, act) => addEventListener(kind, act, { signal: ended.signal });
    const end = () => { ended.abort(); this.box.hidden = true; };
    on("pointermove", (moved) => this.show(from, this.place(moved)));
    on("pointercancel", end);
    on("keydown", (key) => key.key === "Escape" && end());
    on("pointerup", (up) => { end(); this.ask(from, this.place(up)); });
  }

  // Of 0 to 1 along the drawing, and its size in pixels.
  place({ clientX, clientY }) {
    const { left, top, width, height } = this.plot.getBoundingClientRect();
    const within = (part) => Math.min(Math.max(part, 0), 1);
    return { x: within((clientX - left) / width), y: within(1 - (clientY - top) / height), width, height };
  }

  show(from, to) {
    const own = this.getBoundingClientRect();
    const plot = this.plot.getBoundingClientRect();
    const { style } = this.box;
    this.box.hidden = false;
    style.left = `${plot.left - own.left + Math.min(from.x, to.x) * plot.width}px`;
    style.top = `${plot.top - own.top + (1 - Math.max(from.y, to.y)) * plot.height}px`;
    style.width = `${Math.abs(to.x - from.x) * plot.width}px`;
    style.height = `${Math.abs(to.y - from.y) * plot.height}px`;
  }

  ask(from, to) {
    for (const field of this.form.querySelectorAll("fieldset[data-axis]")) {
      const { axis } = field.dataset;
      const [low, high] = [Number(field.dataset.low), Number(field.dataset.high)];
      const pixels = axis === "x" ? to.width : to.height;
      if (Math.abs(to[axis] - from[axis]) * pixels < LEAST) continue;
      const ends = [from[axis], to[axis]].sort((a, b) => a - b);
      const inputs = field.querySelectorAll("input");
      ends.forEach((end, i) => { inputs[i].value = written(low + end * (high - low), (high - low) / pixels); });
      this.brushed = true;
    }
    if (this.brushed) this.form.requestSubmit();
  }
}
customElements.define("plot-brush", PlotBrush);
