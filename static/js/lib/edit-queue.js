// Sends edits of a cut one after another, each with the revision it was made on, and says how each ended. What was sent is never dropped silently.
import { h, postJSON } from "./dom.js";
import { t } from "./words.js";

export class EditQueue {
  #waiting = [];
  #busy = false;

  /** on: {done(answer, edit, more), conflict(answer, edit), refused(answer, edit), lost(edit, again)} */
  constructor(url, on) {
    Object.assign(this, { url, on, revision: 0 });
  }

  get busy() { return this.#busy || this.#waiting.length > 0; }

  add(edit) {
    this.#waiting.push(edit);
    this.#work();
  }

  async #work() {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#waiting.length) {
      const edit = this.#waiting[0];
      if (!(await this.#send(edit))) break;
    }
    this.#busy = false;
  }

  async #send(edit) {
    let answer;
    let body;
    try {
      answer = await postJSON(this.url, { base: this.revision, ...edit });
      if (answer.redirected || answer.status === 401 || answer.status >= 500) throw new Error(`status ${answer.status}`);
      body = await answer.json();
    } catch (error) {
      this.on.lost(edit, () => this.#work(), answer, error);
      return false;
    }
    this.#waiting.shift();
    if (body.playlist) this.revision = body.playlist.revision;
    if (answer.ok) this.on.done(body, edit, this.#waiting.length > 0);
    else {
      this.#waiting.length = 0;        // what followed was made on an edit that did not happen
      if (answer.status === 409) this.on.conflict(body, edit);
      else this.on.refused(body, edit);
    }
    return true;
  }

  forget() { this.#waiting.length = 0; }
}

const framesSaid = (first, last) => t("frames {first} – {last}", { first, last });

/** Two edits of one clip, side by side. The other's stands in the cut; `mine` makes this one anew on top of it. */
export function showConflict(answer, edit, mine) {
  const theirs = (answer.theirs ?? []).find((clip) => clip.key === edit.clip) ?? {};
  const yours = edit.kind === "trim" ? framesSaid(edit.source_in, edit.source_out)
    : { remove: t("taken out"), move: t("moved"), level: edit.gain === null ? t("its own sound left out") : t("its own sound at {gain} dB", { gain: edit.gain }) }[edit.kind] ?? edit.kind;
  const other = theirs.removed ? t("taken out") : framesSaid(theirs.in ?? "?", theirs.out ?? "?");
  const dialog = h("dialog", { class: "dialog", "aria-label": t("Two edits of one clip") },
    h("div", { class: "dialog__head" }, h("h2", {}, theirs.code ? t("Somebody changed {code} meanwhile", { code: theirs.code }) : t("Somebody changed this clip meanwhile"))),
    h("div", { class: "dialog__body" }, h("p", { class: "dim" }, answer.problem ?? t("Both edits are shown; keep either.")),
      h("table", { class: "diff" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("Yours")), h("th", { scope: "col" }, t("Theirs, in the cut now")))),
        h("tbody", {}, h("tr", {}, h("td", { class: "num differs" }, yours), h("td", { class: "num" }, other))))),
    h("div", { class: "dialog__foot" }, h("button", { type: "button", class: "btn", onclick: () => dialog.close() }, t("Keep theirs")),
      h("button", { type: "button", class: "btn btn--primary", onclick: () => { dialog.close(); mine(); } }, t("Use mine instead"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
