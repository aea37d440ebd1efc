// Reads the number drawn in a picture and counts what is wrong: take 6 bits, frame 12, checksum 6, in a grid of 8 × 3 blocks.
const [WIDTH, HEIGHT] = [320, 180];
const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
const context = canvas.getContext("2d", { willReadFrequently: true });

export function readNumber(source) {
  context.drawImage(source, 0, 0, WIDTH, HEIGHT);
  const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
  let word = 0;
  for (let bit = 0; bit < 24; bit++) {
    const y = (2 * Math.floor(bit / 8) + 1) * (HEIGHT / 6);
    const x = (2 * (bit % 8) + 1) * (WIDTH / 16);
    word = (word << 1) | (data[(y * WIDTH + x) * 4 + 1] > 128 ? 1 : 0);
  }
  const number = word >> 6;
  return (word & 63) === (number % 61) + 1 ? { take: number >> 12, frame: number & 4095 } : null;
}

const player = () => document.querySelector("cut-player");

function right(seen, n) {
  const { map, playlist } = player();
  const take = playlist.takes[map.names[map.take[n]]];
  return Boolean(seen) && n < map.total && seen.frame === map.frame[n] && seen.take === take.number;
}

window.ready = customElements.whenDefined("cut-player");
window.numberNow = () => readNumber(player().video);

/** Seeks to each frame and reads the picture: [[frame, what was read], …] of the wrong ones, and how long the seeks took. */
window.seekAll = async (frames) => {
  const wrong = [];
  const times = [];
  for (const n of frames) {
    const began = performance.now();
    await player().seek(n);
    times.push(performance.now() - began);
    const seen = readNumber(player().video);
    if (!right(seen, n)) wrong.push([n, seen]);
  }
  times.sort((a, b) => a - b);
  return { wrong, p50: times[times.length >> 1], max: times.at(-1) };
};

/** Plays [from, to) and reads every presented picture. What is drawn is what is on the screen now, and on a busy machine a callback comes late: a picture
 *  that is right for one of the next four frames is counted as `ahead`; a wrong one is right for none. */
window.playThrough = async (from, to, during = null) => {
  const { video } = player();
  await player().seek(from);
  const seen = [];
  let watching = true;
  const look = (now, about) => {
    if (!watching) return;
    video.requestVideoFrameCallback(look);
    const n = player().engine.frameAt(about.mediaTime);
    const number = readNumber(video);
    seen.push({ n, number, now: right(number, n), ahead: [1, 2, 3, 4].some((more) => n + more < player().map.total && right(number, n + more)) });
  };
  video.requestVideoFrameCallback(look);
  await player().play();
  const began = performance.now();
  let extra = during ? window[during]() : null;
  while (player().frame < to - 1 && player().playing && performance.now() - began < 60_000) await new Promise((next) => setTimeout(next, 15));
  watching = false;
  await player().pause();
  if (extra?.then) extra = await extra;
  return {
    shown: seen.length, wrong: seen.filter((one) => !one.now && !one.ahead).map((one) => [one.n, one.number]), ahead: seen.filter((one) => !one.now && one.ahead).length,
    back: seen.filter((one, k) => k && one.n < seen[k - 1].n).length, last: seen.at(-1)?.n, end: player().frame, seconds: (performance.now() - began) / 1000, extra,
  };
};

/** Players that are taken away while they load, or while their first frames show: nobody may hear of it. */
window.comeAndGo = async (plan) => {
  const frames = async (count) => { for (; count > 0; count--) await new Promise(requestAnimationFrame); };
  for (let wait = 0; wait < 16; wait++) {
    const one = document.body.appendChild(document.createElement("cut-player"));
    one.load(plan);
    await frames(wait);
    if (wait % 2) one.seek(9);
    one.remove();
    await frames(3);
  }
};

/** Resolves once a property of the player has this value (or, given [low, high], lies between); the policy forbids the browser driver's own polling. */
window.until = (name, value) => new Promise((done, fail) => {
  const began = performance.now();
  const look = () => {
    const now = player()[name];
    if (Array.isArray(value) ? now >= value[0] && now <= value[1] : now === value) done(true);
    else if (performance.now() - began > 20_000) fail(new Error(`${name} is ${now}`));
    else requestAnimationFrame(look);
  };
  look();
});

/** Resolves once check(), the source of a function in this module's list, answers true. */
const CHECKS = {
  tracks: () => customElements.get("timeline-tracks") && document.querySelector("timeline-tracks").clips?.length > 0 && player().total > 0,
  filmLine: () => customElements.get("film-line") && document.querySelector("film-line").cells?.length > 0,
  elements: () => ["film-line", "draft-keeper", "command-palette", "hold-button", "key-sheet", "drop-file", "project-live"].every((name) => customElements.get(name)),
};
window.settled = (name) => new Promise((done, fail) => {
  const began = performance.now();
  const look = () => {
    if (CHECKS[name]()) done(true);
    else if (performance.now() - began > 20_000) fail(new Error(`${name} did not settle`));
    else requestAnimationFrame(look);
  };
  look();
});
window.heard = [];
for (const name of ["live:event", "live:progress", "live:back", "live:presence"]) document.addEventListener(name, (event) => window.heard.push([name, event.detail]));
for (const name of ["live:take.stored", "live:shot-12"]) document.body.addEventListener(name, () => window.heard.push([name]));
window.heardOf = (name) => new Promise((done) => {
  const look = () => (window.heard.some((one) => one[0] === name) ? done(true) : requestAnimationFrame(look));
  look();
});

/** Resolves once the tracks show these clips: [[key, in, out], …]. */
window.clipsAre = (wanted) => new Promise((done, fail) => {
  const began = performance.now();
  const look = () => {
    const now = document.querySelector("timeline-tracks").clips.map((clip) => [clip.key, clip.in, clip.out]);
    if (JSON.stringify(now) === JSON.stringify(wanted)) done(true);
    else if (performance.now() - began > 10_000) fail(new Error(JSON.stringify(now)));
    else requestAnimationFrame(look);
  };
  look();
});
