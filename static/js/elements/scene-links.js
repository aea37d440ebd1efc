// <scene-links for="text"> around [data-start] cards: a card shows its scene in the textarea #text, and the scene one writes in is marked.
// data-start and data-end are characters of the text as it was saved; after an edit above them they are off by what was typed.
class SceneLinks extends HTMLElement {
  #stop = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.addEventListener("click", (event) => {
      const card = event.target.closest("[data-scene-link]")?.closest("[data-start]");
      if (card) this.#show(card);
    }, { signal });
    document.addEventListener("selectionchange", () => document.activeElement === this.text && this.#mark(), { signal });
  }

  disconnectedCallback() {
    this.#stop.abort();
  }

  get text() { return document.getElementById(this.getAttribute("for")); }

  #show(card) {
    const start = Number(card.dataset.start);
    const { text } = this;
    if (!text?.setSelectionRange) return;
    const share = text.value.slice(0, start).split("\n").length / Math.max(1, text.value.split("\n").length);
    text.focus({ preventScroll: true });
    text.setSelectionRange(start, start + (/^[^\n]*/.exec(text.value.slice(start))?.[0].length ?? 0));
    text.scrollTop = Math.max(0, text.scrollHeight * share - text.clientHeight / 4);
    text.scrollIntoView({ block: "nearest" });
    this.#mark();
  }

  #mark() {
    const at = this.text.selectionStart;
    for (const card of this.querySelectorAll("[data-start]")) {
      const here = at >= Number(card.dataset.start) && at < Number(card.dataset.end);
      if (here === card.hasAttribute("aria-current")) continue;
      if (here) card.setAttribute("aria-current", "true");
      else card.removeAttribute("aria-current");
    }
  }
}

customElements.define("scene-links", SceneLinks);
