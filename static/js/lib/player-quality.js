// Which of a take's two renditions is fetched: the full one, or the light one with the same frames at half the size. What somebody chose is remembered in this
// browser; "auto" takes the light one while the connection is slow.
const KEY = "quality";
export const CHOICES = ["auto", "full", "light"];

const STALL = 400;          // ms of waiting that count
const LONG = 1500;          // ms after which one is enough
const WITHIN = 30_000;      // ms in which two are
const CALM = 20_000;        // ms without a stall before the full one is tried again
const ROOM = 3;             // times what the full one needs must come in, for that
const LARGE = 40_000;       // bytes: smaller answers say more about the way than about its width
const SLOW = /^(slow-2g|2g|3g)$/;

export function chosen() {
  try {
    const said = localStorage.getItem(KEY);
    return CHOICES.includes(said) ? said : "auto";
  } catch { return "auto"; }
}

export function choose(quality) {
  try { localStorage.setItem(KEY, quality); } catch { /* it lasts as long as the page */ }
}

/** Whether the connection is one to be spared. Times are ms of one clock; `needed` is bytes a second that the full rendition plays at. */
export class Thrift {
  #stalls = [];
  #speed = 0;               // bytes a second, as they came lately

  constructor(connection = globalThis.navigator?.connection) {
    this.light = Boolean(connection && (connection.saveData || SLOW.test(connection.effectiveType)));
    this.asked = Boolean(connection?.saveData);
  }

  fetched(bytes, ms) {
    if (bytes < LARGE) return;
    const speed = bytes / Math.max(1, ms) * 1000;
    this.#speed = this.#speed ? 0.7 * this.#speed + 0.3 * speed : speed;
  }

  /** Playing stood still for so long. */
  stalled(ms, now) {
    if (ms < STALL) return;
    this.#stalls = [...this.#stalls.filter(([at]) => now - at < WITHIN), [now, ms]];
    if (this.#stalls.length > 1 || ms >= LONG) this.light = true;
  }

  /** Looked at now and then: back to the full one where that would play. Who asked their system to save data is left with the light one. */
  calm(now, needed) {
    const last = this.#stalls.at(-1)?.[0] ?? -Infinity;
    if (this.light && !this.asked && this.#speed > ROOM * needed && now - last > CALM) this.light = false;
  }
}
