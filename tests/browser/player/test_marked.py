"""A viewer's own copy plays frame by frame exactly, and the player says how long it is waited for."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from generation.contract import Rate
from generation.media import encode
from generation.media.encode import RenditionFile, ToYuv, rgb_frame
from generation.media.marking import Mark, mark_run
from generation.media.segments import read_index
from tests.browser.player.site import Site, make_cut, playlist
from tests.browser.player.test_exact import open_cut
from tests.generation.numbered import paint

pytestmark = pytest.mark.browser
SEGMENT = 48
FILM = Rate(num=24000, den=1001)
MARK = Mark(name="Anna Müller <anna@client.example>", when="2026-11-26 20:05 UTC", link="link 4f2a91", seed="x")


@pytest.fixture(scope="module")
def marked_takes(takes_folder: Path) -> dict[str, dict[str, Any]]:
    """Three numbered takes, marked; the third is of a rendition that was not cut into slices, all of whose frames were coded again."""
    takes: dict[str, dict[str, Any]] = {}
    to_yuv = ToYuv()
    for number in (1, 2, 3):
        path = takes_folder / f"plain{number}.mp4"
        with pytest.MonkeyPatch.context() as patch:
            if number == 3:
                patch.setattr(encode, "SLICE_ROWS", 1000)
            with RenditionFile(path, 640, 360, FILM) as file:
                for frame in range(90 + 15 * number):
                    file.write(to_yuv(rgb_frame(paint(number, frame, 640, 360))))
        index = read_index(path)
        folder = takes_folder / f"marked{number}"
        folder.mkdir()
        for start in range(0, index.frames, SEGMENT):
            mark_run(path, index, start, min(start + SEGMENT, index.frames), MARK, folder / str(start))
        takes[f"t{number}"] = {"url": f"/media/marked{number}/", "segment": SEGMENT, "frames": index.frames, "codec": index.codec, "number": number}
    return takes


def plan_of(takes: dict[str, dict[str, Any]], seed: int) -> dict[str, Any]:
    return playlist((FILM.num, FILM.den), takes, make_cut(random.Random(seed), takes))


def test_every_frame_of_a_marked_cut_is_the_one_sought(tab: Page, web: Site, marked_takes: dict[str, dict[str, Any]]) -> None:
    rng = random.Random(4)
    plan = plan_of(marked_takes, 4)
    open_cut(tab, web, plan)
    assert tab.evaluate("frames => seekAll(frames)", [rng.randrange(plan["total"]) for _ in range(15)])["wrong"] == []
    assert tab.evaluate("frames => seekAll(frames)", list(range(plan["total"])))["wrong"] == []


def test_a_marked_cut_plays_through(tab: Page, web: Site, marked_takes: dict[str, dict[str, Any]]) -> None:
    plan = plan_of(marked_takes, 5)
    open_cut(tab, web, plan)
    told = tab.evaluate("total => playThrough(0, total)", plan["total"])
    assert told["wrong"] == [] and told["back"] == 0 and told["end"] == plan["total"] - 1


def test_a_copy_that_is_still_being_made_is_waited_for_in_words(tab: Page, web: Site, marked_takes: dict[str, dict[str, Any]]) -> None:
    plan = plan_of(marked_takes, 6)
    asked: list[str] = []

    def late(route: Any) -> None:
        asked.append(route.request.url)
        if asked.count(route.request.url) > 2:
            route.continue_()
            return
        route.fulfill(status=202, json={"position": 3, "seconds": 6.2, "served": True}, headers={"Retry-After": "1"})

    tab.route("**/media/marked*/*", late)
    tab.goto(f"{web.url}/pages/player.html")
    tab.evaluate("() => window.ready")
    tab.evaluate("plan => { document.querySelector('cut-player').load(plan); }", plan)
    expect(tab.locator(".player__wait")).to_have_text("Preparing your copy: 7 s, number 3 in line")
    expect(tab.locator(".player__wait")).to_be_hidden(timeout=30_000)
    assert tab.evaluate("frames => seekAll(frames)", [0, 1, 30])["wrong"] == []
    assert max(asked.count(url) for url in asked) == 3  # each twice in vain, then once: never asked for again
