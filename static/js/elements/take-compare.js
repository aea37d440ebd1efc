// <take-compare a="…/source.json" b="…/source.json" a-name="T1" b-name="T3">: two takes in step on one clock, always the same frame of both.
// <take-compare one="41">: plays one of the page's [data-take][data-source]; a click on another plays that, a Shift-click sets it beside the first.
// <take-compare cuts a="…/playlist.json" b="…/playlist.json">: two whole cuts. S sets them in step by shot: B shows the frame of the same clip that A shows.
// Modes by keys 1–4: side by side, wipe (drag, or Shift-arrows), onion skin, difference. "," and "." slip B by a frame, "<" and ">" slip A. With `a`
// and `b` the address of the page says mode, frame, offsets, wipe and step. A [data-compare-frame] button of the page goes to that frame.
// Property `shown` = [frame of A, frame of B] of the picture on the screen. Event "compare:frame".
import { CutSource } from "../lib/cut-source.js";
import { fitCanvas, h, icon, isTyping, setIcon, tokens } from "../lib/dom.js";
import { frameSource } from "../lib/frame-source.js";
import { announceKeys } from "../lib/keys.js";
import { timecode } from "../lib/timecode.js";
import { t } from "../lib/words.js";

const MODES = [["side", t("Side")], ["wipe", t("Wipe")], ["onion", t("Onion")], ["diff", t("Difference")]];
const KEYS = [["1 2 3 4", t("Side, wipe, onion skin, difference")], ["Space", t("Play or pause both")], ["← →", t("One frame")], ["Shift ← →", t("Move the wipe")], [", .", t("Slip the second by a frame")], ["< >", t("Slip the first by a frame")], ["Home End", t("First or last frame")]];
const TAKE_KEYS = [["Shift click", t("Set a take beside the first")]];
const CUT_KEYS = [["S", t("In step by time or by shot")]];

class TakeCompare extends HTMLElement {
  #stop = null;
  #forget = null;
  #busy = false;
  #again = false;
  #clock = 0;

  mode = "side";
  wipe = 0.5;
  offsets = [0, 0];
  byShot = false;
  frame = 0;
  playing = false;
  shown = null;
  sources = [];

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.cuts = this.hasAttribute("cuts");
    this.#remember();
    this.#build(signal);
    this.#forget = announceKeys(t("Compare"), [...KEYS, ...(this.cuts ? CUT_KEYS : TAKE_KEYS)]);
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("click", (event) => this.#choose(event), { signal });
    document.addEventListener("keydown", (event) => this.#choose(event), { signal });
    document.addEventListener("click", (event) => {
      const wanted = event.target.closest?.("[data-compare-frame]");
      if (wanted && this.sources.length) { this.pause(); this.seek(Number(wanted.dataset.compareFrame)); }
    }, { signal });
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
    this.canvas = h("canvas", { role: "img", "aria-label": this.cuts ? t("Two cuts compared") : t("Two takes compared") });
    this.tags = ["a", "b"].map((side) => h("span", { class: `compare__tag compare__tag--${side}`, hidden: true }, this.getAttribute(`${side}-name`) ?? ""));
    this.wait = h("div", { class: "player__wait", role: "status" }, this.cuts ? t("Fetching both cuts …") : t("Fetching both takes …"));
    this.screen = h("div", { class: "player__screen" }, this.canvas, ...this.tags, this.wait);
    this.now = h("output", { class: "tc tc--big" }, "00:00:00:00");
    this.button = h("button", { type: "button", class: "btn btn--primary", "aria-label": t("Play"), onclick: () => this.toggle() }, icon("play"));
    this.buttons = MODES.map(([mode, words], n) => h("button", { type: "button", class: "btn", "aria-pressed": String(mode === this.mode), onclick: () => this.show(mode) }, icon(mode), words, h("kbd", { class: "key" }, n + 1)));
    this.slip = h("span", { class: "num dim" });
    this.step = h("button", { type: "button", class: "btn", "aria-pressed": String(this.byShot), title: t("B shows the same frame of the same clip as A, wherever it stands now"), onclick: () => this.follow(!this.byShot) }, t("In step by shot"), h("kbd", { class: "key" }, "S"));
    this.modes = h("span", { class: "row", hidden: true }, h("span", { class: "btn-group", role: "group", "aria-label": t("Compare by") }, ...this.buttons), this.cuts ? this.step : "", this.slip);
    this.#slipped();
    this.scrub = h("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": t("Frame"), class: "grow", oninput: () => { this.pause(); this.seek(Number(this.scrub.value)); } });
    this.replaceChildren(this.screen, this.scrub, h("div", { class: "player__transport" }, this.now, this.button, h("span", { class: "spring" }), this.modes));
    let dragging = false;
    const slide = (event) => {
      const box = this.canvas.getBoundingClientRect();
      this.wipe = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
      this.#draw();
    };
    this.screen.addEventListener("pointerdown", (event) => { if (this.mode !== "wipe") return; dragging = true; this.screen.setPointerCapture(event.pointerId); slide(event); }, { signal });
    this.screen.addEventListener("pointermove", (event) => dragging && slide(event), { signal });
    this.screen.addEventListener("pointerup", () => { dragging = false; this.#say(); }, { signal });
  }

  /** What the page's address says of it. */
  #remember() {
    if (!this.hasAttribute("a")) return;
    const said = new URLSearchParams(location.search);
    const whole = (words) => (/^-?\d{1,6}$/.test(words ?? "") ? Number(words) : 0);
    if (MODES.some(([mode]) => mode === said.get("mode"))) this.mode = said.get("mode");
    this.frame = Math.max(0, whole(said.get("frame")));
    this.offsets = [whole(said.get("slip-a")), whole(said.get("slip-b"))];
    if (said.has("wipe")) this.wipe = Math.max(0, Math.min(1, whole(said.get("wipe")) / 100));
    this.byShot = this.cuts && said.get("step") === "shot";
  }

  #say() {
    if (!this.hasAttribute("a") || this.playing) return;
    const address = new URL(location.href);
    const told = { mode: this.mode === "side" ? "" : this.mode, frame: this.frame || "", "slip-a": this.offsets[0] || "", "slip-b": this.offsets[1] || "", wipe: this.mode === "wipe" ? Math.round(this.wipe * 100) : "", step: this.byShot ? "shot" : "" };
    for (const [key, value] of Object.entries(told)) value === "" ? address.searchParams.delete(key) : address.searchParams.set(key, value);
    if (address.href !== location.href) history.replaceState(history.state, "", address);
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
      if (takes.some((take) => !take)) throw new Error(this.cuts ? t("one of them has no picture to play") : t("a take has no picture to play yet"));
      for (const source of this.sources) source.close();
      this.rate = answers[0].rate;
      this.sources = this.cuts ? answers.map((answer) => new CutSource(answer)) : takes.map((take) => frameSource(take, this.rate));
      this.total = Math.max(...this.sources.map((source) => source.frames));
      this.scrub.max = this.total - 1;
      this.tags.forEach((tag, n) => { tag.hidden = !wanted[n]?.name; tag.textContent = wanted[n]?.name ?? ""; });
      this.modes.hidden = this.sources.length < 2;
      for (const figure of document.querySelectorAll("[data-take][data-source]")) figure.setAttribute("aria-current", String(wanted.some(({ url }) => url === figure.dataset.source)));
      await this.seek(Math.min(this.frame, this.total - 1));
      this.wait.hidden = true;
    } catch (error) {
      if (!this.isConnected) return;
      this.wait.hidden = false;
      this.wait.textContent = wanted.length > 1 ? t("These could not be compared: {problem}.", { problem: error.message }) : t("The take cannot be played: {problem}.", { problem: error.message });
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
    this.#say();
  }

  /** In step by shot, or by time. */
  follow(byShot) {
    this.byShot = byShot;
    this.step.setAttribute("aria-pressed", String(byShot));
    return this.seek(this.frame);
  }

  #slipped() {
    const signed = (n) => `${n > 0 ? "+" : ""}${n}`;
    const [a, b] = this.offsets;
    this.slip.textContent = a ? t("offset A {a} f, B {b} f", { a: signed(a), b: signed(b) }) : t("offset {b} f", { b: signed(b) });
  }

  /** The frame of each side that belongs to the clock's; null: that side has no such clip. */
  #numbers() {
    const [a, b] = this.offsets;
    const one = this.frame + a;
    if (this.sources.length < 2) return [one];
    if (!this.byShot) return [one, this.frame + b];
    const found = this.sources[1].find(this.sources[0].place(one));
    return [one, found === null ? null : found + b];
  }

  /** Both takes at frame n; resolves when they are on the screen. Asked again meanwhile, only the last is shown. */
  async seek(n) {
    this.frame = Math.max(0, Math.min(this.total - 1, Math.round(n)));
    if (this.#busy) { this.#again = true; return; }
    this.#busy = true;
    try {
      do {
        this.#again = false;
        const numbers = this.#numbers();
        this.pictures = await Promise.all(this.sources.map((source, k) => (numbers[k] === null ? null : source.get(numbers[k]))));
        this.shown = numbers;
        this.#draw();
      } while (this.#again);
    } finally {
      this.#busy = false;
    }
    this.scrub.value = this.frame;
    this.now.value = timecode(this.frame, ...this.rate);
    this.#say();
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
    this.#say();
  }

  #state() {
    setIcon(this.button.firstElementChild, this.playing ? "pause" : "play");
    this.button.setAttribute("aria-label", this.playing ? t("Pause") : t("Play"));
  }

  #draw() {
    if (!this.pictures || !this.screen.clientWidth) return;
    const [a, b] = this.pictures;
    const mode = this.pictures.length < 2 ? "alone" : this.mode;
    const [w, t] = [a, b].map((picture) => picture && [picture.displayWidth ?? picture.videoWidth, picture.displayHeight ?? picture.videoHeight]).find((size) => size?.[0]) ?? this.size ?? [];
    if (!w) return;
    this.size = [w, t];
    this.style.setProperty("--aspect", mode === "side" ? `${2 * w + 8} / ${t}` : `${w} / ${t}`);
    const { context, width, height } = fitCanvas(this.canvas, this.screen.clientWidth, this.screen.clientHeight);
    const fit = (x, room) => { const scale = Math.min(room / w, height / t); return [x + (room - w * scale) / 2, (height - t * scale) / 2, w * scale, t * scale]; };
    context.globalCompositeOperation = "source-over";
    context.globalAlpha = 1;
    context.clearRect(0, 0, width, height);
    const put = (picture, place) => (picture ? context.drawImage(picture, ...place) : this.#lacking(context, place));
    if (mode === "side") {
      put(a, fit(0, width / 2 - 2));
      put(b, fit(width / 2 + 2, width / 2 - 2));
      return;
    }
    const place = fit(0, width);
    put(a, place);
    if (mode === "alone") return;
    context.save();
    if (mode === "wipe") {
      context.beginPath();
      context.rect(width * this.wipe, 0, width, height);
      context.clip();
    } else if (mode === "onion") context.globalAlpha = 0.5;
    else context.globalCompositeOperation = "difference";
    put(b, place);
    context.restore();
    if (mode === "wipe") { context.fillStyle = tokens(["accent"]).accent; context.fillRect(width * this.wipe - 1, 0, 2, height); }
  }

  /** In the place of a picture that one side has not. */
  #lacking(context, [x, y, width, height]) {
    context.fillStyle = "#141518";
    context.fillRect(x, y, width, height);
    context.fillStyle = "#f0ede6";
    context.font = `13px ${getComputedStyle(this).fontFamily}`;
    context.textAlign = "center";
    context.fillText(this.byShot ? t("This shot is not in it") : t("No picture yet"), x + width / 2, y + height / 2, width - 16);
  }

  #key(event) {
    if (event.defaultPrevented || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || !this.offsetParent || (event.key === " " && event.target.closest?.("button, a, summary"))) return;
    const slip = (side, by) => { this.offsets[side] += by; this.#slipped(); return this.seek(this.frame); };
    const wipe = (by) => { this.wipe = Math.max(0, Math.min(1, this.wipe + by)); this.#draw(); this.#say(); };
    const act = {
      1: () => this.show("side"), 2: () => this.show("wipe"), 3: () => this.show("onion"), 4: () => this.show("diff"), " ": () => this.toggle(),
      ArrowLeft: () => (event.shiftKey ? wipe(-0.02) : (this.pause(), this.seek(this.frame - 1))), ArrowRight: () => (event.shiftKey ? wipe(0.02) : (this.pause(), this.seek(this.frame + 1))),
      Home: () => this.seek(0), End: () => this.seek(this.total - 1), ",": () => slip(1, -1), ".": () => slip(1, 1), "<": () => slip(0, -1), ">": () => slip(0, 1),
      s: () => this.follow(!this.byShot),
    }[event.key];
    if ((event.key === "s" && !this.cuts) || !act || !this.sources.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }
}

customElements.define("take-compare", TakeCompare);
