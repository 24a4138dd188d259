//# allFunctionsCalledOnLoad
// R while one types. What a mg or mL brings comes from the server; here it is only added and divided.
const REACH = 0.2;

const rows = () => [...document.querySelectorAll("#bench .r")].map((box) => {
  const of = (name) => (box.dataset[name] === "" || box.dataset[name] === undefined ? null : Number(box.dataset[name]));
  return {
    box, value: of("value"), above: of("above"), below: of("below"), spread: of("spread"),
    faceAbove: of("faceAbove"), faceBelow: of("faceBelow"), target: of("target"), tolerance: of("tolerance"),
  };
});

function ratio(all, above, below) {
  const top = all.reduce((sum, row) => sum + row.value * row[above], 0);
  const bottom = all.reduce((sum, row) => sum + row.value * row[below], 0);
  if (!bottom) return null;
  const value = top / bottom;
  const variance = all.reduce((sum, row) => sum + (((row[above] - value * row[below]) / bottom) * row.spread) ** 2, 0);
  return { value, spread: Math.sqrt(variance) };
}

/** Show R in the panel of one place, with the amount that stands in its field; undefined shows what is recorded. */
export function showRatio(place, typed, farTimes) {
  const box = place.querySelector(".r");
  if (!box) return null;
  const all = rows().map((row) => (row.box === box && typed !== undefined ? { ...row, value: typed } : row));
  const mine = all.find((row) => row.box === box);
  const needed = all.filter((row) => row.value === null && row.box !== box);
  const word = box.querySelector(".word"), out = box.querySelector("output"), more = box.querySelector(".ru");
  const dot = box.querySelector("circle");
  const found = needed.length || mine.value === null ? null : ratio(all, "above", "below");
  if (!found || !mine.target) {
    Object.assign(box.dataset, { s: "none" });
    out.textContent = "—";
    more.textContent = needed.length ? `needs ${needed.map((row) => nameOf(row.box)).join(", ")}` : "";
    word.textContent = mine.value === null ? "not weighed yet" : "";
    dot?.setAttribute("class", "off");
    return null;
  }
  const off = found.value / mine.target - 1;
  const state = Math.abs(off) <= mine.tolerance + 1e-12 ? "ok" : Math.abs(off) <= mine.tolerance * farTimes + 1e-12 ? "warn" : "bad";
  box.dataset.s = state;
  out.textContent = found.value.toFixed(3);
  const face = ratio(all, "faceAbove", "faceBelow");
  more.textContent = `± ${found.spread.toFixed(3)}${face && Math.abs(face.value - found.value) > 5e-4 ? `, at face value ${face.value.toFixed(3)}` : ""}`;
  word.textContent = state === "ok" ? "on target" : off > 1 ? `${Math.round(off + 1)} times the target`
    : `${Math.round(Math.abs(off) * 100)} % ${off > 0 ? "above" : "below"}`;
  dot?.setAttribute("class", "");
  dot?.setAttribute("cx", `${Math.max(0, Math.min(100, 50 + (50 * off) / REACH))}%`);
  return found.value;
}

const nameOf = (box) => box.closest(".place").querySelector("form.amount")?.dataset.name || "another";
