// Small helpers every element uses.
import { t } from "./words.js";

/** h("button", {class: "btn", "aria-label": "Play", onclick: f}, child, "words") makes an element. No style attributes: the CSP forbids them. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SPRITE = new URL("../../icons.svg", import.meta.url).href;

export function icon(name, extra = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

export function setIcon(svg, name) {
  svg.firstElementChild.setAttribute("href", `${SPRITE}#${name}`);
}

/** True where a key belongs to what is being typed or to an open dialog, and so to nobody else. */
export function isTyping(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof Element)) return false;
  if (target.closest("dialog[open]") || document.querySelector("dialog:modal")) return true;
  if (target.isContentEditable || target.closest("textarea, select")) return true;
  return target.matches("input:not([type=range], [type=checkbox], [type=radio], [type=button])");
}

export function csrfToken() {
  const headers = document.body.getAttribute("hx-headers");
  try {
    return (headers && JSON.parse(headers)["X-CSRFToken"]) || "";
  } catch {
    return "";
  }
}

export function postJSON(url, data) {
  return fetch(url, {
    method: "POST", credentials: "same-origin", body: JSON.stringify(data),
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), Accept: "application/json" },
  });
}

/** Custom properties as colours, read again when the theme changes. */
export function tokens(names) {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

export function onTheme(call, signal) {
  document.addEventListener("theme:changed", call, { signal });
}

/** A canvas as large as its box in device pixels; answers {context, width, height} in CSS pixels. */
export function fitCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const w = Math.max(1, Math.round(width * ratio));
  const t = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== w || canvas.height !== t) {
    canvas.width = w;
    canvas.height = t;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { context, width, height };
}

/** 75 → "1:15", 3675 → "1:01:15"; seconds are rounded up so that "0:00" means over. */
export function clockWords(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  const whole = Math.ceil(seconds);
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}` : `${Math.floor(whole / 60)}:${two(whole % 60)}`;
}

export function toast(words, { bad = false, action = null, call = null, seconds = 6 } = {}) {
  const box = document.getElementById("toasts");
  if (!box) return null;
  const close = h("button", { type: "button", class: "btn btn--plain btn--icon btn--small", "aria-label": t("Close"), "data-toast-close": true }, icon("close"));
  const node = h("div", { class: `toast ${bad ? "toast--bad" : "toast--good"}`, "data-toast": true, role: bad ? "alert" : null }, icon(bad ? "failed" : "check"), h("span", {}, words),
    action ? h("button", { type: "button", class: "btn btn--small", onclick: () => { node.remove(); call(); } }, action) : null, close);
  box.append(node);
  if (!bad) setTimeout(() => node.remove(), seconds * 1000);
  return node;
}

/** Asks again for what changes all the time: soon after the first asking, once for all that ask meanwhile, and after a rest of at least `ms` and
 * three times as long as it took, so that a page never keeps the studio busy. `call` may return a promise. */
export function paced(call, ms) {
  let timer = 0;
  let busy = false;
  let again = false;
  let rested = 0;
  const run = async () => {
    timer = 0;
    busy = true;
    const began = performance.now();
    try { await call(); } finally {
      busy = false;
      rested = performance.now() + Math.max(ms, 3 * (performance.now() - began));
      if (again) { again = false; ask(); }
    }
  };
  const ask = () => {
    if (busy) again = true;
    else timer ||= setTimeout(run, Math.max(ms, rested - performance.now()));
  };
  return ask;
}

/** Puts off a call until `ms` have passed without another. */
export function later(call, ms) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...args), ms);
  };
}
