// One frame of a take at a time, by number. WebCodecs where the browser allows it (a secure address): each picture carries its own number. Elsewhere
// a hidden <video> is sought, which is as exact and slower.
import { MseCut } from "./mse-cut.js";

const AHEAD = 6;           // frames decoded before they are asked for
const KEPT = 16;
const CHUNK = 24;          // frames fetched at once

function box(bytes, name) {
  const code = [...name].map((letter) => letter.charCodeAt(0));
  for (let at = 4; at < bytes.length - 4; at++) if (code.every((value, k) => bytes[at + k] === value)) return { start: at + 4, size: new DataView(bytes.buffer, bytes.byteOffset + at - 4).getUint32(0) };
  throw new RangeError(`There is no ${name} in this take`);
}

export function frameSource(take, rate) {
  if (take.segment) return new SoughtFrames(take, rate);  // has no index before it is made
  return window.isSecureContext && "VideoDecoder" in window ? new DecodedFrames(take) : new SoughtFrames(take, rate);
}

class DecodedFrames {
  #frames = new Map();         // number → VideoFrame
  #waiting = new Map();        // number → [done, fail]
  #chunks = new Map();
  #asked = new Set();

  constructor(take) {
    this.take = take;
    this.frames = take.frames;
    this.ready = this.#open();
  }

  async #open() {
    const init = new Uint8Array(await this.#bytes(0, this.take.init));
    const { start, size } = box(init, "avcC");
    this.decoder = new VideoDecoder({ output: (frame) => this.#came(frame), error: (error) => this.#fail(error) });
    this.decoder.configure({ codec: this.take.codec, description: init.slice(start, start + size - 8), optimizeForLatency: true });
  }

  async #bytes(from, to) {
    const answer = await fetch(this.take.url, { credentials: "same-origin", headers: { Range: `bytes=${from}-${to - 1}` } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const data = await answer.arrayBuffer();
    return answer.status === 206 ? data : data.slice(from, to);
  }

  #came(frame) {
    const n = Math.round(frame.timestamp / 1000);
    this.#frames.get(n)?.close();
    this.#frames.set(n, frame);
    this.#asked.delete(n);
    this.#waiting.get(n)?.[0](frame);
    this.#waiting.delete(n);
  }

  #fail(error) {
    for (const [, fail] of this.#waiting.values()) fail(error);
    this.#waiting.clear();
  }

  async #decode(n) {
    if (this.#frames.has(n) || this.#asked.has(n) || n < 0 || n >= this.frames) return;
    this.#asked.add(n);
    const { index } = this.take;
    const first = n - (n % CHUNK);
    const last = Math.min(this.frames, first + CHUNK);
    if (!this.#chunks.has(first)) this.#chunks.set(first, this.#bytes(index[first], index[last]));
    const chunk = new Uint8Array(await this.#chunks.get(first));
    const fragment = chunk.subarray(index[n] - index[first], index[n + 1] - index[first]);
    const { start, size } = box(fragment, "mdat");
    this.decoder.decode(new EncodedVideoChunk({ type: "key", timestamp: n * 1000, data: fragment.subarray(start, start + size - 8) }));
  }

  /** The picture of frame n (clamped to the take), to be drawn at once. */
  async get(asked) {
    await this.ready;
    const n = Math.max(0, Math.min(this.frames - 1, asked));
    for (const [number, frame] of this.#frames) {
      if (this.#frames.size <= KEPT) break;
      if (number < n - 2 || number > n + AHEAD + 2) { frame.close(); this.#frames.delete(number); }
    }
    const there = this.#frames.get(n) ?? new Promise((done, fail) => { this.#waiting.set(n, [done, fail]); });
    for (let k = 0; k <= AHEAD; k++) this.#decode(n + k).catch((error) => this.#fail(error));
    if (there instanceof Promise) this.decoder.flush().catch(() => {});
    return there;
  }

  close() {
    for (const frame of this.#frames.values()) frame.close();
    this.#frames.clear();
    if (this.decoder?.state !== "closed") this.decoder?.close();
  }
}

class SoughtFrames {
  constructor(take, [num, den]) {
    this.frames = take.frames;
    this.video = document.createElement("video");
    this.video.muted = true;
    this.engine = new MseCut(this.video, num, den);
    this.ready = (async () => {
      await this.engine.open(`video/mp4; codecs="${take.codec}"`);
      await this.engine.setCut([{ key: "take", take: "take", in: 0, out: take.frames }], { take });
    })();
  }

  async get(n) {
    await this.ready;
    await this.engine.seek(Math.max(0, Math.min(this.frames - 1, n)));
    return this.video;
  }

  close() { this.engine.close(); }
}
