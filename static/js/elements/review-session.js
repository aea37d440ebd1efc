// <review-session for="player" session me colour>: several people watch one film. Of the presenter's windows one leads: what its player shows, everybody
// else's shows who follows. On a frame that stands it is the very same frame; while it runs, the frame that the presenter's has reached by now, by the
// studio's clock, which every window reckons from the answers to its own messages. What is said over the socket: studio/screening/wire.py.
// It holds #session-people (data-presenter, data-presenter-name, data-away, data-may-end), buttons [data-follow] and [data-lead], [data-state], form [data-end].
// On the body: "session:who" when somebody came or went.
import { h, isTyping, toast } from "../lib/dom.js";
import { joined } from "../lib/drawing-pencil.js";
import { announceKeys } from "../lib/keys.js";
import { Clock, reached } from "../lib/session-clock.js";
import { INKS } from "../lib/shapes.js";
import { t } from "../lib/words.js";

const BEAT = 10_000;          // ms; the studio takes whoever is silent for 25 s for gone
const SAY = 1000 / 20;        // between two messages of what shows, or of where somebody points
const AGAIN = 1000;           // while it runs, what shows is said again this often
const APART = 3;              // frames that a running follower may be off before it is put right
const REST = 1500;            // ms between two corrections while it runs
const PIECE = 100;            // points of a finished stroke in one message

class ReviewSession extends HTMLElement {
  #stop = null;
  #forget = null;
  #beat = 0;
  #tab = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  #clock = new Clock();
  #joined = false;
  #lost = false;              // the connection was, and what is drawn here is to be told again
  #ready = false;             // the player shows its first frame
  #resuming = false;          // … and is then to be brought to where the session was
  #shown = null;              // [frame, speed, at] of the presenter
  #busy = 0;                  // the player is being brought to what is shown
  #wanted = false;
  #corrected = 0;
  #late = 0;                  // frames by which a correction last came too late
  #timers = new Map();
  #mine = new Map();          // id → shape, of what this window has drawn and others see
  #theirs = new Map();        // window → id → {frame, shape}, of what others draw

  leads = false;
  following = true;

  async connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    await Promise.all(["cut-player", "project-live"].map((name) => customElements.whenDefined(name)));
    if (signal.aborted) return;
    this.player = document.getElementById(this.getAttribute("for"));
    this.live = document.querySelector("project-live");
    this.session = this.getAttribute("session");
    this.me = this.getAttribute("me");
    this.#forget = announceKeys(t("Session"), [["Y", t("Follow the presenter, or look around alone")]]);
    document.addEventListener("live:session", (event) => this.#hear(event.detail), { signal });
    document.addEventListener("live:open", () => this.#here(), { signal });
    document.addEventListener("live:back", () => { this.#lost = true; this.#here(); }, { signal });
    document.addEventListener("live:event", ({ detail }) => detail.subjectId === this.session && this.#event(detail.kind), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("htmx:afterSettle", () => this.#settle(), { signal });
    this.player.addEventListener("cut:frame", () => this.#moved(), { signal });
    this.player.addEventListener("cut:state", () => this.#moved(true), { signal });
    this.player.addEventListener("cut:load", () => this.#loaded(), { signal });
    this.#ready = this.player.total > 0;
    this.player.addEventListener("stroke", ({ detail }) => this.#tell({ draw: { ...detail, frame: this.player.frame } }), { signal });
    this.player.addEventListener("shape", ({ detail }) => this.#drawn(detail.id, detail.shape), { signal });
    this.player.addEventListener("shapes", ({ detail }) => this.#redrawn(detail.shapes), { signal });
    this.player.addEventListener("drawing", ({ detail, target }) => this.#drawing(target, detail.drawing), { signal });
    for (const kind of ["focusin", "focusout", "input"]) document.addEventListener(kind, ({ target }) => target.closest?.("[data-compose]") && this.#begun(), { signal });
    document.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && detail.elt.matches?.("[data-compose]") && this.#wipe(), { signal });
    this.#point();
    this.#beat = setInterval(() => this.#here(), BEAT);
    this.#here();
    this.#settle();
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#forget?.();
    clearInterval(this.#beat);
    for (const timer of this.#timers.values()) clearTimeout(timer.id);
    this.dot?.remove();
  }

  /** What the presenter shows, as far as this window knows: [frame, speed, moment]; null before anything. */
  get followed() { return this.#shown; }

  /** Frames by which this window's picture is ahead of (or, below 0, behind) what the presenter's shows by now. */
  get off() { return this.#shown && this.#ready ? this.player.frame - this.#target() : NaN; }

  get people() { return this.querySelector("#session-people"); }
  get presents() { return this.people?.dataset.presenter === this.me; }

  #say(message) { return this.live?.send(message) ?? false; }
  #tell(message) { if (this.#joined) this.#say(message); }
  #here() { this.#say({ in: [this.session, this.#tab, performance.now()] }); }

  /** Says the newest of a kind at most twenty times a second, and the last one surely. */
  #paced(kind, make) {
    const timer = this.#timers.get(kind) ?? { id: 0, at: -Infinity };
    this.#timers.set(kind, timer);
    if (timer.id) return;
    timer.id = setTimeout(() => {
      timer.id = 0;
      timer.at = performance.now();
      const message = make();
      if (message) this.#tell(message);
    }, Math.max(0, timer.at + SAY - performance.now()));
  }

  #hear(said) {
    if (said.t) {
      this.#clock.heard(said.t[0], said.t[1], performance.now());
      const first = !this.#joined;
      this.#joined = true;
      this.leads = said.lead;
      if (said.show && (first || !this.leads)) this.#shown = said.show;
      if (this.#lost) this.#redraw();
      if (this.people && said.presenter !== this.people.dataset.presenter) this.#who();
      this.#settle();
      if (!this.leads) this.#follow();
      else if (first && said.show) this.#resume();
      else if (!said.show || said.show[0] !== this.player.frame || said.show[1] !== this.player.speed) this.#show();  // it moved while the connection was lost
    }
    if (said.show && !said.t) {
      this.leads = said.show[4] === this.#tab;
      this.#shown = said.show;
      this.#settle();
      this.#follow();
    }
    if ("point" in said) this.#pointed(said.point);
    if (said.draw) this.#draw(...said.draw);
    if (said.lead && !said.t) { this.leads = said.lead === this.#tab; this.#settle(); if (this.leads) this.#show(); }
    if ("who" in said) {
      if (said.who === this.me) { this.#here(); this.#redraw(); }   // another window of this person has gone; this one is still there
      this.#who();
    }
  }

  #who() { document.body.dispatchEvent(new CustomEvent("session:who")); }

  #event(kind) {
    if (kind === "session.handed_over") { this.leads = false; this.#here(); }
    if (kind !== "session.ended") return;
    const typed = document.querySelector("[data-compose] textarea")?.value.trim();
    if (typed) toast(t("The session has ended. Your words are kept in the field."), { bad: true, action: t("To the summary"), call: () => location.reload() });
    else location.reload();
  }

  // --- leading ---

  #show() {
    if (!this.leads || !this.#ready || this.#busy) return;
    this.#paced("show", () => {
      if (!this.leads || this.#busy) return null;
      this.#shown = [this.player.frame, this.player.speed, this.#clock.now()];
      return { show: this.#shown };
    });
  }

  /** A page that is opened anew begins where the others are. */
  #loaded() {
    if (this.#ready) { this.#follow(); return; }
    if (this.#shown) this.player.setAttribute("start", this.#target());
  }

  /** The presenter's window is open again: it goes on where it was. */
  async #resume() {
    this.#resuming = !this.#ready;
    if (this.#resuming) return;
    this.#busy = 1;
    try { await this.player.seek(this.#target()); } finally { this.#busy = 0; }
    this.#show();
  }

  /** The player shows another frame, or runs otherwise. */
  #moved(state = false) {
    if (this.#theirs.size) this.#overlay();
    if (!this.#ready) {
      if (state) return;
      this.#ready = true;
      if (!this.leads) this.#follow();
      else if (this.#resuming) this.#resume();
      else this.#show();
      return;
    }
    if (this.leads) {
      const [frame, speed, at] = this.#shown ?? [-1, null, 0];
      const { player } = this;
      const run = player.speed !== 0;
      const jumped = run && Math.abs(player.frame - reached(this.#shown ?? [0, 0, 0], this.#clock.now(), this.#rate, player.total)) > APART;
      if (state || (!run && player.frame !== frame) || speed !== player.speed || jumped || this.#clock.now() - at > AGAIN) this.#show();
      return;
    }
    if (!this.following || this.#busy || !this.#shown || !this.player.total || this.#surface?.drawing) return;
    const { player } = this;
    const [frame, speed] = this.#shown;
    const target = this.#target();
    const atEnd = target >= player.total - 1 || player.frame >= player.total - 1;
    if (player.speed !== speed ? !(speed > 0 && atEnd) : speed === 0 && player.frame !== Math.min(frame, player.total - 1)) this.follow(false);
    else if (speed !== 0) this.#follow();
  }

  get #rate() {
    const [num, den] = this.player.playlist?.rate ?? [24, 1];
    return num / den;
  }

  #target() { return reached(this.#shown, this.#clock.now(), this.#rate, this.player.total); }

  // --- following ---

  /** Follow the presenter from now on, or look around alone. */
  follow(on = !this.following) {
    this.following = on;
    this.#settle();
    if (on) this.#follow();
  }

  /** Brings the player to what is shown. One bringing at a time; what is shown meanwhile is looked at after it. */
  async #follow() {
    if (this.leads || !this.following || !this.#shown || !this.#ready || this.#surface?.drawing) return;
    if (this.#busy) { this.#wanted = true; return; }
    this.#busy = 1;
    try { await this.#bring(); } finally { this.#busy = 0; }
    if (this.#wanted) { this.#wanted = false; this.#follow(); }
  }

  async #bring() {
    const { player } = this;
    const [frame, speed] = this.#shown;
    if (speed === 0) {
      if (player.playing) await player.pause();
      const to = Math.min(frame, player.total - 1);
      if (player.frame !== to) await player.seek(to);
      return;
    }
    if (player.speed === speed) {
      const off = player.frame - this.#target();
      if (Math.abs(off) <= APART || performance.now() - this.#corrected < REST) return;
      this.#late = Math.max(-24, Math.min(24, this.#late - Math.round(off / 2)));
    }
    const to = this.#target();
    if (to >= player.total - 1 && speed > 0) { await player.pause(); await player.seek(player.total - 1); return; }
    this.#corrected = performance.now();
    await player.seek(Math.max(0, Math.min(player.total - 1, to + Math.sign(speed) * this.#late)));
    if (player.speed !== speed) await player.shuttle(speed);
  }

  // --- what is said of it ---

  #settle() {
    const { people } = this;
    if (!people) return;
    const part = (name) => this.querySelector(`[${name}]`);
    const follow = part("data-follow");
    follow.hidden = this.leads;
    follow.setAttribute("aria-pressed", this.following);
    follow.classList.toggle("btn--primary", this.following);
    follow.firstChild.textContent = `${this.following ? t("Following") : t("Follow")} `;
    part("data-lead").hidden = !this.presents || this.leads || !this.#joined;
    part("data-end").hidden = !("mayEnd" in people.dataset);
    const words = !this.#joined ? t("Joining…") : this.leads ? t("Everybody sees what you show.") : this.following ? "" : t("You look around alone.");
    const state = part("data-state");
    if (state.textContent !== words) state.textContent = words;
    this.toggleAttribute("leads", this.leads);
  }

  #click(event) {
    if (event.target.closest("[data-follow]")) this.follow();
    else if (event.target.closest("[data-lead]")) this.#tell({ lead: 1 });
  }

  #key(event) {
    if (event.defaultPrevented || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.key.toLowerCase() !== "y" || this.leads) return;
    event.preventDefault();
    this.follow();
  }

  // --- the presenter's pointer ---

  #point() {
    const { screen } = this.player;
    const { signal } = this.#stop;
    screen.style.position ||= "relative";
    this.dot = h("div", { class: "session__pointer", hidden: true, "aria-hidden": "true" }, h("span"));
    screen.append(this.dot);
    let at = null;
    const say = () => this.leads && this.#paced("point", () => (this.leads ? { point: at } : null));
    screen.addEventListener("pointermove", (event) => {
      const box = this.#picture();
      const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      at = x >= 0 && x <= 1 && y >= 0 && y <= 1 ? [x, y] : null;
      say();
    }, { signal });
    screen.addEventListener("pointerleave", () => { at = null; say(); }, { signal });
  }

  /** Where on the window the picture lies: as large as fits, in the middle of the screen. */
  #picture() {
    const box = this.player.screen.getBoundingClientRect();
    const { width: w = 16, height: t = 9 } = this.player.playlist ?? {};
    const scale = Math.min(box.width / w, box.height / t);
    return { left: box.left + (box.width - w * scale) / 2, top: box.top + (box.height - t * scale) / 2, width: w * scale, height: t * scale };
  }

  #pointed(at) {
    this.dot.hidden = !at || this.leads;
    if (this.dot.hidden) return;
    const box = this.player.screen.getBoundingClientRect();
    const picture = this.#picture();
    this.dot.style.left = `${picture.left - box.left + at[0] * picture.width}px`;
    this.dot.style.top = `${picture.top - box.top + at[1] * picture.height}px`;
    this.dot.firstChild.textContent = this.people?.dataset.presenterName ?? "";
  }

  // --- drawing together ---

  get #surface() { return this.player.screen?.querySelector("drawing-surface"); }

  /** While somebody draws, their picture stands, and the note is about it. */
  #drawing(surface, on) {
    const colour = this.getAttribute("colour");
    if (on && colour in INKS && !this.#mine.size) surface.choose?.("colour", colour);
    this.#begun();
    if (!on) this.#follow();
  }

  /** A note belongs to the frame on which it was begun, wherever the presenter goes meanwhile. */
  #begun() {
    const notes = document.querySelector("review-notes");
    if (!this.leads) notes?.pin?.(notes.begun);
  }

  #drawn(id, shape) {
    this.#mine.set(id, shape);
    const { frame } = this.player;
    if (shape.kind !== "pen") { this.#tell({ draw: { id, start: 0, shape, frame } }); return; }
    for (let start = 0; start < shape.points.length; start += PIECE) this.#tell({ draw: { id, start, shape: { ...shape, points: shape.points.slice(start, start + PIECE) }, frame } });
  }

  /** After undo, redo and erasing: what is gone is gone for the others, what is back is back. */
  #redrawn(shapes) {
    for (const [id, shape] of this.#mine) {
      if (shapes.includes(shape)) continue;
      this.#mine.delete(id);
      this.#tell({ draw: { id, start: 0, shape: null, frame: this.player.frame } });
    }
    queueMicrotask(() => {           // a shape that was just finished says so itself, right after this
      const named = new Set(this.#mine.values());
      for (const shape of shapes) if (!named.has(shape)) this.#drawn(crypto.randomUUID(), shape);
    });
  }

  /** A connection of this window was lost, and with it went for the others what it has drawn. */
  #redraw() {
    this.#lost = false;
    for (const [id, shape] of this.#mine) this.#drawn(id, shape);
  }

  /** The drawing has become a note, which everybody fetches. */
  #wipe() {
    if (!this.#mine.size) return;
    this.#mine.clear();
    this.#tell({ draw: null });
  }

  #draw(tab, news) {
    if (tab === this.#tab) return;
    const drawn = this.#theirs.get(tab) ?? new Map();
    this.#theirs.set(tab, drawn);
    if (news === null) {
      for (const id of drawn.keys()) this.#surface?.draw?.(id, null);
      this.#theirs.delete(tab);
    } else if (!news.shape) {
      drawn.delete(news.id);
      this.#surface?.draw?.(news.id, null);
    } else {
      drawn.set(news.id, { frame: news.frame, shape: joined(drawn.get(news.id)?.shape, news) });
      this.#overlay();
    }
  }

  /** What others draw is seen on the frame that they draw on. */
  #overlay() {
    const at = this.player.frame;
    for (const drawn of this.#theirs.values()) for (const [id, { frame, shape }] of drawn) this.#surface?.draw?.(id, frame === at ? { start: 0, shape } : null);
  }
}

customElements.define("review-session", ReviewSession);
