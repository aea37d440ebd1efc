// Takes whose pictures are made for one viewer: {url, segment, frames}, fetched in whole segments of `segment` frames from `${url}${first frame}`. A
// segment is an MP4 of its own: an initialisation part, then one fragment a frame. 202 {position, seconds} says that it is being made.
import { offsets } from "./fragments.js";

const KEPT = 12;            // segments
const LONGEST = 5;          // seconds between two questions

export class Segments {
  #kept = new Map();

  /** wanted(name, first, end): whether anybody still waits for these frames; told({position, seconds} | null): how long it takes, and that it has come. */
  constructor(wanted, told) {
    Object.assign(this, { wanted, told });
  }

  /** {init, data}: frames [first, end) of a take as fragments. Rejects when nobody waits for them any more. */
  async frames(name, take, first, end) {
    const parts = [];
    for (let at = first - (first % take.segment); at < end; at += take.segment) parts.push([at, this.fetch(name, take, at)]);
    const found = await Promise.all(parts.map(([, part]) => part));
    const pieces = found.map(({ bytes, index }, k) => bytes.slice(index[Math.max(0, first - parts[k][0])], index[Math.min(index.length - 1, end - parts[k][0])]));
    return { init: found[0].bytes.slice(0, found[0].index[0]), data: await new Blob(pieces).arrayBuffer() };
  }

  /** The segment that begins with frame `at`; asked for once, whoever wants it. */
  fetch(name, take, at) {
    const key = `${take.url} ${at}`;
    let entry = this.#kept.get(key);
    if (!entry) {
      entry = this.#ask(name, take, at);
      this.#kept.set(key, entry);
      entry.catch(() => this.#kept.delete(key));
      for (const old of this.#kept.keys()) {
        if (this.#kept.size <= KEPT) break;
        this.#kept.delete(old);
      }
    }
    return entry;
  }

  async #ask(name, take, at) {
    const end = Math.min(at + take.segment, take.frames);
    for (;;) {
      const answer = await fetch(`${take.url}${at}`, { credentials: "same-origin" });
      if (answer.status === 200) {
        const bytes = await answer.arrayBuffer();
        const index = offsets(bytes);
        if (index.length !== end - at + 1) throw new Error("a segment has not the frames it should");
        this.told(null);
        return { bytes, index };
      }
      if (answer.status !== 202) throw new Error((await answer.json().catch(() => null))?.problem ?? `status ${answer.status}`);
      this.told(await answer.json());
      const pause = Math.min(LONGEST, Number(answer.headers.get("Retry-After")) || 1);
      await new Promise((done) => setTimeout(done, 1000 * pause));
      if (!this.wanted(name, at, end)) throw new Error("nobody waits for it any more");
    }
  }
}
