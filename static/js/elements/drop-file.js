// <drop-file><textarea></textarea></drop-file>: a text file dropped on the field becomes its text; with `choose` there is a button too; `data-what` says what file it wants, a screenplay unless said. `max` bytes (10 MB unless said).
// Event "drop:text" {name} when it is in. What is not text is refused with a sentence and the field stays as it was.
import { h, icon, toast } from "../lib/dom.js";
import { t } from "../lib/words.js";

const MAX = 10 * 1024 * 1024;

/** UTF-8 and UTF-16 by their marks, else UTF-8, else Windows-1252; null for what is no text. */
export function textOf(bytes) {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

class DropFile extends HTMLElement {
  #stop = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.dataset.hint ||= t("Drop the screenplay here");
    let depth = 0;
    this.addEventListener("dragenter", (event) => { if (event.dataTransfer.types.includes("Files")) { event.preventDefault(); depth += 1; this.toggleAttribute("over", true); } }, { signal });
    this.addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); if (!depth) this.removeAttribute("over"); }, { signal });
    this.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault(), { signal });
    this.addEventListener("drop", (event) => { depth = 0; this.removeAttribute("over"); const [file] = event.dataTransfer.files; if (file) { event.preventDefault(); this.take(file); } }, { signal });
    if (!this.hasAttribute("choose") || this.querySelector("[data-choose]")) return;
    const chooser = h("input", { type: "file", accept: this.getAttribute("accept") ?? ".fountain,.spmd,.txt,.md,.fdx,text/plain", hidden: true, "aria-label": t("Choose a file") });
    chooser.addEventListener("change", () => { if (chooser.files[0]) this.take(chooser.files[0]); chooser.value = ""; });
    this.append(chooser, h("button", { type: "button", class: "btn btn--small mt-s", "data-choose": true, onclick: () => chooser.click() }, icon("upload"), t("Choose a file")));
  }

  disconnectedCallback() { this.#stop.abort(); }

  #tooLarge(said) {
    return said.what ? t("{name} is {size} MB; a {what} may have {max} MB. Nothing was changed.", said) : t("{name} is {size} MB; a screenplay may have {max} MB. Nothing was changed.", said);
  }

  #noText(said) {
    return said.what ? t("{name} is not a text file. Give a {what}.", said) : t("{name} is not a text file. Export the screenplay as Fountain or plain text.", said);
  }

  async take(file) {
    const field = this.querySelector("textarea");
    const max = Number(this.getAttribute("max")) || MAX;
    if (file.size > max) { toast(this.#tooLarge({ name: file.name, size: (file.size / 1048576).toFixed(1), max: (max / 1048576).toFixed(0), what: this.dataset.what }), { bad: true }); return; }
    const text = textOf(new Uint8Array(await file.arrayBuffer()));
    if (text === null) { toast(this.#noText({ name: file.name, what: this.dataset.what }), { bad: true }); return; }
    const before = field.value;
    field.value = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("drop:text", { bubbles: true, detail: { name: file.name } }));
    if (before.trim()) toast(t("{name} is in the field.", { name: file.name }), { action: t("Put the old text back"), call: () => { field.value = before; field.dispatchEvent(new Event("input", { bubbles: true })); } });
  }
}

customElements.define("drop-file", DropFile);
