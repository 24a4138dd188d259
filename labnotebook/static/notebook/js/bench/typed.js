//# allFunctionsCalledOnLoad
// Read what is typed in a field, for the echo and the question. The server reads it again, and by all rules.
const FACTORS = {
  kg: ["mg", 1e6], g: ["mg", 1e3], mg: ["mg", 1], µg: ["mg", 1e-3], ug: ["mg", 1e-3],
  l: ["mL", 1e3], ml: ["mL", 1], µl: ["mL", 1e-3], ul: ["mL", 1e-3],
  h: ["s", 3600], min: ["s", 60], s: ["s", 1], ms: ["s", 1e-3],
  "°c": ["°C", 1], c: ["°C", 1], rpm: ["rpm", 1], "%": ["%", 1], ppm: ["ppm", 1], "1": ["", 1],
};
const NUMBER = /^([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d{1,3})?)\s*(.*)$/i;
const CLOCK = /^(?:(\d{1,4}):(?=\d\d:))?(\d{1,4}):(\d\d(?:[.,]\d+)?)$/;
const UNCLEAR = /^[1-9]\d{0,2},\d{3}$/;
const number = (text) => Number(text.replace(",", "."));

/** The code that was typed, or that a label holds as an address, in capitals; undefined for anything else. */
export const codeOf = (text) => text.trim().match(/^(?:\S*\/q\/)?([A-Z]{1,3}-\d{4,})\/?$/i)?.[1].toUpperCase();

/** What a field asks, as its form says it in data-*. */
export function askedBy(form) {
  const { unit, kept, per, planned, allowed, plan, name } = form.dataset;
  const known = (text) => (text === undefined || text === "" ? null : Number(text));
  return { unit, kept, per: Number(per || 1), planned: known(planned), allowed: known(allowed), plan, name };
}

/** Return {value} in the kept unit, {text} with its unit; or what is wrong in words; null for nothing typed. */
export function readTyped(typed, asked) {
  const text = typed.replaceAll("μ", "µ").replaceAll("−", "-").replace(/[\u00a0\u2009\u202f]/g, " ").trim();
  if (!text) return null;
  const clock = asked.kept === "s" && text.match(CLOCK);
  if (clock) {
    const seconds = ((Number(clock[1] || 0) * 60) + Number(clock[2])) * 60 + number(clock[3]);
    return { value: seconds, text, named: true };
  }
  const found = text.match(NUMBER);
  if (!found || UNCLEAR.test(text)) return { wrong: `“${text}” cannot be read yet.` };
  const value = number(found[1]), unit = found[2];
  if (!unit) {
    const bare = asked.unit === asked.kept || !asked.unit || asked.unit === "×";
    return { value: value * asked.per, text: bare ? text : `${text} ${asked.unit}`, named: false };
  }
  const factor = FACTORS[unit.toLowerCase()];
  if (!factor) return { text, named: true };
  if (factor[0] !== asked.kept) {
    // A liquid may be weighed and a temperature be in kelvin: the server knows.
    return { text, named: true };
  }
  return { value: value * factor[1], text, named: true };
}

const trim = (value, most = 4) => String(Number(value.toPrecision(Math.max(most, 1))));
/** A value of the kept unit in the unit of the field, as people write it. */
export const shown = (value, asked) => `${trim(value / asked.per)} ${asked.unit}`.trim();

/** How far off: "", "minor", "major"; as in synthesis.chemistry.tolerances. */
export function severity(value, asked, farTimes) {
  if (asked.planned === null || asked.allowed === null || value === undefined) return "";
  const off = Math.abs(value - asked.planned);
  if (off <= asked.allowed * (1 + 1e-9)) return "";
  return off <= asked.allowed * farTimes * (1 + 1e-9) ? "minor" : "major";
}

/** Words for a slipped decimal point, else nothing. */
export function slip(value, asked) {
  if (!(asked.planned > 0 && value > 0)) return "";
  const exponent = Math.log10(value / asked.planned), nearest = Math.round(exponent);
  if (!nearest || Math.abs(exponent - nearest) >= 0.022) return "";
  return nearest > 0 ? `${10 ** nearest} times` : `1/${10 ** -nearest} of`;
}

/** What the field understood, in words: "= 55.1 mg, 0.2 mg less than planned". */
export function echo(read, asked) {
  if (read.wrong) return read.wrong;
  if (read.value === undefined) return "";
  let words = `= ${shown(read.value, asked)}`;
  if (asked.planned !== null) {
    const off = (read.value - asked.planned) / asked.per;
    const least = 10 ** Math.floor(Math.log10(Math.abs(asked.planned / asked.per) || 1) - 3);
    words += Math.abs(off) < least ? ", as planned"
      : `, ${trim(Math.abs(off), 3)} ${asked.unit} ${off > 0 ? "more" : "less"} than planned`;
  }
  return words;
}
