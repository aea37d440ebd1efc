// The scrubber and transport of a player. It only draws and asks; the player decides.
import { fitCanvas, h, icon, onTheme, setIcon, tokens } from "./dom.js";
import { CHOICES } from "./player-quality.js";
import { t } from "./words.js";

const button = (name, words, act, extra = "") => h("button", { type: "button", class: `btn btn--plain btn--icon ${extra}`.trim(), "aria-label": words, title: words, onclick: act }, icon(name));

const QUALITIES = { auto: t("Auto"), full: t("Full"), light: t("Light picture") };
const PACES = [[0.25, "¼×"], [0.5, "½×"], [1, "1×"], [2, "2×"], [4, "4×"], [8, "8×"]];

function waiting({ position, seconds }) {
  const values = { seconds: Math.max(1, Math.ceil(seconds)), position };
  return position === 1 ? t("Preparing your copy: {seconds} s, next in line", values) : t("Preparing your copy: {seconds} s, number {position} in line", values);
}

function remembered() {
  try { return JSON.parse(localStorage.getItem("sound")) ?? {}; } catch { return {}; }
}

export class PlayerControls {
  #stop = new AbortController();
  #dragging = false;
  #resume = 0;
  #drawn = 0;
  #colours = null;

  constructor(player) {
    this.player = player;
    try { this.captions = localStorage.getItem("captions") === "on"; } catch { this.captions = false; }
    this.spoken = { fault: "", line: "", slow: "", missing: "" };
    this.#buildScrub();
    this.#buildTransport();
    onTheme(() => { this.#colours = null; this.#draw(); }, this.#stop.signal);
    this.observer = new ResizeObserver(() => this.#draw());
    this.observer.observe(this.scrub);
  }

  close() {
    this.#stop.abort();
    this.observer.disconnect();
  }

  #buildTransport() {
    const { player } = this;
    this.now = h("output", { class: "tc tc--big", "aria-label": t("Timecode") }, "00:00:00:00");
    this.length = h("span", { class: "num dim wide-only" }, "");
    this.playButton = h("button", { type: "button", class: "btn btn--primary", "aria-label": t("Play"), onclick: () => player.toggle() }, icon("play"), h("span", { class: "wide-only" }, t("Play")));
    this.muteButton = button("volume", t("Sound off"), () => this.toggleMute());
    this.muteButton.firstElementChild.classList.add("icon--line");
    this.volume = h("input", { type: "range", min: 0, max: 1, step: 0.01, value: 1, class: "player__volume", "aria-label": t("Volume"), oninput: () => this.#setVolume(false) });
    const full = button("full", t("Full screen (F)"), () => this.full());
    this.captionButton = button("captions", t("Captions (C)"), () => this.toggleCaptions());
    const apart = button("apart", t("Picture in picture"), () => this.apart(), "roomy-only");
    apart.hidden = !document.pictureInPictureEnabled;
    for (const line of [full, this.captionButton, apart]) line.firstElementChild.classList.add("icon--line");
    this.paces = h("select", { class: "player__pace", "aria-label": t("Speed"), onchange: () => player.setPace(Number(this.paces.value)) }, ...PACES.map(([value, words]) => h("option", { value }, words)));
    this.paces.value = player.pace;
    this.qualities = h("select", { class: "player__pace player__quality", "aria-label": t("Quality"), title: t("Quality"), hidden: true, onchange: () => player.setQuality(this.qualities.value) }, ...CHOICES.map((value) => h("option", { value }, QUALITIES[value])));
    this.qualities.value = player.quality;
    this.speedWords = h("span", { class: "chip chip--bare num", hidden: true });
    this.transport = h("div", { class: "player__transport" }, this.now,
      button("previous", t("Previous cut"), () => player.nextJoin(-1)), button("step-back", t("One frame back"), () => player.step(-1)), this.playButton,
      button("step-forward", t("One frame on"), () => player.step(1)), button("next", t("Next cut"), () => player.nextJoin(1)), this.speedWords,
      h("span", { class: "spring" }), h("span", { "data-player-tools": true, class: "row row--tight" }), this.paces, this.qualities, this.captionButton, apart, this.muteButton, this.volume, full, this.length);
    this.#showCaptions();
  }

  #buildScrub() {
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.scrub = h("div", { class: "player__scrub", role: "slider", tabindex: 0, "aria-label": t("Position"), "aria-valuemin": 0, "aria-valuemax": 0, "aria-valuenow": 0 }, this.canvas);
    const { signal } = this.#stop;
    const frameAt = (event) => {
      const box = this.scrub.getBoundingClientRect();
      return Math.floor(Math.max(0, Math.min(0.999999, (event.clientX - box.left) / box.width)) * this.player.total);
    };
    this.scrub.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      this.scrub.setPointerCapture(event.pointerId);
      this.#dragging = true;
      this.#resume = this.player.speed;
      this.player.pause();
      this.player.seek(frameAt(event));
    }, { signal });
    this.scrub.addEventListener("pointermove", (event) => this.#dragging && this.player.seek(frameAt(event)), { signal });
    const end = () => {
      if (!this.#dragging) return;
      this.#dragging = false;
      if (this.#resume > 0) this.player.shuttle(this.#resume);
    };
    this.scrub.addEventListener("pointerup", end, { signal });
    this.scrub.addEventListener("pointercancel", end, { signal });
    this.scrub.addEventListener("lostpointercapture", end, { signal });
  }

  at(frame) {
    this.now.value = this.player.timecode(frame);
    this.scrub.setAttribute("aria-valuenow", frame);
    this.scrub.setAttribute("aria-valuetext", this.now.value);
    this.#drawn ||= requestAnimationFrame(() => { this.#drawn = 0; this.#draw(frame); });
  }

  redraw() { this.#drawn ||= requestAnimationFrame(() => { this.#drawn = 0; this.#draw(); }); }

  loaded() {
    const { player } = this;
    this.length.textContent = `/ ${player.timecode(player.total)}`;
    this.scrub.setAttribute("aria-valuemax", Math.max(0, player.total - 1));
    this.captionButton.hidden = !player.captioned;
    this.qualities.hidden = !player.lighter;
    this.fault("");
    this.at(player.frame);
  }

  state() {
    const { playing, speed } = this.player;
    setIcon(this.playButton.firstElementChild, playing ? "pause" : "play");
    this.playButton.setAttribute("aria-label", playing ? t("Pause") : t("Play"));
    this.playButton.lastElementChild.textContent = playing ? t("Pause") : t("Play");
    this.paces.value = this.player.pace;
    this.qualities.value = this.player.quality;
    this.qualities.options[0].textContent = this.player.quality === "auto" && this.player.light ? t("Auto: light") : QUALITIES.auto;
    this.speedWords.hidden = speed === 0 || speed === 1 || speed === this.player.pace;
    this.speedWords.textContent = `${speed < 0 ? "−" : ""}${Math.abs(speed)}×`;
  }

  waiting(on) {
    clearTimeout(this.slow);
    if (on) this.slow = setTimeout(() => this.player.playing && this.#words("slow", t("Fetching pictures …")), 400);
    else this.#words("slow", "");
  }

  /** wait: {position, seconds} of what is being prepared for this viewer, or null. */
  line(wait) { this.#words("line", wait ? waiting(wait) : ""); }

  missing(clip) { this.#words("missing", clip ? (clip.code ? t("{code} is not filmed yet", { code: clip.code }) : t("This shot is not filmed yet")) : ""); }

  fault(words) { this.#words("fault", words); }

  /** The gravest of what there is to say stands in the picture's corner. */
  #words(kind, words) {
    this.spoken[kind] = words;
    const { fault, line, slow, missing } = this.spoken;
    const said = fault || line || slow || missing || "";
    if (this.player.wait.textContent === said) return;
    this.player.wait.hidden = !said;
    this.player.wait.textContent = said;
  }

  restoreVolume() {
    const { volume = 1, muted = false } = remembered();
    this.volume.value = volume;
    this.#setVolume(muted);
  }

  toggleMute() { this.#setVolume(!this.muted); }

  #setVolume(muted) {
    this.muted = muted;
    const volume = Number(this.volume.value);
    setIcon(this.muteButton.firstElementChild, muted || !volume ? "mute" : "volume");
    this.muteButton.setAttribute("aria-label", muted ? t("Sound on") : t("Sound off"));
    this.player.setVolume(volume, muted);
    try { localStorage.setItem("sound", JSON.stringify({ volume, muted })); } catch { /* it lasts as long as the page */ }
  }

  toggleCaptions() {
    this.captions = !this.captions;
    try { localStorage.setItem("captions", this.captions ? "on" : "off"); } catch { /* it lasts as long as the page */ }
    this.#showCaptions();
    this.player.say();
  }

  #showCaptions() { this.captionButton.setAttribute("aria-pressed", String(this.captions)); }

  apart() {
    if (document.pictureInPictureElement) document.exitPictureInPicture();
    else this.player.video.requestPictureInPicture().catch(() => {});
  }

  full() {
    const { player } = this;
    if (document.fullscreenElement) document.exitFullscreen();
    else if (player.requestFullscreen) player.requestFullscreen().catch(() => {});
    else player.video.webkitEnterFullscreen?.();  // a telephone that lets only the video itself fill the screen
  }

  #draw(frame = this.player.frame) {
    if (!this.scrub.clientWidth) return;
    this.#colours ??= tokens(["overlay", "line-strong", "accent", "text-faint", "bg", "scripted", "take", "changes", "approved"]);
    const c = this.#colours;
    const { context, width, height } = fitCanvas(this.canvas, this.scrub.clientWidth, this.scrub.clientHeight);
    const { total, map, playlist } = this.player;
    const middle = Math.round(height / 2) - 2;
    context.clearRect(0, 0, width, height);
    context.fillStyle = c.overlay;
    context.fillRect(0, middle, width, 4);
    if (!total || !map) return;
    const scale = width / total;
    const x = frame * scale;
    map.clips.forEach((clip, n) => {
      const [a, b] = [map.starts[n] * scale, map.starts[n + 1] * scale];
      const there = clip.take && playlist.takes[clip.take];
      context.fillStyle = there ? c["line-strong"] : c.overlay;
      context.fillRect(a, middle, Math.max(0.5, b - a - (b - a > 3 ? 1 : 0)), 4);
    });
    context.fillStyle = c.accent;
    context.fillRect(0, middle, x, 4);
    if (map.clips.length < width / 6) {
      context.fillStyle = c.bg;
      for (let n = 1; n < map.clips.length; n++) context.fillRect(map.starts[n] * scale - 0.5, middle, 1, 4);
    }
    for (const [first, last, colour] of this.player.marks) {
      context.fillStyle = c[colour] ?? c["text-faint"];
      context.fillRect(first * scale, 1, Math.max(3, (last + 1 - first) * scale), 5);
    }
    context.fillStyle = c.accent;
    context.fillRect(Math.max(0, Math.min(width - 2, x - 1)), 3, 2, height - 6);
  }
}
