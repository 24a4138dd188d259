// <xy-chart data-src="…json"> or <xy-chart data-json="id of a json_script">: curves that zoom, with a
// keyboard cursor and a table of values. What stands inside (the server's drawing) is the first paint,
// the print form and what stays when the data cannot be had. data-ranges="id of a field": a stretch of the
// chart can be dragged into that field. The JSON (analysis/curves/chart.py makes it):
//   {title, x: {label, unit, wavelength_angstrom of angles, falls: low stands at the right},
//    y: {label, unit, scale: "linear" | "log"},
//    series: [{label, kind: "line" | "points" | "sticks", colour: "s1" | "s2" | "s3" | "ink" | phase,
//              dash, x: [...], y: [...], row, names: [...]}],    a series without x takes that of the first
//    residual: {label, unit, x, y}, marks: [{x, label}],
//    open: [low, high] of x that is shown first, left_out: [[low, high], ...]}
import "./locale-guard.js";
import uPlot from "../../../vendor/uplot-1.6.32/uPlot.js";
import { ROW, drawDots, drawPlaces, drawRanges, drawRows, linesAt } from "./xy-marks.js";
import { leaveOut, rangesIn } from "./xy-ranges.js";
import { decades, number, powerOf, powered, spacing, ticks, titled, valueAt } from "./xy-words.js";

const HEIGHT = 300;
const AXIS = 58; // of it: the numbers and the words of the x axis
const RESIDUAL_HEIGHT = 110;
const FONT = '12px "Inter ELN"';
const DASHES = [undefined, [7, 4], [2, 3], [9, 3, 2, 3], [12, 5]];

// One ascending column of x for all series; undefined where a series has no point there.
function joined(series) {
  const tables = series.map(({ x, y }) => {
    const order = x.map((_, i) => i).filter((i) => Number.isFinite(x[i])).sort((a, b) => x[a] - x[b]);
    return [order.map((i) => x[i]), order.map((i) => y[i] ?? null)];
  });
  return uPlot.join(tables);
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

class XYChart extends HTMLElement {
  connectedCallback() {
    if (this.box) return;
    this.redraw = () => this.data && this.draw();
    document.addEventListener("themechange", this.redraw);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.scheme.addEventListener("change", this.redraw);
    this.load();
  }

  disconnectedCallback() {
    document.removeEventListener("themechange", this.redraw);
    this.scheme.removeEventListener("change", this.redraw);
    this.sized?.disconnect();
    this.destroy();
    this.box?.remove();
    this.box = null;
  }

  async load() {
    try {
      this.data = this.dataset.json
        ? JSON.parse(document.getElementById(this.dataset.json).textContent)
        : await this.fetched();
    } catch (error) {
      const why = `The curve could not be loaded (${error.message}). Reload the page to try again.`;
      this.prepend(element("p", { className: "xy-note", role: "status" }, why));
      return;
    }
    const { series } = this.data;
    if (!series?.length) return;
    series.forEach((one) => { one.x ??= series[0].x; });
    this.curves = series.filter((one) => one.kind !== "sticks");
    this.curves.forEach((one) => { one.dashes = one.dash === true ? [5, 4] : DASHES[(one.dash || 0) % DASHES.length]; });
    this.sticks = series.filter((one) => one.kind === "sticks");
    this.table = joined(this.curves);
    this.x = this.table[0];
    this.log = this.data.y.scale === "log";
    this.sense = this.data.x.falls ? -1 : 1; // to the right x grows, or falls (an element's own dir is that of its text)
    this.build();
    this.draw();
    this.dataset.ready = "1";
  }

  async fetched() {
    const answer = await fetch(this.dataset.src, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    return answer.json();
  }

  build() {
    const button = (text, act) => element("button", { type: "button", className: "btn sm", textContent: text, onclick: act });
    const log = button("Log", () => { this.log = !this.log; log.setAttribute("aria-pressed", this.log); this.draw(true); });
    log.setAttribute("aria-pressed", this.log);
    // Arrow keys are read aloud from here; a moving mouse is not.
    this.out = element("output");
    const bar = element("div", { className: "xy-bar" }, log, button("Reset zoom", () => this.reset()));
    if (this.data.open) bar.append(button("Whole range", () => this.show(this.x[0], this.x.at(-1))));
    this.field = document.getElementById(this.dataset.ranges || "");
    if (this.field) bar.append(leaveOut(this, button));
    bar.append(button("Save PNG", () => this.png()), this.out);
    this.plot = element("div", { className: "xy-plot", tabIndex: 0 });
    this.plot.setAttribute("role", "slider");
    this.plot.setAttribute("aria-label", `${this.data.title || titled(this.data.y)}, move along the curve`);
    this.plot.setAttribute("aria-valuemin", this.x[0]);
    this.plot.setAttribute("aria-valuemax", this.x.at(-1));
    this.plot.onkeydown = (event) => this.key(event);
    this.rest = element("div");
    const values = element("details", {}, element("summary", { textContent: "Values" }));
    values.ontoggle = () => { if (values.open && values.children.length < 2) values.append(this.values()); };
    this.box = element("div", { className: "xy" }, bar, this.legend(), this.plot, this.rest, values);
    this.append(this.box);
    this.sized = new ResizeObserver(() => this.fit());
    this.sized.observe(this);
  }

  legend() {
    const key = element("p", { className: "chips" });
    [...this.curves, ...this.sticks].forEach((one) => {
      const swatch = element("canvas", { width: 18, height: 10 });
      one.swatch = swatch;
      const chip = element("button", { type: "button", className: "chip" }, swatch, one.label);
      chip.setAttribute("aria-pressed", "true");
      chip.onclick = () => {
        one.hidden = !one.hidden;
        chip.setAttribute("aria-pressed", !one.hidden);
        this.draw(true);
      };
      key.append(chip);
    });
    return key;
  }

  colour(name) {
    return getComputedStyle(this).getPropertyValue(`--${name}`).trim();
  }

  axis(label, more) {
    const filter = more.filter || ((u, splits) => splits);
    return {
      label, labelSize: 20, stroke: this.colour("ink2"), font: FONT, labelFont: FONT,
      grid: { stroke: this.colour("grid"), width: 1, filter },
      ticks: { stroke: this.colour("control"), width: 1, size: 4, filter }, ...more,
    };
  }

  get rows() {
    return this.sticks.filter((one) => !one.hidden);
  }

  get height() {
    return HEIGHT + this.rows.length * ROW;
  }

  // The y range leaves one row below the curves for each stick series.
  range(low, high) {
    const rows = (this.rows.length * ROW) / (this.height - AXIS);
    this.lowest = -Infinity;
    if (low == null) return [0, 1];
    if (this.log) {
      const [a, b] = [Math.log10(Math.max(low, this.floor)), Math.log10(Math.max(high, this.floor))];
      const span = Math.max(b - a, 0.3);
      return [10 ** (a - 0.05 * span - (span * rows) / (1 - rows)), 10 ** (a + 1.05 * span)];
    }
    const span = high - low || Math.abs(high) || 1;
    this.lowest = low - 0.04 * span;
    return [this.lowest - (span * rows) / (1 - rows), high + 0.06 * span];
  }

  draw(keepZoom) {
    const zoom = keepZoom && this.u ? { ...this.u.scales.x } : null;
    this.destroy();
    this.floor = this.table.slice(1).reduce((least, column) => column.reduce((a, v) => (v > 0 && v < a ? v : a), least), Infinity) / 2;
    if (!Number.isFinite(this.floor)) this.floor = 0.5;
    // On a log axis what is 0 or below leaves a gap; xy-marks draws it as dots at the floor.
    const shown = this.log
      ? this.table.map((column, i) => (i ? column.map((v) => (v == null || v > 0 ? v : null)) : column))
      : this.table;
    this.drawn = shown;
    const most = this.table.slice(1).reduce((top, column) => column.reduce((a, v) => (v > a ? v : a), top), 0);
    const power = this.log ? 0 : powerOf(most);
    const series = this.curves.map((one) => {
      const stroke = this.colour(one.colour || "s1");
      const points = one.kind === "points";
      this.paint(one.swatch, stroke, points, one.dashes);
      return {
        label: one.label, show: !one.hidden, stroke, width: points ? 0 : 1.3, dash: one.dashes,
        points: { show: points, size: 5, fill: stroke, width: 0 },
      };
    });
    this.sticks.forEach((one) => this.paint(one.swatch, this.colour(one.colour || "s3")));
    const open = zoom || (this.data.open && { min: this.data.open[0], max: this.data.open[1] });
    this.u = new uPlot({
      width: this.plot.clientWidth, height: this.height, legend: { show: false },
      cursor: { drag: { x: true, y: true, uni: 24 }, points: { size: 7 }, sync: { key: this.syncKey(), setSeries: false } },
      scales: {
        x: { time: false, dir: this.sense, ...open },
        y: { distr: this.log ? 3 : 1, range: (u, low, high) => this.range(low, high) },
      },
      axes: [this.axis(titled(this.data.x), { size: 30 }), this.axis(powered(this.data.y, power), {
        size: 62,
        values: (u, s) => this.data.y.bare ? s.map(() => "") : ticks(s, u.scales.y.min, u.scales.y.max, this.log, power),
        filter: (u, s) => s.map((v) => (v < this.lowest ? null : v)), // no values beside the rows of sticks
        splits: this.log ? (u, axis, low, high) => decades(low, high) : undefined,
      })],
      series: [{}, ...series],
      hooks: {
        drawClear: [(u) => drawRanges(u, this.ranges(), (name) => this.colour(name))],
        draw: [(u) => this.overlay(u)],
        setCursor: [(u) => { if (u.cursor.idx != null && u.cursor.event) this.say(u.cursor.idx, false); }],
        setScale: [(u, key) => { if (key === "x") this.follow?.setScale("x", { min: u.scales.x.min, max: u.scales.x.max }); }],
        setSelect: [(u) => this.dragged?.(u)],
      },
    }, shown, this.plot);
    this.redrawn?.();
    this.drawResidual();
    this.at ??= this.u.valToIdx(open ? open.min : this.x[0]);
    this.say(this.at, true);
    this.out.setAttribute("aria-live", "off");
  }

  ranges() {
    return [...(this.data.left_out || []), ...(this.field ? rangesIn(this.field.value) : [])];
  }

  syncKey() {
    this.sync ??= `xy${Math.random()}`;
    return this.sync;
  }

  drawResidual() {
    const { residual } = this.data;
    if (!residual) return;
    residual.x ??= this.curves[0].x;
    this.follow = new uPlot({
      width: this.plot.clientWidth, height: RESIDUAL_HEIGHT, legend: { show: false },
      cursor: { drag: { x: false, y: false }, sync: { key: this.syncKey(), setSeries: false } },
      scales: { x: { time: false, dir: this.sense, min: this.u.scales.x.min, max: this.u.scales.x.max } },
      axes: [this.axis("", { values: (u, s) => s.map(() => "") , size: 10 }), this.axis(titled(residual), { size: 62 })],
      series: [{}, { stroke: this.colour("s3"), width: 1, points: { show: false } }],
    }, joined([residual]), this.rest);
  }

  overlay(u) {
    const colour = (name) => this.colour(name);
    if (this.rows.length) drawRows(u, this.rows, colour);
    if (this.log) drawDots(u, this.curves.filter((one) => !one.hidden), this.floor, colour);
    if (this.data.marks) drawPlaces(u, this.data.marks, colour);
  }

  paint(swatch, colour, points, dashes) {
    const ctx = swatch.getContext("2d");
    ctx.clearRect(0, 0, 18, 10);
    ctx.fillStyle = ctx.strokeStyle = colour;
    ctx.lineWidth = 2;
    ctx.setLineDash(dashes || []);
    ctx.beginPath();
    if (points) ctx.arc(9, 5, 3.5, 0, 7), ctx.fill();
    else ctx.moveTo(0, 5), ctx.lineTo(18, 5), ctx.stroke();
  }

  say(index, aloud) {
    const at = this.x[index];
    const place = `${number(at, 6)}${this.data.x.unit ? ` ${this.data.x.unit}` : ""}${spacing(this.data.x, at)}`;
    const parts = this.curves.filter((one) => !one.hidden)
      .map((one) => [one.short || one.label, valueAt(one, at)])
      .filter(([, value]) => value != null)
      .map(([name, value]) => `${name} ${number(value)}`);
    parts.push(...linesAt(this.u, this.rows, at));
    this.out.setAttribute("aria-live", aloud ? "polite" : "off");
    this.out.textContent = `${place}: ${parts.join(", ") || "no value"}`;
    if (!aloud) return;
    this.plot.setAttribute("aria-valuenow", at);
    this.plot.setAttribute("aria-valuetext", place);
  }

  key(event) {
    const { min, max } = this.u.scales.x;
    const [first, last] = [this.u.valToIdx(min), this.u.valToIdx(max)];
    const step = Math.max(1, Math.round((last - first) / 200));
    const moves = { ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step, PageDown: -20 * step, PageUp: 20 * step };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) this.at += this.sense * moves[event.key];
    else if (event.key === "Home") this.at = this.sense > 0 ? first : last;
    else if (event.key === "End") this.at = this.sense > 0 ? last : first;
    else if (event.key === "+" || event.key === "=") this.zoom(0.5);
    else if (event.key === "-") this.zoom(2);
    else if (event.key === "0") this.reset();
    else return;
    event.preventDefault();
    this.at = Math.max(0, Math.min(this.x.length - 1, this.at));
    this.followCursor();
    const value = this.drawn.slice(1).map((column) => column[this.at]).find((v) => v != null);
    this.u.setCursor({ left: this.u.valToPos(this.x[this.at], "x"), top: value == null ? 0 : this.u.valToPos(value, "y") });
    this.say(this.at, true);
  }

  // A cursor that walks out of sight takes what is shown along.
  followCursor() {
    const { min, max } = this.u.scales.x;
    const [at, half] = [this.x[this.at], (max - min) / 2];
    if (at < min || at > max) this.show(Math.max(this.x[0], at - half), Math.min(this.x.at(-1), at + half));
  }

  zoom(factor) {
    const { min, max } = this.u.scales.x;
    const middle = this.x[this.at];
    const half = ((max - min) * factor) / 2;
    this.show(Math.max(this.x[0], middle - half), Math.min(this.x.at(-1), middle + half));
  }

  // The keyboard's cursor comes along, or its next step would walk out of sight again.
  reset() {
    const [low, high] = this.data.open || [this.x[0], this.x.at(-1)];
    this.at = Math.max(this.u.valToIdx(low), Math.min(this.u.valToIdx(high), this.at));
    this.show(low, high);
  }

  show(min, max) {
    this.u.setScale("x", { min, max });
  }

  fit() {
    const width = this.plot.clientWidth;
    if (!this.u || !width || width === this.u.width) return;
    this.u.setSize({ width, height: this.height });
    this.follow?.setSize({ width, height: RESIDUAL_HEIGHT });
  }

  // At most a hundred rows, evenly taken; all points are in the CSV.
  values() {
    const step = Math.ceil(this.x.length / 100);
    const head = element("tr");
    for (const text of [titled(this.data.x), ...this.curves.map((one) => one.label)]) {
      head.append(element("th", { scope: "col", textContent: text }));
    }
    const body = element("tbody");
    for (let i = 0; i < this.x.length; i += step) {
      const row = body.insertRow();
      this.table.forEach((column) => { row.insertCell().textContent = column[i] == null ? "—" : number(column[i]); });
    }
    const note = step > 1 ? `Every ${step}th of ${this.x.length} points` : `All ${this.x.length} points`;
    const table = element("table", {}, element("caption", { textContent: note }), element("thead", {}, head), body);
    const frame = element("div", { className: "xy-tab", tabIndex: 0 }, table);
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", "Values");
    return frame;
  }

  png() {
    const parts = [this.u, this.follow].filter(Boolean).map((one) => one.ctx.canvas);
    const height = parts.reduce((sum, part) => sum + part.height, 0);
    const to = element("canvas", { width: parts[0].width, height });
    const ctx = to.getContext("2d");
    ctx.fillStyle = this.colour("surface");
    ctx.fillRect(0, 0, to.width, to.height);
    let top = 0;
    for (const part of parts) {
      ctx.drawImage(part, 0, top);
      top += part.height;
    }
    to.toBlob((blob) => {
      const link = element("a", { href: URL.createObjectURL(blob), download: `${(this.data.title || "curve").replace(/[^\w.-]+/g, "-")}.png` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }

  destroy() {
    this.u?.destroy();
    this.follow?.destroy();
    this.u = this.follow = null;
  }
}
customElements.define("xy-chart", XYChart);
