// Single keys, as the list that "?" opens says them: "n", or "g" and then "b".
const SOON_MS = 1500;
const list = document.getElementById("keys");
let first = "";
let since = 0;

export function press(key) {
  const pair = performance.now() - since < SOON_MS ? `${first} ${key}` : key;
  const find = (keys) => list.querySelector(`[data-keys="${CSS.escape(keys)}"]`);
  first = key;
  since = performance.now();
  if (key === "?") list.togglePopover();
  else (find(pair) ?? find(key))?.click();
}
