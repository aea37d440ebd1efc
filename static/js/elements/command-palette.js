// <command-palette src="…/search.json">: Ctrl-K finds any page, shot, character, place or action. The list is {"found": [[kind, words, address], …]}, asked for when
// opened; to it come the rooms of the rail and every [data-command="words"] control in the page, which a choice clicks.
import { h, icon } from "../lib/dom.js";
import { t } from "../lib/words.js";

const SHOWN = 60;
const ICONS = { room: "right", shot: "camera", scene: "script", character: "person", place: "pin", location: "pin", project: "film", action: "play", take: "film", person: "people" };
const NAMES = { room: t("Rooms"), action: t("Actions"), shot: t("Shots"), scene: t("Scenes"), character: t("Characters"), place: t("Places"), location: t("Places"), project: t("Projects"), take: t("Takes"), person: t("People") };

/** How well the letters of `words` stand in `text` in order; −1 where they do not. Starts of words and runs weigh more. `hits` are where. */
export function score(words, text) {
  const low = text.toLowerCase();
  let at = -1;
  let sum = 0;
  const hits = [];
  for (const letter of words) {
    if (letter === " ") continue;
    const found = low.indexOf(letter, at + 1);
    if (found < 0) return { value: -1, hits };
    sum += found === at + 1 ? 6 : found === 0 || /[\s.\-–—/]/.test(low[found - 1]) ? 4 : 1;
    hits.push(found);
    at = found;
  }
  return { value: sum - low.length / 200 + (low.startsWith(words) ? 20 : low.includes(words) ? 8 : 0), hits };
}

class CommandPalette extends HTMLElement {
  #stop = null;
  #items = [];
  #found = [];
  #at = 0;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); if (this.dialog?.open) this.dialog.close(); else this.open(); }
    }, { signal });
    document.addEventListener("click", (event) => event.target.closest?.("[data-open-palette]") && this.open(), { signal });
  }

  disconnectedCallback() { this.#stop.abort(); }

  #build() {
    this.input = h("input", { class: "palette__input", type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-label": t("Find"), placeholder: t("Find a page, shot, character or action"), autocomplete: "off", spellcheck: "false" });
    this.list = h("div", { class: "palette__list", id: "palette-list", role: "listbox", "aria-label": t("Found") });
    this.dialog = h("dialog", { class: "dialog palette", "aria-label": t("Find anything") }, this.input, this.list,
      h("div", { class: "palette__foot" }, h("span", {}, h("kbd", { class: "key" }, "↑ ↓"), " ", t("choose")), h("span", {}, h("kbd", { class: "key" }, "Enter"), " ", t("go")), h("span", {}, h("kbd", { class: "key" }, "Esc"), " ", t("close"))));
    this.input.addEventListener("input", () => this.#find());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("pointermove", (event) => this.#mark(Number(event.target.closest("[data-n]")?.dataset.n ?? this.#at)));
    this.list.addEventListener("click", (event) => { const row = event.target.closest("[data-n]"); if (row) { event.preventDefault(); this.#choose(Number(row.dataset.n)); } });
    this.append(this.dialog);
  }

  async open() {
    if (!this.dialog) this.#build();
    this.input.value = "";
    this.#items = this.#local();
    this.#find();
    this.dialog.showModal();
    if (!this.hasAttribute("src")) return;
    try {
      const answer = await fetch(this.getAttribute("src"), { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const body = await answer.json();
      this.#items = [...this.#local(), ...body.found.map(([kind, title, url]) => ({ kind, title, url }))];
      this.#find();
    } catch (error) {
      if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error;
    }
  }

  #local() {
    const rooms = [...document.querySelectorAll(".rail__link[href]")].map((link) => ({ kind: "room", title: link.title || link.textContent.trim(), url: link.href }));
    const acts = [...document.querySelectorAll("[data-command]")].map((control) => ({ kind: "action", title: control.dataset.command, control }));
    return [...rooms, ...acts, { kind: "room", title: t("All films"), url: "/" }];
  }

  #find() {
    const words = this.input.value.trim().toLowerCase();
    const scored = this.#items.map((item, n) => ({ item, n, ...(words ? score(words, `${item.title} ${item.detail ?? ""}`) : { value: 0, hits: [] }) })).filter((one) => one.value >= 0);
    if (words) scored.sort((x, y) => y.value - x.value || x.n - y.n);
    this.#found = scored.slice(0, SHOWN);
    this.#at = 0;
    let kind = null;
    const rows = [];
    this.#found.forEach(({ item, hits }, n) => {
      if (!words && item.kind !== kind) { kind = item.kind; rows.push(h("div", { class: "palette__group", "aria-hidden": "true" }, NAMES[kind] ?? kind)); }
      const title = h("span", {}, ...[...item.title].map((letter, k) => (hits.includes(k) ? h("mark", {}, letter) : letter)));
      rows.push(h(item.url ? "a" : "div", { class: "palette__item", role: "option", id: `palette-${n}`, "data-n": n, href: item.url ?? null, tabindex: -1 }, icon(ICONS[item.kind] ?? "right"), title, item.detail ? h("small", {}, item.detail) : null));
    });
    this.list.replaceChildren(...(rows.length ? rows : [h("p", { class: "menu__head" }, t("Nothing of that name here."))]));
    this.#mark(0);
  }

  #mark(n) {
    this.#at = Math.max(0, Math.min(this.#found.length - 1, n));
    for (const row of this.list.querySelectorAll("[data-n]")) row.setAttribute("aria-selected", String(Number(row.dataset.n) === this.#at));
    const row = this.list.querySelector(`[data-n="${this.#at}"]`);
    row?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row?.id ?? "");
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) this.#mark(this.#at + step);
    else if (event.key === "Enter") this.#choose(this.#at);
    else return;
    event.preventDefault();
  }

  #choose(n) {
    const item = this.#found[n]?.item;
    if (!item) return;
    this.dialog.close();
    if (item.control) item.control.click();
    else location.assign(item.url);
  }
}

customElements.define("command-palette", CommandPalette);
