// The pixels of <drawing-surface>. What does not move is drawn once, on a canvas of its own; a picture on the screen is that, with what grows on top.
import { drawShape, isOn } from "./shapes.js";

const GHOST = 0.25;
const REACH = 8;  // CSS pixels around a shape in which it is taken hold of

export class FramePaint {
  #settled = document.createElement("canvas");
  #waiting = 0;

  /** Where the picture lies on the surface, in device pixels; `ratio` of them make a CSS pixel. */
  place = { x: 0, y: 0, width: 1, height: 1, ratio: 1 };

  constructor(surface, canvas) {
    this.surface = surface;
    this.canvas = canvas;
  }

  /** Draws again what stands: shapes, above ghosts at a quarter of their strength. Fits both canvases to the surface and the screen. */
  settle(ghosts, shapes) {
    const ratio = window.devicePixelRatio || 1;
    const [across, down] = [this.surface.clientWidth, this.surface.clientHeight].map((length) => Math.max(1, Math.round(length * ratio)));
    for (const canvas of [this.canvas, this.#settled]) Object.assign(canvas, { width: across, height: down });
    const [w, t = 1] = (getComputedStyle(this.surface).getPropertyValue("--aspect") || "16 / 9").split("/").map(Number);
    const scale = Math.min(across / w, down / t);
    const [width, height] = [Math.max(1, Math.round(w * scale)), Math.max(1, Math.round(t * scale))];
    this.place = { x: Math.floor((across - width) / 2), y: Math.floor((down - height) / 2), width, height, ratio };
    const context = this.#settled.getContext("2d");
    this.#draw(context, ghosts);
    if (ghosts.length) {  // all of them weakened at once, so that strokes do not show through each other
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.globalCompositeOperation = "destination-in";
      context.globalAlpha = GHOST;
      context.fillRect(0, 0, across, down);
      context.globalCompositeOperation = "source-over";
      context.globalAlpha = 1;
    }
    this.#draw(context, shapes);
  }

  /** With the next picture of the screen: what stands, `growing()` on top, and a cross at `cross()` if there is one. */
  soon(growing, cross) {
    this.#waiting ||= requestAnimationFrame(() => {
      this.#waiting = 0;
      const context = this.canvas.getContext("2d");
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, this.canvas.width, this.canvas.height);
      context.drawImage(this.#settled, 0, 0);
      this.#draw(context, growing());
      const at = cross();
      if (at) this.#drawCross(context, at);
    });
  }

  stop() {
    cancelAnimationFrame(this.#waiting);
    this.#waiting = 0;
  }

  /** Of a point of the window, the shares of the picture. */
  shares({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    const { x, y, width, height, ratio } = this.place;
    return [((clientX - box.left) * ratio - x) / width, ((clientY - box.top) * ratio - y) / height];
  }

  /** The number of the topmost of these shapes at a point of the picture, or −1. */
  topmost(shapes, [x, y]) {
    const { width, height, ratio } = this.place;
    const context = this.#settled.getContext("2d");
    return shapes.findLastIndex((shape) => isOn(context, shape, width, height, [x * width, y * height], REACH * ratio));
  }

  #draw(context, shapes) {
    const { x, y, width, height } = this.place;
    context.setTransform(1, 0, 0, 1, x, y);
    for (const shape of shapes) drawShape(context, shape, width, height);
  }

  #drawCross(context, at) {
    const { width, height, ratio } = this.place;
    const [x, y] = [Math.round(at[0] * width), Math.round(at[1] * height)];
    for (const [colour, thick] of [["#000", 3], ["#fff", 1]]) {
      const [half, arm] = [(thick * ratio) / 2, (9 + thick / 2) * ratio];
      context.fillStyle = colour;
      context.fillRect(x - arm, y - half, 2 * arm, 2 * half);
      context.fillRect(x - half, y - arm, 2 * half, 2 * arm);
    }
  }
}
