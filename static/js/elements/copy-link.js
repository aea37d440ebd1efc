// <copy-link><input readonly value="…"></copy-link>: a button beside the address that copies it, also where the page is not on a secure address.
import { h, icon, setIcon } from "../lib/dom.js";
import { t } from "../lib/words.js";

class CopyLink extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    if (!input || this.querySelector("[data-copy]")) return;
    this.classList.add("row");
    input.classList.add("grow");
    const words = h("span", {}, t("Copy"));
    const button = h("button", { type: "button", class: "btn", "data-copy": true, "aria-live": "polite" }, icon("copy"), words);
    button.addEventListener("click", async () => {
      let done = true;
      try {
        await navigator.clipboard.writeText(input.value);
      } catch {
        input.select();
        done = document.execCommand("copy");
      }
      words.textContent = done ? t("Copied") : t("Press Ctrl C");
      setIcon(button.firstElementChild, done ? "check" : "copy");
      setTimeout(() => { words.textContent = t("Copy"); setIcon(button.firstElementChild, "copy"); }, 2500);
    });
    input.addEventListener("focus", () => input.select());
    this.append(button);
  }
}

customElements.define("copy-link", CopyLink);
