// Rows that are ticked for a comparison stay ticked over pages and filters, in this tab, until they are let go.
const KEY = "ticked";
const form = document.querySelector("form.compares:has(.ticked)");
const bar = form.querySelector(".compare-bar");
const most = Number(bar.dataset.most);
const said = bar.querySelector(".ticked");
const boxes = () => [...form.querySelectorAll(".tick input")];
const read = () => { try { return JSON.parse(sessionStorage.getItem(KEY)) ?? []; } catch { return []; } };

function show(codes) {
  const here = new Set(boxes().map((box) => box.value));
  const away = codes.filter((code) => !here.has(code));
  form.querySelectorAll("input[data-away]").forEach((input) => input.remove());
  for (const code of away) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "codes", value: code });
    input.dataset.away = "";
    form.append(input);
  }
  for (const box of boxes()) box.checked = codes.includes(box.value);
  said.hidden = codes.length === 0;
  const words = [said.dataset.ticked.replace("%n", codes.length)];
  if (away.length) words.push(said.dataset.away.replace("%n", away.length).replace("%codes", away.join(", ")));
  if (codes.length > most) words.push(said.dataset.most);
  said.querySelector("span").textContent = words.join(" ");
}

form.addEventListener("change", ({ target }) => {
  if (!target.matches(".tick input")) return;
  const others = read().filter((code) => code !== target.value);
  const codes = target.checked ? [...others, target.value] : others;
  sessionStorage.setItem(KEY, JSON.stringify(codes));
  show(codes);
});
said.querySelector("button").addEventListener("click", () => {
  sessionStorage.removeItem(KEY);
  show([]);
});
addEventListener("pageshow", () => show(read()));
show(read());
