"""A light rendition in place of the full one: the same frames, at the same places, whatever is chosen and whenever."""

from __future__ import annotations

import random
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.player.site import Site, lighten, make_cut, playlist
from tests.browser.player.test_exact import open_cut
from tests.browser.waiting import until

pytestmark = pytest.mark.browser
PLAYER = "document.querySelector('cut-player')"
RATE = (24, 1)


def plan_of(web: Site, takes_at: Any) -> dict[str, Any]:
    takes = lighten(web.media, RATE, takes_at(RATE))
    return playlist(RATE, takes, make_cut(random.Random(11), takes))


def choose(tab: Page, quality: str) -> None:
    tab.get_by_label("Quality").select_option(quality)
    until(tab, f"{PLAYER}.engine.light === arg", quality == "light")


@pytest.mark.parametrize("quality", ["light", "full"])
def test_every_frame_of_a_cut_at_either_quality(tab: Page, web: Site, takes_at: Any, quality: str) -> None:
    plan = plan_of(web, takes_at)
    open_cut(tab, web, plan)
    choose(tab, quality)
    assert tab.evaluate("frames => seekAll(frames)", random.Random(4).sample(range(plan["total"]), 20))["wrong"] == []
    assert tab.evaluate("frames => seekAll(frames)", list(range(plan["total"])))["wrong"] == []


def test_a_change_of_quality_holds_the_frame_that_shows(tab: Page, web: Site, takes_at: Any) -> None:
    plan = plan_of(web, takes_at)
    open_cut(tab, web, plan)
    lights = [clip for clip in plan["clips"] if clip["take"] != "t6"]
    rng = random.Random(6)
    for turn in range(6):
        clip = rng.choice(lights)
        frame = clip["at"] + rng.randrange(clip["out"] - clip["in"])
        tab.evaluate(f"frame => {PLAYER}.seek(frame)", frame)
        light = turn % 2 == 0
        choose(tab, "light" if light else "full")
        until(tab, f"{PLAYER}.video.videoWidth === arg", 160 if light else 320)
        until(tab, f"{PLAYER}.frame === arg && !{PLAYER}.playing", frame)
        expected = {"take": plan["takes"][clip["take"]]["number"], "frame": clip["in"] + frame - clip["at"]}
        until(tab, "JSON.stringify(numberNow()) === JSON.stringify(arg)", expected)


def test_a_change_while_it_plays_shows_no_wrong_number_and_plays_on(tab: Page, web: Site, takes_at: Any) -> None:
    plan = plan_of(web, takes_at)
    open_cut(tab, web, plan)
    tab.evaluate(
        """() => { window.changes = async () => {
            const player = document.querySelector("cut-player");
            const reached = async (frame) => { while (player.frame < frame) await new Promise((next) => setTimeout(next, 15)); };
            const seen = [];
            for (const [frame, quality] of [[20, "light"], [90, "full"], [150, "light"], [210, "auto"]]) {
                await reached(frame);
                await player.setQuality(quality);
                seen.push([player.playing, player.engine.light]);
            }
            return seen;
        }; }"""
    )
    told = tab.evaluate("total => playThrough(0, total, 'changes')", plan["total"])
    assert told["wrong"] == [] and told["back"] == 0 and told["end"] == plan["total"] - 1
    assert told["extra"] == [[True, True], [True, False], [True, True], [True, False]]
    assert tab.evaluate("frames => seekAll(frames)", list(range(plan["total"])))["wrong"] == []


def test_what_is_chosen_is_remembered_and_where_nothing_is_to_choose_it_is_not_offered(tab: Page, web: Site, takes_at: Any) -> None:
    open_cut(tab, web, plan_of(web, takes_at))
    assert tab.get_by_label("Quality").input_value() == "auto" and tab.evaluate(f"{PLAYER}.light") is False
    choose(tab, "light")
    fetched: list[str] = []
    tab.on("request", lambda request: fetched.append(request.url) if "/media/" in request.url else None)
    open_cut(tab, web, plan_of(web, takes_at))
    assert tab.get_by_label("Quality").input_value() == "light"
    until(tab, f"{PLAYER}.engine.have[0] === 1")
    shown = {url.rpartition("/")[2] for url in fetched}
    assert any(name.startswith("light-") for name in shown) and not shown & {f"24-1-t{number}.mp4" for number in range(1, 6)}, "no byte of the others"
    plain = takes_at(RATE)
    tab.evaluate(f"plan => {PLAYER}.load(plan)", playlist(RATE, plain, make_cut(random.Random(11), plain)))
    assert not tab.get_by_label("Quality").is_visible()
    assert tab.evaluate("frames => seekAll(frames)", [0, 30, 60])["wrong"] == [], "and the full one plays"


def test_auto_spares_a_slow_connection_and_comes_back(tab: Page, web: Site, takes_at: Any) -> None:
    open_cut(tab, web, plan_of(web, takes_at))
    told = tab.evaluate(
        """async () => {
          const { Thrift } = await import("/static/js/lib/player-quality.js");
          const slow = new Thrift({ saveData: false, effectiveType: "3g" });
          const saving = new Thrift({ saveData: true, effectiveType: "4g" });
          const fast = new Thrift({ saveData: false, effectiveType: "4g" });
          const seen = [slow.light, saving.light, fast.light];
          fast.stalled(100, 0); fast.stalled(500, 1000); seen.push(fast.light);       // one short wait
          fast.stalled(500, 40_000); seen.push(fast.light);                           // and another much later
          fast.stalled(500, 50_000); seen.push(fast.light);                           // two soon after one another
          fast.fetched(1_000_000, 1000); fast.calm(55_000, 100_000); seen.push(fast.light);   // too soon
          fast.calm(71_000, 400_000); seen.push(fast.light);                          // too narrow
          fast.calm(71_000, 100_000); seen.push(fast.light);
          saving.fetched(9_000_000, 1000); saving.calm(90_000, 100_000); seen.push(saving.light);
          const once = new Thrift(null); once.stalled(1600, 0); seen.push(once.light);
          return seen;
        }"""
    )
    assert told == [True, True, False, False, False, True, True, True, False, True, True]


def test_a_film_that_stands_still_goes_on_light(tab: Page, web: Site, takes_at: Any) -> None:
    plan = plan_of(web, takes_at)
    open_cut(tab, web, plan)
    tab.evaluate(f"{PLAYER}.play()")
    until(tab, f"{PLAYER}.frame > 4")
    tab.evaluate(
        f"""() => {{
          const {{ video }} = {PLAYER};
          let now = performance.now();
          performance.now = () => now;
          for (let k = 0; k < 2; k++) {{ video.dispatchEvent(new Event("waiting")); now += 600; video.dispatchEvent(new Event("playing")); }}
        }}"""
    )
    until(tab, f"{PLAYER}.engine.light")
    assert tab.evaluate(f"[{PLAYER}.quality, {PLAYER}.light]") == ["auto", True]
    assert tab.get_by_label("Quality").locator("option:checked").inner_text() == "Auto: light"
    assert tab.evaluate("localStorage.getItem('quality')") is None, "nobody chose it"
