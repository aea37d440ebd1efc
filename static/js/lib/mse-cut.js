// Plays a CutMap through one SourceBuffer, exactly. What makes it exact, all measured:
// every frame is its own key-frame fragment, its decode time rewritten to n × ticks, timestampOffset 0, mode "segments"; one SourceBuffer operation
// at a time; frames laid in timeline order from the playhead on; removal at half frames; seeks to the middle of a frame, believed only once
// requestVideoFrameCallback has named that frame ("seeked" alone shows a stale picture now and then).
import { t } from "./words.js";
import { CutMap } from "./cut-map.js";
import { frameTicks, repeat, retime, setDuration } from "./fragments.js";
import { Segments } from "./segments.js";

const BACK = 120;           // frames kept behind the playhead
const AHEAD = 480;          // and before it; about a quarter of Chromium's quota at 720p
const RUN = 48;             // frames an append carries at most
const SHORT = 4;            // a run so short is laid again when its neighbour on the left comes later (a lone frame has been seen to vanish)
const CACHE = 48 << 20;     // bytes of fetched fragments kept
const PATIENCE = 400;       // ms for a frame to be presented after a seek
const BLANK = new URL("../../media/blank.mp4", import.meta.url);
const BLANK_INIT = "blank";

const once = (target, name) => new Promise((done) => target.addEventListener(name, done, { once: true }));
const rest = (ms) => new Promise((done) => setTimeout(done, ms));

export class MseCut extends EventTarget {
  #queue = Promise.resolve();
  #cache = new Map();
  #cached = 0;
  #pumping = null;
  #seeking = null;
  #target = null;
  #waiters = new Set();
  #stopped = false;

  #segments = new Segments((...frames) => this.#near(...frames), (wait) => this.dispatchEvent(new CustomEvent("line", { detail: wait })));

  /** video: a muted <video>; rate num/den. Events: "frame" {frame}, "fault" {words}, "line" {position, seconds} | null, "fetched" {bytes, ms}. */
  constructor(video, num, den) {
    super();
    Object.assign(this, { video, num, den, ticks: frameTicks(num, den), takes: {}, names: [""], map: new CutMap([], {}), have: new Uint8Array(0), center: 0, shown: -1, ahead: AHEAD, init: null, blank: null, light: false });
    this.map.names = this.names;
    this.#watch();
  }

  seconds(n) { return (n * this.den) / this.num; }
  /** A hundredth of a frame absorbs the microseconds Chromium counts in. */
  frameAt(time) { return Math.floor((time * this.num) / this.den + 0.01); }
  get total() { return this.map.total; }
  get frame() { return this.#target ?? (this.shown >= 0 ? this.shown : Math.max(0, this.frameAt(this.video.currentTime))); }

  async open(mime) {
    const Source = self.MediaSource ?? self.ManagedMediaSource;
    if (!Source) throw new Error(t("this browser cannot play films frame by frame"));
    if (Source !== self.MediaSource) this.video.disableRemotePlayback = true;  // Safari on a telephone asks for it
    this.source = new Source();
    this.video.src = URL.createObjectURL(this.source);
    await once(this.source, "sourceopen");
    if (this.#stopped) return;
    URL.revokeObjectURL(this.video.src);
    this.buffer = this.source.addSourceBuffer(mime);
    this.buffer.mode = "segments";
    this.buffer.addEventListener("bufferedchange", (event) => this.#taken(event.removedRanges));
  }

  /** A managed source may drop what it held; those frames are laid again. */
  #taken(ranges) {
    for (let k = 0; k < (ranges?.length ?? 0); k++) this.have.fill(0, Math.floor((ranges.start(k) * this.num) / this.den), Math.ceil((Math.min(ranges.end(k), 1e6) * this.num) / this.den));
    if (ranges?.length) this.pump();
  }

  close() {
    this.#stopped = true;
    this.video.removeAttribute("src");
    this.video.load();
  }

  /** A first cut, a swap, a trim, a reorder: all the same call. The playhead stays on its frame, playing or not. */
  async setCut(clips, takes) {
    const old = this.map;
    const next = new CutMap(clips, takes, this.names);
    const have = new Uint8Array(next.total);
    for (let n = 0; n < next.total; n++) have[n] = next.same(n, old) ? this.have[n] : 0;
    const playhead = Math.min(this.frame, Math.max(0, next.total - 1));
    const stale = old.total > 0 && next.total > 0 && !next.same(playhead, old);
    this.takes = takes;
    this.map = next;
    this.have = have;
    if (old.total !== next.total) {
      if (old.total) await this.#operate(() => this.buffer.remove(this.seconds(Math.min(old.total, next.total) - (next.total ? 0.5 : 0)), Infinity));
      await this.#operate(() => { this.source.duration = this.seconds(next.total); }, false);
    }
    if (!next.total) return;
    this.pump();
    if ((stale || playhead !== this.frame) && this.video.paused) {
      this.shown = -1;
      await this.seek(playhead);
    }
  }

  /** Fetch light renditions, where there are any, or full ones. The frame that shows stays, playing or not; those to come are laid anew over the others. */
  async setLight(light) {
    if (light === this.light) return;
    const playhead = this.frame;
    this.light = light;
    for (let n = 0; n < this.total; n++) if (this.takes[this.map.names[this.map.take[n]]]?.light) this.have[n] = 0;
    if (!this.total || !this.buffer) return;
    // What is no longer marked as laid would never be dropped; only what plays until the first of the others is there stays.
    if (playhead > BACK) await this.#operate(() => this.buffer.remove(0, this.seconds(playhead - BACK - 0.5)));
    if (playhead + BACK < this.total) await this.#operate(() => this.buffer.remove(this.seconds(playhead + BACK - 0.5), Infinity));
    if (light !== this.light) return;
    this.have.fill(0, 0, Math.max(0, playhead - BACK));
    this.have.fill(0, playhead + BACK);
    this.pump();
    if (this.video.paused && !this.have[playhead]) {
      this.shown = -1;
      await this.seek(playhead);
    }
  }

  #source(name) {
    const take = this.takes[name];
    return (this.light && take?.light) || take;
  }

  /** Shows frame n; resolves when that picture is on the screen (or a later seek has taken its place). */
  seek(n) {
    this.#target = Math.max(0, Math.min(Math.round(n), this.total - 1));
    this.#seeking ??= this.#chase().finally(() => { this.#seeking = null; });
    return this.#seeking;
  }

  async #chase() {
    for (let n; (n = this.#target) !== null && !this.#stopped && this.total;) {
      this.center = n;
      await this.ready(n);
      if (this.#target !== n && this.have[this.#target]) continue;
      if (this.shown !== n || this.frameAt(this.video.currentTime) !== n) {
        this.shown = -1;
        const there = this.#presented(n);
        this.video.currentTime = this.seconds(n + 0.5);
        await there;
        this.shown = n;
      }
      this.dispatchEvent(new CustomEvent("frame", { detail: { frame: n } }));
      if (this.#target === n) this.#target = null;
    }
  }

  #presented(n) {
    return new Promise((done) => {
      // While it plays, the frame itself may pass between two screens.
      const waiter = (frame) => { if (frame === n || (!this.video.paused && frame > n && frame < n + 12)) end(); };
      const end = () => { clearTimeout(timer); this.#waiters.delete(waiter); done(); };
      const timer = setTimeout(end, PATIENCE);
      this.#waiters.add(waiter);
    });
  }

  #watch() {
    const look = (now, about) => {
      if (this.#stopped) return;
      this.video.requestVideoFrameCallback(look);
      const frame = this.frameAt(about.mediaTime);
      for (const waiter of [...this.#waiters]) waiter(frame);
      if (this.#target !== null) return;
      this.shown = frame;
      if (Math.abs(frame - this.center) > 12) { this.center = frame; this.pump(); }
      this.dispatchEvent(new CustomEvent("frame", { detail: { frame, mediaTime: about.mediaTime, shownAt: about.expectedDisplayTime } }));
    };
    this.video.requestVideoFrameCallback(look);
  }

  async play() {
    if (!this.total) return;
    if (this.#seeking) await this.#seeking;
    const n = this.frame;
    await this.ready(n, Math.min(n + 8, this.total));
    await this.video.play().catch((error) => { if (error.name !== "AbortError") throw error; });
  }

  async pause() {
    this.video.pause();
    if (this.shown >= 0) await this.seek(this.#target ?? this.shown);
  }

  /** Resolves once [n, end) is laid down; while waiting, the pump works from `center`. */
  async ready(n, end = n + 1) {
    while (!this.#stopped && n < this.total) {
      let missing = false;
      for (let k = n; k < Math.min(end, this.total); k++) missing ||= !this.have[k];
      if (!missing) return;
      await Promise.race([this.pump(), this.#progress()]);
    }
  }

  #progress() {
    return new Promise((done) => this.addEventListener("laid", done, { once: true }));
  }

  /** Brings the window around the playhead into the buffer, a run at a time, choosing anew after each. */
  pump() {
    this.#pumping ??= this.#work().finally(() => { this.#pumping = null; });
    return this.#pumping;
  }

  async #work() {
    for (let faults = 0; !this.#stopped && this.buffer;) {
      try {
        if (!(await this.#next())) return;
        faults = 0;
      } catch (error) {
        if (this.#stopped || this.source.readyState === "closed") return;
        if (error.name === "QuotaExceededError" && this.ahead > 60) { this.ahead = Math.floor(this.ahead / 2); await this.#drop(this.center - 24, this.center + this.ahead); continue; }
        faults += 1;
        this.dispatchEvent(new CustomEvent("fault", { detail: { words: t("The picture could not be fetched ({problem}). Trying again.", { problem: error.message }), faults } }));
        await rest(Math.min(8000, 300 * 2 ** faults));
      }
      this.dispatchEvent(new Event("laid"));
    }
  }

  async #next() {
    const { map, have, center } = this;
    const from = Math.max(0, center - BACK);
    const to = Math.min(map.total, center + this.ahead);
    if (await this.#drop(from - BACK, to + BACK)) return true;
    let n = Math.max(0, center - 8);
    while (n < to && have[n]) n++;
    if (n >= to) {
      n = from;
      while (n < to && have[n]) n++;
      if (n >= to) { await this.#finish(); return false; }
    }
    let end = map.runEnd(n, Math.min(map.total, n + (n < center + 24 && !have[center] ? 24 : RUN)));
    for (let k = n + 1; k < end; k++) if (have[k]) { end = k; break; }
    const { light } = this;
    await this.#lay(map, n, end);
    if (map !== this.map || light !== this.light) return true;  // the cut or the quality changed meanwhile: what was laid may be wrong there, and is not marked
    have.fill(1, n, end);
    if (end < map.total && have[end]) {
      const after = map.runEnd(end, Math.min(map.total, end + SHORT));
      if (after - end < SHORT) have.fill(0, end, after);
    }
    return true;
  }

  async #lay(map, n, end) {
    const name = map.names[map.take[n]];
    const count = end - n;
    const held = map.held[n];
    const take = name ? this.#source(name) : null;
    if (name && !take) throw new Error(t("a take is missing from the list"));
    let data;
    let init;
    let initId;
    if (take) {
      const frame = map.frame[n];
      let bytes;
      if (take.segment) {
        ({ init, data: bytes } = await this.#segments.frames(name, take, frame, held ? frame + 1 : frame + count));
        initId = take.url;
      } else {
        bytes = await this.#bytes(take, take.index[frame], take.index[held ? frame + 1 : frame + count]);
        initId = take.initId;
        if (this.init !== initId) init = await this.#bytes(take, 0, take.init);
      }
      data = held ? repeat(bytes, count) : bytes.slice(0);
      this.#prefetch(map, end);
    } else {
      this.blank ??= await this.#fetchBlank();
      data = repeat(this.blank.fragment, count);
      init = this.blank.init;
      initId = BLANK_INIT;
    }
    retime(data, n, this.ticks);
    if (map !== this.map) return;
    if (this.init !== initId) {
      await this.#operate(() => this.buffer.appendBuffer(init));
      this.init = initId;
    }
    await this.#operate(() => (map === this.map ? this.buffer.appendBuffer(data) : false));
  }

  #prefetch(map, from) {
    let n = from;
    for (let runs = 0; runs < 3 && n < Math.min(map.total, this.center + this.ahead); runs++) {
      const end = map.runEnd(n, Math.min(map.total, n + RUN));
      const take = this.#source(map.names[map.take[n]]);
      if (take?.segment && !this.have[n]) this.#segments.frames(map.names[map.take[n]], take, map.frame[n], map.held[n] ? map.frame[n] + 1 : map.frame[n] + end - n).catch(() => {});
      else if (take && !map.held[n] && !this.have[n]) this.#bytes(take, take.index[map.frame[n]], take.index[map.frame[n] + end - n]).catch(() => {});
      n = end;
    }
  }

  /** Whether frames [first, end) of a take stand in the window around the playhead. */
  #near(name, first, end) {
    const { map, center } = this;
    const take = map.names.indexOf(name);
    for (let n = Math.max(0, center - BACK); n < Math.min(map.total, center + this.ahead); n++) if (map.take[n] === take && map.frame[n] >= first && map.frame[n] < end) return !this.#stopped;
    return false;
  }

  async #drop(from, to) {
    let dropped = false;
    const any = (a, b) => this.have.subarray(Math.max(0, a), Math.max(0, b)).includes(1);
    if (from > 0 && any(0, from)) {
      this.have.fill(0, 0, from);
      await this.#operate(() => this.buffer.remove(0, this.seconds(from - 0.5)));
      dropped = true;
    }
    if (to < this.total && any(to, this.total)) {
      this.have.fill(0, to);
      await this.#operate(() => this.buffer.remove(this.seconds(to - 0.5), Infinity));
      dropped = true;
    }
    return dropped;
  }

  /** With the last frame laid, playback may end instead of waiting for more. */
  async #finish() {
    if (this.total && this.have[this.total - 1] && this.source.readyState === "open") await this.#operate(() => this.source.readyState === "open" && this.source.endOfStream(), false);
  }

  /** One operation at a time, in order. An act that answers false did nothing and is not waited for. */
  #operate(act, waits = true) {
    const run = async () => {
      if (this.#stopped || this.source.readyState === "closed") return;
      const end = waits && new Promise((done, fail) => {
        this.buffer.addEventListener("updateend", done, { once: true });
        this.buffer.addEventListener("error", () => fail(new Error(t("the browser refused a fragment"))), { once: true });
      });
      if (act() !== false) await end;
    };
    return (this.#queue = this.#queue.catch(() => {}).then(run));
  }

  async #bytes(take, from, to) {
    const key = `${take.url} ${from} ${to}`;
    let entry = this.#cache.get(key);
    if (!entry) {
      entry = this.#fetch(take.url, from, to);
      this.#cache.set(key, entry);
      this.#cached += to - from;
      entry.catch(() => this.#cache.delete(key) && (this.#cached -= to - from));
      for (const old of this.#cache.keys()) {
        if (this.#cached < CACHE || old === key) break;
        const [a, b] = old.split(" ").slice(-2).map(Number);
        this.#cache.delete(old);
        this.#cached -= b - a;
      }
    }
    return entry;
  }

  async #fetch(url, from, to) {
    const began = performance.now();
    const answer = await fetch(url, { credentials: "same-origin", headers: { Range: `bytes=${from}-${to - 1}` } });
    const data = answer.status === 206 ? await answer.arrayBuffer() : answer.status === 200 ? (await answer.arrayBuffer()).slice(from, to) : null;
    if (!data || data.byteLength !== to - from) throw new Error(`status ${answer.status}`);
    this.dispatchEvent(new CustomEvent("fetched", { detail: { bytes: data.byteLength, ms: performance.now() - began } }));
    return data;
  }

  async #fetchBlank() {
    const whole = await (await fetch(BLANK)).arrayBuffer();
    const view = new DataView(whole);
    let at = 0;
    while (view.getUint32(at + 4) !== 0x6d6f6f66) at += view.getUint32(at);
    return { init: whole.slice(0, at), fragment: setDuration(whole.slice(at), this.ticks) };
  }
}
