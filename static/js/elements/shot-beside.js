// <shot-beside for="tracks" src="…/shots/0/?beside">: what stands beside the clip a timeline is at. `src` is the address of a shot's takes and
// facts with 0 for its id; the answer stands in it, and replaces #shot-facts by itself. Asked for once the clip has stayed for a moment.
import { later } from "../lib/dom.js";

class ShotBeside extends HTMLElement {
  #stop = null;
  #shot = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const tracks = document.getElementById(this.getAttribute("for"));
    const show = later((shot) => this.show(shot), 120);
    const look = () => tracks.selectedClip && show(tracks.selectedClip.shot);
    for (const name of ["tracks:select", "cut:load", "cut:state"]) document.addEventListener(name, look, { signal });
  }

  disconnectedCallback() {
    this.#stop.abort();
  }

  show(shot) {
    if (!this.isConnected || shot === this.#shot) return;
    this.#shot = shot;
    document.dispatchEvent(new CustomEvent("live:here", { detail: { page: "timeline", shot } }));
    window.htmx.ajax("GET", this.getAttribute("src").replace("/0/", `/${shot}/`), { source: this, target: this, swap: "innerHTML" });
  }
}

customElements.define("shot-beside", ShotBeside);
