// Behaviours of plain attributes that need no element of their own. One listener each on the document, so that swaps need no care.
import { isTyping, toast } from "./dom.js";
import { t } from "./words.js";

const THEMES = ["dark", "light", "auto"];

function store(key, value) {
  try { localStorage.setItem(key, value); } catch { /* private window: it lasts as long as the page */ }
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  store("theme", theme);
  nameTheme();
  document.dispatchEvent(new CustomEvent("theme:changed"));
}

function nameTheme() {
  const theme = document.documentElement.dataset.theme;
  const words = { dark: t("Dark"), light: t("Light"), auto: t("As the system") };
  for (const node of document.querySelectorAll("[data-theme-name]")) node.textContent = t("Theme: {theme}", { theme: words[theme] });
}

document.addEventListener("click", (event) => {
  const hit = (selector) => event.target.closest?.(selector);
  let node;
  if (hit("[data-theme-next]")) setTheme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length]);
  else if (hit("[data-fold-rail]")) {
    const folded = document.documentElement.dataset.rail === "icons";
    if (folded) delete document.documentElement.dataset.rail;
    else document.documentElement.dataset.rail = "icons";
    store("rail", folded ? "full" : "icons");
    window.dispatchEvent(new Event("resize"));
  } else if ((node = hit("[data-open-dialog]"))) document.getElementById(node.dataset.openDialog)?.showModal();
  else if ((node = hit("[data-close-dialog]"))) node.closest("dialog")?.close();
  else if ((node = hit("[data-toast-close]"))) node.closest("[data-toast]")?.remove();
  else if (event.target.matches?.("dialog[open]")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});

// A note that is opened to be given to somebody borrows the list of people from where notes are written.
document.addEventListener("toggle", ({ target }) => {
  const people = document.querySelector("select[name=assigned]");
  if (!target.matches?.("[data-give]") || !target.open || target.querySelector("select") || !people) return;
  const list = people.cloneNode(true);
  list.setAttribute("aria-label", target.querySelector("summary").getAttribute("aria-label"));
  list.classList.add("input--small");
  list.value = target.dataset.give;
  target.querySelector("form").append(list);
  list.focus();
}, true);

// What is typed into data-said-in="x" stands, trimmed, in every data-said="x".
document.addEventListener("input", ({ target }) => {
  const name = target.dataset?.saidIn;
  if (name) for (const node of document.querySelectorAll(`[data-said="${CSS.escape(name)}"]`)) node.textContent = target.value.trim();
});

// Popovers stand under the button that opened them, inside the window.
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches("[popover].menu") || event.newState !== "open") return;
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!button) return;
  const from = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const fits = from.bottom + size.height + 8 < innerHeight || from.top < size.height;
  menu.style.left = `${Math.max(8, Math.min(from.left, innerWidth - size.width - 8))}px`;
  menu.style.top = fits ? `${from.bottom}px` : `${from.top - size.height - 8}px`;
}, true);

// htmx: an answer that is a refusal says so, and nothing typed is lost.
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const { status } = xhr;
  if (xhr.getResponseHeader("X-Form-Late")) {
    toast(t("You have signed in anew since this page was opened. Reload it and do that again; what you typed is kept."), { bad: true, action: t("Reload"), call: () => location.reload() });
    return;
  }
  const words = status === 403 ? t("You may not do that here.") : status === 404 ? t("That is no longer there. Reload to see what is.")
    : status === 413 ? t("That is too large to send.") : status === 401 ? t("Your session has ended. Sign in again in another tab; what you typed is kept here.")
      : t("The studio could not answer. Nothing was changed; try again.");
  toast(words, { bad: true });
});
// A refusal never takes the place of what it refuses: it is said, and the form stands with what was typed into it. A larger answer to a
// form that was wrong holds that form again and is swapped in, unless nothing is.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { status, responseText } = detail.xhr;
  if (![400, 409, 422].includes(status)) return;
  const { body } = new DOMParser().parseFromString(responseText, "text/html");
  const bare = body.childElementCount === 1 && body.firstElementChild.matches(".notice--bad");
  const unswapped = detail.requestConfig.elt.closest("[hx-swap]")?.getAttribute("hx-swap") === "none";
  if (!bare && !unswapped) return;
  detail.shouldSwap = false;
  const words = body.textContent.trim().replace(/\s+/g, " ");
  for (const old of document.querySelectorAll("#toasts .toast--bad")) if (old.textContent.trim() === words) old.remove();
  toast(words.slice(0, 300) || t("That could not be done; nothing was changed."), { bad: true });
});
// A form[data-changes] sends only what its person changed: fields that others change meanwhile are theirs.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.elt.matches?.("form[data-changes]")) return;
  for (const field of detail.elt.elements) if (field.name && field.type !== "hidden" && unchanged(field)) delete detail.parameters[field.name];
});
function unchanged(field) {
  return field.matches("select") ? [...field.options].every((one) => one.selected === one.defaultSelected) : field.value === field.defaultValue;
}
// An element that draws itself arrives empty from the server. What it has drawn is its own: morphing takes over its attributes only.
// A scene of the wall that was fetched stays too, where the answer has only its place: the wall asks for it again when it is in view.
if (window.Idiomorph) window.Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) => {
  const place = old.matches?.("[data-scene]") && old.querySelector("[data-shot]") && fresh.querySelector?.("[hx-trigger^=intersect]");
  if (place) { old.dataset.again = place.getAttribute("hx-get"); return false; }
  if (!old.localName?.includes("-") || !old.childElementCount || fresh.childElementCount) return true;
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  return false;
};
// A part that asks again by itself waits while somebody types in it.
document.addEventListener("htmx:beforeRequest", (event) => {
  const typing = document.activeElement?.closest("input, textarea, select");
  if (event.target.matches("[hx-trigger^=every]") && event.target.contains(typing)) event.preventDefault();
  // And one with a form that was not sent yet stays, with what was chosen in it.
  if (event.target.matches("[data-unsent-stays]") && [...event.target.querySelectorAll("select, textarea, input:not([type=hidden])")].some((field) => !unchanged(field))) event.preventDefault();
});
// The film was ordered from a dialog: what there is to see now lies behind it.
document.addEventListener("film:ordered", ({ target, detail }) => {
  const dialog = target.closest("dialog");
  if (!dialog) return;
  dialog.close();
  toast(detail.words);
});
// What was said of a shot is kept: the dialog it was said in has done its part.
document.addEventListener("work:kept", ({ target, detail }) => {
  target.closest("dialog")?.close();
  toast(detail.words);
});
document.addEventListener("htmx:sendError", () => toast(t("The studio cannot be reached. What you typed is kept; try again in a moment."), { bad: true }));
// After a sign-in redirect the whole page belongs elsewhere: never swap a login form into a fragment.
document.addEventListener("htmx:beforeSwap", (event) => {
  const url = event.detail.xhr?.responseURL || "";
  if (url.includes("/accounts/login/") && !location.pathname.startsWith("/accounts/")) {
    event.detail.shouldSwap = false;
    toast(t("Your session has ended. What you typed is kept here."), { bad: true, action: t("Sign in"), call: () => window.open("/accounts/login/", "_blank", "noopener") });
  }
});
document.addEventListener("htmx:afterSwap", nameTheme);

// G then a letter goes to a room, by the links the rail has.
let going = -Infinity;
document.addEventListener("keydown", (event) => {
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "g") { going = event.timeStamp; return; }
  if (event.timeStamp - going < 1200) {
    going = -Infinity;
    const room = { o: "overview", s: "script", w: "world", b: "storyboard", t: "timeline", r: "review", d: "deliver", k: "work" }[event.key];
    const link = room && document.querySelector(`.rail__link[data-room="${room}"]`);
    if (link) { event.preventDefault(); event.stopImmediatePropagation(); link.click(); }
  }
}, { capture: true });  // before an element that takes the letter alone: on the timeline W trims a clip

nameTheme();

// A project's picture shape, from data, since a style attribute is forbidden.
function shape(root) {
  for (const node of [root, ...root.querySelectorAll("[data-aspect]")]) {
    const match = /^(\d+(?:\.\d+)?)\s*[/:]\s*(\d+(?:\.\d+)?)$/.exec(node.dataset?.aspect ?? "");
    if (match) node.style.setProperty("--aspect", `${match[1]} / ${match[2]}`);
  }
}
shape(document.body);
document.addEventListener("htmx:load", (event) => shape(event.detail.elt));

// A file field that sends its form as soon as a file is chosen.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("input[type=file][data-submit]") && event.target.files.length) event.target.form.requestSubmit();
  if (event.target.matches?.("select[data-submit]")) event.target.form.requestSubmit();
});
