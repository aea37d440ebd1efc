// What is said, as words under the picture. A long line is shown in pieces, each for its share of the time that it is spoken.
const MOST = 84;           // letters at a time: two lines of 42, as subtitles have them

/** The pieces of a line, none longer than `most` letters where words allow, all about as long. */
export function pieces(words, most = MOST) {
  const each = words.trim().split(/\s+/).filter(Boolean);
  const whole = each.join(" ");
  if (whole.length <= most) return whole ? [whole] : [];
  const wanted = whole.length / Math.ceil(whole.length / most);
  const found = [];
  let line = "";
  for (const word of each) {
    if (line && (line.length + 1 + word.length > most || line.length >= wanted)) { found.push(line); line = ""; }
    line = line ? `${line} ${word}` : word;
  }
  return [...found, line];
}

/** [{from, to, who, words}] in frames, `to` exclusive, in the order in which they begin. */
export function captionsOf(sounds) {
  const found = [];
  for (const { kind, at, frames, label, words } of sounds ?? []) {
    if (kind !== "dialogue" || !words) continue;
    const parts = pieces(words);
    const letters = parts.reduce((sum, part) => sum + part.length, 0);
    let said = 0;
    for (const part of parts) {
      const from = at + Math.round((frames * said) / letters);
      said += part.length;
      found.push({ from, to: at + Math.round((frames * said) / letters), who: label, words: part });
    }
  }
  return found.sort((a, b) => a.from - b.from);
}
