// The one list of shortcuts, shown by <key-sheet>. An element says its keys when it enters the page and takes them back when it leaves.
import { t } from "./words.js";

const groups = new Map();

/** keys: [["Space", "Play or pause"], …]; the answer takes the group away again. */
export function announceKeys(group, keys) {
  groups.set(group, keys);
  return () => { if (groups.get(group) === keys) groups.delete(group); };
}

export function allKeys() {
  return [...groups];
}

const rooms = globalThis.document?.querySelector("command-palette") !== null;  // a client's page has no way to them
announceKeys(t("Everywhere"), [
  ...(rooms ? [["Ctrl K", t("Find a page, shot, character or action")]] : []),
  ["?", t("Show these keys")],
  ["Esc", t("Close what is open")],
  ...(rooms ? [[t("G then O S W B T R D K"), t("Go to overview, script, world, storyboard, timeline, review, deliver, work")]] : []),
]);
