//# allFunctionsCalledOnLoad
// What the head says: all saved, sending, or kept on this tablet; the list of it; undo; the password over the page.
const make = (tag, more = {}, ...inner) => {
  const { dataset, ...plain } = more;
  const element = Object.assign(document.createElement(tag), plain);
  Object.assign(element.dataset, dataset || {});
  element.append(...inner);
  return element;
};
export { make };

const UNDO_MS = 8000;
const clock = (at) => new Date(at).toTimeString().slice(0, 8);

export class Status {
  constructor(queue, nameOf) {
    Object.assign(this, { queue, nameOf });
    const old = document.getElementById("save");
    this.text = make("span", { id: "save-text" });
    this.text.setAttribute("role", "status");
    this.button = make("button", { id: "save", type: "button", className: "save" }, this.text);
    this.button.setAttribute("aria-expanded", "false");
    this.button.setAttribute("aria-controls", "unsent");
    old.replaceWith(this.button);
    this.list = make("section", { id: "unsent", className: "pop", hidden: true });
    this.list.setAttribute("aria-label", "Not sent yet");
    document.querySelector("header.bar").append(this.list);
    this.button.onclick = () => this.toggle();
    queue.addEventListener("change", () => this.show());
  }

  toggle(open = this.list.hidden) {
    this.list.hidden = !open;
    this.show();
    this.button.setAttribute("aria-expanded", String(open));
  }

  show() {
    const { queue } = this, waiting = queue.waiting, refused = queue.refused;
    const off = !navigator.onLine || queue.since || queue.signedOut;
    const n = waiting.length;
    this.button.dataset.s = queue.preparing ? "send" : n ? (off ? "off" : "send") : refused.length ? "bad" : "ok";
    let words = "All saved";
    if (n) words = off ? `Kept on this tablet, ${n} not sent` : `Sending ${n}`;
    else if (refused.length) words = `${refused.length} not taken`;
    else if (!navigator.onLine) words = "All saved, no network";
    if (queue.preparing) words = "Keeping the photo";
    if (this.text.textContent !== words) this.text.textContent = words;
    if (!this.list.hidden) this.fill(waiting, refused, off);
  }

  fill(waiting, refused, off) {
    const rows = [...refused, ...waiting].map((row) => make("li", {},
      make("time", { textContent: clock(row.at) }),
      make("span", { textContent: this.nameOf(row) }),
      ...(row.refused ? [make("span", { className: "bad", textContent: row.refused })] : [])));
    const lost = this.queue.since ? ` No answer since ${clock(this.queue.since).slice(0, 5)}.` : "";
    const title = waiting.length ? `${waiting.length} not sent, all kept here` : refused.length ? "Not taken" : "Nothing waits";
    const said = off && waiting.length ? `Go on; they are sent when the network is back.${lost}`
      : refused.length ? "The notebook did not take these. They stay here until you take them away at their place."
        : "Every entry of this batch is on the server.";
    this.list.replaceChildren(make("h2", { textContent: title }), make("p", { textContent: said }), make("ol", {}, ...rows),
      make("p", { className: "cap", textContent: "Entries are written to this tablet first, with the time of its clock. Closing the page or an empty battery loses none of them." }));
  }
}

/** Offer to undo for eight seconds. */
export class Undo {
  constructor() {
    this.text = make("span");
    this.text.setAttribute("role", "status");
    this.button = make("button", { type: "button", className: "b", textContent: "Undo" });
    this.box = make("section", { className: "undo", hidden: true }, this.text, this.button);
    this.box.setAttribute("aria-label", "Last entry");
    document.getElementById("bench").append(this.box);
  }

  offer(words, undo) {
    this.text.textContent = words;
    this.box.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), UNDO_MS);
    this.button.onclick = () => { this.hide(); undo(); };
  }

  hide() { this.box.hidden = true; }
}

/** Ask for the password over the page when the session has ended; what is typed and kept stays. */
export function askPassword(login, signedIn) {
  if (document.getElementById("door")) return;
  const name = make("input", { id: "door-name", className: "line", autocomplete: "username" });
  const word = make("input", { id: "door-word", className: "line", type: "password", autocomplete: "current-password" });
  const said = make("p", { className: "bad" });
  said.setAttribute("role", "alert");
  const form = make("form", {},
    make("h2", { textContent: "Your session has ended" }),
    make("p", { textContent: "What you typed is kept on this tablet. Sign in, and it is sent." }),
    make("label", { htmlFor: "door-name", textContent: "Username" }), name,
    make("label", { htmlFor: "door-word", textContent: "Password" }), word, said,
    make("button", { className: "b pri big", textContent: "Sign in" }));
  const door = make("section", { id: "door", className: "pop door" }, form);
  door.setAttribute("aria-label", "Sign in");
  document.querySelector("header.bar").append(door);
  (name.value ? word : name).focus();
  form.onsubmit = async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      const page = new DOMParser().parseFromString(await (await fetch(login)).text(), "text/html");
      const body = new URLSearchParams({
        login: name.value, password: word.value,
        csrfmiddlewaretoken: page.querySelector("[name=csrfmiddlewaretoken]")?.value || "",
      });
      const answer = await fetch(login, { method: "POST", body });
      const landed = new URL(answer.url);
      if (answer.ok && landed.pathname !== login && !landed.pathname.startsWith("/accounts/")) {
        door.remove();
        signedIn();
      } else if (answer.ok && landed.pathname !== login) {
        said.replaceChildren("This account asks for more than a password. ",
          make("a", { href: login, target: "_blank", textContent: "Sign in beside the bench" }), ", then come back.");
      } else said.textContent = "That was not taken. Check both, then try again.";
    } catch { said.textContent = "The notebook does not answer. Try again."; }
  };
}
