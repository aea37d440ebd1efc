// <timeline-tracks for="cut" operations="…/timeline/operations/" shots="…/shots/0/" editable>: the tracks under a <cut-player id="cut">.
// `shots` is the address of a shot's page with 0 for its id.
// It draws from the player's playlist and edits optimistically: the cut changes at once, the edit is posted, and the answer's playlist stands.
// An edit made on an older state of a clip comes back as 409: a dialog shows both, and either can be kept.
// Events: "tracks:select" {clip}, "tracks:edit" {edit}, bubbling. Property `selectedClip`.
import { fitCanvas, h, icon, isTyping, onTheme, toast, tokens } from "../lib/dom.js";
import { EDIT_KEYS, editKey } from "../lib/edit-keys.js";
import { EditQueue, showConflict } from "../lib/edit-queue.js";
import { announceKeys } from "../lib/keys.js";
import { TracksPointer } from "../lib/tracks-pointer.js";
import { COLOURS, LANES, Shelf, TracksPainter } from "../lib/tracks-draw.js";
import { t } from "../lib/words.js";

const FARTHEST = 60;              // pixels a frame at most
const SILENT = -31;               // dB: the end of the level's slider, where a take's own sound is left out

class TimelineTracks extends HTMLElement {
  #stop = null;
  #forget = null;
  #frame = 0;
  #colours = null;
  #following = true;

  clips = [];
  starts = new Int32Array(1);
  takes = {};
  sound = [];
  rate = [24, 1];
  scale = 4;                      // CSS pixels a frame
  left = 0;                       // the frame at the left edge
  playhead = 0;
  selected = null;                // a clip's key; without one, edits go to the clip under the playhead
  edge = "out";
  snap = true;
  dragging = null;
  dropAt = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.player = document.getElementById(this.getAttribute("for") ?? "") ?? document.querySelector("cut-player");
    this.editable = this.hasAttribute("editable");
    this.shelf = new Shelf(() => this.draw());
    this.queue = new EditQueue(this.getAttribute("operations"), { done: (...a) => this.#done(...a), conflict: (...a) => this.#conflict(...a), refused: (...a) => this.#refused(...a), lost: (...a) => this.#lost(...a) });
    this.#build();
    this.pointer = new TracksPointer(this, signal);
    this.player.addEventListener("cut:load", (event) => this.show(event.detail.playlist), { signal });
    this.player.addEventListener("cut:frame", (event) => this.#follow(event.detail.frame), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal, capture: true });
    document.addEventListener("film:jump", (event) => this.#jump(event), { signal });
    onTheme(() => { this.#colours = null; this.draw(); }, signal);
    this.observer = new ResizeObserver(() => { this.#limit(); this.draw(); });
    this.observer.observe(this.view);
    this.#forget = announceKeys(t("Timeline"), EDIT_KEYS);
    if (this.player.playlist) this.show(this.player.playlist);
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#forget();
    this.observer.disconnect();
  }

  #build() {
    const tool = (name, words, key, act) => h("button", { type: "button", class: "btn btn--plain btn--small", title: `${words} (${key})`, "aria-label": words, onclick: act }, icon(name), h("kbd", { class: "key" }, key));
    this.snapButton = h("button", { type: "button", class: "btn btn--plain btn--small", "aria-pressed": "true", onclick: () => this.toggleSnap() }, t("Snap"), h("kbd", { class: "key" }, "N"));
    this.words = h("span", { class: "dim num small" });
    this.status = h("span", { class: "sr-only", role: "status" });
    const zoom = h("input", { type: "range", min: 0, max: 1, step: 0.005, "aria-label": t("Zoom"), oninput: () => this.zoom(this.#scaleOf(Number(zoom.value))) });
    this.zoomSlider = zoom;
    this.level = h("input", { type: "range", min: SILENT, max: 12, step: 1, "aria-label": t("Own sound of the clip's take, decibels"), disabled: true, oninput: () => this.#tellLevel(), onchange: () => this.#setLevel() });
    this.levelWords = h("output", { class: "num small" });
    this.levelBox = h("label", { class: "tracks__level small", hidden: true }, t("Own sound"), this.level, this.levelWords);
    const tools = h("div", { class: "tracks__tools", role: "toolbar", "aria-label": t("Editing") },
      ...(this.editable ? [tool("undo", t("Undo"), "Ctrl Z", () => this.edit({ kind: "undo" })), tool("redo", t("Redo"), "⇧ Ctrl Z", () => this.edit({ kind: "redo" })), tool("trash", t("Take the clip out"), "Del", () => this.remove()), this.snapButton, this.levelBox] : []),
      h("span", { class: "spring" }), this.words, h("button", { type: "button", class: "btn btn--plain btn--small", onclick: () => this.fit() }, t("Fit"), h("kbd", { class: "key" }, "\\")), zoom);
    const heads = h("div", { class: "tracks__heads" }, h("div", { class: "tracks__head" }, h("span", {}, t("Picture"))), ...LANES.map((lane) => this.#head(lane)));
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.option = h("div", { role: "option", id: "tracks-option", "aria-selected": "true", class: "sr-only" }, t("No clips"));
    this.scroller = h("div", { class: "tracks__scroll", "aria-hidden": "true", tabindex: -1 }, h("div"));
    this.view = h("div", { class: "tracks__view", role: "listbox", tabindex: 0, "aria-label": t("Clips of the cut"), "aria-activedescendant": "tracks-option" }, this.canvas, this.option, this.scroller);
    this.empty = h("div", { class: "tracks__empty", hidden: true }, t("No clips yet. Shots come into the cut as the film is made."));
    this.view.append(this.empty);
    this.scroller.addEventListener("scroll", () => {
      const left = this.scroller.scrollLeft / this.scale;
      if (Math.abs(left - this.left) * this.scale > 1) { this.left = left; this.#following = false; this.draw(); }
    });
    this.replaceChildren(tools, heads, this.view, this.status);
  }

  /** The level of the selected clip's own sound, where its take has any. */
  #showLevel() {
    const clip = this.selectedClip;
    this.levelBox.hidden = !clip || !this.takes?.[clip.take]?.sound;
    this.level.disabled = this.levelBox.hidden;
    if (this.levelBox.hidden || document.activeElement === this.level && this.queue.busy) return;
    this.level.value = clip.ownSound ?? SILENT;
    this.#tellLevel();
  }

  #tellLevel() {
    const gain = Number(this.level.value);
    const words = gain <= SILENT ? t("off") : `${gain > 0 ? "+" : gain < 0 ? "−" : ""}${Math.abs(gain)} dB`;
    this.levelWords.textContent = words;
    this.level.setAttribute("aria-valuetext", words);
  }

  #setLevel() {
    const clip = this.selectedClip;
    const gain = Number(this.level.value);
    if (clip) this.edit({ kind: "level", clip: clip.key, gain: gain <= SILENT ? null : gain });
  }

  #head([name, words, kinds]) {
    const track = { dialogue: t("dialogue"), music: t("music"), effects: t("effects") }[name];
    const toggle = (how, letter, label, said) => h("button", { type: "button", class: "tracks__toggle", "aria-pressed": "false", "aria-label": said, title: label, onclick: (event) => {
      const on = event.currentTarget.getAttribute("aria-pressed") !== "true";
      event.currentTarget.setAttribute("aria-pressed", on);
      state[how] = on;
      for (const kind of kinds) this.player.setTrack(kind, state);
      this.draw();
    } }, letter);
    const state = { mute: false, solo: false };
    this.trackStates ??= {};
    this.trackStates[name] = state;
    return h("div", { class: "tracks__head" }, h("span", {}, words), h("span", {}, toggle("mute", "M", t("Mute"), t("Mute {track}", { track })), toggle("solo", "S", t("Solo"), t("Solo {track}", { track }))));
  }

  /** The playlist as it stands: drawn, unless edits of ours are still on their way. */
  show(playlist) {
    const first = !this.clips.length;
    if (!this.queue.busy) this.queue.revision = playlist.revision;
    Object.assign(this, { rate: playlist.rate, takes: playlist.takes, sound: playlist.sound ?? [], dropFrame: playlist.drop });
    this.#lay(playlist.clips);
    if (first) this.zoom((this.view.clientWidth / 60 / this.rate[0]) * this.rate[1], 0);
  }

  #lay(clips) {
    this.clips = clips;
    this.starts = new Int32Array(clips.length + 1);
    clips.forEach((clip, n) => { this.starts[n + 1] = this.starts[n] + clip.out - clip.in; });
    if (this.selected && !clips.some((clip) => clip.key === this.selected)) this.select(null);
    this.empty.hidden = clips.length > 0;
    this.words.textContent = clips.length ? `${t("{count} clips", { count: clips.length })} · ${this.player.timecode(this.total)}` : "";
    this.#limit();
    this.#say();
    this.draw();
  }

  get total() { return this.starts[this.clips.length]; }
  get span() { return this.view.clientWidth / this.scale; }

  indexAt(frame) {
    let low = 0;
    let high = this.clips.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle + 1] <= frame) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The clip edits go to: the one selected, else the one under the playhead. */
  get index() {
    const n = this.selected ? this.clips.findIndex((clip) => clip.key === this.selected) : this.indexAt(this.playhead);
    return this.clips.length ? n : -1;
  }
  get selectedClip() { return this.clips[this.index] ?? null; }

  select(key) {
    if (key === this.selected) return;
    this.selected = key;
    this.#say();
    this.draw();
    this.dispatchEvent(new CustomEvent("tracks:select", { bubbles: true, detail: { clip: this.selectedClip } }));
  }

  // Edits. Each changes the drawing and the player at once and is then posted.

  longest(clip) { return this.takes[clip.take]?.frames ?? clip.out; }

  trim(n, source_in, source_out) {
    const clip = this.clips[n];
    const low = Math.max(0, Math.min(source_in, source_out - 1));
    const high = Math.min(this.longest(clip), Math.max(source_out, source_in + 1));
    if (!this.editable || (low === clip.in && high === clip.out)) return;
    this.#change(this.clips.map((other) => (other === clip ? { ...clip, in: low, out: high } : other)));
    this.edit({ kind: "trim", clip: clip.key, source_in: low, source_out: high });
    this.status.textContent = t("{code} now {count} frames", { code: clip.code, count: high - low });
  }

  nudge(frames) {
    const clip = this.selectedClip;
    if (!clip) return;
    if (!this.selected) this.select(clip.key);
    const n = this.index;
    if (this.edge === "in") this.trim(n, Math.max(0, Math.min(clip.out - 1, clip.in + frames)), clip.out);
    else this.trim(n, clip.in, Math.max(clip.in + 1, clip.out + frames));
  }

  trimToPlayhead(edge) {
    const n = this.indexAt(this.playhead);
    const clip = this.clips[n];
    if (!clip) return;
    const at = clip.in + this.playhead - this.starts[n];
    if (edge === "in") { this.trim(n, at, clip.out); this.player.seek(this.starts[n]); } else this.trim(n, clip.in, at + 1);
  }

  remove() {
    const clip = this.selectedClip;
    if (!clip || !this.editable) return;
    const n = this.index;
    this.select(null);
    this.#change(this.clips.filter((other) => other !== clip));
    this.edit({ kind: "remove", clip: clip.key });
    this.player.seek(Math.min(this.starts[Math.min(n, this.clips.length)], Math.max(0, this.total - 1)));
    toast(t("{code} was taken out of the cut.", { code: clip.code }), { action: t("Undo"), call: () => this.edit({ kind: "undo" }) });
  }

  /** Puts clip n before the clip that is at `to` now. */
  move(n, to) {
    if (!this.editable || n < 0 || to < 0 || to > this.clips.length || to === n || to === n + 1) return;
    const clip = this.clips[n];
    const rest = this.clips.filter((other) => other !== clip);
    const at = to > n ? to - 1 : to;
    rest.splice(at, 0, clip);
    this.#change(rest);
    this.edit({ kind: "move", clip: clip.key, after: at ? rest[at - 1].key : null });
    this.status.textContent = t("{code} is now clip {number} of {count}", { code: clip.code, number: at + 1, count: rest.length });
    this.reveal(this.starts[at]);
  }

  #change(clips) {
    this.#lay(clips);
    this.player.setCut(clips);
  }

  edit(edit) {
    if (!this.editable) return;
    this.queue.add(edit);
    this.dispatchEvent(new CustomEvent("tracks:edit", { bubbles: true, detail: { edit } }));
  }

  #done(answer, edit, more) {
    if (!more && answer.playlist) this.player.load(answer.playlist);
    if (answer.operation === null) toast(edit.kind === "undo" ? t("There is nothing of yours to undo.") : t("There is nothing to do again."));
  }

  #refused(answer) {
    toast(answer.problem ?? t("That edit was refused; nothing was changed."), { bad: true });
    if (answer.playlist) this.player.load(answer.playlist);
    else this.player.reload();
  }

  #lost(edit, again, answer) {
    if (answer?.status === 403) { this.queue.forget(); toast(t("You may not edit this cut."), { bad: true }); this.player.reload(); return; }
    toast(answer?.redirected || answer?.status === 401 ? t("Your session has ended. Sign in in another tab; your edit is kept here.") : t("The edit could not be sent. It is kept here."), { bad: true, action: t("Send again"), call: again });
  }

  #conflict(answer, edit) {
    showConflict(answer, edit, () => this.edit(edit));
    if (answer.playlist) this.player.load(answer.playlist);
  }

  // The view.

  #scaleOf(value) { return this.#least() * (FARTHEST / this.#least()) ** value; }
  #least() { return Math.min(FARTHEST / 2, Math.max(1e-4, (this.view.clientWidth - 24) / Math.max(1, this.total))); }

  zoom(scale, around = null) {
    const at = around ?? (this.playhead >= this.left && this.playhead <= this.left + this.span ? (this.playhead - this.left) * this.scale : this.view.clientWidth / 2);
    const frame = this.left + at / this.scale;
    this.scale = Math.max(this.#least(), Math.min(FARTHEST, scale));
    this.left = frame - at / this.scale;
    this.#limit();
    this.draw();
  }

  fit() {
    this.scale = this.#least();
    this.left = 0;
    this.#limit();
    this.draw();
  }

  scrollBy(pixels) {
    this.left += pixels / this.scale;
    this.#following = false;
    this.#limit();
    this.draw();
  }

  reveal(frame) {
    if (frame < this.left || frame > this.left + this.span * 0.96) this.left = frame - this.span * 0.1;
    this.#limit();
    this.draw();
  }

  #limit() {
    if (!this.view) return;
    this.scale = Math.max(this.#least(), this.scale);
    this.left = Math.max(0, Math.min(this.left, this.total + 12 - this.span));
    if (!(this.left > 0)) this.left = 0;
    this.scroller.firstElementChild.style.width = `${Math.ceil((this.total + 12) * this.scale)}px`;
    this.scroller.scrollLeft = this.left * this.scale;
    this.zoomSlider.value = Math.log(this.scale / this.#least()) / Math.log(FARTHEST / this.#least());
  }

  #follow(frame) {
    const before = this.playhead;
    this.playhead = frame;
    if (this.player.playing) { if (this.#following || this.left + this.span < before) this.#following = true; if (this.#following) this.reveal(frame); }
    if (!this.selected && this.indexAt(before) !== this.indexAt(frame)) {
      this.#say();
      if (!this.player.playing) this.dispatchEvent(new CustomEvent("tracks:select", { bubbles: true, detail: { clip: this.selectedClip } }));
    }
    this.draw();
  }

  #jump(event) {
    const n = this.clips.findIndex((clip) => String(clip.shot) === event.detail.shot);
    if (n < 0) return;
    event.preventDefault();
    this.select(null);
    this.player.seek(this.starts[n]);
    this.reveal(this.starts[n]);
  }

  #say() {
    this.#showLevel();
    const clip = this.selectedClip;
    this.option.textContent = clip ? this.#sayClip(clip) : t("No clips");
  }

  #sayClip(clip) {
    const said = { code: clip.code, number: this.index + 1, count: this.clips.length, frames: clip.out - clip.in };
    return this.takes[clip.take] ? t("{code}, clip {number} of {count}, {frames} frames", said) : t("{code}, clip {number} of {count}, {frames} frames, no take yet", said);
  }

  toggleSnap() {
    this.snap = !this.snap;
    this.snapButton.setAttribute("aria-pressed", this.snap);
  }

  #key(event) {
    if (isTyping(event) || !this.isConnected || !this.offsetParent) return;
    const act = editKey(this, event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** Takes hold of an edge for the keys, and shows its frame. */
  hold(edge) {
    const clip = this.selectedClip;
    if (!clip) return;
    this.select(clip.key);
    this.edge = edge;
    this.player.seek(edge === "in" ? this.starts[this.index] : this.starts[this.index + 1] - 1);
    this.draw();
  }

  /** Moves the clip one place earlier (−1) or later (+1). */
  shift(way) {
    const clip = this.selectedClip;
    if (!clip) return;
    this.select(clip.key);
    const n = this.index;
    this.move(n, way > 0 ? n + 2 : n - 1);
  }

  open() {
    const base = this.getAttribute("shots");
    if (base && this.selectedClip) location.assign(base.replace(/0\/$/, `${this.selectedClip.shot}/`));
  }

  draw() {
    this.#frame ||= requestAnimationFrame(() => { this.#frame = 0; this.#paint(); });
  }

  #paint() {
    if (!this.view?.clientWidth) return;
    if (!this.#colours) {
      this.#colours = tokens(COLOURS);
      const style = getComputedStyle(this);
      Object.assign(this, { font: style.getPropertyValue("--font"), mono: style.getPropertyValue("--mono") });
    }
    const { context, width, height } = fitCanvas(this.canvas, this.view.clientWidth, this.view.clientHeight);
    const preview = this.pointer.preview ?? { clips: this.clips, starts: this.starts };
    const solo = Object.values(this.trackStates).some((state) => state.solo);
    const silent = new Set(LANES.map(([name]) => name).filter((name) => this.trackStates[name].mute || (solo && !this.trackStates[name].solo)));
    new TracksPainter(context, {
      ...preview, width, height, colours: this.#colours, font: this.font, mono: this.mono, left: this.left, scale: this.scale, rate: this.rate, drop: this.dropFrame, takes: this.takes, sound: this.sound,
      playhead: this.playhead, total: preview.starts[preview.clips.length], selected: this.selected, implied: this.selected ? null : this.selectedClip?.key, edge: this.edge, editable: this.editable,
      dragging: this.dragging, dropAt: this.dropAt, silent, indexAt: (frame) => this.indexAt(frame),
    }, this.shelf).paint();
  }
}

customElements.define("timeline-tracks", TimelineTracks);
