// Ranges of the axis that an analysis leaves out: what a field says in numbers, and what is dragged into it.
const RANGE = /(-?[\d.]+)\s*(?:-|–|to|\.\.)\s*(-?[\d.]+)/g;

export function rangesIn(text) {
  return [...text.matchAll(RANGE)].map(([, a, b]) => [Number(a), Number(b)])
    .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b) && a !== b);
}

// As few digits as tell the place from the next pixel.
export function written(value, pixel) {
  return String(Number(value.toFixed(Math.max(0, Math.ceil(-Math.log10(pixel))))));
}

// The button that turns dragging from zooming into leaving out; the range is added to the field.
export function leaveOut(chart, button) {
  const { field } = chart;
  let on = false;
  const toggle = button("Leave out a range", () => turn(!on));
  function turn(to) {
    on = to;
    toggle.setAttribute("aria-pressed", on);
    chart.classList.toggle("xy-leaving", on);
    const { drag } = chart.u.cursor;
    drag.setScale = !on;
    drag.y = !on;
    if (on) chart.out.textContent = "Drag over what the fit shall not see.";
  }
  toggle.setAttribute("aria-pressed", "false");
  chart.dragged = (u) => {
    if (!on || !u.select.width) return;
    const { left, width } = u.select;
    const pixel = Math.abs(u.posToVal(left + 1, "x") - u.posToVal(left, "x"));
    const ends = [left, left + width].map((place) => u.posToVal(place, "x")).sort((a, b) => a - b);
    const range = ends.map((end) => written(end, pixel)).join("–");
    field.value = [field.value.trim(), range].filter(Boolean).join("; ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    turn(false);
    chart.out.setAttribute("aria-live", "polite");
    chart.out.textContent = `${range} will be left out. Run again to see what that changes.`;
  };
  chart.redrawn = () => turn(on);
  field.addEventListener("input", () => chart.u?.redraw(false));
  return toggle;
}
