// How far music and tone step back under dialogue: the same curve as `duck_envelope` in generation/media/mix.py, which the export uses.
export const LOOK_AHEAD = 0.25;      // s before a line in which the gain falls
const HOLD = 0.15;                   // s after it that the gain stays down
const RELEASE = 0.9;                 // s in which it comes back
export const DUCK_DB = { music: -9, tone: -4 };

/** intervals: [[start s, end s], …] of speech. Answers [[t, gain], …]: gain 1 when nobody speaks, linear in time between points, constant outside. */
export function duckEnvelope(intervals, total, depthDb = DUCK_DB.music) {
  const low = 10 ** (depthDb / 20);
  const merged = [];
  for (const [start, end] of intervals.map(([a, b]) => [Math.max(0, a), Math.min(b, total)]).sort((x, y) => x[0] - y[0])) {
    if (end <= start) continue;
    const last = merged.at(-1);
    if (last && start - LOOK_AHEAD <= last[1] + HOLD + RELEASE) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  let points = [[0, 1]];
  for (const [start, end] of merged) {
    const fall = start - LOOK_AHEAD;
    if (fall > 0) points.push([fall, 1], [start, low]);
    else points = [[0, low]];
    points.push([end + HOLD, low], [end + HOLD + RELEASE, 1]);
  }
  return points;
}

/** Gain at time t of a list of points. */
export function gainAt(points, t) {
  if (!points.length) return 1;
  let low = 0;
  let high = points.length - 1;
  if (t <= points[0][0]) return points[0][1];
  if (t >= points[high][0]) return points[high][1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= t) low = middle;
    else high = middle;
  }
  const [t0, g0] = points[low];
  const [t1, g1] = points[high];
  return t1 === t0 ? g1 : g0 + ((g1 - g0) * (t - t0)) / (t1 - t0);
}
