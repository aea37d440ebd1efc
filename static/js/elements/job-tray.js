// <job-tray src="/projects/<slug>/jobs/">: the count in the top bar and the panel under it. It also moves every element in the page
// that carries data-job, from the socket's numbers alone: progress, [data-job-done], [data-job-eta], img[data-job-preview].
import { clockWords, paced } from "../lib/dom.js";
import { t } from "../lib/words.js";

class JobTray extends HTMLElement {
  #stop = null;
  #asking = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.panel = this.querySelector("[popover]");
    const again = paced(() => this.refresh(), 250);
    document.addEventListener("live:event", (event) => /^jobs?\./.test(event.detail.kind) && again(), { signal });
    document.addEventListener("live:back", again, { signal });
    document.addEventListener("live:progress", (event) => this.#move(event.detail), { signal });
    this.panel?.addEventListener("toggle", (event) => event.newState === "open" && this.refresh(), { signal });
    this.addEventListener("htmx:afterSwap", () => this.#count(), { signal });
    this.refresh();
  }

  disconnectedCallback() {
    this.#stop.abort();
  }

  get isOpen() {
    return Boolean(this.panel?.matches(":popover-open"));
  }

  async refresh() {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    try {
      const answer = await fetch(this.getAttribute("src") + (this.isOpen ? "?open" : ""), { credentials: "same-origin", headers: { "HX-Request": "true" }, signal: asking.signal });
      if (!answer.ok || answer.redirected) return;
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      const fresh = holder.content.firstElementChild;
      const old = this.querySelector("#jobs-tray");
      if (!fresh || !old) return;
      if (window.Idiomorph && this.isOpen) window.Idiomorph.morph(old, fresh, { morphStyle: "outerHTML" });
      else old.replaceWith(fresh);
      window.htmx?.process(this.querySelector("#jobs-tray"));
      this.#count();
    } catch (error) {
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }

  #count() {
    const data = this.querySelector("#jobs-tray")?.dataset;
    if (!data) return;
    const [running, queued, done, total, left] = ["running", "queued", "done", "total", "left"].map((name) => Number(data[name] || 0));
    const busy = running + queued > 0;
    const bar = this.querySelector("[data-jobs-bar]");
    if (bar) {
      bar.hidden = !busy;
      bar.max = Math.max(1, total);
      bar.value = done;
    }
    this.querySelector("[data-jobs-count]").textContent = busy ? `${done} / ${total}` : "0";
    const words = this.querySelector("[data-jobs-left]");
    if (words) words.textContent = busy && left ? clockWords(left) : "";
    this.querySelector("[data-jobs-pill]").setAttribute("aria-label", busy ? t("Jobs: {done} of {total} done", { done, total }) : t("Jobs: none running"));
  }

  #move({ job, done, total, eta, preview }) {
    for (const node of document.querySelectorAll(`[data-job="${CSS.escape(job)}"]`)) {
      const bar = node.matches("progress") ? node : node.querySelector("progress");
      if (bar) {
        bar.max = Math.max(1, total);
        bar.value = done;
      }
      for (const place of node.querySelectorAll("[data-job-done]")) place.textContent = done;
      for (const place of node.querySelectorAll("[data-job-stage]")) place.hidden = done > 0;
      for (const place of node.querySelectorAll("[data-job-eta]")) place.textContent = eta ? `· ${t("{time} left", { time: clockWords(eta) })}` : "";
      if (!preview) continue;
      for (const image of node.querySelectorAll("img[data-job-preview]")) {
        image.src = `${image.dataset.src ?? `${this.getAttribute("src")}${job}/preview`}?n=${preview}`;
        image.onload = () => { image.hidden = false; };
      }
    }
  }
}

customElements.define("job-tray", JobTray);
