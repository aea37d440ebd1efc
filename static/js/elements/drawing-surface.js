// <drawing-surface>: what is drawn on a frame, over the picture that its parent shows (a positioned box; --aspect says the picture's shape).
// Attributes: drawing (a person draws now; else it only shows and lets everything through); colour (what they begin with); tools (id of the element that
// takes the tool bar; else it stands below the parent). Properties: shapes (plain data as studio/review/shapes.py says), tool, colour, width (0…2).
// Methods: begin(), end(), show(shapes), showGhost(shapes of neighbouring frames), draw(id, news of somebody's stroke or null), undo(), redo(), clear().
// Events, all bubbling: "stroke" {id, start, shape} at most 30 times a second while a shape grows (points from number start on; shape null: given up),
// "shape" {id, shape} when it is finished, "shapes" {shapes} after every change by the person, "drawing" {drawing} when they begin and end.
import { h, isTyping } from "../lib/dom.js";
import { announceKeys } from "../lib/keys.js";
import { FramePaint } from "../lib/drawing-paint.js";
import { Pencil, joined } from "../lib/drawing-pencil.js";
import { DrawingTools, TOOLS, WIDTHS } from "../lib/drawing-tools.js";
import { WordsOnFrame } from "../lib/drawing-words.js";
import { INKS, fontReady } from "../lib/shapes.js";
import { t } from "../lib/words.js";

const TELL = 1000 / 30;
const KEYS = [
  ["P A B E T", t("Pen, arrow, box, ellipse, text")], ["X", t("Erase one")], ["Ctrl Z", t("Undo")], ["Ctrl Shift Z", t("Redo")],
  ["← → ↑ ↓", t("On the frame: move the cross; with Shift further")], ["Enter", t("On the frame: begin or finish here")], ["Esc", t("Give up the shape, else stop drawing")],
];

const KINDS = { pen: t("pen"), arrow: t("arrow"), box: t("box"), ellipse: t("ellipse") };

class DrawingSurface extends HTMLElement {
  static observedAttributes = ["drawing"];
  #stop = null;
  #forget = null;
  #back = null;
  #past = [];
  #future = [];
  #ghosts = [];
  #remote = new Map();
  #pencil = null;
  #pointer = null;
  #cross = [0.5, 0.5];
  #telling = 0;
  #told = 0;
  #paint = null;

  shapes = [];
  tool = "pen";
  colour = "amber";
  width = 1;

  get drawing() { return this.hasAttribute("drawing"); }
  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    if (this.getAttribute("colour") in INKS) this.colour = this.getAttribute("colour");
    this.canvas = h("canvas", { class: "surface__canvas", role: "img" });
    this.#paint = new FramePaint(this, this.canvas);
    this.replaceChildren(this.canvas);
    this.tools = new DrawingTools(this);
    this.words = new WordsOnFrame(this, (shape) => this.#keep(crypto.randomUUID(), shape));
    for (const [kind, call] of Object.entries({ pointerdown: this.#down, pointermove: this.#move, pointerup: this.#up, pointercancel: this.#giveUp })) this.canvas.addEventListener(kind, call.bind(this), { signal });
    this.canvas.addEventListener("click", (event) => this.drawing && event.stopPropagation(), { signal });  // a player pauses at a click
    this.canvas.addEventListener("mousedown", (event) => event.preventDefault(), { signal });  // whoever draws by hand has no use for the cross
    this.canvas.addEventListener("focus", () => this.#repaint(), { signal });
    this.canvas.addEventListener("blur", () => this.#repaint(), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal, capture: true });
    window.addEventListener("resize", () => this.#settle(), { signal });
    this.observer = new ResizeObserver(() => this.#settle());
    this.observer.observe(this);
    fontReady().then(() => this.#settle(), () => {});
    if (this.drawing) this.#begun();
    this.#name();
  }

  disconnectedCallback() {
    if (this.drawing) this.#ended();
    this.#stop.abort();
    this.observer.disconnect();
    this.#paint.stop();
    this.replaceChildren();
  }

  attributeChangedCallback(name, was, now) {
    if (!this.canvas || !this.isConnected || (was === null) === (now === null)) return;
    if (now === null) this.#ended();
    else this.#begun();
  }

  begin() { this.setAttribute("drawing", ""); }
  end() { this.removeAttribute("drawing"); }

  #begun() {
    const focused = document.activeElement;
    this.#forget = announceKeys(t("Drawing"), KEYS);
    const place = document.getElementById(this.getAttribute("tools") ?? "");
    if (place) place.append(this.tools.bar);
    else this.parentElement.after(this.tools.bar);
    this.canvas.tabIndex = 0;
    this.#name();
    this.tools.update();
    this.#back = focused?.matches(":focus-visible") ? focused : null;
    if (this.#back) this.tools.focus();
    this.#say("drawing", { drawing: true });
  }

  #ended() {
    this.words.close();
    this.#giveUp();
    this.#forget?.();
    const left = this.tools.bar.contains(document.activeElement) || document.activeElement === this.canvas;
    this.tools.bar.remove();
    this.canvas.removeAttribute("tabindex");
    this.#name();
    if (left) this.#back?.focus();
    this.#say("drawing", { drawing: false });
  }

  /** These shapes and no others; what could be undone is forgotten. */
  show(shapes) {
    this.#giveUp();
    this.#past = [];
    this.#future = [];
    this.#set([...shapes]);
  }

  /** The drawings of neighbouring frames, at a quarter of their strength. */
  showGhost(shapes) {
    this.#ghosts = [...shapes];
    this.#settle();
  }

  /** Somebody else's shape as it grows: the detail of their "stroke", or null when it is gone or finished. */
  draw(id, news) {
    if (news?.shape) this.#remote.set(id, joined(this.#remote.get(id), news));
    else this.#remote.delete(id);
    this.#repaint();
  }

  choose(name, value) {
    this.words.close();
    this.#giveUp();
    this[name] = value;
    this.tools.update();
    this.#repaint();
  }

  undo() { this.#travel(this.#past, this.#future); }
  redo() { this.#travel(this.#future, this.#past); }
  clear() { if (this.shapes.length) this.#change([]); }

  #travel(from, to) {
    this.#giveUp();
    if (!from.length) return;
    to.push(this.shapes);
    this.#set(from.pop());
    this.#say("shapes", { shapes: this.shapes });
  }

  #change(shapes) {
    this.#past.push(this.shapes);
    this.#future = [];
    this.#set(shapes);
    this.#say("shapes", { shapes });
  }

  #set(shapes) {
    this.shapes = shapes;
    this.tools?.update();
    this.#name();
    this.#settle();
  }

  #keep(id, shape) {
    this.#change([...this.shapes, shape]);
    this.#say("shape", { id, shape });
  }

  #eraseAt(at) {
    const hit = this.#paint.topmost(this.shapes, at);
    if (hit >= 0) this.#change(this.shapes.filter((_, n) => n !== hit));
  }

  // Pointers: one at a time; a pen's own pressure, one half for everything else.
  #at(event) {
    return this.#point(...this.#paint.shares(event), event.pointerType === "pen" ? event.pressure : 0.5);
  }

  #point(x, y, pressure = 0.5) {
    const kept = (value) => Math.round(Math.min(Math.max(value, -0.5), 1.5) * 1e5) / 1e5;
    return [kept(x), kept(y), Math.round(pressure * 1000) / 1000];
  }

  #down(event) {
    if (!this.drawing || this.#pointer !== null || (event.button !== 0 && event.button !== 5)) return;
    this.words.close();
    this.#giveUp();
    if (document.activeElement !== this.canvas) document.activeElement?.blur();
    this.#pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    if (event.button === 5) this.#eraseAt(this.#at(event));  // the other end of a pen
    else if (this.tool !== "text" && this.tool !== "erase") this.#start(this.#at(event));
  }

  #move(event) {
    if (event.pointerId !== this.#pointer || !this.#pencil) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length ? all : [event]) this.#pencil.add(this.#at(one));
    this.#grown();
  }

  #up(event) {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null;
    if (this.#pencil) this.#finish(this.#at(event));
    else if (event.button === 0) this.#touched(this.#at(event));
  }

  /** Text and eraser act where they are lifted: only then a field that opens keeps the focus. */
  #touched(at) {
    if (this.tool === "erase") this.#eraseAt(at);
    else if (this.tool === "text") this.words.open(at, this.colour, WIDTHS[this.width][2], this.#paint.place);
  }

  #start(at) {
    const { width, height } = this.#paint.place;
    this.#pencil = new Pencil(crypto.randomUUID(), this.tool, this.colour, WIDTHS[this.width][1], width / height, at);
    this.#grown();
  }

  #grown() {
    this.#repaint();
    this.#telling ||= setTimeout(() => {
      this.#telling = 0;
      const news = this.#pencil?.news();
      if (!news) return;
      this.#told = performance.now();
      this.#say("stroke", news);
    }, Math.max(0, this.#told + TELL - performance.now()));
  }

  #finish(at) {
    const pencil = this.#pencil;
    pencil.add(at);
    if (!pencil.finished) {
      this.#giveUp();
      return;
    }
    this.#pencil = null;
    this.#keep(pencil.id, pencil.finished);
  }

  #giveUp() {
    const pencil = this.#pencil;
    if (this.#pointer !== null && this.canvas.hasPointerCapture(this.#pointer)) this.canvas.releasePointerCapture(this.#pointer);
    this.#pencil = this.#pointer = null;
    if (!pencil) return;
    this.#say("stroke", { id: pencil.id, start: 0, shape: null });
    this.#repaint();
  }

  // Keys. While somebody draws these are theirs; the player hears all others.
  #key(event) {
    if (!this.drawing || event.defaultPrevented || event.altKey || isTyping(event)) return;
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const tool = TOOLS.find(([, , letter]) => letter === key);
    const act = command
      ? { z: () => (event.shiftKey ? this.redo() : this.undo()), y: () => this.redo() }[key]
      : key === "Escape" ? () => (this.#pencil ? this.#giveUp() : this.end())
        : tool ? () => this.choose("tool", tool[0])
          : event.target === this.canvas ? this.#crossKey(key, event.shiftKey ? 0.05 : 0.01) : null;
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #crossKey(key, step) {
    const { width, height } = this.#paint.place;
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [0, 0];
    if (dx || dy) return () => {
      const [x, y] = this.#cross;
      this.#cross = [Math.min(Math.max(x + (dx * step * height) / width, 0), 1), Math.min(Math.max(y + dy * step, 0), 1)];
      this.#pencil?.add(this.#point(...this.#cross));
      if (this.#pencil) this.#grown();
      else this.#repaint();
    };
    if (key !== "Enter" && key !== " ") return null;
    const at = this.#point(...this.#cross);
    if (this.#pencil) return () => this.#finish(at);
    return () => (this.tool === "text" || this.tool === "erase" ? this.#touched(at) : this.#start(at));
  }

  #settle() {
    if (!this.isConnected || !this.clientWidth) return;
    this.#paint.settle(this.#ghosts, this.shapes);
    this.#repaint();
  }

  #repaint() {
    const growing = () => [...this.#remote.values(), ...(this.#pencil ? [this.#pencil.shape] : [])];
    this.#paint?.soon(growing, () => (document.activeElement === this.canvas ? this.#cross : null));
  }

  /** What is to be seen, for those who do not see it. */
  #name() {
    const said = this.shapes.map((shape) => (shape.kind === "text" ? `“${shape.text}”` : KINDS[shape.kind] ?? shape.kind)).join(", ");
    this.canvas?.setAttribute("role", this.drawing ? "application" : "img");
    this.canvas?.setAttribute("aria-label", said ? t("Drawn on the frame: {shapes}", { shapes: said }) : t("Nothing is drawn on the frame"));
  }

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

customElements.define("drawing-surface", DrawingSurface);
