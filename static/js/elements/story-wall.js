// <story-wall animatic="…/animatic.json">: how a contact sheet behaves. `jobs` is where previews of running jobs are. Inside: .sheet lists of article.panel with data-shot (id) and, where the
// order may change, data-move (the address to post `after` to). [data-panel-size] is the size slider, [data-play-animatic] starts the animatic.
// Arrows move between panels, Enter opens the shot, Alt-arrows and dragging reorder within a scene, Space plays the animatic from here.
import { clockWords, csrfToken, h, icon, isTyping, toast } from "../lib/dom.js";
import { announceKeys } from "../lib/keys.js";
import { t } from "../lib/words.js";

const KEYS = [[t("Arrows"), t("From panel to panel")], ["Space", t("Play the animatic from here")], ["Enter", t("Open the shot")], ["Alt ← →", t("Move the panel earlier or later")], ["Esc", t("Close the animatic")]];

class StoryWall extends HTMLElement {
  #stop = null;
  #forget = null;
  #dragged = null;
  #inView = new IntersectionObserver((entries) => this.#again(entries));

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#forget = announceKeys(t("Storyboard"), KEYS);
    this.#size();
    this.addEventListener("input", (event) => event.target.matches("[data-panel-size]") && this.#size(event.target.value), { signal });
    this.addEventListener("click", (event) => this.#click(event), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal, capture: true });
    this.addEventListener("focusin", (event) => this.#rove(event.target.closest(".panel")), { signal });
    this.addEventListener("dragstart", (event) => this.#lift(event), { signal });
    this.addEventListener("dragover", (event) => this.#over(event), { signal });
    this.addEventListener("drop", (event) => this.#drop(event), { signal });
    this.addEventListener("dragend", () => this.#clear(), { signal });
    this.addEventListener("htmx:afterSwap", () => this.#prepare(), { signal });
    document.addEventListener("film:cells", (event) => this.#compare(event.detail.cells), { signal });
    document.addEventListener("live:progress", (event) => event.detail.subjectKind === "shot" && this.#film(event.detail), { signal });
    this.addEventListener("cut:frame", (event) => this.#now(event.detail.clip), { signal });
    this.#prepare();
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#forget();
    this.#inView.disconnect();
  }

  get panels() { return [...this.querySelectorAll(".panel")]; }
  get current() { return this.querySelector('.panel[tabindex="0"]') ?? this.querySelector(".panel"); }

  #prepare() {
    const { panels } = this;
    for (const panel of panels) {
      if (panel.dataset.move) panel.draggable = true;
      if (!panel.hasAttribute("tabindex")) panel.tabIndex = -1;
    }
    if (panels.length && !this.querySelector('.panel[tabindex="0"]')) panels[0].tabIndex = 0;
    for (const scene of this.querySelectorAll("[data-again]")) this.#inView.observe(scene);
  }

  /** Scenes that were fetched before the wall changed are fetched again as soon as they are in view. */
  #again(entries) {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      this.#inView.unobserve(target);
      const address = target.dataset.again;
      delete target.dataset.again;
      if (address && target.isConnected) window.htmx.ajax("GET", address, { source: this, target, swap: "morph:outerHTML" });
    }
  }

  #size(value = null) {
    const slider = this.querySelector("[data-panel-size]");
    try {
      if (value) localStorage.setItem("panel-size", value);
      value ??= localStorage.getItem("panel-size");
    } catch { /* not remembered */ }
    if (!value) return;
    if (slider) slider.value = value;
    this.style.setProperty("--panel", `${Math.max(120, Math.min(640, Number(value)))}px`);
  }

  /** The film line knows how far every shot is: a panel that shows something else asks again for itself. */
  #compare(cells) {
    const stages = new Map(cells.map(({ id, stage, stale }) => [id, `${stage}${stale ? " stale" : ""}`]));
    for (const { dataset } of this.panels) {
      const stage = stages.get(dataset.shot);
      if (stage && stage !== dataset.stage) document.body.dispatchEvent(new CustomEvent(`live:shot-${dataset.shot}`));
    }
  }

  /** A shot that is being filmed shows it on its panel; the panel that is fetched when the take is there knows nothing of it. */
  #film({ job, subjectId, done, total, eta, preview }) {
    const frame = this.querySelector(`.panel[data-shot="${CSS.escape(subjectId)}"] .frame`);
    if (!frame) return;
    const node = frame.querySelector(".frame__filming") ?? frame.appendChild(h("div", { class: "frame__filming" }, h("img", { alt: "", hidden: true }), h("span", { class: "frame__note num" }), h("progress", {})));
    const [image, words, bar] = node.children;
    bar.max = Math.max(1, total);
    bar.value = done;
    words.textContent = `${t("{done} of {total}", { done, total })}${eta ? ` · ${t("{time} left", { time: clockWords(eta) })}` : ""}`;
    if (preview && image.dataset.n !== String(preview)) {
      image.dataset.n = preview;
      image.src = `${this.getAttribute("jobs")}${job}/preview?n=${preview}`;
      image.onload = () => { image.hidden = false; };
    }
  }

  #rove(panel) {
    if (!panel) return;
    for (const other of this.querySelectorAll('.panel[tabindex="0"]')) other.tabIndex = -1;
    panel.tabIndex = 0;
  }

  #click(event) {
    if (event.target.closest("[data-play-animatic]")) this.play();
    else if (event.target.closest("[data-wall-close]")) this.#close();
  }

  #key(event) {
    if (isTyping(event) || !this.offsetParent || event.ctrlKey || event.metaKey || event.target.closest?.("button, a, summary, film-line, input")) return;
    const panel = event.target.closest?.(".panel");
    const playing = this.querySelector(".wall__animatic");
    let act = null;
    if (event.key === "Escape" && playing) act = () => this.#close();
    else if (event.key === " " && !playing) act = () => this.play(panel ?? this.current);
    else if (panel && event.altKey && ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) act = () => this.#shift(panel, event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 1);
    else if (panel && !event.altKey && event.key.startsWith("Arrow")) act = () => this.#go(panel, event.key);
    else if (panel && event.key === "Enter") act = () => (panel.dataset.href ? location.assign(panel.dataset.href) : panel.querySelector("a[href]")?.click());
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #go(panel, key) {
    const { panels } = this;
    const n = panels.indexOf(panel);
    let next = null;
    if (key === "ArrowLeft") next = panels[n - 1];
    else if (key === "ArrowRight") next = panels[n + 1];
    else {
      const from = panel.getBoundingClientRect();
      const down = key === "ArrowDown";
      const rows = panels.filter((other) => { const box = other.getBoundingClientRect(); return down ? box.top > from.bottom - 4 : box.bottom < from.top + 4; });
      const row = rows.length ? (down ? rows[0] : rows.at(-1)).getBoundingClientRect().top : null;
      next = rows.filter((other) => Math.abs(other.getBoundingClientRect().top - row) < 4)
        .sort((a, b) => Math.abs(a.getBoundingClientRect().left - from.left) - Math.abs(b.getBoundingClientRect().left - from.left))[0];
    }
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  // Reordering within a scene.

  #shift(panel, way) {
    const other = way < 0 ? panel.previousElementSibling : panel.nextElementSibling;
    if (!other?.matches(".panel") || !panel.dataset.move) return;
    this.#put(panel, other, way > 0);
    panel.focus();
  }

  async #put(panel, other, behind) {
    const [home, next] = [panel.parentElement, panel.nextElementSibling];
    other[behind ? "after" : "before"](panel);
    const before = panel.previousElementSibling;
    const body = new URLSearchParams({ after: before?.dataset.shot ?? "" });
    let words = t("The order could not be saved; the panel is back in its place.");
    try {
      const answer = await fetch(panel.dataset.move, { method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } });
      if (answer.ok && !answer.redirected) return;
      const said = new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent.trim();
      if (answer.status === 409 && said) words = said.slice(0, 200);
      if (answer.status === 403) words = t("You may not change the order of the shots.");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    home.insertBefore(panel, next);
    toast(words, { bad: true });
  }

  #lift(event) {
    const panel = event.target.closest(".panel");
    if (!panel?.dataset.move || event.target.matches("input, textarea, select")) return;
    this.#dragged = panel;
    panel.dataset.dragging = "";
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", panel.dataset.shot);
  }

  #over(event) {
    const panel = event.target.closest(".panel");
    if (!this.#dragged || !panel || panel.parentElement !== this.#dragged.parentElement) return;
    event.preventDefault();
    const box = panel.getBoundingClientRect();
    for (const other of this.querySelectorAll("[data-drop]")) if (other !== panel) delete other.dataset.drop;
    panel.dataset.drop = event.clientX > box.left + box.width / 2 ? "after" : "before";
  }

  #drop(event) {
    const panel = event.target.closest(".panel");
    const dragged = this.#dragged;
    const behind = panel?.dataset.drop === "after";
    if (dragged && panel && panel.dataset.drop) {
      event.preventDefault();
      if (panel !== dragged) this.#put(dragged, panel, behind);
    }
    this.#clear();
  }

  #clear() {
    for (const other of this.querySelectorAll("[data-drop]")) delete other.dataset.drop;
    if (this.#dragged) delete this.#dragged.dataset.dragging;
    this.#dragged = null;
  }

  // The animatic.

  async play(from = this.current) {
    this.#close();
    const player = h("cut-player", { src: this.getAttribute("animatic"), live: true });
    const box = h("div", { class: "wall__animatic" }, player, h("button", { type: "button", class: "btn btn--plain btn--icon wall__close", "data-wall-close": true, "aria-label": t("Close the animatic"), title: t("Close (Esc)") }, icon("close")));
    this.querySelector(".page__head, header")?.after(box);
    box.scrollIntoView({ block: "nearest" });
    const shot = from?.dataset.shot;
    player.addEventListener("cut:load", async ({ detail: { playlist } }) => {
      await new Promise((next) => setTimeout(next));
      const clip = playlist.clips.find((one) => String(one.shot) === shot);
      await player.seek(clip?.at ?? 0);
      await player.play();
    }, { once: true });
  }

  #close() {
    this.querySelector(".wall__animatic")?.remove();
    this.#now(null);
  }

  #now(clip) {
    const panel = clip && this.querySelector(`.panel[data-shot="${CSS.escape(String(clip.shot))}"]`);
    const before = this.querySelector(".panel[data-now]");
    if (before === panel) return;
    if (before) delete before.dataset.now;
    if (!panel) return;
    panel.dataset.now = "";
    this.#rove(panel);
    panel.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }
}

customElements.define("story-wall", StoryWall);
