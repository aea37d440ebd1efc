// One shape while it is being drawn.
import { MAX_POINTS } from "./shapes.js";

const SPACING = 0.003;  // of the picture's height, between two points of a stroke
const LEAST = 0.005;  // of the picture's height: what is smaller was a slip of the hand, except a dot of the pen

export class Pencil {
  #aspect;
  #spacing = SPACING;
  #told = 0;

  /** aspect: the picture's width by its height; at: [x, y, pressure] as shares of the picture. */
  constructor(id, kind, colour, width, aspect, at) {
    this.id = id;
    this.#aspect = aspect;
    const [x, y] = at;
    this.shape = { v: 1, kind, colour, width, ...(kind === "pen" ? { points: [at] } : { from: [x, y], to: [x, y] }) };
  }

  #apart([ax, ay], [bx, by]) { return Math.hypot((ax - bx) * this.#aspect, ay - by); }

  /** Goes on to this point. A stroke too long for its points keeps every second of them and goes on more coarsely. */
  add(at) {
    const { shape } = this;
    if (shape.kind !== "pen") {
      shape.to = at.slice(0, 2);
      return;
    }
    if (this.#apart(shape.points.at(-1), at) < this.#spacing) return;
    if (shape.points.length === MAX_POINTS) {
      shape.points = shape.points.filter((_, n) => n % 2 === 0);
      this.#spacing *= 2;
      this.#told = 0;
    }
    shape.points.push(at);
  }

  /** The shape, or null if there is nothing to see of it. */
  get finished() {
    const { shape } = this;
    return shape.kind === "pen" || this.#apart(shape.from, shape.to) >= LEAST ? shape : null;
  }

  /** What was not told yet, for others to see: {id, start, shape}; the points of a stroke come from number `start` on. Null if nothing is new. */
  news() {
    const { id, shape } = this;
    if (shape.kind !== "pen") return { id, start: 0, shape: { ...shape } };
    const start = this.#told;
    this.#told = shape.points.length;
    return start < shape.points.length ? { id, start, shape: { ...shape, points: shape.points.slice(start) } } : null;
  }
}

/** A partial shape of somebody else with what was told now. */
export function joined(known, { start = 0, shape }) {
  if (shape.kind !== "pen" || !start || known?.kind !== "pen") return shape;
  return { ...shape, points: [...known.points.slice(0, start), ...shape.points].slice(0, MAX_POINTS) };
}
