// A cut as a MAP: for every timeline frame, which take's frame stands there. Any edit is a new map; only frames that differ are laid down again.

/** Where a clip has no picture yet its neighbour's frame is held under the poster, so that no black shows while the poster comes and goes. */
const BLANK = "";

export class CutMap {
  /**
   * clips: [{key, take, in, out, …}] whole frames, `out` exclusive; takes: {id: {frames, …}}; names: one array for all maps of a player, so that
   * two maps compare by number. A take that is not in `takes` is not there yet.
   */
  constructor(clips, takes, names = [BLANK]) {
    this.clips = clips.filter((clip) => clip.out > clip.in);
    this.names = names;
    this.starts = new Int32Array(this.clips.length + 1);
    this.clips.forEach((clip, n) => { this.starts[n + 1] = this.starts[n] + clip.out - clip.in; });
    this.total = this.starts[this.clips.length];
    this.take = new Int32Array(this.total);
    this.frame = new Int32Array(this.total);
    this.held = new Uint8Array(this.total);        // 1: one frame repeated
    this.#lay(takes);
  }

  #lay(takes) {
    const here = this.clips.map((clip) => Boolean(clip.take && takes[clip.take]));
    this.clips.forEach((clip, n) => {
      const [a, b] = [this.starts[n], this.starts[n + 1]];
      if (here[n]) {
        const name = this.#name(clip.take);
        const last = takes[clip.take].frames - 1;
        for (let k = a; k < b; k++) {
          const frame = clip.in + k - a;
          this.take[k] = name;
          this.frame[k] = Math.min(frame, last);
          this.held[k] = frame > last ? 1 : 0;     // a trim beyond the take holds its last frame
        }
        return;
      }
      let name = 0;
      let frame = 0;
      if (a > 0) [name, frame] = [this.take[a - 1], this.frame[a - 1]];
      else {
        const next = here.indexOf(true);
        if (next >= 0) [name, frame] = [this.#name(this.clips[next].take), this.clips[next].in];
      }
      this.take.fill(name, a, b);
      this.frame.fill(frame, a, b);
      this.held.fill(1, a, b);
    });
  }

  #name(take) {
    let n = this.names.indexOf(take);
    if (n < 0) n = this.names.push(take) - 1;
    return n;
  }

  same(n, other, m = n) {
    return n < this.total && m < other.total && this.take[n] === other.take[m] && this.frame[n] === other.frame[m];
  }

  /** The frames from n on that one append can lay: consecutive source frames, or one frame held. Answers the frame after the last. */
  runEnd(n, limit) {
    const held = this.held[n];
    let e = n + 1;
    while (e < limit && this.take[e] === this.take[n] && this.held[e] === held && this.frame[e] === this.frame[n] + (held ? 0 : e - n)) e++;
    return e;
  }

  /** Index of the clip that shows at frame n; the last clip at and after the end. */
  clipAt(n) {
    let low = 0;
    let high = this.clips.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle + 1] <= n) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
