// The shapes of a note as pixels. studio/review/shapes.py says what a shape is as data, strokes.py the outline of beads and drawing.py how words stand:
// the same formulas are here, so that a still or an export shows what the browser did. A change here is a change there.
export const INKS = {
  amber: "#e7b96a", teal: "#7cc7b8", rose: "#e39aa6", blue: "#8fb7d9", lime: "#b5cf7f", violet: "#b9a3e0", orange: "#e69a6b", cyan: "#86cbe0",
};
export const MAX_POINTS = 2000;
export const MAX_TEXT = 200;

const EDGE = 0.0015;
const STEP = 0.006;
const MOST_PIECES = 16;
const CORNERS = 128;
const [ARM, LEAST_ARM, ARM_ANGLE] = [5, 0.02, (28 * Math.PI) / 180];
const [LEADING, BASELINE, PLATE] = [1.25, 0.97, 0.3];
const [EDGE_SHADE, PLATE_SHADE] = [0.5, 0.7];
const UNITS = 2048;
const FINER = 2;
const FAMILY = '600 1px "Firstcut Notes"';
const font = (size) => FAMILY.replace("1px", `${size}px`);
const whole = (value) => Math.floor(value + 0.5);

/** Resolves when words can be drawn in the font that exports use. */
export function fontReady() {
  return document.fonts.load(FAMILY, "Aa");
}

/** Draws one shape on a picture of width × height pixels whose upper left is the context's origin (whole pixels, not scaled). */
export function drawShape(context, shape, width, height) {
  if (shape.kind === "text") write(context, shape, width, height);
  else stroke(context, beads(shape, width, height), INKS[shape.colour], EDGE * height);
}

/** Beads of one size are stroked, which browsers do fastest and smoothest; else the hulls of neighbours are filled, all in one path. */
function stroke(context, lines, ink, edge) {
  const [x, y, r] = lines[0][0];
  const even = lines.every((line) => line.every((bead) => bead[2] === r) && line.some((bead) => bead[0] !== x || bead[1] !== y));
  for (const [colour, shade, grown] of [["#000", EDGE_SHADE, edge], [ink, 1, 0]]) {
    context.save();
    context.globalAlpha *= shade;
    context.fillStyle = context.strokeStyle = colour;
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = 2 * (r + grown);
    context.beginPath();
    for (const line of lines) {
      if (even) line.forEach((bead, n) => (n ? context.lineTo(bead[0], bead[1]) : context.moveTo(bead[0], bead[1])));
      else line.forEach((bead, n) => hull(context, line[Math.max(n - 1, 0)], bead, grown));
    }
    if (even) context.stroke();
    else context.fill();
    context.restore();
  }
}

/** The straight hull of two beads, always the same way round, so that hulls in one path add up. */
function hull(context, [ax, ay, ar], [bx, by, br], grown) {
  const length = Math.hypot(bx - ax, by - ay);
  if (length <= Math.abs(ar - br)) {
    const [x, y, r] = ar > br ? [ax, ay, ar] : [bx, by, br];
    context.moveTo(x + r + grown, y);
    context.arc(x, y, r + grown, 0, 2 * Math.PI);
  } else {
    const way = Math.atan2(by - ay, bx - ax);
    const side = Math.acos((ar - br) / length);
    context.moveTo(ax + (ar + grown) * Math.cos(way + side), ay + (ar + grown) * Math.sin(way + side));
    context.arc(ax, ay, ar + grown, way + side, way - side + 2 * Math.PI);
    context.arc(bx, by, br + grown, way - side, way + side);
  }
  context.closePath();
}

/** Lines of beads [x, y, radius] in pixels of the picture, of any shape but a text. */
export function beads(shape, width, height) {
  const half = (shape.width * height) / 2;
  if (shape.kind === "pen") return [bent(shape.points.map(([x, y, pressure]) => [x * width, y * height, Math.max(half * (0.4 + 1.2 * pressure), 0.5)]), STEP * height)];
  const r = Math.max(half, 0.5);
  const [[x0, y0], [x1, y1]] = [shape.from, shape.to].map(([x, y]) => [x * width, y * height]);
  if (shape.kind === "arrow") {
    const arm = Math.min(Math.max(ARM * 2 * half, LEAST_ARM * height), Math.hypot(x1 - x0, y1 - y0));
    const back = Math.atan2(y0 - y1, x0 - x1);
    const [left, right] = [-ARM_ANGLE, ARM_ANGLE].map((turn) => [x1 + arm * Math.cos(back + turn), y1 + arm * Math.sin(back + turn), r]);
    return [[[x0, y0, r], [x1, y1, r]], [left, [x1, y1, r], right]];
  }
  if (shape.kind === "box") return [[[x0, y0, r], [x1, y0, r], [x1, y1, r], [x0, y1, r], [x0, y0, r]]];
  return [Array.from({ length: CORNERS + 1 }, (_, corner) => {
    const turn = (2 * Math.PI * corner) / CORNERS;
    return [(x0 + x1) / 2 + ((x1 - x0) / 2) * Math.cos(turn), (y0 + y1) / 2 + ((y1 - y0) / 2) * Math.sin(turn), r];
  })];
}

function bent(points, step) {
  const between = (one, other) => one.map((value, n) => (value + other[n]) / 2);
  const line = [points[0]];
  if (points.length === 1) return line;
  let middle = between(points[0], points[1]);
  if (points.length > 2) line.push(middle);
  for (let n = 1; n < points.length - 1; n++) {
    const point = points[n];
    const from = middle;
    const end = between(point, points[n + 1]);
    const legs = Math.hypot(point[0] - from[0], point[1] - from[1]) + Math.hypot(end[0] - point[0], end[1] - point[1]);
    const pieces = Math.min(Math.max(Math.ceil(legs / step), 1), MOST_PIECES);
    for (let piece = 1; piece <= pieces; piece++) {
      const t = piece / pieces;
      line.push(from.map((value, k) => (1 - t) ** 2 * value + 2 * t * (1 - t) * point[k] + t ** 2 * end[k]));
    }
    middle = end;
  }
  line.push(points.at(-1));
  return line;
}

/** The text in lines of at most `room` ems, measured in the font's own units: broken at spaces, and inside a word only if it alone is longer. */
function linesOf(context, text, room) {
  const fits = (words) => context.measureText(words).width <= room * UNITS;
  const lines = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      const tried = line ? `${line} ${word}` : word;
      if (fits(tried)) {
        line = tried;
        continue;
      }
      if (line) lines.push(line);
      line = "";
      for (const sign of word) {
        if (line && !fits(line + sign)) {
          lines.push(line);
          line = "";
        }
        line += sign;
      }
    }
    lines.push(line);
  }
  return lines;
}

/** Where a text stands on the picture: its lines, and its plate in whole pixels. */
export function layText(context, shape, width, height) {
  const size = shape.size * height;
  context.save();
  context.textRendering = "geometricPrecision";
  context.font = font(UNITS);
  const lines = linesOf(context, shape.text, (shape.room * width) / size);
  const widest = Math.ceil((Math.max(...lines.map((line) => context.measureText(line).width)) * size) / UNITS);
  context.restore();
  const [left, top, rim] = [whole(shape.at[0] * width), whole(shape.at[1] * height), whole(size * PLATE)];
  return { size, lines, left, top, rim, plate: [left - rim, top - rim, widest + 2 * rim, Math.ceil(lines.length * LEADING * size) + 2 * rim] };
}

/** Letters are drawn twice as large and halved, so that they stand where the font says and not at whole pixels, whatever the browser's hinting. */
function write(context, shape, width, height) {
  const { size, lines, left, top, rim, plate } = layText(context, shape, width, height);
  context.save();
  context.globalAlpha *= PLATE_SHADE;
  context.fillStyle = "#000";
  context.fillRect(...plate);
  context.restore();
  const [above, below] = [Math.ceil(1.2 * size), Math.ceil(0.5 * size)];
  const fine = new OffscreenCanvas(plate[2] * FINER, (above + below) * FINER);
  const words = fine.getContext("2d");
  words.textRendering = "geometricPrecision";
  words.font = font(size * FINER);
  words.fillStyle = INKS[shape.colour];
  lines.forEach((line, number) => {
    words.clearRect(0, 0, fine.width, fine.height);
    words.fillText(line, rim * FINER, above * FINER);
    context.drawImage(fine, left - rim, top + whole((number * LEADING + BASELINE) * size) - above, plate[2], above + below);
  });
}

/** Whether a point, in pixels of the picture, is on the shape or within `reach` of it. */
export function isOn(context, shape, width, height, [px, py], reach) {
  if (shape.kind === "text") {
    const [left, top, wide, tall] = layText(context, shape, width, height).plate;
    return px >= left - reach && px <= left + wide + reach && py >= top - reach && py <= top + tall + reach;
  }
  return beads(shape, width, height).some((line) => line.some(([bx, by, br], n) => {
    const [ax, ay, ar] = line[Math.max(n - 1, 0)];
    const square = (bx - ax) ** 2 + (by - ay) ** 2;
    const t = square ? Math.min(Math.max(((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / square, 0), 1) : 1;
    return Math.hypot(px - ax - t * (bx - ax), py - ay - t * (by - ay)) <= ar + t * (br - ar) + reach;
  }));
}
