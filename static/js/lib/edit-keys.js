// The keys of the tracks, as editors know them.
import { t } from "./words.js";
export const EDIT_KEYS = [
  ["[ ]", t("Take hold of the clip's start or end")], [", .", t("Trim that edge by a frame; with Shift by ten")], ["Q W", t("Trim start or end to the playhead")],
  ["Del", t("Take the clip out; the rest moves up")], ["Alt ← →", t("Move the clip earlier or later")], ["Ctrl Z", t("Undo; with Shift redo")],
  ["N", t("Snapping on or off")], ["+ −", t("Zoom")], ["\\", t("The whole film in view")], ["Enter", t("Open the shot")],
];

/** What a key does to the tracks, or null. Keys that change the cut do so only where it may be edited. */
export function editKey(tracks, event) {
  if (event.ctrlKey || event.metaKey) return tracks.editable ? withCommand(tracks, event) : null;
  if (event.altKey) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    return way && tracks.editable ? () => tracks.shift(way) : null;
  }
  return (tracks.editable ? change(tracks, event.key) : null) ?? look(tracks, event);
}

function withCommand(tracks, event) {
  const key = event.key.toLowerCase();
  if (key === "z") return () => tracks.edit({ kind: event.shiftKey ? "redo" : "undo" });
  return key === "y" ? () => tracks.edit({ kind: "redo" }) : null;
}

function change(tracks, key) {
  switch (key) {
    case "[": return () => tracks.hold("in");
    case "]": return () => tracks.hold("out");
    case ",": return () => tracks.nudge(-1);
    case ".": return () => tracks.nudge(1);
    case "<": case ";": return () => tracks.nudge(-10);
    case ">": case ":": return () => tracks.nudge(10);
    case "q": return () => tracks.trimToPlayhead("in");
    case "w": return () => tracks.trimToPlayhead("out");
    case "Delete": case "Backspace": return () => tracks.remove();
    default: return null;
  }
}

function look(tracks, event) {
  const { player } = tracks;
  const focused = tracks.view === document.activeElement;
  const jumps = { ArrowUp: () => player.nextJoin(-1), ArrowDown: () => player.nextJoin(1), Home: () => player.seek(0), End: () => player.seek(tracks.total - 1) };
  switch (event.key) {
    case "n": return () => tracks.toggleSnap();
    case "+": case "=": return () => tracks.zoom(tracks.scale * 1.4);
    case "-": return () => tracks.zoom(tracks.scale / 1.4);
    case "\\": return () => tracks.fit();
    case "Escape": return tracks.selected ? () => tracks.select(null) : null;
    case "Enter": return tracks.selectedClip && !event.target.closest?.("button, a, summary, input, film-line") ? () => tracks.open() : null;
    case " ": return focused ? () => player.toggle() : null;
    case "ArrowLeft": case "ArrowRight": {
      const frames = (event.key === "ArrowLeft" ? -1 : 1) * (event.shiftKey ? Math.round(tracks.rate[0] / tracks.rate[1]) : 1);
      return focused ? () => player.step(frames) : null;
    }
    default:
      if (!jumps[event.key] || event.target.closest?.("film-line, input")) return null;
      return () => { tracks.select(null); jumps[event.key](); };      // the playhead moves to another clip, and edits with it
  }
}
