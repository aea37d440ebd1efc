// <link-open for="player">: what a client's page does when its link is over, or when the studio cannot be reached. The page's own questions (#notes asks
// every 20 s, <watched-frames> reports) find it out: a 404 ends the film where it stands and shows what the studio says; no answer shows a line that stays
// until there is one. Everything else that fails is told as everywhere.
import { h, icon } from "../lib/dom.js";
import { t } from "../lib/words.js";

class LinkOpen extends HTMLElement {
  #stop = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const asks = (event) => event.detail.elt?.id === "notes";
    this.line = h("div", { class: "banner banner--lost share__lost", role: "status", hidden: true }, icon("warn"), t("No connection to the studio. What you type is kept here."));
    this.replaceChildren(this.line);
    document.addEventListener("htmx:sendError", (event) => {
      this.line.hidden = false;
      if (asks(event)) event.stopImmediatePropagation();
    }, { signal, capture: true });
    document.addEventListener("htmx:responseError", (event) => {
      if (event.detail.xhr.status === 404) this.#over();
      if (asks(event)) event.stopImmediatePropagation();
    }, { signal, capture: true });
    document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) this.line.hidden = true; }, { signal });
    document.addEventListener("link:over", () => this.#over(), { signal });
    const look = () => document.getElementById("notes")?.dispatchEvent(new Event("look"));
    addEventListener("online", look, { signal });
    addEventListener("offline", () => { this.line.hidden = false; }, { signal });
    document.addEventListener("visibilitychange", () => document.hidden || look(), { signal });
  }

  disconnectedCallback() { this.#stop.abort(); }

  /** What was typed is kept by <draft-keeper>; the answer to the page itself says the rest. */
  #over() {
    document.getElementById(this.getAttribute("for"))?.pause?.();
    location.reload();
  }
}

customElements.define("link-open", LinkOpen);
