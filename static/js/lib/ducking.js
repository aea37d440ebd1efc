// How far music and tone step back under dialogue. The same curve as `duck_envelope` in generation/media/mix.py, which the export uses.

/** intervals: [[start s, end s], …] of speech. Answers [[t, gain], …], gain 1 when nobody speaks, straight lines between points. */
export function duckEnvelope(intervals, total, { depth = 0.4, ahead = 0.15, attack = 0.12, release = 0.6, hold = 0.35 } = {}) {
  const spans = intervals.filter(([a, b]) => b > a).map(([a, b]) => [a - ahead, b + hold]).sort((x, y) => x[0] - y[0]);
  const joined = [];
  for (const [a, b] of spans) {
    const last = joined.at(-1);
    if (last && a <= last[1] + attack + release) last[1] = Math.max(last[1], b);
    else joined.push([a, b]);
  }
  const points = [[0, 1]];
  for (const [a, b] of joined) points.push([Math.max(0, a - attack), 1], [Math.max(0, a), depth], [b, depth], [b + release, 1]);
  points.push([Math.max(total, points.at(-1)[0]), 1]);
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
