// Where the lines of a wrapped text stand: of a <textarea>, which tells nobody, or of an element with preformatted text.

const SAME = ["fontFamily", "fontSize", "fontWeight", "fontStyle", "lineHeight", "letterSpacing", "wordSpacing", "tabSize", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft", "overflowWrap"];

export const textOf = (field) => field.value ?? field.textContent;

/** Pixels from the field's top edge (inside its border, before it is scrolled) to the first row of each line, and to the end of the last. */
export function lineTops(field) {
  const ruler = document.createElement("div");
  ruler.className = "text-ruler";
  ruler.setAttribute("aria-hidden", "true");
  const style = getComputedStyle(field);
  for (const name of SAME) ruler.style[name] = style[name];
  ruler.style.width = `${field.clientWidth}px`;
  ruler.append(...textOf(field).split("\n").map((line) => {
    const row = document.createElement("div");
    row.textContent = line || "\u200b";
    return row;
  }));
  field.parentElement.append(ruler);
  const tops = Array.from(ruler.children, (row) => row.offsetTop);
  tops.push(ruler.lastElementChild.offsetTop + ruler.lastElementChild.offsetHeight);
  ruler.remove();
  return tops;
}

/** The number of the line that character `at` stands in. */
export function lineOf(text, at) {
  let line = 0;
  for (let end = text.indexOf("\n"); end >= 0 && end < at; end = text.indexOf("\n", end + 1)) line += 1;
  return line;
}

/** What became of the lines of `old` in `text`: {now(line), once(line)}, from the one to the other and back; null for a line that was changed. All that
 *  stands before the first change and behind the last is as it was. */
export function editedLines(old, text) {
  const [before, after] = [old.split("\n"), text.split("\n")];
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const by = after.length - before.length;
  return {
    now: (line) => (line < head ? line : line >= before.length - tail ? line + by : null),
    once: (line) => (line < head ? line : line >= after.length - tail ? line - by : null),
    head,
  };
}
