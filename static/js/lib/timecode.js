// SMPTE timecode of whole frames at a rational rate. Drop-frame counts skip the first 2 (30000/1001) or 4 (60000/1001) numbers of every minute
// but each tenth (SMPTE ST 12-1), so that the clock stays with the wall; no frame is dropped, only numbers.

export function nominal(num, den) {
  return Math.round(num / den);
}

export function canDrop(num, den) {
  return den === 1001 && (num === 30000 || num === 60000);
}

const two = (n) => String(n).padStart(2, "0");

/** frame ≥ 0 → "HH:MM:SS:FF", with ";" before the frames when dropping. */
export function timecode(frame, num, den, drop = false) {
  const fps = nominal(num, den);
  let n = Math.max(0, Math.round(frame));
  const dropping = drop && canDrop(num, den);
  if (dropping) {
    const skip = fps / 15;
    const perMinute = fps * 60 - skip;
    const perTen = fps * 600 - skip * 9;
    const tens = Math.floor(n / perTen);
    const rest = n % perTen;
    n += skip * 9 * tens;
    if (rest >= fps * 60) n += skip * (1 + Math.floor((rest - fps * 60) / perMinute));
  }
  const f = n % fps;
  const s = Math.floor(n / fps);
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}${dropping ? ";" : ":"}${two(f)}`;
}

/** "01:08:11", "1:08", "00:00:01;02" or a bare frame number → frame, or null where it is none (also a number that drop-frame skips). */
export function parseTimecode(words, num, den, drop = false) {
  const text = words.trim();
  if (/^\d+$/.test(text)) return Number(text);
  const parts = text.split(/[:;.]/);
  if (parts.length < 2 || parts.length > 4 || parts.some((part) => !/^\d{1,2}$/.test(part))) return null;
  const [hours, minutes, seconds, frames] = [0, 0, 0, 0, ...parts.map(Number)].slice(-4);
  const fps = nominal(num, den);
  if (minutes > 59 || seconds > 59 || frames >= fps) return null;
  let n = ((hours * 60 + minutes) * 60 + seconds) * fps + frames;
  if (drop && canDrop(num, den)) {
    const skip = fps / 15;
    if (seconds === 0 && frames < skip && minutes % 10 !== 0) return null;
    const all = hours * 60 + minutes;
    n -= skip * (all - Math.floor(all / 10));
  }
  return n;
}
