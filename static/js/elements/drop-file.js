// <drop-file><textarea></textarea></drop-file>: a text file dropped on the field becomes its text; with `choose` there is a button too; `data-what` says what file it wants, a screenplay unless said. `max` bytes (10 MB unless said).
// Event "drop:text" {name} when it is in. What is not text is refused with a sentence and the field stays as it was.
import { h, icon, toast } from "../lib/dom.js";

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
    this.dataset.hint ||= "Drop the screenplay here";
    let depth = 0;
    this.addEventListener("dragenter", (event) => { if (event.dataTransfer.types.includes("Files")) { event.preventDefault(); depth += 1; this.toggleAttribute("over", true); } }, { signal });
    this.addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); if (!depth) this.removeAttribute("over"); }, { signal });
    this.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault(), { signal });
    this.addEventListener("drop", (event) => { depth = 0; this.removeAttribute("over"); const [file] = event.dataTransfer.files; if (file) { event.preventDefault(); this.take(file); } }, { signal });
    if (!this.hasAttribute("choose") || this.querySelector("[data-choose]")) return;
    const chooser = h("input", { type: "file", accept: this.getAttribute("accept") ?? ".fountain,.spmd,.txt,.md,.fdx,text/plain", hidden: true, "aria-label": "Choose a file" });
    chooser.addEventListener("change", () => { if (chooser.files[0]) this.take(chooser.files[0]); chooser.value = ""; });
    this.append(chooser, h("button", { type: "button", class: "btn btn--small mt-s", "data-choose": true, onclick: () => chooser.click() }, icon("upload"), "Choose a file"));
  }

  disconnectedCallback() { this.#stop.abort(); }

  async take(file) {
    const field = this.querySelector("textarea");
    const max = Number(this.getAttribute("max")) || MAX;
    if (file.size > max) { toast(`${file.name} is ${(file.size / 1048576).toFixed(1)} MB; a ${this.dataset.what ?? "screenplay"} may have ${(max / 1048576).toFixed(0)} MB. Nothing was changed.`, { bad: true }); return; }
    const text = textOf(new Uint8Array(await file.arrayBuffer()));
    if (text === null) { toast(`${file.name} is not a text file. ${this.dataset.what ? `Give a ${this.dataset.what}.` : "Export the screenplay as Fountain or plain text."}`, { bad: true }); return; }
    const before = field.value;
    field.value = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("drop:text", { bubbles: true, detail: { name: file.name } }));
    if (before.trim()) toast(`${file.name} is in the field.`, { action: "Put the old text back", call: () => { field.value = before; field.dispatchEvent(new Event("input", { bubbles: true })); } });
  }
}

customElements.define("drop-file", DropFile);
