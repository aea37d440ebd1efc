// <voice-note> in a form with a file field "spoken": a press records what somebody says, another ends it; it can be heard before it is sent, or thrown away.
// Nothing leaves the browser until the form is sent. Event "voice" {seconds} on the element when there is something new or nothing any more.
import { h, icon, setIcon, toast } from "../lib/dom.js";
import { t } from "../lib/words.js";

const LONGEST = 300;       // seconds
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

class VoiceNote extends HTMLElement {
  #recorder = null;
  #timer = 0;

  connectedCallback() {
    this.button = h("button", { type: "button", class: "btn btn--small btn--icon", "aria-label": t("Say it instead"), title: t("Say it instead of writing"), "aria-pressed": "false", onclick: () => this.toggle() }, icon("microphone"));
    this.time = h("span", { class: "num small", role: "status" });
    this.heard = h("audio", { controls: true, hidden: true });
    this.away = h("button", { type: "button", class: "btn btn--plain btn--small btn--icon", "aria-label": t("Throw the recording away"), hidden: true, onclick: () => this.clear() }, icon("trash"));
    this.replaceChildren(this.button, this.time, this.heard, this.away);
    this.hidden = !(navigator.mediaDevices?.getUserMedia && self.MediaRecorder);
    this.closest("form")?.addEventListener("reset", () => this.clear());
  }

  disconnectedCallback() {
    this.#end();
    this.replaceChildren();
  }

  get field() { return this.closest("form").elements.spoken; }

  toggle() { return this.#recorder ? this.#recorder.stop() : this.record(); }

  async record() {
    this.clear();
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      toast(error.name === "NotFoundError" ? t("There is no microphone here.") : t("The browser did not allow the microphone. Allow it for this page, and press again."));
      return;
    }
    const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
    const parts = [];
    const began = performance.now();
    this.#recorder = new MediaRecorder(stream, kind ? { mimeType: kind } : {});
    this.#recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    this.#recorder.addEventListener("stop", () => {
      const type = this.#recorder?.mimeType ?? kind ?? "";
      this.#end();
      if (this.isConnected) this.#keep(new Blob(parts, { type }), Math.round((performance.now() - began) / 1000));
    });
    this.#recorder.start(1000);
    this.button.setAttribute("aria-pressed", "true");
    this.button.setAttribute("aria-label", t("End the recording"));
    setIcon(this.button.firstElementChild, "pause");
    this.#timer = setInterval(() => {
      const seconds = Math.round((performance.now() - began) / 1000);
      this.time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= LONGEST) this.#recorder?.stop();
    }, 250);
  }

  #end() {
    clearInterval(this.#timer);
    for (const track of this.#recorder?.stream.getTracks() ?? []) track.stop();
    this.#recorder = null;
    this.button.setAttribute("aria-pressed", "false");
    this.button.setAttribute("aria-label", t("Say it instead"));
    setIcon(this.button.firstElementChild, "microphone");
  }

  #keep(blob, seconds) {
    const file = new File([blob], `said.${blob.type.includes("mp4") ? "m4a" : blob.type.includes("ogg") ? "ogg" : "webm"}`, { type: blob.type });
    const list = new DataTransfer();
    list.items.add(file);
    this.field.files = list.files;
    this.heard.src = URL.createObjectURL(blob);
    this.heard.hidden = this.away.hidden = false;
    this.time.textContent = "";
    this.dispatchEvent(new CustomEvent("voice", { bubbles: true, detail: { seconds } }));
  }

  clear() {
    if (!this.heard.src) return;
    URL.revokeObjectURL(this.heard.src);
    this.heard.removeAttribute("src");
    this.heard.hidden = this.away.hidden = true;
    this.time.textContent = "";
    this.field.value = "";
    this.dispatchEvent(new CustomEvent("voice", { bubbles: true, detail: { seconds: 0 } }));
  }
}

customElements.define("voice-note", VoiceNote);
