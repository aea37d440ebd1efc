// The sound of a cut on the picture's clock. Every line, cue and tone is decoded whole and started ahead of time by Web Audio; each presented
// frame says when on the audio clock it was seen, and when the two drift apart by more than 20 ms everything is started anew.
import { DUCK_DB, duckEnvelope, gainAt } from "./ducking.js";

const HORIZON = 2;            // s of sound started ahead
const DECODE = 20;            // s ahead of which sounds are fetched and decoded
const DRIFT = 0.02;           // s
const MEMORY = 220 << 20;     // bytes of decoded sound kept
const AT_ONCE = 3;

const linear = (decibel) => 10 ** ((decibel ?? 0) / 20);

export class CutSound {
  #context = null;
  #master = null;
  #buses = new Map();
  #buffers = new Map();
  #bytes = 0;
  #loading = 0;
  #live = new Map();
  #offset = null;              // audio time − picture time
  #drifts = [];
  #timer = 0;
  #playing = false;
  #now = () => 0;

  constructor(num, den) {
    Object.assign(this, { num, den, items: [], curves: new Map(), volume: 1, muted: false, tracks: new Map() });
  }

  /** How many sounds are started or about to be. */
  get sounding() { return this.#live.size; }

  seconds(frame) { return (frame * this.den) / this.num; }

  /** items as in the playlist's "sound": {kind, url, at (frame), offset (s), seconds, gain (dB), fadeIn, fadeOut (frames)}; ducking: dB by kind.
   *  A list that changed is heard at once. */
  load(items, total, ducking = DUCK_DB) {
    const key = (item) => JSON.stringify([item.kind, item.url, item.at, item.offset, item.seconds, item.gain, item.fadeIn, item.fadeOut]);
    const list = (items ?? []).map((item) => ({ ...item, key: key(item), rise: this.seconds(item.fadeIn ?? 0), fall: this.seconds(item.fadeOut ?? 0), start: this.seconds(item.at), end: this.seconds(item.at) + item.seconds })).sort((a, b) => a.start - b.start);
    const kept = new Set(list.map((item) => item.key));
    const spoken = list.filter((item) => item.kind === "dialogue").map((item) => [item.start, item.end]);
    this.items = list;
    this.curves = new Map(Object.entries(ducking).map(([kind, depth]) => [kind, duckEnvelope(spoken, this.seconds(total), depth)]));
    for (const [name, nodes] of this.#live) if (!kept.has(name)) this.#silence(name, nodes);
    if (!this.#playing) return;
    this.#duck();
    this.#pump();
  }

  /** Must follow a click or a key: browsers keep sound shut until then. now() answers the picture's time in seconds. */
  async start(now) {
    this.#now = now;
    if (!this.items.length && !this.#context) { this.#playing = true; return; }
    this.#open();
    if (this.#context.state === "suspended") await Promise.race([this.#context.resume(), new Promise((done) => setTimeout(done, 300))]);
    this.#playing = true;
    this.#offset = null;
    this.#drifts = [];
    this.#prefetch();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#pump(), 250);
  }

  stop() {
    this.#playing = false;
    this.#offset = null;
    clearInterval(this.#timer);
    for (const [name, nodes] of this.#live) this.#silence(name, nodes);
  }

  close() {
    this.stop();
    this.#context?.close();
    this.#context = null;
  }

  /** A frame of picture time `time` meets the eye at performance time `shown` (ms). */
  anchor(time, shown) {
    if (!this.#playing || !this.#context || this.#context.state !== "running") return;
    const audio = this.#audioTimeAt(shown);
    const offset = audio - time;
    if (this.#offset === null) { this.#restart(offset); return; }
    this.#drifts.push(offset - this.#offset);
    if (this.#drifts.length < 8) return;
    const middle = [...this.#drifts].sort((a, b) => a - b)[4];
    this.drift = middle;
    if (Math.abs(middle) > DRIFT) this.#restart(this.#offset + middle);
    else this.#drifts.shift();
  }

  setVolume(volume, muted) {
    this.volume = volume;
    this.muted = muted;
    if (this.#master) this.#master.gain.setTargetAtTime(muted ? 0 : volume * volume, this.#context.currentTime, 0.012);
  }

  /** Mute or solo a kind of sound. */
  setTrack(kind, { mute = false, solo = false }) {
    this.tracks.set(kind, { mute, solo });
    for (const name of this.#buses.keys()) this.#level(name);
  }

  #open() {
    if (this.#context) return;
    this.#context = new AudioContext({ latencyHint: "interactive", sampleRate: 48000 });
    this.#master = this.#context.createGain();
    const guard = this.#context.createDynamicsCompressor();
    guard.threshold.value = -3;
    guard.knee.value = 0;
    guard.ratio.value = 20;
    guard.attack.value = 0.002;
    guard.release.value = 0.08;
    this.#master.connect(guard).connect(this.#context.destination);
    this.setVolume(this.volume, this.muted);
  }

  #bus(kind) {
    let bus = this.#buses.get(kind);
    if (!bus) {
      bus = { level: this.#context.createGain(), duck: this.#context.createGain() };
      bus.duck.connect(bus.level).connect(this.#master);
      this.#buses.set(kind, bus);
      this.#level(kind);
    }
    return bus;
  }

  #level(kind) {
    const solo = [...this.tracks.values()].some((track) => track.solo);
    const track = this.tracks.get(kind) ?? {};
    this.#buses.get(kind).level.gain.setTargetAtTime(track.mute || (solo && !track.solo) ? 0 : 1, this.#context.currentTime, 0.01);
  }

  #audioTimeAt(shown) {
    const output = this.#context.getOutputTimestamp?.();
    if (output?.performanceTime > 0) return output.contextTime + (shown - output.performanceTime) / 1000;
    return this.#context.currentTime - (this.#context.outputLatency || this.#context.baseLatency || 0) + (shown - performance.now()) / 1000;
  }

  #restart(offset) {
    this.#offset = offset;
    this.#drifts = [];
    for (const [name, nodes] of this.#live) this.#silence(name, nodes);
    this.#duck();
    this.#pump();
  }

  #duck() {
    if (this.#offset === null) return;
    const now = this.#now();
    for (const [kind, bus] of this.#buses) {
      const points = this.curves.get(kind);
      if (!points) continue;
      const gain = bus.duck.gain;
      gain.cancelScheduledValues(0);
      gain.setValueAtTime(gainAt(points, now), Math.max(this.#context.currentTime, now + this.#offset));
      for (const [t, value] of points) if (t > now) gain.linearRampToValueAtTime(value, Math.max(this.#context.currentTime, t + this.#offset));
    }
  }

  #pump() {
    if (!this.#playing || !this.#context) { if (this.#playing && this.items.length) this.start(this.#now); return; }
    this.#prefetch();
    if (this.#offset === null) return;
    const now = this.#now();
    for (const item of this.items) {
      if (item.start > now + HORIZON) break;
      if (item.end <= now || this.#live.has(item.key)) continue;
      const buffer = this.#buffers.get(item.url);
      if (buffer instanceof AudioBuffer) this.#begin(item, buffer, now);
    }
  }

  #begin(item, buffer, now) {
    const fresh = !this.#buses.has(item.kind);
    const bus = this.#bus(item.kind);
    if (fresh) this.#duck();
    const earliest = this.#context.currentTime + 0.005;
    const when = Math.max(item.start + this.#offset, earliest);
    const into = when - this.#offset - item.start;              // s of the item already past
    const offset = (item.offset ?? 0) + into;
    const length = Math.min(item.seconds - into, buffer.duration - offset);
    if (length <= 0.002) return;
    const source = this.#context.createBufferSource();
    const gain = this.#context.createGain();
    source.buffer = buffer;
    source.connect(gain).connect(bus.duck);
    this.#fade(gain.gain, item, when, into, length);
    source.start(when, offset, length);
    source.onended = () => this.#live.get(item.key)?.source === source && this.#live.delete(item.key);
    this.#live.set(item.key, { source, gain });
  }

  #fade(gain, item, when, into, length) {
    const full = linear(item.gain);
    const rise = Math.max(item.rise, 0.004);
    const fall = Math.max(item.fall, 0.004);
    const at = (t) => full * Math.max(0, Math.min(1, t / rise, (item.seconds - t) / fall));
    gain.setValueAtTime(into > 0 ? 0 : at(into), when);
    if (into > 0) gain.linearRampToValueAtTime(at(into + 0.006), when + 0.006);   // a soft entrance in the middle, no click
    if (rise > into + 0.006) gain.linearRampToValueAtTime(at(Math.min(rise, item.seconds - fall)), when + rise - into);
    const down = Math.max(item.seconds - fall - into, 0.007);
    gain.setValueAtTime(at(into + down), when + down);
    gain.linearRampToValueAtTime(0.0001, when + Math.max(length, down + 0.004));
  }

  #silence(name, { source, gain }) {
    this.#live.delete(name);
    const now = this.#context.currentTime;
    gain.gain.cancelScheduledValues(now);
    gain.gain.setTargetAtTime(0, now, 0.004);
    try { source.stop(now + 0.03); } catch { /* it never began */ }
  }

  #prefetch() {
    const now = this.#now();
    for (const item of this.items) {
      if (item.start > now + DECODE) break;
      if (item.end > now) this.#fetch(item.url);
    }
  }

  async #fetch(url) {
    if (this.#buffers.has(url) || this.#loading >= AT_ONCE) return;
    this.#buffers.set(url, null);
    this.#loading += 1;
    try {
      const answer = await fetch(url, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const buffer = await this.#context.decodeAudioData(await answer.arrayBuffer());
      this.#buffers.set(url, buffer);
      this.#bytes += buffer.length * buffer.numberOfChannels * 4;
      this.#forget();
    } catch (error) {
      this.#buffers.set(url, null);
      setTimeout(() => this.#buffers.delete(url), 4000);      // asked for again later; one lost sound must not stop the film
      console.warn(`A sound could not be read: ${url}`, error);
    } finally {
      this.#loading -= 1;
      if (this.#playing) this.#pump();
    }
  }

  #forget() {
    const now = this.#now();
    for (const [url, buffer] of this.#buffers) {
      if (this.#bytes < MEMORY) return;
      if (!buffer || this.items.some((item) => item.url === url && item.end > now - 5 && item.start < now + DECODE)) continue;
      this.#bytes -= buffer.length * buffer.numberOfChannels * 4;
      this.#buffers.delete(url);
    }
  }
}
