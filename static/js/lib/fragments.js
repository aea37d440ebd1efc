// One-frame fragments of MP4 (ISO/IEC 14496-12): moof + mdat, all in a 120000 timescale, in which a frame of every film rate is whole ticks.
export const TIMESCALE = 120000;

export function frameTicks(num, den) {
  const ticks = (TIMESCALE * den) / num;
  if (!Number.isInteger(ticks)) throw new RangeError(`A frame at ${num}/${den} is not a whole number of ticks`);
  return ticks;
}

const MOOF = 0x6d6f6f66;
const TRAF = 0x74726166;
const TFHD = 0x74666864;
const TFDT = 0x74666474;
const TRUN = 0x7472756e;

/** Gives the fragments in `buffer` the decode times first, first + 1, … frames, in place. Versions of tfdt other than 64-bit are refused. */
export function retime(buffer, first, ticks) {
  const view = new DataView(buffer);
  let frame = first;
  const walk = (at, end) => {
    for (let size; at < end; at += size) {
      size = view.getUint32(at);
      if (size < 8) throw new RangeError("A fragment is damaged");
      const kind = view.getUint32(at + 4);
      if (kind === MOOF || kind === TRAF) walk(at + 8, at + size);
      else if (kind === TFDT) {
        if (view.getUint8(at + 8) !== 1) throw new RangeError("tfdt is not 64-bit");
        view.setBigUint64(at + 12, BigInt(frame) * BigInt(ticks));
        frame += 1;
      }
    }
  };
  walk(0, buffer.byteLength);
  return buffer;
}

/** The first byte of each fragment, and the byte after the last. */
export function offsets(buffer) {
  const view = new DataView(buffer);
  const found = [];
  let at = 0;
  for (let size; at < buffer.byteLength; at += size) {
    size = view.getUint32(at);
    if (size < 8) throw new RangeError("A segment is damaged");
    if (view.getUint32(at + 4) === MOOF) found.push(at);
  }
  return [...found, at];
}

/** Sets the length of the one frame in a fragment: tfhd's default, and trun's own where it has one. */
export function setDuration(buffer, ticks) {
  const view = new DataView(buffer);
  const walk = (at, end) => {
    for (let size; at < end; at += size) {
      size = view.getUint32(at);
      const kind = view.getUint32(at + 4);
      const flags = view.getUint32(at + 8) & 0xffffff;
      if (kind === MOOF || kind === TRAF) walk(at + 8, at + size);
      else if (kind === TFHD && flags & 0x8) view.setUint32(at + 16 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0), ticks);
      else if (kind === TRUN && flags & 0x100) view.setUint32(at + 16 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0), ticks);
    }
  };
  walk(0, buffer.byteLength);
  return buffer;
}

/** One fragment, `count` times over. */
export function repeat(buffer, count) {
  const out = new Uint8Array(buffer.byteLength * count);
  const one = new Uint8Array(buffer);
  for (let n = 0; n < count; n++) out.set(one, n * one.length);
  return out.buffer;
}
