// <take-compare a="…/source.json" b="…/source.json" a-label="T1" b-label="T3">: two takes in step on one clock, always the same frame of both.
// Modes by keys 1–4: side by side, wipe (drag, or Shift-arrows), onion skin, difference. "," and "." slip the second take by a frame.
// Property `shown` = [frame of A, frame of B] of the picture on the screen. Event "compare:frame".
import { fitCanvas, h, icon, isTyping, setIcon } from "../lib/dom.js";
import { frameSource } from "../lib/frame-source.js";
import { announceKeys } from "../lib/keys.js";
import { timecode } from "../lib/timecode.js";

const MODES = [["side", "Side"], ["wipe", "Wipe"], ["onion", "Onion"], ["diff", "Difference"]];
const KEYS = [["1 2 3 4", "Side, wipe, onion skin, difference"], ["Space", "Play or pause both"], ["← →", "One frame"], ["Shift ← →", "Move the wipe"], [", .", "Slip the second take by a frame"], ["Home End", "First or last frame"]];

class TakeCompare extends HTMLElement {
  #stop = null;
  #forget = null;
  #busy = false;
  #again = false;
  #clock = 0;

  mode = "side";
  wipe = 0.5;
  offset = 0;
  frame = 0;
  playing = false;
  shown = null;
  sources = [];

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#build(signal);
    this.#forget = announceKeys("Compare", KEYS);
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.observer = new ResizeObserver(() => this.#draw());
    this.observer.observe(this.screen);
    this.load();
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#forget();
    this.observer.disconnect();
    this.playing = false;
    for (const source of this.sources) source.close();
    this.sources = [];
    this.replaceChildren();
  }

  #build(signal) {
    this.canvas = h("canvas", { role: "img", "aria-label": "Two takes compared" });
    const tag = (side) => h("span", { class: `compare__tag compare__tag--${side}` }, this.getAttribute(`${side}-label`) ?? side.toUpperCase());
    this.wait = h("div", { class: "player__wait", role: "status" }, "Fetching both takes …");
    this.screen = h("div", { class: "player__screen" }, this.canvas, tag("a"), tag("b"), this.wait);
    this.now = h("output", { class: "tc tc--big" }, "00:00:00:00");
    this.button = h("button", { type: "button", class: "btn btn--primary", "aria-label": "Play", onclick: () => this.toggle() }, icon("play"));
    this.buttons = MODES.map(([mode, words], n) => h("button", { type: "button", class: "btn", "aria-pressed": String(mode === this.mode), onclick: () => this.show(mode) }, icon(mode), words, h("kbd", { class: "key" }, n + 1)));
    this.slip = h("span", { class: "num dim" }, "offset 0 f");
    this.scrub = h("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "Frame", class: "grow", oninput: () => { this.pause(); this.seek(Number(this.scrub.value)); } });
    this.replaceChildren(this.screen, this.scrub, h("div", { class: "player__transport" }, this.now, this.button, h("span", { class: "spring" }), h("span", { class: "btn-group", role: "group", "aria-label": "Compare by" }, ...this.buttons), this.slip));
    let dragging = false;
    const slide = (event) => {
      const box = this.canvas.getBoundingClientRect();
      this.wipe = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
      this.#draw();
    };
    this.screen.addEventListener("pointerdown", (event) => { if (this.mode !== "wipe") return; dragging = true; this.screen.setPointerCapture(event.pointerId); slide(event); }, { signal });
    this.screen.addEventListener("pointermove", (event) => dragging && slide(event), { signal });
    this.screen.addEventListener("pointerup", () => { dragging = false; }, { signal });
  }

  async load() {
    try {
      const [a, b] = await Promise.all(["a", "b"].map(async (side) => {
        const answer = await fetch(this.getAttribute(side), { credentials: "same-origin" });
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        return answer.json();
      }));
      if (!this.isConnected) return;
      this.rate = a.rate;
      const takes = [a, b].map((answer) => Object.values(answer.takes)[0]);
      if (takes.some((take) => !take)) throw new Error("a take has no picture to play yet");
      this.sources = takes.map((take) => frameSource(take, this.rate));
      this.total = Math.max(...takes.map((take) => take.frames));
      this.scrub.max = this.total - 1;
      await this.seek(0);
      this.wait.hidden = true;
    } catch (error) {
      if (!this.isConnected) return;
      this.wait.hidden = false;
      this.wait.textContent = `The takes could not be compared: ${error.message}.`;
    }
  }

  show(mode) {
    this.mode = mode;
    this.buttons.forEach((button, n) => button.setAttribute("aria-pressed", String(MODES[n][0] === mode)));
    this.#draw();
  }

  /** Both takes at frame n; resolves when they are on the screen. Asked again meanwhile, only the last is shown. */
  async seek(n) {
    this.frame = Math.max(0, Math.min(this.total - 1, Math.round(n)));
    if (this.#busy) { this.#again = true; return; }
    this.#busy = true;
    try {
      do {
        this.#again = false;
        const numbers = [this.frame, this.frame + this.offset];
        this.pictures = await Promise.all(this.sources.map((source, k) => source.get(numbers[k])));
        this.shown = numbers;
        this.#draw();
      } while (this.#again);
    } finally {
      this.#busy = false;
    }
    this.scrub.value = this.frame;
    this.now.value = timecode(this.frame, ...this.rate);
    this.dispatchEvent(new CustomEvent("compare:frame", { bubbles: true, detail: { frame: this.frame } }));
  }

  toggle() { return this.playing ? this.pause() : this.play(); }

  play() {
    if (!this.sources.length) return;
    const from = this.frame >= this.total - 1 ? 0 : this.frame;
    const began = performance.now();
    this.playing = true;
    this.#state();
    const turn = (now) => {
      if (!this.playing) return;
      const want = from + Math.floor((((now - began) / 1000) * this.rate[0]) / this.rate[1]);
      if (want >= this.total) { this.seek(this.total - 1); this.pause(); return; }
      if (want !== this.frame && !this.#busy) this.seek(want);
      this.#clock = requestAnimationFrame(turn);
    };
    this.#clock = requestAnimationFrame(turn);
  }

  pause() {
    cancelAnimationFrame(this.#clock);
    this.playing = false;
    this.#state();
  }

  #state() {
    setIcon(this.button.firstElementChild, this.playing ? "pause" : "play");
    this.button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
  }

  #draw() {
    if (!this.pictures || !this.screen.clientWidth) return;
    const [a, b] = this.pictures;
    const size = (picture) => [picture.displayWidth ?? picture.videoWidth, picture.displayHeight ?? picture.videoHeight];
    const [w, t] = size(a);
    if (!w) return;
    this.style.setProperty("--aspect", this.mode === "side" ? `${2 * w + 8} / ${t}` : `${w} / ${t}`);
    const { context, width, height } = fitCanvas(this.canvas, this.screen.clientWidth, this.screen.clientHeight);
    const fit = (x, room) => { const scale = Math.min(room / w, height / t); return [x + (room - w * scale) / 2, (height - t * scale) / 2, w * scale, t * scale]; };
    context.globalCompositeOperation = "source-over";
    context.globalAlpha = 1;
    context.clearRect(0, 0, width, height);
    if (this.mode === "side") {
      context.drawImage(a, ...fit(0, width / 2 - 2));
      context.drawImage(b, ...fit(width / 2 + 2, width / 2 - 2));
      return;
    }
    const place = fit(0, width);
    context.drawImage(a, ...place);
    context.save();
    if (this.mode === "wipe") {
      context.beginPath();
      context.rect(width * this.wipe, 0, width, height);
      context.clip();
    } else if (this.mode === "onion") context.globalAlpha = 0.5;
    else context.globalCompositeOperation = "difference";
    context.drawImage(b, ...place);
    context.restore();
    if (this.mode === "wipe") { context.fillStyle = "#f2a33a"; context.fillRect(width * this.wipe - 1, 0, 2, height); }
  }

  #key(event) {
    if (event.defaultPrevented || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || !this.offsetParent || (event.key === " " && event.target.closest?.("button, a, summary"))) return;
    const slip = (by) => { this.offset += by; this.slip.textContent = `offset ${this.offset > 0 ? "+" : ""}${this.offset} f`; return this.seek(this.frame); };
    const wipe = (by) => { this.wipe = Math.max(0, Math.min(1, this.wipe + by)); this.#draw(); };
    const act = {
      1: () => this.show("side"), 2: () => this.show("wipe"), 3: () => this.show("onion"), 4: () => this.show("diff"), " ": () => this.toggle(),
      ArrowLeft: () => (event.shiftKey ? wipe(-0.02) : (this.pause(), this.seek(this.frame - 1))), ArrowRight: () => (event.shiftKey ? wipe(0.02) : (this.pause(), this.seek(this.frame + 1))),
      Home: () => this.seek(0), End: () => this.seek(this.total - 1), ",": () => slip(-1), ".": () => slip(1),
    }[event.key];
    if (!act || !this.sources.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }
}

customElements.define("take-compare", TakeCompare);
