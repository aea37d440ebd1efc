// <review-notes for="player">: notes beside a <cut-player>. It holds #notes (data-marks: [[first, last, colour, note]…], data-drawings: {note: [shape…]}, articles with
// data-note, data-first, data-last) and a form [data-compose] with first, last, shapes and held; it says which frames a note is about, shows a note's
// frames and drawing, loops its range, and puts the marks on the scrubber. Frames are whole frames of the cut; a range has its last frame in it.
import { h, isTyping, toast } from "../lib/dom.js";
import { announceKeys } from "../lib/keys.js";
import { t } from "../lib/words.js";

const KEYS = [["N", t("Write a note on this frame")], ["I O", t("The note begins, ends at this frame")], ["D", t("Draw on this frame")], ["R", t("Loop the note's frames, or stop")], ["Ctrl ↵", t("Send the note")], ["[ ]", t("Previous or next note")]];
const TO_MAKE = [["T", t("Make the note a task")], ["Shift T", t("Order a retake with the note's words")]];
const GHOST = 12;             // frames around a drawing in which it is still faintly seen

class ReviewNotes extends HTMLElement {
  #stop = null;
  #forget = null;
  #range = null;              // [first, last] that somebody set; else the frame that shows
  #pinned = false;
  #shown = null;              // the note whose drawing shows

  async connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    await customElements.whenDefined("cut-player");
    if (signal.aborted) return;
    this.player = document.getElementById(this.getAttribute("for"));
    this.form = this.querySelector("[data-compose]");
    this.#forget = announceKeys(t("Notes"), this.form?.querySelector("[name=retake]") ? [...KEYS, ...TO_MAKE] : KEYS);
    this.player.addEventListener("cut:load", () => this.#marks(), { signal });
    this.player.addEventListener("cut:frame", () => this.#follow(), { signal });
    this.addEventListener("click", (event) => this.#click(event), { signal });
    document.addEventListener("click", (event) => { const to = event.target.closest?.("[data-seek]"); if (to) this.player.seek(Number(to.dataset.seek)); }, { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.addEventListener("htmx:afterSwap", () => this.#swapped(), { signal });
    this.addEventListener("htmx:afterSettle", () => this.#swapped(), { signal });
    this.form?.addEventListener("htmx:configRequest", (event) => this.#tell(event), { signal });
    this.form?.addEventListener("htmx:afterRequest", (event) => event.detail.elt === this.form && event.detail.successful && this.#sent(), { signal });
    this.form?.elements.files?.addEventListener("change", () => this.#files(), { signal });
    this.form?.addEventListener("reset", () => setTimeout(() => this.#files()), { signal });
    customElements.whenDefined("drawing-surface").then(() => this.isConnected && this.#surface());
    this.#surface();
    this.#swapped();
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#forget?.();
    this.surface?.remove();
  }

  #surface() {
    if (this.surface || !this.player.screen) return;
    this.surface = h("drawing-surface", { tools: "drawing-tools" });
    this.player.screen.append(this.surface);
    this.player.screen.style.position ||= "relative";
    this.surface.addEventListener("drawing", () => this.#drawing());
  }

  get notes() { return this.querySelector("#notes"); }

  #swapped() {
    const notes = this.notes;
    if (!notes) return;
    this.drawings = JSON.parse(notes.dataset.drawings || "{}");
    this.marks = JSON.parse(notes.dataset.marks || "[]");
    this.#marks();
    this.#follow();
  }

  #marks() { this.player.marks = this.marks ?? []; }

  /** A note that somebody has begun stays on this frame, whatever the picture goes on to show; `pin(false)`, it was not begun after all. */
  pin(on = true) {
    if (on && !this.#range) { this.#range = [this.player.frame, this.player.frame]; this.#pinned = true; }
    else if (!on && this.#pinned) { this.#range = null; this.#pinned = false; }
    this.#follow();
  }

  /** Whether something is typed or drawn that has not been sent. */
  get begun() { return Boolean(this.form?.elements.text.value.trim() || this.#drawn.length || this.surface?.drawing); }

  /** The frames that a note written now would be about. */
  get range() {
    if (this.#range) return this.#range;
    return [this.player.frame, this.player.frame];
  }

  #follow() {
    const at = this.player.frame;
    const [first, last] = this.range;
    if (this.form) {
      const where = this.form.querySelector("[data-where]");
      const values = { first, last, from: this.player.timecode(first), to: this.player.timecode(last) };
      where.textContent = first === last ? t("Note on frame {first} · {from}", values) : t("Note on frames {first} – {last} · {from} – {to}", values);
      this.form.elements.first.value = first;
      this.form.elements.last.value = last;
    }
    for (const article of this.querySelectorAll("[data-note][data-first]")) article.toggleAttribute("data-here", Number(article.dataset.first) <= at && at <= Number(article.dataset.last));
    this.#picture(at);
  }

  /** What is drawn on the frame that shows, strongly; what is drawn near it, faintly. While somebody draws, theirs alone. */
  #picture(at) {
    if (!this.surface?.show || this.surface.drawing) return;
    const here = [];
    const near = [];
    for (const [first, last, , note] of this.marks ?? []) {
      const shapes = this.drawings[note];
      if (!shapes) continue;
      if (first <= at && at <= last) here.push(...shapes);
      else if (!this.player.playing && (Math.abs(first - at) <= GHOST || Math.abs(last - at) <= GHOST)) near.push(...shapes);
    }
    this.surface.show(here);
    this.surface.showGhost(near);
  }

  draw(on = !this.surface?.drawing) {
    if (!this.surface?.begin || !this.form?.querySelector("[data-draw]")) return;
    if (on) { this.player.pause(); this.surface.show([]); this.surface.showGhost([]); this.surface.begin(); } else this.surface.end();
  }

  #drawing() {
    this.form?.querySelector("[data-draw]")?.setAttribute("aria-pressed", this.surface.drawing);
    if (!this.surface.drawing) this.#drawn = this.surface.shapes.length ? structuredClone(this.surface.shapes) : this.#drawn;
  }

  #drawn = [];

  /** The names of the files that go with the note. */
  #files() {
    const named = [...(this.form.elements.files?.files ?? [])].map((file) => file.name);
    const words = this.form.querySelector("[data-files]");
    if (words) Object.assign(words, { hidden: !named.length, textContent: named.join(", ") });
  }

  #tell(event) {
    if (event.detail.elt !== this.form) return;
    const shapes = this.surface?.drawing ? this.surface.shapes : this.#drawn;
    const [first, last] = this.range;
    Object.assign(event.detail.parameters, { first, last, held: last - first + 1, shapes: shapes.length ? JSON.stringify(shapes) : "" });
  }

  #sent() {
    this.form.reset();
    this.#drawn = [];
    if (this.surface?.drawing) this.surface.end();
    this.surface?.show?.([]);
    this.#drawn = [];
    this.#range = null;
    this.#pinned = false;
    this.#follow();
  }

  /** Shows a note: its first frame, its drawing; `loop` plays its frames over and over. */
  async showNote(article, loop = false) {
    if (!article?.dataset.first) return;
    this.#shown = article.dataset.note;
    for (const other of this.querySelectorAll("[data-note]")) other.toggleAttribute("aria-current", other === article);
    article.scrollIntoView({ block: "nearest" });
    this.player.loop = null;
    await this.player.pause();
    await this.player.seek(Number(article.dataset.first));
    if (loop) this.loop(article);
  }

  loop(article = this.querySelector(`[data-note="${this.#shown}"]`)) {
    if (this.player.loop || !article) { this.player.loop = null; return; }
    const [first, last] = [Number(article.dataset.first), Number(article.dataset.last)];
    const around = first === last ? Math.round((this.player.playlist.rate[0] / this.player.playlist.rate[1])) : 0;
    this.player.loop = [Math.max(0, first - around), Math.min(this.player.total - 1, last + around)];
    this.player.seek(this.player.loop[0]).then(() => this.player.play());
  }

  #step(way) {
    const articles = [...this.querySelectorAll("[data-note][data-first]")];
    const at = articles.findIndex((one) => one.dataset.note === this.#shown);
    this.showNote(articles[Math.max(0, Math.min(articles.length - 1, at < 0 ? (way > 0 ? 0 : articles.length - 1) : at + way))]);
  }

  /** Does with one key what the note that shows offers; where none was chosen, the only one on this frame. */
  #press(what) {
    const here = [...this.querySelectorAll("[data-note][data-here]")];
    const article = this.querySelector(`[data-note="${this.#shown}"]`) ?? (here.length === 1 ? here[0] : null);
    const button = article?.querySelector(what);
    if (button) button.click();
    else if (this.querySelector(what)) toast(t("Choose an open note first: [ and ] go from one to the next."));
  }

  setRange(edge) {
    const at = this.player.frame;
    const [first, last] = this.range;
    this.#range = edge === "in" ? [at, Math.max(at, this.#range ? last : at)] : [Math.min(first, at), at];
    this.#follow();
  }

  #click(event) {
    const { target } = event;
    if (target.closest("[data-show]")) this.showNote(target.closest("[data-note]"));
    else if (target.closest("[data-range]")) this.setRange(target.closest("[data-range]").dataset.range);
    else if (target.closest("[data-draw]")) this.draw();
    else if (target.closest("[data-attach]")) this.form.elements.files.click();
  }

  #key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.form?.contains(event.target)) {
      event.preventDefault();
      this.form.requestSubmit(this.form.querySelector(".btn--primary"));
      return;
    }
    if (event.defaultPrevented || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || this.surface?.drawing) return;
    const act = {
      n: () => { this.player.pause(); this.form?.elements.text.focus(); }, i: () => this.setRange("in"), o: () => this.setRange("out"), d: () => this.draw(true),
      t: () => this.#press(event.shiftKey ? "[data-retake]" : "[data-task]"), r: () => this.loop(), "[": () => this.#step(-1), "]": () => this.#step(1), Escape: () => { this.#range = null; this.player.loop = null; this.#follow(); },
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

customElements.define("review-notes", ReviewNotes);
