// Fingers on a player's picture: a tap plays or pauses, two taps at a side jump a second, a drag to the side goes through the frames.
const SLOP = 10;           // pixels a finger may stray in a tap
const AGAIN = 280;         // ms between two taps of a pair
const PIXELS = 4;          // of a drag for one frame

export function touch(player, screen, signal) {
  let down = null;
  let taps = 0;
  let waiting = 0;
  let swallow = false;
  const side = (x) => { const box = screen.getBoundingClientRect(); return Math.min(2, Math.floor((3 * (x - box.left)) / box.width)) - 1; };
  screen.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" || !event.isPrimary || !player.total) return;
    down = { x: event.clientX, y: event.clientY, frame: player.frame, drag: false };
  }, { signal });
  screen.addEventListener("pointermove", (event) => {
    if (!down || event.pointerType !== "touch" || !event.isPrimary) return;
    const [dx, dy] = [event.clientX - down.x, event.clientY - down.y];
    if (!down.drag && (Math.abs(dx) < SLOP || Math.abs(dx) < Math.abs(dy))) return;
    if (!down.drag) { down.drag = true; screen.setPointerCapture(event.pointerId); player.pause(); }
    player.seek(down.frame + Math.round(dx / PIXELS));
  }, { signal });
  screen.addEventListener("pointercancel", () => { down = null; }, { signal });
  screen.addEventListener("pointerup", (event) => {
    if (!down || event.pointerType !== "touch" || !event.isPrimary) return;
    const { drag, x, y } = down;
    down = null;
    swallow = true;                      // the click that follows is this touch
    setTimeout(() => { swallow = false; }, 400);
    if (drag || Math.abs(event.clientY - y) > SLOP) return;
    const where = side(x);
    clearTimeout(waiting);
    taps = where === 0 ? 0 : taps + 1;
    if (where === 0) { player.toggle(); return; }
    if (taps >= 2) player.step(where * player.second);
    waiting = setTimeout(() => { if (taps === 1) player.toggle(); taps = 0; }, AGAIN);
  }, { signal });
  screen.addEventListener("click", (event) => {
    if (!swallow) return;
    swallow = false;
    event.stopImmediatePropagation();
  }, { signal, capture: true });
}
