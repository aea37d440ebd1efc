// <take-compare a="…/source.json" b="…/source.json" a-name="T1" b-name="T3">: two takes in step on one clock, always the same frame of both.
// <take-compare one="41">: plays one of the page's [data-take][data-source]; a click on another plays that, a Shift-click sets it beside the first.
// Modes by keys 1–4: side by side, wipe (drag, or Shift-arrows), onion skin, difference. "," and "." slip the second take by a frame.
// Property `shown` = [frame of A, frame of B] of the picture on the screen. Event "compare:frame".
import { fitCanvas, h, icon, isTyping, setIcon, tokens } from "../lib/dom.js";
import { frameSource } from "../lib/frame-source.js";
import { announceKeys } from "../lib/keys.js";
import { timecode } from "../lib/timecode.js";

const MODES = [["side", "Side"], ["wipe", "Wipe"], ["onion", "Onion"], ["diff", "Difference"]];
const KEYS = [["1 2 3 4", "Side, wipe, onion skin, difference"], ["Space", "Play or pause both"], ["← →", "One frame"], ["Shift ← →", "Move the wipe"], [", .", "Slip the second take by a frame"], ["Home End", "First or last frame"], ["Shift click", "Set a take beside the first"]];

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
    document.addEventListener("click", (event) => this.#choose(event), { signal });
    document.addEventListener("keydown", (event) => this.#choose(event), { signal });
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
    this.tags = ["a", "b"].map((side) => h("span", { class: `compare__tag compare__tag--${side}`, hidden: true }, this.getAttribute(`${side}-name`) ?? ""));
    this.wait = h("div", { class: "player__wait", role: "status" }, "Fetching both takes …");
    this.screen = h("div", { class: "player__screen" }, this.canvas, ...this.tags, this.wait);
    this.now = h("output", { class: "tc tc--big" }, "00:00:00:00");
    this.button = h("button", { type: "button", class: "btn btn--primary", "aria-label": "Play", onclick: () => this.toggle() }, icon("play"));
    this.buttons = MODES.map(([mode, words], n) => h("button", { type: "button", class: "btn", "aria-pressed": String(mode === this.mode), onclick: () => this.show(mode) }, icon(mode), words, h("kbd", { class: "key" }, n + 1)));
    this.slip = h("span", { class: "num dim" }, "offset 0 f");
    this.modes = h("span", { class: "row", hidden: true }, h("span", { class: "btn-group", role: "group", "aria-label": "Compare by" }, ...this.buttons), this.slip);
    this.scrub = h("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "Frame", class: "grow", oninput: () => { this.pause(); this.seek(Number(this.scrub.value)); } });
    this.replaceChildren(this.screen, this.scrub, h("div", { class: "player__transport" }, this.now, this.button, h("span", { class: "spring" }), this.modes));
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

  /** The addresses and names to play: the attributes', else the chosen figures'. */
  #wanted() {
    if (this.hasAttribute("a")) return ["a", "b"].filter((side) => this.hasAttribute(side)).map((side) => ({ url: this.getAttribute(side), name: this.getAttribute(`${side}-name`) ?? "" }));
    const figures = [this.getAttribute("one"), this.getAttribute("other")].filter(Boolean).map((id) => document.querySelector(`[data-take="${CSS.escape(id)}"][data-source]`)).filter(Boolean);
    return figures.map((figure) => ({ url: figure.dataset.source, name: figure.querySelector("figcaption b")?.textContent ?? "" }));
  }

  async load() {
    const wanted = this.#wanted();
    if (!wanted.length) return;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const answers = await Promise.all(wanted.map(async ({ url }) => {
        const answer = await fetch(url, { credentials: "same-origin" });
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        return answer.json();
      }));
      if (!this.isConnected || turn !== this.turn) return;
      const takes = answers.map((answer) => Object.values(answer.takes)[0]);
      if (takes.some((take) => !take)) throw new Error("a take has no picture to play yet");
      for (const source of this.sources) source.close();
      this.rate = answers[0].rate;
      this.sources = takes.map((take) => frameSource(take, this.rate));
      this.total = Math.max(...takes.map((take) => take.frames));
      this.scrub.max = this.total - 1;
      this.tags.forEach((tag, n) => { tag.hidden = !wanted[n]?.name; tag.textContent = wanted[n]?.name ?? ""; });
      this.modes.hidden = takes.length < 2;
      for (const figure of document.querySelectorAll("[data-take][data-source]")) figure.setAttribute("aria-current", String(wanted.some(({ url }) => url === figure.dataset.source)));
      await this.seek(Math.min(this.frame, this.total - 1));
      this.wait.hidden = true;
    } catch (error) {
      if (!this.isConnected) return;
      this.wait.hidden = false;
      this.wait.textContent = wanted.length > 1 ? `The takes could not be compared: ${error.message}.` : `The take cannot be played: ${error.message}.`;
    }
  }

  /** A figure was chosen: played alone, or beside the first. */
  #choose(event) {
    if (this.hasAttribute("a") || event.target.closest?.("button, a, form")) return;
    const figure = event.target.closest?.("[data-take][data-source]");
    if (!figure || (event.type === "keydown" && event.key !== "Enter")) return;
    event.preventDefault();
    if (event.shiftKey && figure.dataset.take !== this.getAttribute("one")) this.setAttribute("other", figure.dataset.take);
    else { this.setAttribute("one", figure.dataset.take); this.removeAttribute("other"); }
    this.pause();
    this.load();
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
        const numbers = [this.frame, this.frame + this.offset].slice(0, this.sources.length);
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
    const mode = b ? this.mode : "alone";
    const size = (picture) => [picture.displayWidth ?? picture.videoWidth, picture.displayHeight ?? picture.videoHeight];
    const [w, t] = size(a);
    if (!w) return;
    this.style.setProperty("--aspect", mode === "side" ? `${2 * w + 8} / ${t}` : `${w} / ${t}`);
    const { context, width, height } = fitCanvas(this.canvas, this.screen.clientWidth, this.screen.clientHeight);
    const fit = (x, room) => { const scale = Math.min(room / w, height / t); return [x + (room - w * scale) / 2, (height - t * scale) / 2, w * scale, t * scale]; };
    context.globalCompositeOperation = "source-over";
    context.globalAlpha = 1;
    context.clearRect(0, 0, width, height);
    if (mode === "side") {
      context.drawImage(a, ...fit(0, width / 2 - 2));
      context.drawImage(b, ...fit(width / 2 + 2, width / 2 - 2));
      return;
    }
    const place = fit(0, width);
    context.drawImage(a, ...place);
    if (!b) return;
    context.save();
    if (mode === "wipe") {
      context.beginPath();
      context.rect(width * this.wipe, 0, width, height);
      context.clip();
    } else if (mode === "onion") context.globalAlpha = 0.5;
    else context.globalCompositeOperation = "difference";
    context.drawImage(b, ...place);
    context.restore();
    if (mode === "wipe") { context.fillStyle = tokens(["accent"]).accent; context.fillRect(width * this.wipe - 1, 0, 2, height); }
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
