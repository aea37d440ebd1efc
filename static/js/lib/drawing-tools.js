// The tool bar of <drawing-surface>: tools, colours, widths, undo and redo. Arrow keys go along it, as in any tool bar.
import { h, icon } from "./dom.js";
import { INKS } from "./shapes.js";
import { t } from "./words.js";

export const TOOLS = [["pen", t("Pen"), "p"], ["arrow", t("Arrow"), "a"], ["box", t("Box"), "b"], ["ellipse", t("Ellipse"), "e"], ["text", t("Text"), "t"], ["erase", t("Erase one"), "x"]];
/** Of strokes and of letters, as shares of the picture's height. */
export const WIDTHS = [[t("Thin"), 0.003, 0.03], [t("Medium"), 0.006, 0.045], [t("Thick"), 0.012, 0.07]];
const COLOURS = {
  amber: t("Amber"), teal: t("Teal"), rose: t("Rose"), blue: t("Blue"), lime: t("Lime"), violet: t("Violet"), orange: t("Orange"), cyan: t("Cyan"),
};

function dot(radius, extra = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  for (const [name, value] of Object.entries({ class: `drawing-bar__dot ${extra}`, viewBox: "0 0 16 16", "aria-hidden": "true" })) svg.setAttribute(name, value);
  for (const [name, value] of Object.entries({ cx: 8, cy: 8, r: radius })) circle.setAttribute(name, value);
  svg.append(circle);
  return svg;
}

export class DrawingTools {
  #choices = [];
  #undo;
  #redo;
  #clear;

  /** surface: {tool, colour, width, choose(name, value), undo(), redo(), clear(), end(), canUndo, canRedo, shapes} */
  constructor(surface) {
    this.surface = surface;
    const choice = (name, value, words, sign, extra = {}) => {
      const button = h("button", { type: "button", class: "btn btn--icon", "aria-label": words, title: words, onclick: () => surface.choose(name, value), ...extra }, sign);
      this.#choices.push([button, name, value]);
      return button;
    };
    const act = (words, sign, call, keys) => h("button", { type: "button", class: "btn btn--icon btn--plain", "aria-label": words, title: `${words} (${keys[0]})`, "aria-keyshortcuts": keys[1], onclick: (event) => {
      if (event.currentTarget.getAttribute("aria-disabled") !== "true") call();
    } }, icon(sign));
    const group = (words, ...buttons) => h("div", { class: "btn-group", role: "group", "aria-label": words }, ...buttons);
    this.#undo = act(t("Undo"), "undo", () => surface.undo(), ["Ctrl Z", "Control+Z"]);
    this.#redo = act(t("Redo"), "redo", () => surface.redo(), ["Ctrl Shift Z", "Control+Shift+Z"]);
    this.#clear = h("button", { type: "button", class: "btn btn--icon btn--plain", "aria-label": t("Clear the drawing"), title: t("Clear the drawing"), onclick: () => this.#clear.getAttribute("aria-disabled") !== "true" && surface.clear() }, icon("trash"));
    this.bar = h("div", { class: "drawing-bar", role: "toolbar", "aria-label": t("Drawing") },
      group(t("Tool"), ...TOOLS.map(([tool, words, key]) => choice("tool", tool, words, icon(`draw-${tool}`), { title: `${words} (${key.toUpperCase()})`, "aria-keyshortcuts": key.toUpperCase() }))),
      group(t("Pen width"), ...WIDTHS.map(([words], n) => choice("width", n, words, dot(2 + 1.8 * n)))),
      group(t("Colour"), ...Object.keys(INKS).map((colour) => choice("colour", colour, COLOURS[colour], dot(6, `avatar--${colour}`)))),
      h("div", { class: "drawing-bar__acts" }, this.#undo, this.#redo, this.#clear, h("span", { class: "spring" }), h("button", { type: "button", class: "btn btn--small", title: t("Stop drawing (Esc)"), onclick: () => surface.end() }, t("Done"))));
    this.bar.addEventListener("keydown", (event) => this.#along(event));
    this.bar.addEventListener("focusin", (event) => this.#rest(event.target));
    this.update();
    this.#rest(this.#choices[0][0]);
  }

  update() {
    const { surface } = this;
    for (const [button, name, value] of this.#choices) button.setAttribute("aria-pressed", String(surface[name] === value));
    for (const [button, can] of [[this.#undo, surface.canUndo], [this.#redo, surface.canRedo], [this.#clear, surface.shapes.length]]) button.setAttribute("aria-disabled", String(!can));
  }

  /** The chosen tool, where the keyboard comes in. */
  focus() {
    this.#choices.find(([, name, value]) => name === "tool" && value === this.surface.tool)[0].focus();
  }

  #rest(button) {
    for (const other of this.bar.querySelectorAll("button")) other.tabIndex = other === button ? 0 : -1;
  }

  #along(event) {
    const buttons = [...this.bar.querySelectorAll("button")];
    const at = buttons.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (at < 0 || to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    buttons.at(to % buttons.length).focus();
  }
}
