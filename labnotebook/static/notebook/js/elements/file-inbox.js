// <file-inbox> round the form of the inbox: files are sent one by one, each answered by itself. What was not sent, after a
// loss of the network or a reload, is named; the same files may be dropped again, for the notebook knows them by their hash.
const NOT_SENT = "inbox-not-sent";
const SEVERAL = { filed: "filed", waiting: "waiting below", known: "here already", refused: "refused" };

class FileInbox extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.input = this.querySelector("input[type=file]");
    this.box = this.querySelector(".sending");
    this.again = this.box.querySelector(".rest");
    this.form.addEventListener("submit", (event) => {
      if (!this.input.files.length) return;
      event.preventDefault();
      if (!this.busy) this.start([...this.input.files]);
    });
    this.again.querySelector("button").addEventListener("click", () => this.start(this.rest));
    addEventListener("beforeunload", (event) => {
      if (this.busy) event.preventDefault();
    });
    this.tellOfLast();
  }

  tellOfLast() {
    const names = JSON.parse(sessionStorage.getItem(NOT_SENT) || "[]");
    if (!names.length) return;
    this.box.hidden = false;
    this.box.querySelector("progress").hidden = true;
    this.say(`${names.length} of the last files were not sent: ${names.join(", ")}. Drop them again; what arrived is not kept twice.`);
  }

  say(words) {
    this.box.querySelector("[role=status]").textContent = words;
  }

  async start(files) {
    const bar = this.box.querySelector("progress");
    this.busy = true;
    this.rest = files;
    this.done = {};
    this.box.hidden = bar.hidden = false;
    this.again.hidden = true;
    this.box.querySelector("ul").replaceChildren();
    bar.max = files.length;
    const all = files.length;
    let lost = "";
    while (this.rest.length && !lost) {
      bar.value = all - this.rest.length;
      this.keepNames();
      this.say(`${all - this.rest.length} of ${all} sent: ${this.rest[0].name}`);
      lost = await this.send(this.rest[0]);
      if (!lost) this.rest = this.rest.slice(1);
    }
    bar.value = all - this.rest.length;
    this.keepNames();
    this.busy = false;
    this.again.hidden = !lost;
    const told = Object.entries(this.done).map(([state, n]) => `${n} ${SEVERAL[state]}`).join(", ");
    const sent = `${all - this.rest.length} of ${all} sent${told && `: ${told}`}.`;
    const names = this.rest.map((file) => file.name).join(", ");
    this.say(lost ? `${lost} ${sent} Not sent: ${names}.` : sent);
    if (!lost) this.form.reset();
    if (!lost) this.input.dispatchEvent(new Event("change", { bubbles: true }));
    window.htmx?.ajax("GET", location.pathname, { target: "#waiting", select: "#waiting", swap: "outerHTML" });
  }

  keepNames() {
    sessionStorage.setItem(NOT_SENT, JSON.stringify(this.rest.map((file) => file.name)));
  }

  /** Send one file and show what became of it; returns why nothing can be sent now, else "". */
  async send(file) {
    const body = new FormData();
    body.append("file", file);
    body.append("project", this.form.elements.project.value);
    if (this.form.elements.sure.checked) body.append("sure", "true");
    const headers = { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
    let answer, said;
    try {
      answer = await fetch(this.dataset.to, { method: "POST", body, headers });
      said = await answer.json();
    } catch {
      return "The notebook does not answer.";
    }
    if (answer.status === 401) return "You are signed out; sign in in another tab.";
    if (answer.status >= 500 || [403, 429].includes(answer.status)) return said.detail || "The notebook refused.";
    this.show(answer.ok ? said[0] : { file: file.name, state: "refused", why: said.detail });
    return "";
  }

  show({ file, state, why, of, measurement }) {
    this.done[state] = (this.done[state] || 0) + 1;
    const row = document.createElement("li");
    const name = document.createElement(measurement ? "a" : "span");
    name.textContent = file;
    if (measurement) name.href = `/m/${measurement}/`;
    const words = document.createElement("span");
    words.className = "cap";
    words.textContent = why || `filed with ${of}`;
    row.append(name, " ", words);
    this.box.querySelector("ul").append(row);
  }
}
customElements.define("file-inbox", FileInbox);
