"""Editing: what is done is drawn and played at once, posted with the revision it was made on, and never lost without a word."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.player.site import Site, playlist

pytestmark = pytest.mark.browser
TRACKS = "document.querySelector('timeline-tracks')"


class Cut:
    """What the studio keeps: it applies each edit it is sent and answers with the playlist."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.steps = [copy.deepcopy(plan["clips"])]

    def __call__(self, edit: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        clips = copy.deepcopy(self.plan["clips"])
        if edit["base"] != self.plan["revision"]:
            theirs = [clip for clip in clips if clip["key"] == edit.get("clip")]
            return 409, {"problem": "Somebody else changed this clip meanwhile.", "theirs": theirs, "playlist": self.plan}
        if edit["kind"] == "undo":
            clips = self.steps.pop() if len(self.steps) > 1 else clips
        else:
            self.steps.append(copy.deepcopy(clips))
            clip = next(one for one in clips if one["key"] == edit["clip"])
            if edit["kind"] == "trim":
                clip["in"], clip["out"] = edit["source_in"], edit["source_out"]
            else:
                clips.remove(clip)
            if edit["kind"] == "move":
                clips.insert(1 + next((n for n, one in enumerate(clips) if one["key"] == edit["after"]), -1), clip)
        self.plan = playlist((24, 1), self.plan["takes"], clips) | {"revision": self.plan["revision"] + 1}
        return 200, {"operation": self.plan["revision"], "kind": edit["kind"], "playlist": self.plan}


@pytest.fixture
def cut(tab: Page, web: Site, takes_at: Any) -> Cut:
    takes = takes_at((24, 1))
    clips = [{"key": f"k{n}", "shot": n + 1, "code": f"1.{n + 1}", "take": f"t{n + 1}", "in": 5, "out": 29} for n in range(4)]
    kept = Cut(playlist((24, 1), takes, clips))
    web.answers["/playlist.json"] = lambda: kept.plan
    web.answers["POST /operations/"] = kept
    tab.set_viewport_size({"width": 1280, "height": 1300})
    tab.goto(f"{web.url}/pages/tracks.html")
    tab.evaluate("settled('tracks')")
    return kept


def spans(tab: Page) -> list[list[Any]]:
    found: list[list[Any]] = tab.evaluate(f"{TRACKS}.clips.map(clip => [clip.key, clip.in, clip.out])")
    return found


def test_trim_by_keys_is_played_and_posted(tab: Page, web: Site, cut: Cut) -> None:
    tab.evaluate("document.querySelector('cut-player').seek(30)")
    tab.keyboard.press("[")
    with tab.expect_response("**/operations/"):
        tab.keyboard.press(".")
    assert web.posts[-1] == ("/operations/", {"base": 1, "kind": "trim", "clip": "k1", "source_in": 6, "source_out": 29})
    assert spans(tab)[1] == ["k1", 6, 29]
    tab.evaluate("until('total', 95)")
    assert tab.evaluate("frames => seekAll(frames)", list(range(20, 60)))["wrong"] == []


def test_remove_move_and_undo(tab: Page, web: Site, cut: Cut) -> None:
    tab.evaluate("document.querySelector('cut-player').seek(30)")
    with tab.expect_response("**/operations/"):
        tab.keyboard.press("Delete")
    assert [key for key, *_ in spans(tab)] == ["k0", "k2", "k3"]
    tab.evaluate("document.querySelector('cut-player').seek(0)")
    with tab.expect_response("**/operations/"):
        tab.keyboard.press("Alt+ArrowRight")
    assert web.posts[-1][1] | {"base": 0} == {"base": 0, "kind": "move", "clip": "k0", "after": "k2"}
    assert [key for key, *_ in spans(tab)] == ["k2", "k0", "k3"]
    for expected in (["k0", "k2", "k3"], ["k0", "k1", "k2", "k3"]):
        with tab.expect_response("**/operations/"):
            tab.keyboard.press("Control+z")
        tab.evaluate("clips => clipsAre(clips)", [[key, 5, 29] for key in expected])


def test_trim_and_reorder_by_pointer(tab: Page, web: Site, cut: Cut) -> None:
    box = tab.locator(".tracks__view").bounding_box()
    assert box
    scale = tab.evaluate(f"{TRACKS}.scale")
    y = box["y"] + 60
    tab.mouse.move(box["x"] + 24 * scale - 2, y)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 20 * scale - 2, y, steps=4)
    with tab.expect_response("**/operations/"):
        tab.mouse.up()
    assert spans(tab)[0] == ["k0", 5, 25]
    tab.mouse.move(box["x"] + 10 * scale, y)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 40 * scale, y, steps=6)
    with tab.expect_response("**/operations/"):
        tab.mouse.up()
    assert [key for key, *_ in spans(tab)] == ["k1", "k0", "k2", "k3"]


def test_two_people_at_one_clip_see_both_versions(tab: Page, web: Site, cut: Cut) -> None:
    theirs = copy.deepcopy(cut.plan["clips"])
    theirs[0]["out"] = 20
    cut.plan = playlist((24, 1), cut.plan["takes"], theirs) | {"revision": 2}
    tab.evaluate("document.querySelector('cut-player').seek(0)")
    tab.keyboard.press("]")
    tab.keyboard.press(",")
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("frames 5 – 28")
    expect(dialog).to_contain_text("frames 5 – 20")
    tab.evaluate("clips => clipsAre(clips)", [["k0", 5, 20], *[[f"k{n}", 5, 29] for n in range(1, 4)]])
    with tab.expect_response("**/operations/"):
        dialog.get_by_role("button", name="Use mine instead").click()
    tab.evaluate("clips => clipsAre(clips)", [["k0", 5, 28], *[[f"k{n}", 5, 29] for n in range(1, 4)]])


def test_an_edit_that_cannot_be_sent_is_kept(tab: Page, web: Site, cut: Cut) -> None:
    tab.evaluate("document.querySelector('cut-player').seek(0)")
    tab.evaluate(
        """() => { window.was = window.fetch;
        window.fetch = (url, how) => how?.method === 'POST' ? Promise.reject(new TypeError('offline')) : window.was(url, how); }"""
    )
    tab.keyboard.press(".")
    expect(tab.locator(".toast")).to_contain_text("It is kept here")
    assert spans(tab)[0] == ["k0", 5, 30]
    tab.evaluate("() => { window.fetch = window.was; }")
    with tab.expect_response("**/operations/"):
        tab.get_by_role("button", name="Send again").click()
    assert cut.plan["clips"][0]["out"] == 30


def test_two_thousand_clips_draw_within_a_frame(tab: Page, web: Site, cut: Cut) -> None:
    clips = [{"key": f"c{n}", "shot": n, "code": f"{n // 40}.{n % 40}", "take": f"t{n % 6 + 1}", "in": 0, "out": 48} for n in range(2000)]
    big = playlist((24, 1), cut.plan["takes"], clips)
    tab.evaluate("plan => document.querySelector('cut-player').load(plan)", big)
    spent = tab.evaluate(
        f"""async () => {{ const t = {TRACKS}; t.zoom(4); const times = [];
        for (let k = 0; k < 60; k++) {{
            t.scrollBy(300);
            const began = performance.now();
            await new Promise(requestAnimationFrame);
            times.push(performance.now() - began);
        }}
        return times.sort((a, b) => a - b)[30]; }}"""
    )
    assert spent < 34
