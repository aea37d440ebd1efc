// The one list of shortcuts, shown by <key-sheet>. An element says its keys when it enters the page and takes them back when it leaves.
const groups = new Map();

/** keys: [["Space", "Play or pause"], …]; the answer takes the group away again. */
export function announceKeys(group, keys) {
  groups.set(group, keys);
  return () => { if (groups.get(group) === keys) groups.delete(group); };
}

export function allKeys() {
  return [...groups];
}

announceKeys("Everywhere", [
  ["Ctrl K", "Find a page, shot, character or action"],
  ["?", "Show these keys"],
  ["Esc", "Close what is open"],
  ["G then O S W B T R D K", "Go to overview, script, world, storyboard, timeline, review, deliver, work"],
]);
