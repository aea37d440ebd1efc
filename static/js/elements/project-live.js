// <project-live src="/projects/<slug>/live" me="<person>">: the page's one socket. It brings ids and numbers; what they mean is fetched
// through ordinary views. Messages become DOM events:
//   document "live:event"    {id, kind, subjectKind, subjectId, shot}   (shot: whose news it is, or null) and, on the body, "live:<kind>" and "live:<subject kind>-<subject id>",
//                                                                 for hx-trigger="live:take.stored from:body" or "live:shot-12 from:body";
//                                                                 the latter also for what happens to a take or version of the shot
//   document "live:progress" {job, subjectKind, subjectId, done, total, eta, preview}, at most one a job a frame of the screen
//   body     "live:notice"   {}        this person has a new notice
//   document "live:presence" {}        somebody came, went or moved
//   document "live:shut"     {}        this person may no longer watch; a toast says so
//   document "live:session"  {…}       what is said in a review session (studio/screening); send(data) says something there
//   document "live:open"     {}        the socket is open, now or again
//   document "live:back"     {}        messages may have been missed: fetch again
import { toast } from "../lib/dom.js";
import { t } from "../lib/words.js";

const BEAT = 10_000;          // ms between two "here"; the server forgets a socket after 25 s
const SILENT = 120_000;       // a tab hidden this long comes back with live:back
const LONGEST = 15_000;       // ms, the longest wait between two tries
const REMEMBERED = 500;       // event ids, against a message that comes twice
const NOT_ALLOWED = 4403;

class ProjectLive extends HTMLElement {
  #socket = null;
  #tries = 0;
  #timer = 0;
  #beat = 0;
  #seen = new Set();
  #progress = new Map();
  #frame = 0;
  #wasOpen = false;
  #stop = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    addEventListener("online", () => this.#open(), { signal });
    addEventListener("pagehide", () => this.#close(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.#open(), { signal });
    let hidden = 0;
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) hidden = Date.now();
      else if (hidden && Date.now() - hidden > SILENT && this.#socket?.readyState === WebSocket.OPEN) this.#tell("live:back", {});
    }, { signal });
    document.addEventListener("click", (event) => event.target.closest?.("[data-lost-now]") && this.#open(), { signal });
    document.addEventListener("live:here", (event) => this.here(event.detail.page, event.detail.shot), { signal });
    this.place ??= [this.dataset.page || location.pathname.split("/")[3] || "overview", Number(this.dataset.shot) || null];
    this.#open();
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#close();
  }

  /** Say where this person is: a page and perhaps a shot's id. */
  here(page, shot = null) {
    this.place = [page, shot];
    this.#beatNow();
  }

  #open() {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.#timer);
    const url = new URL(this.getAttribute("src"), location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#tries = 0;
      this.#lost(null);
      this.#beatNow();
      this.#beat = setInterval(() => this.#beatNow(), BEAT);
      this.#tell("live:open", {});
      if (this.#wasOpen) this.#tell("live:back", {});
      this.#wasOpen = true;
    };
    socket.onmessage = (message) => this.#hear(message.data);
    socket.onclose = (event) => this.#ended(socket, event.code);
  }

  #close() {
    clearTimeout(this.#timer);
    clearInterval(this.#beat);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #ended(socket, code) {
    if (socket !== this.#socket) return;
    clearInterval(this.#beat);
    this.#socket = null;
    if (code === NOT_ALLOWED) {
      this.#tell("live:shut", {});
      toast(t("You are no longer part of this film, or have signed out: what you see stands still. What you typed is kept here."), { bad: true, action: t("Your films"), call: () => location.assign("/") });
      return;
    }
    this.#tries += 1;
    const wait = Math.min(LONGEST, 500 * 2 ** (this.#tries - 1)) * (0.7 + 0.6 * Math.random());
    if (this.#tries > 1) this.#lost(wait);
    this.#timer = setTimeout(() => this.#open(), wait);
  }

  #lost(wait) {
    const banner = document.getElementById("lost");
    if (!banner) return;
    banner.hidden = wait === null;
    const clock = banner.querySelector("[data-lost-in]");
    if (clock && wait !== null) clock.textContent = `in ${Math.ceil(wait / 1000)} s.`;
  }

  /** Says this to the studio, as JSON; false, and nothing said, while there is no connection. */
  send(data) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(data));
    return true;
  }

  #beatNow() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ here: this.place }));
  }

  /** One message, or a list of them when many come at once. */
  #hear(text) {
    let heard;
    try { heard = JSON.parse(text); } catch { return; }
    for (const message of Array.isArray(heard) ? heard : [heard]) this.#take(message);
  }

  #take(message) {
    if (message.e) {
      const [id, kind, subjectKind, subjectId, shot] = message.e;
      if (this.#seen.has(id)) return;
      this.#seen.add(id);
      if (this.#seen.size > REMEMBERED) this.#seen.delete(this.#seen.values().next().value);
      const detail = { id, kind, subjectKind, subjectId: String(subjectId ?? ""), shot: shot ?? (subjectKind === "shot" ? Number(subjectId) : null) };
      this.#tell("live:event", detail);
      document.body.dispatchEvent(new CustomEvent(`live:${kind}`, { detail }));
      if (detail.subjectId) document.body.dispatchEvent(new CustomEvent(`live:${subjectKind}-${detail.subjectId}`, { detail }));
      if (shot) document.body.dispatchEvent(new CustomEvent(`live:shot-${shot}`, { detail }));
    } else if (message.p) {
      this.#progress.set(message.p[0], message.p);
      this.#frame ||= requestAnimationFrame(() => this.#flush());
    } else if (message.n) {
      if (message.n.includes(this.getAttribute("me"))) document.body.dispatchEvent(new CustomEvent("live:notice", { detail: {} }));
    } else if (message.s) this.#tell("live:session", message.s);
    else if (message.w) this.#tell("live:presence", {});
    else if (message.r) this.#tell("live:back", {});
  }

  #flush() {
    this.#frame = 0;
    for (const [job, subjectKind, subjectId, done, total, eta, preview] of this.#progress.values()) {
      this.#tell("live:progress", { job, subjectKind, subjectId: String(subjectId ?? ""), done, total, eta, preview });
    }
    this.#progress.clear();
  }

  #tell(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
    if (name === "live:back" || name === "live:presence") document.body.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

customElements.define("project-live", ProjectLive);
