// <key-sheet>: "?" shows the keys of everything that is in the page now.
import { h, icon, isTyping } from "../lib/dom.js";
import { allKeys } from "../lib/keys.js";
import { t } from "../lib/words.js";

class KeySheet extends HTMLElement {
  #stop = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    document.addEventListener("keydown", (event) => { if (event.key === "?" && !isTyping(event)) { event.preventDefault(); this.open(); } }, { signal });
    document.addEventListener("click", (event) => event.target.closest?.("[data-open-keys]") && this.open(), { signal });
  }

  disconnectedCallback() { this.#stop.abort(); }

  open() {
    this.dialog?.remove();
    const groups = allKeys().map(([name, keys]) => h("section", {}, h("h3", {}, name), h("dl", { class: "facts mt-s" }, ...keys.flatMap(([key, words]) => [h("dt", {}, h("kbd", { class: "key" }, key)), h("dd", {}, words)]))));
    const close = h("button", { type: "button", class: "btn btn--plain btn--icon", "aria-label": t("Close"), "data-close-dialog": true }, icon("close"));
    this.dialog = h("dialog", { class: "dialog dialog--wide", "aria-label": t("Keys") }, h("div", { class: "dialog__head" }, h("h2", {}, t("Keys on this page")), close), h("div", { class: "dialog__body grid" }, ...groups));
    this.append(this.dialog);
    this.dialog.showModal();
  }
}

customElements.define("key-sheet", KeySheet);
