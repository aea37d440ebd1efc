// The pictures of a whole cut by number, over the sources of its takes (frame-source.js). A frame whose take is not there yet has no picture.
import { CutMap } from "./cut-map.js";
import { frameSource } from "./frame-source.js";

const OPEN = 4;            // takes kept ready
const SOON = 24;           // frames before a join at which the next take is opened

export class CutSource {
  #open = new Map();       // take → its source, the last used last

  constructor({ clips, takes, rate }) {
    this.takes = takes;
    this.rate = rate;
    this.map = new CutMap(clips, takes);
    this.frames = this.map.total;
  }

  /** The picture of frame n (clamped to the cut), or null. */
  async get(asked) {
    const n = Math.max(0, Math.min(this.frames - 1, asked));
    const next = this.map.starts[this.map.clipAt(n) + 1];
    const picture = this.#picture(n);
    if (next < this.frames && next - n <= SOON) this.#picture(next)?.catch(() => {});
    return picture;
  }

  #picture(n) {
    const clip = this.map.clips[this.map.clipAt(n)];
    return clip?.take && this.takes[clip.take] ? this.#source(clip.take).get(this.map.frame[n]) : null;
  }

  #source(take) {
    const source = this.#open.get(take) ?? frameSource(this.takes[take], this.rate);
    this.#open.delete(take);
    this.#open.set(take, source);
    for (const [old, closing] of this.#open) {
      if (this.#open.size <= OPEN) break;
      closing.close();
      this.#open.delete(old);
    }
    return source;
  }

  /** Where frame n lies: {key, code, frame} of its clip and of what was filmed. */
  place(n) {
    const at = this.map.clipAt(Math.max(0, Math.min(this.frames - 1, n)));
    const clip = this.map.clips[at];
    return { key: clip.key, code: clip.code, frame: clip.in + n - this.map.starts[at] };
  }

  /** The frame of this cut that shows the same frame of the same clip, the nearest it still has; null where it has not that clip. */
  find({ key, frame }) {
    const at = this.map.clips.findIndex((clip) => clip.key === key);
    if (at < 0) return null;
    const clip = this.map.clips[at];
    return this.map.starts[at] + Math.max(0, Math.min(clip.out - clip.in - 1, frame - clip.in));
  }

  close() {
    for (const source of this.#open.values()) source.close();
    this.#open.clear();
  }
}
