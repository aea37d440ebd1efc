"""What a viewer sets a player to: its pace, captions, and what fingers do on the picture."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.player.site import Site, playlist
from tests.browser.player.test_exact import open_cut
from tests.browser.waiting import until

pytestmark = pytest.mark.browser
PLAYER = "document.querySelector('cut-player')"


@pytest.fixture
def opened(tab: Page, web: Site, takes_at: Any) -> Page:
    """Four clips of 24 frames; two lines are spoken."""
    clips = [{"key": f"k{n}", "shot": n + 1, "code": f"1.{n + 1}", "take": f"t{n + 1}", "in": 5, "out": 29} for n in range(4)]
    plan = playlist((24, 1), takes_at((24, 1)), clips)
    open_cut(tab, web, plan)
    line = {"url": "/media/none.flac", "offset": 0, "seconds": 1, "gain": 0, "fadeIn": 0, "fadeOut": 0, "wave": None}
    spoken = [
        {**line, "kind": "dialogue", "at": 10, "frames": 20, "label": "MARA", "words": "One more night."},
        {**line, "kind": "dialogue", "at": 24, "frames": 24, "label": "TOM", "words": "The keys. " * 12},
        {**line, "kind": "music", "at": 0, "frames": 96, "label": "calm", "words": ""},
    ]
    tab.route("**/media/none.flac", lambda route: route.fulfill(status=200, body=b""))
    tab.evaluate(f"sound => {PLAYER}.load({{...{PLAYER}.playlist, sound}})", spoken)
    return tab


def caption(page: Page, frame: int) -> str:
    page.evaluate(f"frame => {PLAYER}.seek(frame)", frame)
    return str(page.evaluate(f"(() => {{ const {{ caption }} = {PLAYER}; return caption.hidden ? '' : caption.textContent; }})()"))


def test_captions_say_who_says_what_and_are_remembered(opened: Page) -> None:
    assert caption(opened, 12) == "", "off until somebody wants them"
    opened.keyboard.press("c")
    assert [caption(opened, frame) for frame in (9, 10, 29, 48)] == ["", "MARA: One more night.", caption(opened, 29), ""]
    both = caption(opened, 24).split("\n")
    assert both[0] == "MARA: One more night." and both[1].startswith("TOM: The keys.") and len(both[1]) < 84
    said = {caption(opened, frame).rpartition("TOM: ")[2] for frame in range(30, 48, 3)}
    assert len(said) >= 2 and all(len(words) <= 84 for words in said), "a long line comes in pieces"
    opened.reload()
    assert opened.get_by_role("button", name="Captions").get_attribute("aria-pressed") == "true"


def test_it_plays_at_the_pace_that_is_set(opened: Page) -> None:
    opened.keyboard.press("<")
    opened.keyboard.press("<")
    assert opened.get_by_label("Speed").input_value() == "0.25"
    opened.keyboard.press("Space")
    until(opened, f"{PLAYER}.playing && !{PLAYER}.video.paused")
    assert opened.evaluate(f"[{PLAYER}.speed, {PLAYER}.video.playbackRate]") == [0.25, 0.25]
    opened.get_by_label("Speed").select_option("2")
    until(opened, f"{PLAYER}.video.playbackRate === 2")
    opened.evaluate(f"{PLAYER}.pause()")


def finger(page: Page, *path: tuple[float, float]) -> None:
    """A touch that goes through these points, as shares of the picture."""
    page.evaluate(
        """points => {
          const screen = document.querySelector("cut-player").screen;
          screen.setPointerCapture = () => {};  // no such pointer is there
          const box = screen.getBoundingClientRect();
          points.forEach(([x, y], n) => {
            const at = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
            const about = { ...at, bubbles: true, pointerType: "touch", isPrimary: true, pointerId: 7 };
            if (n === 0) screen.dispatchEvent(new PointerEvent("pointerdown", about));
            screen.dispatchEvent(new PointerEvent("pointermove", about));
            if (n === points.length - 1) {
              screen.dispatchEvent(new PointerEvent("pointerup", about));
              screen.dispatchEvent(new MouseEvent("click", { ...at, bubbles: true }));
            }
          });
        }""",
        [list(point) for point in path],
    )


def test_fingers_play_jump_and_go_through_the_frames(opened: Page) -> None:
    finger(opened, (0.5, 0.5))
    until(opened, f"{PLAYER}.playing")
    finger(opened, (0.5, 0.5))
    until(opened, f"!{PLAYER}.playing")
    opened.evaluate(f"{PLAYER}.seek(10)")
    finger(opened, (0.9, 0.5))
    finger(opened, (0.9, 0.5))
    until(opened, f"{PLAYER}.frame === 34 && !{PLAYER}.playing")
    width = opened.evaluate(f"{PLAYER}.screen.clientWidth")
    finger(opened, (0.2, 0.5), (0.2 + 60 / width, 0.5), (0.2 + 80 / width, 0.51))
    until(opened, f"{PLAYER}.frame === 54 && !{PLAYER}.playing")
    finger(opened, (0.5, 0.3), (0.51, 0.9))  # down the page: that scrolls, and neither plays nor seeks
    assert opened.evaluate(f"[{PLAYER}.frame, {PLAYER}.playing]") == [54, False]
