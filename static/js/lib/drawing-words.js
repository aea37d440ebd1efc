// The field in which a text is written where it will stand on the frame. Enter keeps it, Shift-Enter makes a new line, Escape drops it.
import { h } from "./dom.js";
import { INKS, MAX_TEXT } from "./shapes.js";
import { t } from "./words.js";

const LEAST_ROOM = 0.15;
const MOST_ROOM = 0.5;

export class WordsOnFrame {
  #field = null;

  /** keep(shape) is told each text that has words. */
  constructor(surface, keep) {
    this.surface = surface;
    this.keep = keep;
  }

  /** at: [x, y] as shares of the picture; place: the picture's {x, y, width, height, ratio} on the surface in device pixels. */
  open([x, y], colour, size, place) {
    this.close();
    const room = Math.round(Math.min(Math.max(1 - x - 0.02, LEAST_ROOM), MOST_ROOM) * 1e5) / 1e5;
    const field = (this.#field = h("textarea", { class: "surface__words", rows: 1, maxlength: MAX_TEXT, "aria-label": t("Words on the frame"), spellcheck: "false" }));
    const px = { x: place.x + x * place.width, y: place.y + y * place.height, size: size * place.height, room: room * place.width };
    for (const [name, value] of Object.entries(px)) field.style.setProperty(`--${name}`, `${value / place.ratio}px`);
    field.style.setProperty("color", INKS[colour]);
    const before = document.activeElement;
    const done = (keep) => {
      if (this.#field !== field) return;
      this.#field = null;
      const text = field.value.replace(/[\p{Cc}\p{Cs}]/gu, (sign) => (sign === "\n" ? sign : " ")).trim();
      const within = field === document.activeElement;
      field.remove();
      if (within) before?.focus({ preventScroll: true });
      if (keep && text) this.keep({ v: 1, kind: "text", colour, size, at: [x, y], room, text });
    };
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey))) return;
      event.preventDefault();
      event.stopPropagation();
      done(event.key === "Enter");
    });
    field.addEventListener("blur", () => done(true));
    field.addEventListener("pointerdown", (event) => event.stopPropagation());
    field.addEventListener("click", (event) => event.stopPropagation());
    this.finish = done;
    this.surface.append(field);
    field.focus({ preventScroll: true });
  }

  /** Keeps what is written, if something is. */
  close() {
    if (this.#field) this.finish(true);
  }
}
