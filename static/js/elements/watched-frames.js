// <watched-frames for="player" to="…/watched/">: tells the studio which frames a <cut-player> has shown while it played, as ranges with both ends in them, every
// ten seconds and when the page is left. A report that fails is sent again with the next. Event: "link:over", when the studio no longer
// takes any.
import { csrfToken } from "../lib/dom.js";

const EVERY = 10_000;          // milliseconds
const GAP = 12;                // frames that may be dropped within one range
const MOST = 50;               // ranges in one report

class WatchedFrames extends HTMLElement {
  #stop = null;
  #timer = 0;
  #ranges = [];
  #sending = false;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    document.addEventListener("cut:frame", (event) => event.target.id === this.getAttribute("for") && this.#saw(event.target, event.detail.frame), { signal });
    document.addEventListener("cut:state", (event) => !event.detail.playing && this.send(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.send(true), { signal });
    addEventListener("pagehide", () => this.send(true), { signal });
    this.#timer = setInterval(() => this.send(), EVERY);
  }

  disconnectedCallback() {
    this.#stop.abort();
    clearInterval(this.#timer);
    this.send(true);
  }

  #saw(player, frame) {
    if (!player.playing) return;
    const last = this.#ranges.at(-1);
    if (last && frame >= last[0] && frame <= last[1] + GAP) last[1] = Math.max(last[1], frame);
    else this.#ranges.push([frame, frame]);
  }

  async send(leaving = false) {
    if (!this.#ranges.length || (this.#sending && !leaving)) return;
    const ranges = this.#ranges.splice(0, MOST);
    this.#sending = true;
    try {
      const answer = await fetch(this.getAttribute("to"), {
        method: "POST", credentials: "same-origin", keepalive: leaving, body: JSON.stringify({ ranges }),
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      });
      if (answer.status >= 500) this.#ranges.unshift(...ranges);
      if (answer.status === 404 && !leaving) this.dispatchEvent(new CustomEvent("link:over", { bubbles: true }));
    } catch {
      this.#ranges.unshift(...ranges);
    } finally {
      this.#sending = false;
    }
  }
}

customElements.define("watched-frames", WatchedFrames);
