// Loads a custom element's module when the element first appears in the page, now or after a swap.
import "./lib/behaviours.js";

const ELEMENTS = [
  "project-live", "film-line", "cut-player", "take-compare", "timeline-tracks", "story-wall", "job-tray",
  "copy-link", "hold-button", "key-sheet", "command-palette", "drop-file", "draft-keeper", "shot-beside", "scene-links", "review-notes", "drawing-surface", "voice-note",
  "watched-frames", "link-open", "work-board", "review-session", "script-notes",
];
const waiting = new Set(ELEMENTS);

function look(root) {
  for (const name of waiting) {
    if (root.localName !== name && !root.querySelector(name)) continue;
    waiting.delete(name);
    import(`./elements/${name}.js`).catch((error) => {
      waiting.add(name);
      console.error(`The element <${name}> did not load`, error);
    });
  }
}

look(document.body);
new MutationObserver((changes) => {
  if (!waiting.size) return;
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === 1) look(node);
}).observe(document.body, { childList: true, subtree: true });
