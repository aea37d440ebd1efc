// The studio's clock as one window reckons it, and where a film has got to by then.

/** Of the answers to its own messages the quickest one tells the time best; it is believed until it is ten minutes old. */
export class Clock {
  #offset = null;
  #trip = Infinity;
  #at = 0;

  /** A message sent at `sent` was answered with the studio's time `there` and came back at `now`; all in milliseconds, `sent` and `now` of one clock. */
  heard(sent, there, now) {
    const trip = now - sent;
    if (!(trip >= 0) || (trip > this.#trip && now - this.#at < 600_000)) return;
    this.#trip = trip;
    this.#at = now;
    this.#offset = there - (sent + now) / 2;
  }

  /** The studio's time; this machine's own until it has answered. */
  now(own = performance.now()) {
    return this.#offset === null ? Date.now() : own + this.#offset;
  }
}

/** The frame that a player has got to at `now` which showed `frame` at `at` and runs at `speed` times `rate` frames a second. */
export function reached([frame, speed, at], now, rate, total) {
  const passed = speed === 0 ? 0 : (Math.max(0, now - at) / 1000) * speed * rate;
  return Math.max(0, Math.min(total - 1, Math.round(frame + passed)));
}
