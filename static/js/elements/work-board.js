// <work-board cards="…/work/cards/" query="?by=person" moves="status | assigned | ''">: how a board of work behaves. Inside: #board with
// section[data-column] > [data-cards] > li[data-shot]. A card has data-revision, data-change (where a change is posted) and data-sort (its place in the film:
// numbers with colons between). A card goes to another column by dragging, by Alt and arrows, or by its own list ([data-set]); the answer is the card
// as it stands then, and what the columns count. News from others moves cards the same way.
import { csrfToken, isTyping, paced, toast } from "../lib/dom.js";
import { announceKeys } from "../lib/keys.js";

const KEYS = [["Arrows", "From card to card"], ["Alt ← →", "Move the card to the column beside"], ["Enter", "Open the shot"], ["E", "Whose it is, and by when"]];
const MOST = 40;  // shots asked for at once; where more changed, the board is fetched anew

class WorkBoard extends HTMLElement {
  #stop = null;
  #forget = null;
  #dragged = null;
  #turn = Promise.resolve();
  #changed = new Set();
  #ask = paced(() => this.#fetch(), 250);

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#forget = announceKeys("Work", this.#moves ? KEYS : KEYS.filter(([, words]) => !words.startsWith("Move")));
    this.addEventListener("change", (event) => event.target.matches("[data-set]") && this.#set(event.target), { signal });
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

  get #moves() { return this.getAttribute("moves"); }
  get #columns() { return [...this.querySelectorAll("[data-column] > [data-cards]")].map((list) => list.parentElement); }
  #card(shot) { return this.querySelector(`li[data-shot="${CSS.escape(String(shot))}"]`); }

  #prepare() {
    if (this.#moves) for (const card of this.querySelectorAll("li[data-shot]:not([draggable])")) card.draggable = true;
  }

  // Changes by this person.

  #set(list) {
    const card = list.closest("li[data-shot]");
    this.#change(card, { [list.dataset.set]: list.value }, list.selectedOptions[0]?.textContent);
  }

  /** To another column: its key is the value. The card goes at once, and comes back if it may not. */
  #move(card, column) {
    if (!this.#moves || !column || column.dataset.column === card.dataset.column) return;
    const key = column.dataset.column;
    this.#put(card, column);
    this.#change(card, { [this.#moves]: key === "none" ? "" : key }, column.dataset.name);
  }

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
        const name = { assigned: "is for" }[Object.keys(fields)[0]] ?? "stands at";
        const now = this.#card(shot);
        const takeBack = undoing ? {} : { action: "Undo", call: () => this.#undo(shot, before, now?.dataset.revision) };
        toast(`${code} ${name} ${words?.trim() ?? "what it was"}.`, takeBack);
      } else if (answer.status === 401) back("Your session has ended. Sign in again in another tab; nothing was changed.");
      else if ([403, 409, 422].includes(answer.status)) {
        const said = this.#apply(await answer.text(), [shot]);
        back(said || "You may not do that here.");
      } else back("The studio could not answer. Nothing was changed; try again.");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      back("The studio cannot be reached. Nothing was changed; try again.");
    }
  }

  /** Back to what it was, unless somebody changed it since. A card that has left the board is changed all the same. */
  #undo(shot, before, revision) {
    const card = this.#card(shot) ?? this.#lost(shot, revision);
    if (card) this.#change(card, before, null, { undoing: true });
  }

  #lost(shot, revision) {
    const card = this.#gone.get(String(shot));
    if (card && revision) card.dataset.revision = revision;
    return card;
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

  /** Put these shots' cards where they stand now, take out those the board no longer shows, and count. Answers what was refused, if anything. */
  #apply(html, shots) {
    const root = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (!root?.dataset.counts) return root?.textContent.trim().slice(0, 300) ?? "";
    for (const shot of shots) {
      const old = this.#card(shot);
      const fresh = root.querySelector(`li[data-shot="${CSS.escape(shot)}"]`);
      if (fresh) this.#place(document.importNode(fresh, true), old);
      else if (old) { this.#gone.set(shot, old); old.remove(); }
    }
    this.#count(JSON.parse(root.dataset.counts));
    this.#prepare();
    return root.dataset.problem ?? "";
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
    card.dataset.dragging = "";
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
    if (this.#dragged) delete this.#dragged.dataset.dragging;
    this.#dragged = null;
  }

  // Keys.

  #key(event) {
    if (isTyping(event) || event.ctrlKey || event.metaKey) return;
    const panel = event.target.closest?.("work-board .panel");
    const card = panel?.closest("li[data-shot]");
    if (!card || event.target.closest("a, button")) return;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    let act = null;
    if (sideways && event.altKey) act = () => { const columns = this.#columns; this.#move(card, columns[columns.findIndex((one) => one.dataset.column === card.dataset.column) + sideways]); this.#show(card); };
    else if (event.altKey) return;
    else if (sideways) act = () => this.#beside(card, sideways);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") act = () => this.#show(event.key === "ArrowUp" ? card.previousElementSibling : card.nextElementSibling);
    else if (event.key === "Enter") act = () => location.assign(panel.dataset.href);
    else if (event.key === "e") act = () => card.querySelector("[data-open-dialog]")?.click();
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
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

/** Whether one place in the film comes after another. */
function later(a, b) {
  const [one, other] = [a, b].map((sort) => sort.split(":").map(Number));
  const n = one.findIndex((number, at) => number !== other[at]);
  return n >= 0 && one[n] > other[n];
}

customElements.define("work-board", WorkBoard);
