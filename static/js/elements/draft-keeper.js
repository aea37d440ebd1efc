// <draft-keeper key="script-7" base="12"><textarea></textarea></draft-keeper>: unsaved text of a field survives a reload, a lost socket and an ended session, in this browser, by key and
// base revision. Made on the same revision it comes back by itself; made on an older one it is offered, and neither text is lost. A saved text is forgotten.
import { h, later } from "../lib/dom.js";
import { t } from "../lib/words.js";

const LONGEST = 2_000_000;     // characters; what is longer is not kept, and says so

class DraftKeeper extends HTMLElement {
  #stop = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.field = this.querySelector("textarea, input:not([type=hidden], [type=file])");
    if (!this.field) return;
    this.key = `draft:${this.getAttribute("key") ?? location.pathname}`;
    this.saved = this.field.value;
    this.note = h("div", { class: "draft-note", role: "status", hidden: true });
    this.prepend(this.note);
    const keep = later(() => { this.sent = false; this.#keep(); }, 300);
    this.field.addEventListener("input", keep, { signal });
    addEventListener("pagehide", () => this.#keep(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.#keep(), { signal });
    this.field.form?.addEventListener("htmx:beforeOnLoad", (event) => {  // before the answer takes the form's place
      const { elt, xhr } = event.detail;
      if (elt === this.field.form && xhr.status >= 200 && xhr.status < 300 && !xhr.responseURL.includes("/accounts/login/")) this.#forget();
    }, { signal });
    this.field.form?.addEventListener("submit", () => this.#keep(true), { signal });
    this.#offer();
  }

  disconnectedCallback() {
    this.#keep();
    this.#stop?.abort();
    this.note?.remove();
  }

  get revision() { return this.getAttribute("base") ?? ""; }

  #read() {
    try { return JSON.parse(localStorage.getItem(this.key)); } catch { return null; }
  }

  /** `sent` marks a text that was on its way to be saved: it is forgotten once the base has moved on. */
  #keep(sent = false) {
    if (!this.field) return;
    const text = this.field.value;
    if (text === this.saved || (this.sent && !sent)) return;
    this.sent = sent;
    if (text.length > LONGEST) { this.#say(t("This text is too long to be kept here; save it before you leave.")); return; }
    try {
      localStorage.setItem(this.key, JSON.stringify({ text, revision: this.revision, at: Date.now(), sent }));
    } catch {
      this.#say(t("This browser has no room to keep unsaved text; save it before you leave."));
    }
  }

  #forget() {
    this.saved = this.field.value;
    this.note.hidden = true;
    try { localStorage.removeItem(this.key); } catch { /* nothing was kept */ }
  }

  #offer() {
    const draft = this.#read();
    if (!draft || draft.text === this.field.value || (draft.sent && draft.revision !== this.revision)) { if (draft) this.#forget(); return; }
    const when = new Date(draft.at).toLocaleTimeString(document.documentElement.lang === "en" ? [] : document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const put = (text) => { this.field.value = text; this.field.dispatchEvent(new Event("input", { bubbles: true })); };
    const button = (words, act) => h("button", { type: "button", class: "btn btn--small", onclick: act }, words);
    if (draft.revision === this.revision) {
      const before = this.field.value;
      put(draft.text);
      this.#say(t("Your unsaved text of {when} is back.", { when }), button(t("Throw it away"), () => { put(before); this.#forget(); }));
    } else {
      this.#say(t("You have unsaved text of {when}, made on an older version.", { when }), button(t("Show mine"), () => {
        const theirs = this.field.value;
        put(draft.text);
        this.#say(t("This is your text. Saving it replaces the newer version, which stays in the history."), button(t("Show theirs"), () => { put(theirs); this.#offer(); }));
      }), button(t("Throw mine away"), () => this.#forget()));
    }
  }

  #say(words, ...buttons) {
    this.note.hidden = false;
    this.note.replaceChildren(h("span", {}, words), ...buttons);
  }
}

customElements.define("draft-keeper", DraftKeeper);
