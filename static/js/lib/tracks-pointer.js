// Pointer on the tracks: scrub on the ruler, select, trim at the edges, drag to reorder, wheel to scroll, Ctrl-wheel and pinch to zoom.
import { h } from "./dom.js";
import { LAYOUT, framesWords } from "./tracks-draw.js";

const EDGE = 7;            // px on either side of a join that take hold of it
const SLIP = 5;            // px of movement that make a drag
const MAGNET = 9;          // px

export class TracksPointer {
  #act = null;             // {kind: "scrub" | "trim" | "move" | "pan" | "wait", …}
  #touches = new Map();
  preview = null;          // {clips, starts} while an edge is being dragged

  constructor(tracks, signal) {
    this.tracks = tracks;
    const { view } = tracks;
    this.tip = h("div", { class: "film-line__tip", hidden: true });
    view.append(this.tip);
    view.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    view.addEventListener("pointermove", (event) => this.#move(event), { signal });
    view.addEventListener("pointerup", (event) => this.#up(event), { signal });
    view.addEventListener("pointercancel", (event) => this.#cancel(event), { signal });
    view.addEventListener("dblclick", (event) => this.#place(event).y > LAYOUT.ruler && tracks.open(), { signal });
    view.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
  }

  #place(event) {
    const box = this.tracks.view.getBoundingClientRect();
    const x = event.clientX - box.left;
    return { x, y: event.clientY - box.top, frame: this.tracks.left + x / this.tracks.scale };
  }

  /** What lies under the pointer: {n, edge} of a picture clip, or null. */
  #hit({ x, y, frame }) {
    const t = this.tracks;
    if (y < LAYOUT.ruler || y > LAYOUT.ruler + LAYOUT.picture || frame < 0 || frame >= t.total) return null;
    const n = t.indexAt(frame);
    const [a, b] = [(t.starts[n] - t.left) * t.scale, (t.starts[n + 1] - t.left) * t.scale];
    const reach = Math.min(EDGE, (b - a) / 4);
    const edge = x - a < reach ? "in" : b - x < reach ? "out" : null;
    return { n, edge };
  }

  #down(event) {
    if (event.button) return;
    const t = this.tracks;
    const at = this.#place(event);
    if (at.y > t.view.clientHeight - 10) return;
    t.view.setPointerCapture(event.pointerId);
    t.view.focus({ preventScroll: true });
    if (event.pointerType === "touch") {
      this.#touches.set(event.pointerId, at.x);
      if (this.#touches.size === 2) { this.#act = { kind: "pinch", apart: this.#apart(), scale: t.scale }; return; }
    }
    const hit = this.#hit(at);
    if (!hit) {
      this.#act = at.y > LAYOUT.ruler && event.pointerType === "touch" ? { kind: "pan", x: at.x } : { kind: "scrub" };
      if (this.#act.kind === "scrub") { t.select(null); t.player.pause(); this.#scrub(at); }
      return;
    }
    const clip = t.clips[hit.n];
    t.select(clip.key);
    if (hit.edge && t.editable) {
      t.edge = hit.edge;
      this.#act = { kind: "trim", n: hit.n, edge: hit.edge, from: at.frame, clip };
    } else this.#act = { kind: "wait", n: hit.n, x: at.x, frame: at.frame, touch: event.pointerType === "touch" };
    t.draw();
  }

  #move(event) {
    const t = this.tracks;
    const at = this.#place(event);
    const act = this.#act;
    if (this.#touches.has(event.pointerId)) this.#touches.set(event.pointerId, at.x);
    if (!act) { this.#hover(at); return; }
    if (act.kind === "pinch" && this.#touches.size === 2) t.zoom(act.scale * (this.#apart() / act.apart), ([...this.#touches.values()][0] + [...this.#touches.values()][1]) / 2);
    else if (act.kind === "scrub") this.#scrub(at);
    else if (act.kind === "pan") { t.scrollBy(act.x - at.x); act.x = at.x; }
    else if (act.kind === "wait" && Math.abs(at.x - act.x) > SLIP) {
      if (act.touch || !t.editable) this.#act = { kind: "pan", x: at.x };
      else { this.#act = { ...act, kind: "move" }; t.dragging = t.clips[act.n].key; }
    }
    if (this.#act.kind === "move") { t.dropAt = this.#gap(at.frame); this.#nearEdge(at); t.draw(); }
    else if (this.#act.kind === "trim") this.#trim(at);
  }

  #up(event) {
    const t = this.tracks;
    const act = this.#act;
    const { preview } = this;
    const drop = t.dropAt;
    this.#end(event);
    if (!act) return;
    if (act.kind === "trim" && preview) {
      const clip = preview.clips[act.n];
      t.trim(act.n, clip.in, clip.out);
      t.player.seek(act.edge === "in" ? t.starts[act.n] : t.starts[act.n + 1] - 1);
    } else if (act.kind === "move" && drop !== null) t.move(act.n, drop);
    else if (act.kind === "wait") t.player.seek(Math.floor(act.frame));
  }

  #cancel(event) { this.#end(event); }

  #end(event) {
    this.#touches.delete(event.pointerId);
    this.#act = null;
    this.preview = null;
    this.tip.hidden = true;
    Object.assign(this.tracks, { dragging: null, dropAt: null });
    this.tracks.draw();
  }

  #apart() {
    const [a, b] = [...this.#touches.values()];
    return Math.max(12, Math.abs(a - b));
  }

  #hover(at) {
    const hit = this.#hit(at);
    this.tracks.view.style.cursor = at.y < LAYOUT.ruler ? "col-resize" : hit?.edge && this.tracks.editable ? "ew-resize" : "default";
  }

  #scrub(at) {
    const t = this.tracks;
    this.#nearEdge(at);
    t.player.seek(Math.max(0, Math.min(t.total - 1, Math.floor(at.frame))));
  }

  /** The join nearest a frame, as the index of the clip after it. */
  #gap(frame) {
    const t = this.tracks;
    const n = t.indexAt(Math.max(0, Math.min(frame, t.total - 1)));
    return frame - t.starts[n] > (t.starts[n + 1] - t.starts[n]) / 2 ? n + 1 : n;
  }

  #trim(at) {
    const t = this.tracks;
    const { n, edge, clip, from } = this.#act;
    let moved = Math.round(at.frame - from);
    const length = clip.out - clip.in;
    if (edge === "out" && t.snap) moved = this.#magnet(t.starts[n + 1] + moved) - t.starts[n + 1];
    if (edge === "in" && t.snap) moved = this.#magnet(t.starts[n] + moved) - t.starts[n];
    if (edge === "in") moved = Math.max(-clip.in, Math.min(moved, length - 1));
    else moved = Math.max(1 - length, Math.min(moved, t.longest(clip) - clip.out));
    const next = edge === "in" ? { ...clip, in: clip.in + moved } : { ...clip, out: clip.out + moved };
    const clips = t.clips.map((other, k) => (k === n ? next : other));
    const starts = new Int32Array(t.starts);
    for (let k = n + 1; k < starts.length; k++) starts[k] += next.out - next.in - length;
    this.preview = { clips, starts };
    const frames = next.out - next.in;
    this.tip.hidden = false;
    this.tip.textContent = `${moved > 0 ? "+" : ""}${moved} f · ${framesWords(frames)} · ${((frames * t.rate[1]) / t.rate[0]).toFixed(2)} s`;
    const box = t.view.getBoundingClientRect();
    this.tip.style.left = `${Math.min(box.left + at.x + 12, box.right - 180)}px`;
    this.tip.style.top = `${box.top + LAYOUT.ruler + LAYOUT.picture + 4}px`;
    t.draw();
  }

  /** A frame, drawn to the playhead or to the start or end of a sound when within a few pixels. */
  #magnet(frame) {
    const t = this.tracks;
    let best = frame;
    let near = MAGNET / t.scale;
    for (const point of [t.playhead, ...t.sound.flatMap((item) => [item.at, item.at + item.frames])]) {
      if (Math.abs(point - frame) < near) { near = Math.abs(point - frame); best = point; }
    }
    return Math.round(best);
  }

  #nearEdge({ x }) {
    const t = this.tracks;
    if (x < 24) t.scrollBy(-12);
    else if (x > t.view.clientWidth - 24) t.scrollBy(12);
  }

  #wheel(event) {
    event.preventDefault();
    const t = this.tracks;
    if (event.ctrlKey || event.metaKey) t.zoom(t.scale * Math.exp(-event.deltaY * (event.deltaMode ? 0.06 : 0.0025)), this.#place(event).x);
    else t.scrollBy((Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY) * (event.deltaMode ? 24 : 1));
  }
}
