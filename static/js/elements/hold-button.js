// <hold-button seconds="1"><button>…</button></hold-button>: the button acts only after being held, by pointer or by key, so that nothing goes by a slip.
import { h } from "../lib/dom.js";
import { t } from "../lib/words.js";

class HoldButton extends HTMLElement {
  #stop = null;
  #began = 0;
  #frame = 0;
  #done = false;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const button = this.querySelector("button");
    this.fill = h("span", { class: "hold__fill", "aria-hidden": "true" });
    button.append(this.fill);
    button.title ||= t("Press and hold");
    const begin = (event) => {
      if (this.#began || button.disabled || event.button > 0) return;
      this.#began = performance.now();
      this.#turn(button);
    };
    const end = () => this.#end();
    button.addEventListener("pointerdown", begin, { signal });
    for (const name of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(name, end, { signal });
    button.addEventListener("keydown", (event) => { if (event.key === " " || event.key === "Enter") { event.preventDefault(); begin(event); } }, { signal });
    button.addEventListener("keyup", end, { signal });
    button.addEventListener("click", (event) => { if (!this.#done) { event.preventDefault(); event.stopImmediatePropagation(); } this.#done = false; }, { signal, capture: true });
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#end();
    this.fill.remove();
  }

  #turn(button) {
    const part = (performance.now() - this.#began) / (1000 * (Number(this.getAttribute("seconds")) || 1));
    this.fill.style.scale = `${Math.min(1, part)} 1`;
    if (part < 1) { this.#frame = requestAnimationFrame(() => this.#turn(button)); return; }
    this.#end();
    this.#done = true;
    button.click();
  }

  #end() {
    cancelAnimationFrame(this.#frame);
    this.#began = 0;
    this.fill.style.scale = "0 1";
  }
}

customElements.define("hold-button", HoldButton);
