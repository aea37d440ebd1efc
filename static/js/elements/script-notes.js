// <script-notes for="screenplay">: notes beside a screenplay, in a <textarea> or a <pre> inside .script__sheet. It holds #notes (data-marks: [[line, notes, open, note]…],
// articles with data-note and buttons data-line) and, where one may write, a form [data-compose] with `line`. Marks stand in the text's margin, and a plus beside the line
// that is pointed at or written in. Lines are numbers from 0 of the revision as it was saved; what is typed since moves the marks along.
import { h, icon, isTyping, later, toast } from "../lib/dom.js";
import { announceKeys } from "../lib/keys.js";
import { editedLines, lineOf, lineTops, textOf } from "../lib/text-lines.js";
import { t } from "../lib/words.js";

class ScriptNotes extends HTMLElement {
  #stop = null;
  #forget = null;
  #marks = [];
  #tops = null;               // of each line as it stands now
  #edited = null;
  #at = null;                 // the line, as it stands now, that the plus stands beside
  #watch = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.field = document.getElementById(this.getAttribute("for"));
    const sheet = this.field?.closest(".script__sheet");
    if (!sheet) return;
    this.saved = (this.field.defaultValue ?? this.field.textContent).replace(/\r\n?/g, "\n");
    this.plus = h("button", { type: "button", class: "script__plus", hidden: true, "aria-label": t("Note on this line"), title: t("Note on this line"), onclick: () => this.write(this.#at) }, icon("plus"));
    this.rows = h("div", { class: "script__rows" }, this.plus);
    this.margin = h("div", { class: "script__margin" }, this.rows);
    sheet.append(this.margin);
    this.#forget = announceKeys(t("Script"), [["Ctrl Alt M", t("Write a note on the line that you are at")]]);
    const measured = later(() => this.#moved(), 120);
    this.field.addEventListener("input", measured, { signal });
    this.field.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
    sheet.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.#pointed(event), { signal });
    sheet.addEventListener("pointerup", (event) => event.pointerType !== "mouse" && this.#pointed(event), { signal });
    document.addEventListener("selectionchange", () => document.activeElement === this.field && this.#beside(this.#caret()), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.fonts?.ready.then(() => !signal.aborted && this.#moved());
    this.#watch = new ResizeObserver(() => this.#moved());
    this.#watch.observe(this.field);
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("input", (event) => event.target === this.form?.elements.line && this.#quote(), { signal });
    for (const name of ["htmx:afterSwap", "htmx:afterSettle"]) this.addEventListener(name, () => this.#swapped(), { signal });
    this.addEventListener("htmx:afterRequest", ({ detail }) => detail.elt === this.form && detail.successful && this.#sent(), { signal });
    addEventListener("hashchange", () => this.#asked(), { signal });
    this.#swapped();
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#watch?.disconnect();
    this.#forget?.();
    this.margin?.remove();
  }

  get form() { return this.querySelector("[data-compose]"); }
  get notes() { return this.querySelector("#notes"); }

  #swapped() {
    const said = this.notes?.dataset.marks;
    if (said === undefined) return;
    this.plus.hidden = !this.form || this.#at === null;
    const first = !this.margin.dataset.ready;
    this.margin.dataset.ready = "";
    this.#marks = JSON.parse(said);
    this.#draw();
    if (first) this.#asked();
  }

  /** The note that the address names. */
  #asked() {
    const article = location.hash.startsWith("#note-") && this.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`);
    if (!article) return;
    this.show(article);
    this.#toLine(Number(article.querySelector("[data-line]")?.dataset.line ?? -1));
  }

  #moved() {
    this.#tops = null;
    this.#edited = null;
    this.#draw();
  }

  get #lines() { return (this.#tops ??= lineTops(this.field)); }
  get #map() { return (this.#edited ??= editedLines(this.saved, textOf(this.field))); }

  #scrolled() { this.rows.style.transform = `translateY(${-this.field.scrollTop}px)`; }

  #draw() {
    if (!this.field.clientWidth) return;
    const tops = this.#lines;
    const target = this.form && !this.form.hidden ? Number(this.form.elements.line.value) - 1 : null;
    const marks = this.#marks.map(([line, count, open, note]) => {
      const words = open ? t("Line {line}: notes {count}, open {open}", { line: line + 1, count, open }) : t("Line {line}: notes {count}, all resolved", { line: line + 1, count });
      const mark = h("button", { type: "button", class: `script__mark${open ? "" : " script__mark--done"}`, "aria-label": words, title: words, onclick: () => this.show(this.#article(note)) }, String(count));
      mark.style.top = `${tops[this.#map.now(line) ?? this.#map.head] ?? tops.at(-1)}px`;
      return mark;
    });
    const here = target === null || this.#map.now(target) === null || tops[this.#map.now(target)] === undefined ? [] : [h("span", { class: "script__here" })];
    for (const bar of here) { bar.style.top = `${tops[this.#map.now(target)]}px`; bar.style.height = `${tops[this.#map.now(target) + 1] - tops[this.#map.now(target)]}px`; }
    this.rows.replaceChildren(...here, ...marks, this.plus);
    this.rows.style.height = `${tops.at(-1)}px`;
    this.#place();
    this.#scrolled();
  }

  #article(note) { return this.querySelector(`[data-note="${CSS.escape(note)}"]`); }

  // The plus

  #caret() { return this.field.selectionStart === undefined ? this.#at : lineOf(this.field.value, this.field.selectionStart); }

  #pointed(event) {
    if (event.target.closest(".script__plus, .script__mark")) return;
    const y = event.clientY - this.field.getBoundingClientRect().top - this.field.clientTop + this.field.scrollTop;
    const tops = this.#lines;
    let line = tops.findIndex((top) => top > y) - 1;
    if (line < 0) line = y < tops[0] ? 0 : tops.length - 2;
    this.#beside(line);
  }

  /** Beside a line, or the last above it that has words. */
  #beside(asked) {
    const text = textOf(this.field).split("\n");
    let line = asked ?? -1;
    while (line >= 0 && !text[line]?.trim()) line -= 1;
    if (line < 0 || line === this.#at) return;
    this.#at = line;
    this.#place();
  }

  #place() {
    const top = this.#at === null ? undefined : this.#lines[this.#at];
    this.plus.hidden = !this.form || top === undefined;
    if (top === undefined) return;
    const marked = [...this.rows.querySelectorAll(".script__mark")].some((mark) => Math.abs(parseFloat(mark.style.top) - top) < 20);
    this.plus.style.top = `${top + (marked ? 25 : 0)}px`;  // a mark and a plus both stay in reach
  }

  // Writing

  /** Begins a note on a line as it stands now; without one, on the last that was pointed at. */
  write(line = this.#at) {
    const { form } = this;
    if (!form) return;
    const asked = line ?? textOf(this.field).split("\n").findIndex((words) => words.trim());
    const saved = this.#map.once(Math.max(0, asked));
    if (saved === null) {
      toast(t("This line was changed since it was saved. Save the script first; then write a note on it."), { bad: true });
      return;
    }
    form.hidden = false;
    form.elements.line.value = saved + 1;
    form.elements.line.max = this.saved.split("\n").length;
    this.#quote();
    form.scrollIntoView({ block: "nearest" });
    form.elements.text.focus({ preventScroll: true });
  }

  #quote() {
    const words = this.saved.split("\n")[Number(this.form.elements.line.value) - 1]?.trim();
    this.form.querySelector("[data-line-words]").textContent = words || t("There are no words on this line.");
    this.#draw();
  }

  #sent() {
    this.form.reset();
    this.#close();
  }

  #close() {
    this.form.hidden = true;
    this.#draw();
  }

  // Reading

  show(article) {
    if (!article) return;
    for (const other of this.querySelectorAll("[data-note]")) other.toggleAttribute("aria-current", other === article);
    article.scrollIntoView({ block: "nearest" });
    article.focus({ preventScroll: true });
  }

  #toLine(line) {
    const now = line < 0 ? null : this.#map.now(line) ?? this.#map.head;
    const top = this.#lines[now];
    if (top === undefined) return;
    this.field.scrollTop = Math.max(0, top - this.field.clientHeight / 3);
    this.#scrolled();
    this.#beside(now);
    const mark = [...this.rows.querySelectorAll(".script__mark")].find((one) => one.style.top === `${top}px`);
    (mark ?? this.plus).scrollIntoView({ block: "center" });
  }

  #click(event) {
    const { target } = event;
    const line = target.closest("[data-line]");
    if (line) this.#toLine(Number(line.dataset.line));
    else if (target.closest("[data-note-line]")) this.write();
    else if (target.closest("[data-note-close]")) this.#close();
  }

  #key(event) {
    const { form } = this;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form?.contains(event.target)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.code === "KeyM" && event.altKey && (event.ctrlKey || event.metaKey) && (document.activeElement === this.field || !isTyping(event))) {
      event.preventDefault();
      this.write(document.activeElement === this.field ? this.#caret() : this.#at);
    }
  }
}

customElements.define("script-notes", ScriptNotes);
