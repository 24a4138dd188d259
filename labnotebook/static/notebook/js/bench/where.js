//# allFunctionsCalledOnLoad
// Where one is on the page: its places, which of them is shown, and what a target is called.
import { wordsOf } from "./entries.js";

export const bench = document.getElementById("bench");
export const { events, base, code } = bench.dataset;
export const { login, person } = document.body.dataset;
export const name = `${person}:${code}`;
export const far = Number(bench.dataset.far);
export const places = () => [...bench.querySelectorAll(".place")];
export const placeOf = (key) => places().find((place) => place.dataset.place === key);
export const here = () => places().find((place) => !place.hidden);
export const placeOfTarget = (target) => {
  const key = String(target || "").split(".")[0];
  return places().find((place) => key && place.dataset.targets.split(" ").includes(key));
};
export const nameOf = (entry) => {
  const place = placeOfTarget(entry.target);
  const number = bench.querySelector(`form[data-target-is="${CSS.escape(entry.target || "")}"]`);
  const what = number ? `${place?.dataset.title || ""} ${number.dataset.name.toLowerCase()}` : place?.dataset.title || "";
  return wordsOf(entry, what.trim());
};
export const placeOfKind = (kind) => places().find((place) => place.dataset.kind === kind);
