// Draws what of a timeline is in view: ruler, picture clips with their filmstrips, sounds with their outlines, playhead. It knows no edits.
import { timecode } from "./timecode.js";
import { t } from "./words.js";

/** Heights in CSS pixels; tracks.css has the same. */
export const LAYOUT = { ruler: 22, picture: 80, sound: 44, label: 16 };
export const LANES = [["dialogue", t("Dialogue"), ["dialogue"]], ["music", t("Music"), ["music"]], ["effects", t("Effects"), ["tone", "effect", "effects"]]];
export const framesWords = (count) => t("{count} frames", { count });
export const COLOURS = ["surface", "bg", "line", "line-strong", "text", "text-dim", "text-faint", "accent", "track-v", "track-d", "track-m", "track-fx", "changes", "take", "boarded", "raised", "overlay"];
const LANE_COLOUR = { dialogue: "track-d", music: "track-m", effects: "track-fx" };
const STEPS = [1, 2, 5, 10, 12, 24, 48, 120, 240, 480, 720, 1440, 2880, 7200, 14400, 43200];

/** Pictures and outlines by address, asked for once when first in view; `changed` is called when one has come. */
export class Shelf {
  #things = new Map();

  constructor(changed) { this.changed = changed; }

  image(url) { return this.#get(url, () => new Promise((done, fail) => { const image = new Image(); image.onload = () => done(image); image.onerror = fail; image.src = url; })); }
  wave(url) { return this.#get(url, async () => new Int8Array(await (await fetch(url, { credentials: "same-origin" })).arrayBuffer())); }

  #get(url, make) {
    let entry = this.#things.get(url);
    if (!entry) {
      entry = { thing: null };
      this.#things.set(url, entry);
      if (this.#things.size > 600) this.#things.delete(this.#things.keys().next().value);
      make().then((thing) => { entry.thing = thing; this.changed(); }, () => {});
    }
    return entry.thing;
  }
}

export class TracksPainter {
  constructor(context, view, shelf) {
    Object.assign(this, { context, ...view, shelf });
  }

  x(frame) { return (frame - this.left) * this.scale; }

  paint() {
    const { context, width, height, colours } = this;
    context.clearRect(0, 0, width, height);
    context.font = `11px ${this.font}`;
    context.textBaseline = "middle";
    this.#ruler();
    this.#picture();
    LANES.forEach((lane, n) => this.#lane(lane, LAYOUT.ruler + LAYOUT.picture + n * LAYOUT.sound));
    this.#drop();
    const x = Math.round(this.x(this.playhead)) + 0.5;
    context.fillStyle = colours.accent;
    context.fillRect(x - 0.5, 0, 1.5, height);
    context.beginPath();
    context.moveTo(x - 5, 0); context.lineTo(x + 5, 0); context.lineTo(x, 8);
    context.fill();
  }

  #ruler() {
    const { context, width, height, colours, scale, rate } = this;
    const fps = Math.round(rate[0] / rate[1]);
    const step = STEPS.map((n) => (n < 24 ? n : Math.round((n / 24) * fps))).find((n) => n * scale >= 92) ?? fps * 3600;
    context.fillStyle = colours.line;
    context.fillRect(0, LAYOUT.ruler - 1, width, 1);
    for (let n = 0, y = LAYOUT.ruler + LAYOUT.picture; n <= LANES.length; n++, y += LAYOUT.sound) context.fillRect(0, y - 1, width, 1);
    context.font = `10px ${this.mono}`;
    const first = Math.floor(this.left / step) * step;
    for (let frame = first; this.x(frame) < width; frame += step) {
      if (frame < 0) continue;
      const x = Math.round(this.x(frame)) + 0.5;
      context.fillStyle = colours["line-strong"];
      context.fillRect(x, 4, 1, LAYOUT.ruler - 5);
      context.fillStyle = colours["text-faint"];
      context.fillText(timecode(frame, rate[0], rate[1], this.drop), x + 5, LAYOUT.ruler / 2 + 1);
    }
    context.font = `11px ${this.font}`;
    const end = this.x(this.total);
    if (end < width) {
      context.fillStyle = colours.bg;
      context.fillRect(Math.max(0, end), LAYOUT.ruler, width, height);
    }
  }

  #picture() {
    const { clips, starts, width } = this;
    let n = this.indexAt(Math.max(0, this.left));
    for (; n < clips.length && this.x(starts[n]) < width; n++) this.#clip(clips[n], n);
  }

  #clip(clip, n) {
    const { context, colours, starts } = this;
    const [x, end] = [this.x(starts[n]), this.x(starts[n + 1])];
    const w = Math.max(1, end - x - (end - x > 4 ? 1 : 0));
    const [top, tall] = [LAYOUT.ruler + 3, LAYOUT.picture - 7];
    const take = clip.take ? this.takes[clip.take] : null;
    context.save();
    context.beginPath();
    context.roundRect(x, top, w, tall, w > 8 ? 4 : 0);
    context.fillStyle = take ? colours["track-v"] : colours.raised;
    context.fill();
    if (w > 10) {
      context.clip();
      this.#strip(clip, take, x, w, top + LAYOUT.label, tall - LAYOUT.label);
      if (w > 24) this.#label(clip, take, x, top, w);
    }
    context.restore();
    if (this.dragging === clip.key) {
      context.fillStyle = colours.bg;
      context.globalAlpha = 0.6;
      context.fillRect(x, top, w, tall);
      context.globalAlpha = 1;
    }
    if (clip.key === this.selected || clip.key === this.implied) this.#outline(clip, x, top, w, tall);
  }

  #label(clip, take, x, top, w) {
    const { context, colours } = this;
    context.fillStyle = take ? colours.take : colours.boarded;
    context.beginPath();
    context.arc(Math.max(x, 0) + 9, top + LAYOUT.label / 2, 3, 0, 7);
    context.fill();
    context.fillStyle = colours.text;
    const words = `${clip.code ?? ""}${clip.number ? `  T${clip.number}` : take ? "" : `  ${t("panel")}`}`;
    context.fillText(w > 70 ? words : (clip.code ?? ""), Math.max(x, 0) + 17, top + LAYOUT.label / 2 + 0.5);
  }

  /** The filmstrip's picture nearest each tile's first frame, so that a trim shows what it leaves. */
  #strip(clip, take, x, w, top, tall) {
    const { context } = this;
    const strip = take?.filmstrip;
    const image = strip ? this.shelf.image(strip.url) : clip.still || take?.poster ? this.shelf.image(clip.still ?? take.poster) : null;
    if (!image) return;
    const tileWidth = strip ? (strip.width / strip.height) * tall : (image.naturalWidth / image.naturalHeight) * tall;
    const from = Math.max(0, Math.floor(-x / tileWidth));
    for (let k = from; k * tileWidth < w && x + k * tileWidth < this.width; k++) {
      const at = x + k * tileWidth;
      if (!strip) { context.drawImage(image, at, top, tileWidth, tall); if (!clip.take) break; continue; }
      const frame = clip.in + (k * tileWidth) / this.scale + tileWidth / 2 / this.scale;
      const tile = Math.min(strip.count - 1, Math.max(0, Math.floor((frame / take.frames) * strip.count)));
      context.drawImage(image, tile * strip.width, 0, strip.width, strip.height, at, top, tileWidth - 0.5, tall);
    }
  }

  #outline(clip, x, top, w, tall) {
    const { context, colours } = this;
    context.strokeStyle = colours.accent;
    context.globalAlpha = clip.key === this.selected ? 1 : 0.45;
    context.lineWidth = 2;
    context.beginPath();
    context.roundRect(x + 1, top + 1, Math.max(2, w - 2), tall - 2, 3);
    context.stroke();
    context.globalAlpha = 1;
    if (clip.key !== this.selected || w < 14 || !this.editable) return;
    context.fillStyle = colours.accent;
    for (const [edge, at] of [["in", x], ["out", x + w - 5]]) {
      context.globalAlpha = this.edge === edge ? 1 : 0.55;
      context.fillRect(at, top, 5, tall);
    }
    context.globalAlpha = 1;
  }

  #lane([name, , kinds], top) {
    const { context, colours, scale, width } = this;
    for (const item of this.sound) {
      if (!kinds.includes(item.kind)) continue;
      const x = this.x(item.at);
      const w = item.frames * scale;
      if (x > width || x + w < 0) continue;
      context.save();
      context.beginPath();
      context.roundRect(x, top + 3, Math.max(1, w - 1), LAYOUT.sound - 8, w > 8 ? 4 : 0);
      context.fillStyle = colours[LANE_COLOUR[name]];
      context.globalAlpha = this.silent.has(name) ? 0.35 : 1;
      context.fill();
      context.clip();
      if (item.wave) this.#wave(item, x, w, top + LAYOUT.label + 1, LAYOUT.sound - LAYOUT.label - 8);
      context.globalAlpha = 1;
      if (w > 28 && item.label) {
        context.fillStyle = colours.text;
        context.fillText(item.label, Math.max(x, 0) + 6, top + 11);
      }
      context.restore();
    }
  }

  #wave(item, x, w, top, tall) {
    const outline = this.shelf.wave(item.wave.url);
    if (!outline) return;
    const { context, colours, rate } = this;
    const perPixel = (((item.wave.per_second ?? 100) / this.scale) * rate[1]) / rate[0];
    const first = (item.offset ?? 0) * (item.wave.per_second ?? 100);
    const middle = top + tall / 2;
    context.fillStyle = colours.text;
    context.globalAlpha *= 0.55;
    for (let px = Math.max(0, Math.floor(-x)); px < w && x + px < this.width; px += 1.5) {
      let low = 0;
      let high = 0;
      const from = Math.floor(first + px * perPixel);
      const to = Math.min(outline.length / 2, Math.max(from + 1, Math.ceil(first + (px + 1.5) * perPixel)));
      for (let k = from; k < to; k++) {
        low = Math.min(low, outline[2 * k]);
        high = Math.max(high, outline[2 * k + 1]);
      }
      const reach = tall / 2 / 110;
      context.fillRect(x + px, middle - high * reach, 1, Math.max(0.75, (high - low) * reach));
    }
  }

  /** Where a dragged clip will go. */
  #drop() {
    if (this.dropAt === null || this.dropAt === undefined) return;
    const { context, colours } = this;
    context.fillStyle = colours.accent;
    context.fillRect(this.x(this.starts[this.dropAt]) - 1.5, LAYOUT.ruler, 3, LAYOUT.picture);
  }
}
