// <work-board cards="…/work/cards/" query="?by=person" moves="status | assigned | ''">: how a board of work behaves. Inside: #board with
// section[data-column] > [data-cards] > li[data-shot]. A card has data-revision, data-change (where a change is posted) and data-sort (its place in the film:
// numbers with colons between). A card goes to another column by dragging, by Alt and arrows, or by its own list ([data-set]); the answer is the card
// as it stands then, and what the columns count. News from others moves cards the same way.
// Several cards are chosen by their boxes ([data-pick]), by Ctrl- or Shift-click and by X or Shift and arrows; what is done to one of them, or in the bar
// [data-chosen] with its lists [data-set-all], is done to all in one request to `together`, answered and taken back as one.
import { csrfToken, isTyping, paced, toast } from "../lib/dom.js";
import { announceKeys } from "../lib/keys.js";
import { t } from "../lib/words.js";

const MOVE = ["Alt ← →", t("Move the card to the column beside")];
const CHOOSE = [["X", t("Select the card, or no longer")], ["Shift ↑ ↓", t("Select the next card too")], ["Esc", t("Select none")]];
const KEYS = [[t("Arrows"), t("From card to card")], MOVE, ["Enter", t("Open the shot")], ["E", t("Whose it is, and by when")]];
const MOST_TOGETHER = 60;  // what the studio changes at once
const MOST = 40;  // shots asked for at once; where more changed, the board is fetched anew

class WorkBoard extends HTMLElement {
  #stop = null;
  #forget = null;
  #dragged = null;
  #turn = Promise.resolve();
  #changed = new Set();
  #picked = new Set();
  #anchor = null;
  #ask = paced(() => this.#fetch(), 250);

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#forget = announceKeys(t("Work"), [...KEYS.filter((key) => this.#moves || key !== MOVE), ...(this.#bar ? CHOOSE : [])]);
    this.addEventListener("change", (event) => this.#choose(event.target), { signal });
    this.addEventListener("click", (event) => this.#click(event), { signal, capture: true });
    this.addEventListener("mousedown", (event) => event.shiftKey && this.#bar && event.target.closest("li[data-shot]") && event.preventDefault(), { signal });
    this.addEventListener("dragstart", (event) => this.#lift(event), { signal });
    this.addEventListener("dragover", (event) => this.#over(event), { signal });
    this.addEventListener("drop", (event) => this.#drop(event), { signal });
    this.addEventListener("dragend", () => this.#clear(), { signal });
    this.addEventListener("htmx:afterSwap", () => this.#prepare(), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal, capture: true });
    document.addEventListener("live:event", (event) => this.#hear(event.detail), { signal });
    document.addEventListener("live:back", () => this.#again(), { signal });
    this.#prepare();
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#forget();
  }

  get #bar() { return this.querySelector("[data-chosen]"); }
  get #moves() { return this.getAttribute("moves"); }
  get #columns() { return [...this.querySelectorAll("[data-column] > [data-cards]")].map((list) => list.parentElement); }
  #card(shot) { return this.querySelector(`li[data-shot="${CSS.escape(String(shot))}"]`); }

  #prepare() {
    if (this.#moves) for (const card of this.querySelectorAll("li[data-shot]:not([draggable])")) card.draggable = true;
    this.#showPicked();
  }

  // Changes by this person.

  #set(list) {
    const card = list.closest("li[data-shot]");
    this.#change(card, { [list.dataset.set]: list.value }, list.selectedOptions[0]?.textContent);
  }

  /** To another column: its key is the value. The card goes at once, and comes back if it may not; where it is one of several that are chosen, all go. */
  #move(card, column) {
    if (!this.#moves || !column || column.dataset.column === card.dataset.column) return;
    const key = column.dataset.column;
    const value = key === "none" ? "" : key;
    if (this.#many(card)) { this.#together([...this.#picked], this.#moves, value, column.dataset.name); return; }
    this.#put(card, column);
    this.#change(card, { [this.#moves]: value }, column.dataset.name);
  }

  #many(card) { return this.#picked.size > 1 && this.#picked.has(card.dataset.shot); }

  /** One change after another, each on what the one before it left. */
  #change(card, fields, words, options = {}) {
    const send = () => this.#send(this.#card(card.dataset.shot) ?? card, fields, words, options);
    this.#turn = this.#turn.then(send, send);
  }

  async #send(card, fields, words, { undoing = false }) {
    const { shot, code, change, revision } = card.dataset;
    const before = Object.fromEntries(Object.keys(fields).map((name) => [name, card.dataset[name] ?? ""]));
    const home = this.querySelector(`[data-column="${CSS.escape(card.dataset.column)}"]`);
    card.setAttribute("aria-busy", "true");
    const back = (said) => {
      const here = this.#card(shot);
      here?.removeAttribute("aria-busy");
      for (const list of here?.querySelectorAll("[data-set]") ?? []) list.value = here.dataset[list.dataset.set];
      if (here && home) this.#put(here, home);
      toast(said, { bad: true });
    };
    try {
      const query = this.getAttribute("query") || "?";
      const answer = await fetch(`${change}${query}${query.length > 1 ? "&" : ""}card`, {
        method: "POST", credentials: "same-origin", body: new URLSearchParams({ revision, ...fields }), headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" },
      });
      if (answer.ok && !answer.redirected) {
        this.#apply(await answer.text(), [shot]);
        toast(oneStands(Object.keys(fields)[0], code, undoing ? "" : words?.trim()), undoing ? {} : { action: t("Undo"), call: () => this.#undo(shot, before) });
      } else if (answer.status === 401) back(t("Your session has ended. Sign in again in another tab; nothing was changed."));
      else if ([403, 409, 422].includes(answer.status)) {
        const { said } = this.#apply(await answer.text(), [shot]);
        back(said || t("You may not do that here."));
      } else back(t("The studio could not answer. Nothing was changed; try again."));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      back(t("The studio cannot be reached. Nothing was changed; try again."));
    }
  }

  /** Back to what it was, unless somebody changed it since. A card that has left the board is changed all the same. */
  #undo(shot, before) {
    const card = this.#known(shot);
    if (card) this.#change(card, before, null, { undoing: true });
  }

  /** A shot's card, on the board or as it left it. */
  #known(shot) { return this.#card(shot) ?? this.#gone.get(String(shot)); }

  /** The same of several shots, or of each its own of `values`, in one request. */
  #together(shots, name, value, words, values = null) {
    const send = () => this.#sendTogether(shots.map((shot) => this.#known(shot)).filter(Boolean), name, value, words, values);
    this.#turn = this.#turn.then(send, send);
  }

  async #sendTogether(cards, name, value, words, values) {
    if (cards.length > MOST_TOGETHER) { toast(t("Up to {count} shots are changed at once. Nothing was changed.", { count: MOST_TOGETHER }), { bad: true }); return; }
    const shots = cards.map((card) => card.dataset.shot);
    const before = new Map(cards.map((card) => [card.dataset.shot, card.dataset[name] ?? ""]));
    for (const card of cards) card.setAttribute("aria-busy", "true");
    const body = new URLSearchParams({ field: name, value });
    for (const { dataset } of cards) body.append("card", `${dataset.shot}:${dataset.revision}${values ? `:${values.get(dataset.shot)}` : ""}`);
    let said = "";
    try {
      const query = this.getAttribute("query") || "?";
      const answer = await fetch(`${this.getAttribute("together")}${query}`, {
        method: "POST", credentials: "same-origin", body, headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" },
      });
      if ((answer.ok && !answer.redirected) || [403, 409, 422].includes(answer.status)) {
        const told = this.#apply(await answer.text(), shots);
        const kept = Object.keys(told.kept);
        said = told.said || (kept.length ? "" : t("You may not do that here."));
        if (kept.length) {
          const undo = values ? {} : { action: t("Undo"), call: () => this.#together(kept, name, "", "", before) };
          const done = kept.length === 1 ? oneStands(name, this.#known(kept[0])?.dataset.code, words) : allStand(name, kept.length, words);
          toast(said || done, { ...undo, bad: Boolean(said) });
          said = "";
        }
      } else if (answer.status === 401) said = t("Your session has ended. Sign in again in another tab; nothing was changed.");
      else said = t("The studio could not answer. Nothing was changed; try again.");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      said = t("The studio cannot be reached. Nothing was changed; try again.");
    }
    for (const shot of shots) this.#card(shot)?.removeAttribute("aria-busy");
    if (said) toast(said, { bad: true });
  }

  // Choosing several.

  #choose(field) {
    if (field.matches("[data-set]")) this.#set(field);
    else if (field.matches("[data-pick]")) this.#pick(field.closest("li[data-shot]"), field.checked);
    else if (field.matches("[data-set-all]") && field.selectedIndex > 0) {
      const { value, selectedOptions: [chosen] } = field;
      field.selectedIndex = 0;
      this.#together([...this.#picked], field.dataset.setAll, value === "none" ? "" : value, chosen.textContent.trim());
    }
  }

  #click(event) {
    if (event.target.closest("[data-choose-none]")) { this.#pickNone(); return; }
    const card = event.target.closest("li[data-shot]");
    if (!this.#bar || !card || !(event.ctrlKey || event.metaKey || event.shiftKey) || event.target.closest("a, button, select, label")) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) this.#pickTo(card);
    else this.#pick(card, !this.#picked.has(card.dataset.shot));
    card.querySelector(".panel")?.focus({ preventScroll: true });
  }

  #pick(card, picked) {
    if (picked) this.#picked.add(card.dataset.shot);
    else this.#picked.delete(card.dataset.shot);
    this.#anchor = card.dataset.shot;
    this.#showPicked();
  }

  /** All from the last one that was chosen up to this, within their column; the one alone where that was in another. */
  #pickTo(card) {
    const from = this.#anchor && this.#card(this.#anchor);
    if (!from || from.parentElement !== card.parentElement) { this.#pick(card, true); return; }
    const cards = [...card.parentElement.querySelectorAll(":scope > li[data-shot]")];
    const [first, last] = [cards.indexOf(from), cards.indexOf(card)].sort((a, b) => a - b);
    for (const one of cards.slice(first, last + 1)) this.#picked.add(one.dataset.shot);
    this.#showPicked();
  }

  #pickNone() {
    this.#picked.clear();
    this.#anchor = null;
    this.#showPicked();
  }

  /** What is chosen, on the cards and in the bar; a card that has left the board is chosen no longer. */
  #showPicked() {
    const bar = this.#bar;
    if (!bar) return;
    for (const shot of this.#picked) if (!this.#card(shot)) this.#picked.delete(shot);
    for (const box of this.querySelectorAll("[data-pick]")) {
      const card = box.closest("li[data-shot]");
      box.checked = this.#picked.has(card.dataset.shot);
      card.toggleAttribute("data-picked", box.checked);
    }
    this.toggleAttribute("choosing", this.#picked.size > 0);
    bar.hidden = !this.#picked.size;
    const said = bar.querySelector("[data-chosen-said]");
    const words = this.#picked.size === 1 ? t("1 shot selected") : this.#picked.size ? t("{count} shots selected", { count: this.#picked.size }) : "";
    if (said.textContent !== words) said.textContent = words;
  }

  #gone = new Map();

  // What was answered or heard.

  #hear({ kind, shot }) {
    if (kind === "shots.listed" || kind.startsWith("status.") || kind === "shot.moved" || kind === "shot.restored") this.#again();
    else if (shot && (kind === "work.changed" || this.#card(shot))) {
      this.#changed.add(shot);
      this.#ask();
    }
  }

  async #fetch() {
    const shots = [...this.#changed];
    this.#changed.clear();
    if (!shots.length) return;
    if (shots.length > MOST) { this.#again(); return; }
    const query = this.getAttribute("query") || "?";
    try {
      const answer = await fetch(`${this.getAttribute("cards")}${query}${query.length > 1 ? "&" : ""}shots=${shots.join(",")}`, { credentials: "same-origin", headers: { "HX-Request": "true" } });
      if (answer.ok && !answer.redirected) this.#apply(await answer.text(), shots.map(String));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;  // the next news, or coming back, asks again
    }
  }

  /** The whole board anew. It stays where it was scrolled to; columns in view that the answer has only the place of ask for themselves again. */
  #again() {
    window.htmx?.ajax("GET", location.href, { source: this.querySelector("#board"), target: "#board", select: "#board", swap: "morph:outerHTML" });
  }

  /** Put these shots' cards where they stand now, take out those the board no longer shows, and count. Answers what was refused, if anything, as `said`,
   * and the revisions of the shots that were changed, by their ids, as `kept`. */
  #apply(html, shots) {
    const root = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (!root?.dataset.counts) return { said: root?.textContent.trim().slice(0, 300) ?? "", kept: {} };
    for (const shot of shots) {
      const old = this.#card(shot);
      const fresh = root.querySelector(`li[data-shot="${CSS.escape(shot)}"]`);
      if (fresh) this.#place(document.importNode(fresh, true), old);
      else if (old) { this.#gone.set(shot, old); old.remove(); }
    }
    const kept = JSON.parse(root.dataset.kept ?? "{}");
    for (const [shot, revision] of Object.entries(kept)) if (!this.#card(shot) && this.#gone.has(shot)) this.#gone.get(shot).dataset.revision = revision;
    this.#count(JSON.parse(root.dataset.counts));
    this.#prepare();
    return { said: root.dataset.problem ?? "", kept };
  }

  #place(card, old) {
    const focused = old?.contains(document.activeElement) ? document.activeElement : null;
    const again = focused && (focused.matches("[data-set]") ? "[data-set]" : focused.matches("button") ? "button" : ".panel");
    const column = this.querySelector(`[data-column="${CSS.escape(card.dataset.column)}"]`);
    const there = column && this.#slot(card, column, old);
    if (old && there) old.replaceWith(card);
    if (!there) { old?.remove(); return; }
    if (card.parentElement !== there.list || card.nextElementSibling !== there.before) there.list.insertBefore(card, there.before);
    window.htmx?.process(card);
    if (again) card.querySelector(again)?.focus();
  }

  /** Where a card belongs in a column; nothing where the column, or that part of it, has not been fetched yet. */
  #slot(card, column, old = card) {
    const list = column.querySelector("[data-cards]");
    if (!list || "unfetched" in list.dataset) return null;
    const before = [...list.querySelectorAll(":scope > li[data-shot]")].find((other) => other !== card && other !== old && later(other.dataset.sort, card.dataset.sort));
    const more = list.querySelector(":scope > .board__more");
    if (!before && more) return null;
    return { list, before: before ?? null };
  }

  #put(card, column) {
    const there = this.#slot(card, column);
    if (there) there.list.insertBefore(card, there.before);
  }

  #count(counts) {
    let all = 0;
    for (const column of this.#columns) {
      const count = counts[column.dataset.column] ?? 0;
      for (const node of [column.querySelector("[data-count]"), this.querySelector(`[data-count-of="${CSS.escape(column.dataset.column)}"]`)]) if (node) node.textContent = count;
    }
    for (const count of Object.values(counts)) all += count;
    const total = document.querySelector("[data-total]");
    if (total) total.textContent = all;
  }

  // Dragging.

  #lift(event) {
    const card = event.target.closest?.("li[data-shot]");
    if (!card || !this.#moves) return;
    this.#dragged = card;
    for (const one of this.#many(card) ? [...this.#picked].map((shot) => this.#card(shot)) : [card]) one.dataset.dragging = "";
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.code);
  }

  #over(event) {
    const column = event.target.closest?.("[data-column].board__column");
    if (!this.#dragged || !column) return;
    event.preventDefault();
    for (const other of this.querySelectorAll("[data-drop]")) if (other !== column) delete other.dataset.drop;
    if (column.dataset.column !== this.#dragged.dataset.column) column.dataset.drop = "";
  }

  #drop(event) {
    const column = event.target.closest?.("[data-column].board__column");
    const card = this.#dragged;
    if (card && column) {
      event.preventDefault();
      this.#move(card, column);
    }
    this.#clear();
  }

  #clear() {
    for (const other of this.querySelectorAll("[data-drop]")) delete other.dataset.drop;
    for (const card of this.querySelectorAll("[data-dragging]")) delete card.dataset.dragging;
    this.#dragged = null;
  }

  // Keys.

  #key(event) {
    if (isTyping(event) || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && this.#picked.size && !document.querySelector("dialog[open], :popover-open")) { this.#pickNone(); return; }
    const panel = event.target.closest?.("work-board .panel");
    const card = panel?.closest("li[data-shot]");
    if (!card || event.target.closest("a, button")) return;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    let act = null;
    if (sideways && event.altKey) act = () => { const columns = this.#columns; this.#move(card, columns[columns.findIndex((one) => one.dataset.column === card.dataset.column) + sideways]); this.#show(card); };
    else if (event.altKey) return;
    else if (sideways) act = () => this.#beside(card, sideways);
    else if (event.shiftKey && this.#bar && ["ArrowUp", "ArrowDown"].includes(event.key)) act = () => this.#pickOn(card, event.key === "ArrowUp" ? card.previousElementSibling : card.nextElementSibling);
    else if (event.key === "x" && this.#bar) act = () => this.#pick(card, !this.#picked.has(card.dataset.shot));
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") act = () => this.#show(event.key === "ArrowUp" ? card.previousElementSibling : card.nextElementSibling);
    else if (event.key === "Enter") act = () => location.assign(panel.dataset.href);
    else if (event.key === "e") act = () => card.querySelector("[data-open-dialog]")?.click();
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** This card and the next one, which has the focus then. */
  #pickOn(card, next) {
    if (!this.#picked.has(card.dataset.shot)) this.#pick(card, true);
    this.#show(next);
    if (next?.matches("li[data-shot]")) this.#pick(next, true);
  }

  #show(card) {
    const target = card?.querySelector(".panel, button");
    target?.focus();
    target?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** The card at the same height in the next column that has any. */
  #beside(card, way) {
    const columns = this.#columns;
    const top = card.getBoundingClientRect().top;
    for (let n = columns.findIndex((one) => one.contains(card)) + way; columns[n]; n += way) {
      const cards = [...columns[n].querySelectorAll("li[data-shot]")];
      if (!cards.length) continue;
      this.#show(cards.sort((a, b) => Math.abs(a.getBoundingClientRect().top - top) - Math.abs(b.getBoundingClientRect().top - top))[0]);
      return;
    }
  }
}

/** What a shot was set to, in words; without `words` it is what it was before. */
function oneStands(name, code, words) {
  if (!words) return name === "assigned" ? t("{code} is for whom it was.", { code }) : t("{code} stands at what it was.", { code });
  return name === "assigned" ? t("{code} is for {words}.", { code, words }) : t("{code} stands at {words}.", { code, words });
}

function allStand(name, count, words) {
  if (!words) return t("{count} shots are what they were.", { count });
  return name === "assigned" ? t("{count} shots are for {words}.", { count, words }) : t("{count} shots stand at {words}.", { count, words });
}

/** Whether one place in the film comes after another. */
function later(a, b) {
  const [one, other] = [a, b].map((sort) => sort.split(":").map(Number));
  const n = one.findIndex((number, at) => number !== other[at]);
  return n >= 0 && one[n] > other[n];
}

customElements.define("work-board", WorkBoard);
