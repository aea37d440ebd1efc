// <film-line src="…/filmline.json" shots="…/shots/" current="12">: the film as one row of cells, one a shot in cut order, its width by its frames.
// The list is [[shot id, code, frames, stage, stale], …] (perhaps under "shots"), fetched with its ETag, so that an unchanged film costs a 304.
// Drawn on one canvas. Keyboard: arrows move by a shot, Page by ten, Home/End, Enter opens. Screen readers hear the shot.
import { fitCanvas, h, paced, onTheme, tokens } from "../lib/dom.js";
import { t } from "../lib/words.js";

const STAGES = ["scripted", "boarded", "take", "approved", "changes"];
const WORDS = { scripted: t("scripted"), boarded: t("boarded"), take: t("take made"), cut: t("in the cut"), approved: t("approved"), changes: t("changes asked") };
const CHANGES = /^(take|version|shot|clip|cut|script|panel|drawing|scene|timeline|film)\b/;

class FilmLine extends HTMLElement {
  #cells = [];
  #edges = new Float64Array(1);   // frames before each cell; the last is the film's length
  #at = -1;                       // the cell under the keyboard
  #stop = null;
  #etag = "";
  #observer = null;
  #colours = {};

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.option = h("span", { role: "option", id: `film-line-${Math.random().toString(36).slice(2)}`, "aria-selected": "true", class: "sr-only" }, t("No shots yet"));
    this.replaceChildren(this.canvas, this.option);
    this.setAttribute("role", "listbox");
    this.setAttribute("aria-label", t("The film, shot by shot"));
    this.setAttribute("aria-activedescendant", this.option.id);
    this.tabIndex = 0;
    this.tip = h("div", { class: "film-line__tip", hidden: true });
    document.body.append(this.tip);
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.addEventListener("click", (event) => this.#go(this.#under(event.clientX)), { signal });
    this.addEventListener("pointermove", (event) => this.#hover(event), { signal });
    this.addEventListener("pointerleave", () => { this.tip.hidden = true; }, { signal });
    this.addEventListener("focus", () => this.#draw(), { signal });
    this.addEventListener("blur", () => this.#draw(), { signal });
    const again = paced(() => this.load(), 300);
    document.addEventListener("live:event", (event) => CHANGES.test(event.detail.kind) && again(), { signal });
    document.addEventListener("live:back", again, { signal });
    onTheme(() => { this.#colours = {}; this.#draw(); }, signal);
    this.#observer = new ResizeObserver(() => this.#draw());
    this.#observer.observe(this);
    this.load();
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#observer.disconnect();
    this.tip.remove();
  }

  static get observedAttributes() { return ["current"]; }
  attributeChangedCallback() {
    this.#at = this.#index(this.getAttribute("current"));
    this.#say();
    this.#draw();
  }

  async load() {
    try {
      const answer = await fetch(this.getAttribute("src"), { credentials: "same-origin", headers: this.#etag ? { "If-None-Match": this.#etag } : {} });
      if (answer.status === 304 || !answer.ok || answer.redirected) return;
      this.#etag = answer.headers.get("ETag") || "";
      const list = await answer.json();
      this.show(Array.isArray(list) ? list : list.shots ?? list.cells ?? []);
    } catch (error) {
      if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error;
    }
  }

  /** cells: [[shot id, code, frames, stage (a name or an index of scripted, boarded, take, approved, changes), stale], …] */
  show(cells) {
    this.#cells = cells.map(([id, code, frames, stage, stale]) => ({ id: String(id), code, frames: Math.max(1, frames), stage: typeof stage === "number" ? STAGES[stage] : stage, stale: Boolean(stale) }));
    this.#edges = new Float64Array(this.#cells.length + 1);
    this.#cells.forEach((cell, n) => { this.#edges[n + 1] = this.#edges[n] + cell.frames; });
    const current = this.#index(this.getAttribute("current"));
    this.#at = current >= 0 ? current : Math.min(Math.max(this.#at, 0), this.#cells.length - 1);
    this.#say();
    this.#draw();
    this.dispatchEvent(new CustomEvent("film:cells", { bubbles: true, detail: { cells: this.#cells } }));
  }

  get cells() { return this.#cells; }

  #index(id) {
    return id === null ? -1 : this.#cells.findIndex((cell) => cell.id === id || cell.code === id);
  }

  #under(clientX) {
    const box = this.getBoundingClientRect();
    const frame = ((clientX - box.left) / box.width) * this.#edges.at(-1);
    let low = 0;
    let high = this.#cells.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#edges[middle + 1] <= frame) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #words(cell) {
    const { code, frames } = cell;
    const said = t("{code}, {frames} frames, {stage}", { code, frames, stage: WORDS[cell.stage] ?? cell.stage });
    return cell.stale ? t("{shot}, out of date", { shot: said }) : said;
  }

  #say() {
    if (!this.option) return;
    const cell = this.#cells[this.#at];
    this.option.textContent = cell ? t("Shot {shot}, {number} of {count}", { shot: this.#words(cell), number: this.#at + 1, count: this.#cells.length }) : t("No shots yet");
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[event.key];
    if (step !== undefined) this.#at = Math.min(this.#cells.length - 1, Math.max(0, this.#at + step));
    else if (event.key === "Enter" || event.key === " ") this.#go(this.#at);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.#say();
    this.#draw();
  }

  /** A page that can go there itself (the timeline) prevents the event; else the shot's own page opens. */
  #go(index) {
    const cell = this.#cells[index];
    if (!cell) return;
    this.#at = index;
    this.#say();
    this.#draw();
    const asked = new CustomEvent("film:jump", { bubbles: true, cancelable: true, detail: { shot: cell.id, code: cell.code, frame: this.#edges[index] } });
    if (this.dispatchEvent(asked) && this.hasAttribute("shots")) location.assign(`${this.getAttribute("shots")}${cell.id}/`);
  }

  #hover(event) {
    const cell = this.#cells[this.#under(event.clientX)];
    this.tip.hidden = !cell;
    if (!cell) return;
    this.tip.textContent = this.#words(cell);
    const box = this.getBoundingClientRect();
    this.tip.style.top = `${box.bottom + 8}px`;
    this.tip.style.left = `${Math.max(4, Math.min(event.clientX - this.tip.offsetWidth / 2, innerWidth - this.tip.offsetWidth - 4))}px`;
  }

  #draw() {
    if (!this.canvas || !this.clientWidth) return;
    if (!this.#colours.text) this.#colours = tokens([...STAGES, "text", "line", "bg", "accent"]);
    const { context, width, height } = fitCanvas(this.canvas, this.clientWidth, this.clientHeight);
    context.clearRect(0, 0, width, height);
    const total = this.#edges.at(-1);
    if (!total) {
      context.fillStyle = this.#colours.line;
      context.fillRect(0, 0, width, height);
      return;
    }
    const scale = width / total;
    const gap = width / this.#cells.length > 4 ? 1 : 0;
    for (const [n, cell] of this.#cells.entries()) {
      const x = this.#edges[n] * scale;
      const w = Math.max(0.75, cell.frames * scale - gap);
      context.fillStyle = this.#colours[cell.stage === "cut" ? "approved" : cell.stage] ?? this.#colours.scripted;
      context.fillRect(x, 0, w, height);
      if (!cell.stale) continue;
      context.fillStyle = this.#colours.changes;
      context.fillRect(x, height - 2, w, 2);
    }
    const marked = document.activeElement === this ? this.#at : this.#index(this.getAttribute("current"));
    if (marked >= 0 && this.#cells[marked]) {
      context.strokeStyle = this.#colours.text;
      context.lineWidth = 2;
      context.strokeRect(this.#edges[marked] * scale + 1, 1, Math.max(4, this.#cells[marked].frames * scale - gap) - 2, height - 2);
    }
  }
}

customElements.define("film-line", FilmLine);
