// <cut-player src="…/playlist.json" live fill>: plays a cut at once, exactly, with sound, while it is still being made.
// Attributes: src; live (ask again as the film changes); fill (take the height there is); bare (no transport); drop-frame; start (frame).
// Properties: frame, total, playing, speed, pace, quality, light, playlist, marks, loop. Methods: load, setCut, play, pause, toggle, seek, step, shuttle, setPace,
// setQuality, nextJoin, setTrack.
// Events: "cut:frame" {frame, clip}, "cut:state" {playing, speed}, "cut:load" {playlist}, all bubbling.
import { captionsOf } from "../lib/captions.js";
import { h, isTyping, paced } from "../lib/dom.js";
import { announceKeys } from "../lib/keys.js";
import { CutSound } from "../lib/cut-sound.js";
import { MseCut } from "../lib/mse-cut.js";
import { PlayerControls } from "../lib/player-controls.js";
import { Thrift, choose, chosen } from "../lib/player-quality.js";
import { touch } from "../lib/player-touch.js";
import { nominal, timecode } from "../lib/timecode.js";
import { t } from "../lib/words.js";

const MIME = 'video/mp4; codecs="avc1.640020"';
const SPEEDS = [1, 2, 4, 8];
const PACES = [0.25, 0.5, 1, 2, 4, 8];
const CHANGES = /^(take|version|clip|cut|timeline|line|cue|panel|drawing|shot|script|playlist)\b/;
const KEYS = [
  ["Space", t("Play or pause")], ["J K L", t("Backwards, stop, forwards; again for faster")], ["← →", t("One frame")], ["Shift ← →", t("One second")],
  ["↑ ↓", t("Previous or next cut")], ["Home End", t("First or last frame")], ["M", t("Sound off or on")], ["C", t("Captions")], ["< >", t("Slower, faster")], ["F", t("Full screen")],
];

class CutPlayer extends HTMLElement {
  #stop = null;
  #forget = null;
  #engine = null;
  #sound = null;
  #reverse = 0;
  #etag = "";
  #loading = Promise.resolve();

  playlist = null;
  speed = 0;
  pace = 1;                   // the speed that Play plays at
  #captions = [];
  #marks = [];
  #thrift = new Thrift();
  #waited = 0;                // when playing began to stand still
  quality = chosen();         // "auto", "full", "light"
  loop = null;                // [first, last]: frames that are played over and over

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#build();
    this.#forget = announceKeys(t("Player"), KEYS);
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    if (this.hasAttribute("live")) {
      const again = paced(() => this.reload(), 350);
      document.addEventListener("live:event", (event) => CHANGES.test(event.detail.kind) && again(), { signal });
      document.addEventListener("live:back", again, { signal });
    }
    if (this.hasAttribute("src")) this.reload();
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#forget();
    cancelAnimationFrame(this.#reverse);
    this.#engine?.close();
    this.#sound?.close();
    this.controls?.close();
    this.#engine = this.#sound = null;
    this.#etag = "";
    this.replaceChildren();
  }

  #build() {
    this.video = h("video", { playsinline: true, muted: true, "aria-label": t("The cut") });
    this.video.muted = true;
    this.still = h("img", { class: "player__still", alt: "", hidden: true });
    this.wait = h("div", { class: "player__wait", hidden: true, role: "status" });
    this.caption = h("p", { class: "player__caption", hidden: true });
    this.screen = h("div", { class: "player__screen" }, this.video, this.still, this.caption, this.wait);
    this.replaceChildren(this.screen);
    this.controls = new PlayerControls(this);
    if (!this.hasAttribute("bare")) this.append(this.controls.scrub, this.controls.transport);
    touch(this, this.screen, this.#stop.signal);
    this.screen.addEventListener("click", () => this.toggle());
    this.video.addEventListener("ended", () => this.#ended());
    this.video.addEventListener("waiting", () => { this.controls.waiting(true); this.#waited = this.playing ? performance.now() : 0; });
    this.video.addEventListener("playing", () => { this.controls.waiting(false); this.#resumed(); });
  }

  /** What the scrubber points out: [[first frame, last frame, colour's name, …], …]. */
  get marks() { return this.#marks; }
  set marks(marks) {
    this.#marks = marks;
    this.controls?.redraw();
  }

  get frame() { return this.#engine?.frame ?? 0; }
  get total() { return this.#engine?.total ?? 0; }
  get playing() { return this.speed !== 0; }
  get map() { return this.#engine?.map ?? null; }
  get engine() { return this.#engine; }

  /** Asks for the playlist again; an unchanged one costs a 304. */
  async reload() {
    try {
      const answer = await fetch(this.getAttribute("src"), { credentials: "same-origin", headers: this.#etag ? { "If-None-Match": this.#etag } : {} });
      if (answer.status === 304 || answer.redirected) return;
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const playlist = await answer.json();
      this.#etag = answer.headers.get("ETag") ?? "";
      await this.load(playlist);
    } catch (error) {
      if (!this.isConnected) return;
      this.controls.fault(error instanceof TypeError ? t("The studio cannot be reached.") : t("The cut could not be loaded: {problem}.", { problem: error.message }));
    }
  }

  /** playlist as in static/js/README.md. Loads take their turn; the last one stands. */
  load(playlist) {
    this.#loading = this.#loading.catch(() => {}).then(() => this.#take(playlist));
    return this.#loading;
  }

  /** Other clips, or another order of them, over the same takes and sounds. */
  setCut(clips) {
    return this.load({ ...this.playlist, clips });
  }

  async #take(playlist) {
    if (!this.isConnected) return;
    const first = !this.#engine;
    const [num, den] = playlist.rate;
    this.playlist = playlist;
    this.style.setProperty("--aspect", `${playlist.width} / ${playlist.height}`);
    let engine = this.#engine;
    if (first) {
      engine = this.#engine = new MseCut(this.video, num, den);
      this.#sound = new CutSound(num, den);
      const { signal } = this.#stop;  // the browser may report a frame after the player has gone
      engine.addEventListener("frame", (event) => this.#shown(event.detail), { signal });
      engine.addEventListener("fault", (event) => event.detail.faults > 2 && this.controls.fault(event.detail.words), { signal });
      engine.addEventListener("fetched", ({ detail }) => this.#thrift.fetched(detail.bytes, detail.ms), { signal });
      engine.addEventListener("line", (event) => this.controls.line(event.detail), { signal });
      this.controls.restoreVolume();
      await engine.open(playlist.mime || MIME);
    }
    if (engine === this.#engine) await engine.setLight(this.light);
    if (engine === this.#engine) await engine.setCut(playlist.clips, playlist.takes);
    if (engine !== this.#engine) return;  // taken away meanwhile
    this.#sound.load(playlist.sound, this.total, playlist.ducking);
    this.#captions = captionsOf(playlist.sound);
    this.#overlay(this.frame);
    this.controls.loaded();
    this.#say("cut:load", { playlist });
    if (first && this.total) await this.seek(Number(this.getAttribute("start")) || 0);
  }

  async play() { await this.shuttle(this.pace); }

  /** The speed that Play plays at, now too if it plays forwards. Sound is heard at the film's own alone. */
  setPace(pace) {
    this.pace = pace;
    this.controls.state();
    if (this.speed > 0) this.shuttle(pace);
  }

  /** Whether light renditions are fetched; a take that has none comes whole all the same. */
  get light() { return this.quality === "light" || (this.quality === "auto" && this.#thrift.light); }

  /** Whether there is anything to choose. */
  get lighter() { return Object.values(this.playlist?.takes ?? {}).some((take) => take.light); }

  /** "full", "light", or "auto": light while the connection is slow. The frame that shows stays, and so does whether it plays. */
  setQuality(quality) {
    this.quality = quality;
    choose(quality);
    return this.#fetchAs();
  }

  #fetchAs() {
    this.controls.state();
    return this.#engine?.setLight(this.light);
  }

  #resumed() {
    if (!this.#waited) return;
    this.#thrift.stalled(performance.now() - this.#waited, performance.now());
    this.#waited = 0;
    if (this.light !== this.#engine?.light) this.#fetchAs();
  }

  /** Bytes a second that the take on the screen needs at full quality. */
  get #needed() {
    const clip = this.map?.clips[this.map.clipAt(this.frame)];
    const take = clip && this.playlist.takes[clip.take];
    return take?.index ? ((take.index.at(-1) - take.index[0]) / take.frames) * this.second : 0;
  }

  /** Frames in a second, rounded: what a jump jumps. */
  get second() { return nominal(...(this.playlist?.rate ?? [24, 1])); }

  async pause() { await this.shuttle(0); }

  toggle() { return this.playing ? this.pause() : this.play(); }

  /** Speed in multiples of the film's own; negative runs backwards; 0 stops on the frame that shows. */
  async shuttle(speed) {
    if (!this.#engine || !this.total) return;
    cancelAnimationFrame(this.#reverse);
    const was = this.speed;
    this.speed = speed;
    if (was !== speed) this.#state();
    if (speed !== 1) this.#sound.stop();
    if (speed > 0) {
      if (this.frame >= this.total - 1) await this.#engine.seek(0);
      if (this.speed !== speed) return;
      this.video.playbackRate = speed;
      if (speed === 1) this.#sound.start(() => this.video.currentTime);
      await this.#engine.play();
      if (this.speed <= 0) this.video.pause();
    } else {
      await this.#engine.pause();
      if (this.speed < 0) this.#backwards();
    }
  }

  /** Backwards there is no stream to play: frames are sought by the clock, as many as the machine can show. */
  #backwards() {
    const from = this.frame;
    const began = performance.now();
    const speed = this.speed;
    let busy = false;
    const turn = (now) => {
      if (this.speed !== speed) return;
      const want = Math.max(0, Math.round(from + (((now - began) / 1000) * speed * this.#engine.num) / this.#engine.den));
      if (!busy && want !== this.frame) {
        busy = true;
        this.#engine.seek(want).finally(() => { busy = false; });
      }
      if (want === 0 && this.frame === 0) this.pause();
      else this.#reverse = requestAnimationFrame(turn);
    };
    this.#reverse = requestAnimationFrame(turn);
  }

  /** Shows exactly this frame. While playing, plays on from it. Resolves when the picture is there. */
  async seek(frame) {
    if (!this.#engine || !this.total) return;
    const n = Math.max(0, Math.min(this.total - 1, Math.round(frame)));
    this.#overlay(n);
    this.controls.at(n);
    if (this.speed < 0) await this.pause();
    const audible = this.speed === 1;
    if (audible) this.#sound.stop();
    await this.#engine.seek(n);
    if (audible && this.speed === 1) this.#sound.start(() => this.video.currentTime);
    if (this.speed > 0 && this.video.paused) await this.#engine.play();
  }

  async step(frames) {
    if (this.playing) await this.pause();
    await this.seek(this.frame + frames);
  }

  /** To the first frame of the clip before (−1) or after (+1) the playhead. */
  nextJoin(way) {
    const { starts } = this.map ?? { starts: [0] };
    const at = this.frame;
    const to = way > 0 ? [...starts].find((start) => start > at) : [...starts].reverse().find((start) => start < at);
    return this.seek(Math.min(to ?? (way > 0 ? this.total - 1 : 0), this.total - 1));
  }

  setVolume(volume, muted) { this.#sound?.setVolume(volume, muted); }
  setTrack(kind, how) { this.#sound?.setTrack(kind, how); }
  get sounding() { return this.#sound?.sounding ?? 0; }
  get drift() { return this.#sound?.drift ?? 0; }

  timecode(frame = this.frame) {
    const [num, den] = this.playlist?.rate ?? [24, 1];
    return timecode(frame, num, den, (this.playlist?.drop ?? this.playlist?.dropFrame) ?? this.hasAttribute("drop-frame"));
  }

  #shown({ frame, mediaTime, shownAt }) {
    if (this.speed === 1 && shownAt !== undefined) this.#sound.anchor(mediaTime, shownAt);
    if (this.speed > 0 && this.quality === "auto" && frame % this.second === 0) {
      this.#thrift.calm(performance.now(), this.#needed * this.speed);
      if (this.light !== this.#engine.light) this.#fetchAs();
    }
    if (this.loop && this.playing && (frame >= this.loop[1] || frame < this.loop[0] - 1)) this.seek(this.loop[0]);
    this.#overlay(frame);
    this.controls.at(frame);
    this.#say("cut:frame", { frame, clip: this.map.clips[this.map.clipAt(frame)] ?? null });
  }

  /** Whether anything is said that could be shown as words. */
  get captioned() { return this.#captions.length > 0; }

  /** The words said at a frame, where captions are on. */
  say(frame = this.frame) {
    const said = this.controls.captions ? this.#captions.filter(({ from, to }) => from <= frame && frame < to).map(({ who, words }) => `${who}: ${words}`).join("\n") : "";
    if (this.caption.textContent !== said) this.caption.textContent = said;
    this.caption.hidden = !said;
  }

  /** The poster of a clip whose take is not there yet lies over the held frame; it comes a frame early rather than late. */
  #overlay(frame) {
    this.say(frame);
    const { map } = this;
    const clip = map?.clips[map.clipAt(frame)];
    const missing = Boolean(clip) && !(clip.take && this.playlist.takes[clip.take]);
    this.still.hidden = !missing;
    this.controls.missing(missing ? clip : null);
    if (!missing) {
      const next = map?.clips[map.clipAt(frame + 24)];
      if (next?.still && !(next.take && this.playlist.takes[next.take])) new Image().src = next.still;
      return;
    }
    if (!clip.still) this.still.removeAttribute("src");
    else if (this.still.getAttribute("src") !== clip.still) this.still.src = clip.still;
  }

  #ended() {
    this.speed = 0;
    this.#sound.stop();
    this.#engine.seek(this.total - 1);
    this.#state();
  }

  #state() {
    this.toggleAttribute("playing", this.playing);
    this.controls.state();
    this.#say("cut:state", { playing: this.playing, speed: this.speed });
  }

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  /** The page's player hears keys wherever the focus is, but not while somebody types, nor where another element has used the key. */
  #key(event) {
    if (event.defaultPrevented || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || !this.isConnected || !this.offsetParent && !document.fullscreenElement) return;
    const owner = event.target.closest?.("button, a, summary, [role=listbox], input[type=range]");
    if (owner && (event.key === " " || event.key === "Enter" || (owner.matches("[role=listbox], input") && /^(Arrow|Home|End)/.test(event.key)))) return;
    const { second } = this;
    if ("<>".includes(event.key) && document.querySelector("timeline-tracks")) return;  // there they trim
    const paced = (by) => this.setPace(PACES[Math.max(0, Math.min(PACES.length - 1, PACES.indexOf(this.pace) + by))]);
    const faster = (way) => {
      const at = SPEEDS.indexOf(Math.abs(this.speed));
      return this.shuttle(way * (Math.sign(this.speed) === way ? SPEEDS[Math.min(at + 1, SPEEDS.length - 1)] : 1));
    };
    const act = {
      " ": () => this.toggle(), k: () => this.pause(), l: () => faster(1), j: () => faster(-1),
      ArrowLeft: () => this.step(event.shiftKey ? -second : -1), ArrowRight: () => this.step(event.shiftKey ? second : 1),
      ArrowUp: () => this.nextJoin(-1), ArrowDown: () => this.nextJoin(1), Home: () => this.seek(0), End: () => this.seek(this.total - 1),
      f: () => this.controls.full(), m: () => this.controls.toggleMute(), c: () => this.controls.toggleCaptions(), "<": () => paced(-1), ">": () => paced(1),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

customElements.define("cut-player", CutPlayer);
