// How <xy-chart> writes numbers: true minus, powers as superscripts, ticks of linear and log axes.
const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

const sup = (n) => String(n).replace("-", "⁻").replace(/\d/g, (d) => SUPERSCRIPT[d]);
const signed = (text) => text.replace("-", "−");

export const titled = ({ label, unit }) => (label && unit ? `${label} / ${unit}` : label || "");

export function number(value, digits = 4) {
  if (value == null) return "no value";
  const size = Math.abs(value);
  if (value && (size >= 1e5 || size < 1e-2)) {
    const [mantissa, power] = value.toExponential(2).split("e");
    return `${signed(mantissa)} × 10${sup(Number(power))}`;
  }
  return signed(String(Number(value.toPrecision(digits))));
}

// The power of ten that the numbers of a linear axis leave to its title; 0 when they are short enough.
export function powerOf(size) {
  return size === 0 || (size >= 1e-2 && size < 1e5) ? 0 : 3 * Math.floor(Math.log10(size) / 3);
}

export const powered = ({ label, unit }, power) =>
  titled({ label, unit: [power ? `10${sup(power)}` : "", unit].filter(Boolean).join("\u202f") });

export function ticks(splits, low, high, log, power = 0) {
  if (!log) return splits.map((v) => v == null ? "" : signed((v / 10 ** power).toLocaleString("en", { maximumFractionDigits: 9 })).replace(/,/g, "\u202f"));
  const span = Math.log10(high / low);
  return splits.map((v) => {
    const power = Math.floor(Math.log10(v) + 1e-9);
    const lead = Math.round(v / 10 ** power);
    if (span < 1.3) return lead === 1 || lead === 2 || lead === 5 ? number(v) : "";
    return lead === 1 ? `10${sup(power)}` : "";
  });
}

// One to nine times every decade; uPlot's own start from wherever the range does.
export function decades(low, high) {
  const found = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1) {
    for (let lead = 1; lead < 10; lead += 1) {
      const value = lead * 10 ** power;
      if (value >= low && value <= high) found.push(value);
    }
  }
  return found;
}

// The value of a curve at x: between its own two points there, none beyond its ends.
export function valueAt({ x, y }, at) {
  let [low, high] = [0, x.length - 1];
  const falls = x[0] > x[high];
  if (falls ? at > x[0] || at < x[high] : at < x[0] || at > x[high]) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= at !== falls) low = middle; else high = middle;
  }
  if (x[low] === at) return y[low] ?? null;
  if (x[high] === at) return y[high] ?? null;
  if (y[low] == null || y[high] == null) return null;
  return y[low] + ((y[high] - y[low]) * (at - x[low])) / (x[high] - x[low]);
}

// An angle of diffraction as a spacing and as a scattering vector: Bragg's law.
export function spacing({ wavelength_angstrom: wavelength }, angle) {
  const sine = Math.sin((angle * Math.PI) / 360);
  if (!wavelength || !(sine > 0)) return "";
  const d = wavelength / (2 * sine);
  return `, d ${d.toFixed(3)} Å, q ${((2 * Math.PI) / d).toFixed(3)} Å⁻¹`;
}
