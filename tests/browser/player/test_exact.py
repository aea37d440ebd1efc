"""The player shows the frame it says, at every rate, across every join, while the cut changes."""

from __future__ import annotations

import random
import struct
import wave
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.player.site import RATES, Site, make_cut, playlist

pytestmark = pytest.mark.browser


def open_cut(tab: Page, web: Site, plan: dict[str, Any]) -> None:
    tab.goto(f"{web.url}/pages/player.html")
    tab.evaluate("() => window.ready")
    tab.evaluate("plan => document.querySelector('cut-player').load(plan)", plan)


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{rate[0]}/{rate[1]}")
def test_random_seeks_show_the_frame_sought(tab: Page, web: Site, takes_at: Any, rate: tuple[int, int]) -> None:
    rng = random.Random(str(rate))
    takes = takes_at(rate)
    plan = playlist(rate, takes, make_cut(rng, takes))
    open_cut(tab, web, plan)
    found = tab.evaluate("frames => seekAll(frames)", [rng.randrange(plan["total"]) for _ in range(20)])
    assert found["wrong"] == []


def test_every_frame_of_a_cut_after_random_jumps(tab: Page, web: Site, takes_at: Any) -> None:
    """Jumps lay the buffer down in pieces; no frame may be lost where pieces meet."""
    rng = random.Random(7)
    takes = takes_at((24, 1))
    plan = playlist((24, 1), takes, make_cut(rng, takes))
    open_cut(tab, web, plan)
    tab.evaluate("frames => seekAll(frames)", [rng.randrange(plan["total"]) for _ in range(12)])
    assert tab.evaluate("frames => seekAll(frames)", list(range(plan["total"])))["wrong"] == []


def test_a_cut_longer_than_the_window(tab: Page, web: Site, takes_at: Any) -> None:
    rng = random.Random(9)
    takes = takes_at((60, 1))
    plan = playlist((60, 1), takes, make_cut(rng, takes, 90))
    assert plan["total"] > 1500
    open_cut(tab, web, plan)
    assert (
        tab.evaluate(
            "frames => seekAll(frames)", [0, plan["total"] - 1, 700, 690, 1, plan["total"] - 2, *[rng.randrange(plan["total"]) for _ in range(20)]]
        )["wrong"]
        == []
    )


@pytest.mark.parametrize("rate", [(24, 1), (30000, 1001), (60, 1)], ids=lambda rate: f"{rate[0]}/{rate[1]}")
def test_playing_across_every_join_shows_no_wrong_number(tab: Page, web: Site, takes_at: Any, rate: tuple[int, int]) -> None:
    takes = takes_at(rate)
    plan = playlist(rate, takes, make_cut(random.Random(3), takes))
    open_cut(tab, web, plan)
    told = tab.evaluate("total => playThrough(0, total)", plan["total"])
    assert told["wrong"] == [] and told["back"] == 0
    assert told["end"] == plan["total"] - 1
    assert told["shown"] > plan["total"] * 0.3


def test_swaps_trims_and_a_new_order_while_playing(tab: Page, web: Site, takes_at: Any) -> None:
    takes = takes_at((24, 1))
    plan = playlist((24, 1), takes, make_cut(random.Random(5), takes))
    open_cut(tab, web, plan)
    tab.evaluate(
        """() => { window.edits = async () => {
            const player = document.querySelector('cut-player');
            const wait = (ms) => new Promise((done) => setTimeout(done, ms));
            const clips = player.playlist.clips.map((clip) => ({...clip}));
            await wait(400);
            clips[12] = {...clips[12], take: 't6', in: 10, out: 10 + clips[12].out - clips[12].in};
            await player.setCut(clips.map((clip) => ({...clip})));
            await wait(300);
            clips[14].out -= 3; clips[15].in += 1;
            await player.setCut(clips.map((clip) => ({...clip})));
            await wait(300);
            clips.splice(13, 0, clips.pop());
            await player.setCut(clips.map((clip) => ({...clip})));
            return player.playing;
        }; }"""
    )
    told = tab.evaluate("playThrough(0, 300, 'edits')")
    # A picture decoded before the edit may still be on its way to the screen: two frames after each of three edits.
    assert told["extra"] is True
    assert len(told["wrong"]) <= 6
    total = tab.evaluate("document.querySelector('cut-player').total")
    assert total == plan["total"] - 4
    assert tab.evaluate("frames => seekAll(frames)", list(range(total)))["wrong"] == []


def test_a_picture_that_changed_under_a_standing_playhead_is_shown_anew(tab: Page, web: Site, takes_at: Any) -> None:
    takes = takes_at((25, 1))
    clips = [{"key": "a", "code": "1.1", "take": "t1", "in": 0, "out": 40}, {"key": "b", "code": "1.2", "take": "t2", "in": 0, "out": 40}]
    open_cut(tab, web, playlist((25, 1), takes, clips))
    tab.evaluate("document.querySelector('cut-player').seek(50)")
    assert tab.evaluate("numberNow()") == {"take": 2, "frame": 10}
    tab.evaluate("document.querySelector('cut-player').setCut([{key: 'b', take: 't2', in: 5, out: 40}, {key: 'a', take: 't1', in: 0, out: 40}])")
    assert tab.evaluate("numberNow()") == {"take": 1, "frame": 15}


def test_a_film_that_grows_is_watchable(tab: Page, web: Site, takes_at: Any) -> None:
    """A clip without a take shows its panel; playback runs through it and on into the next take; when the take comes it is there."""
    takes = takes_at((24, 1))
    clips: list[dict[str, Any]] = [
        {"key": "a", "code": "1.1", "take": "t1", "in": 0, "out": 12},
        {"key": "b", "code": "1.2", "take": None, "in": 0, "out": 12, "still": "/static/favicon.svg"},
        {"key": "c", "code": "1.3", "take": "t3", "in": 0, "out": 24},
    ]
    open_cut(tab, web, playlist((24, 1), takes, clips))
    poster = tab.locator(".player__still")
    tab.evaluate("document.querySelector('cut-player').seek(13)")
    assert poster.is_visible()
    tab.evaluate("playThrough(6, 40)")
    assert tab.evaluate("document.querySelector('cut-player').frame") >= 38
    assert not poster.is_visible()
    clips[1]["take"] = "t2"
    tab.evaluate("clips => document.querySelector('cut-player').setCut(clips)", clips)
    tab.evaluate("document.querySelector('cut-player').seek(13)")
    assert not poster.is_visible()
    assert tab.evaluate("numberNow()") == {"take": 2, "frame": 1}


def test_a_film_with_no_take_at_all_still_runs(tab: Page, web: Site, takes_at: Any) -> None:
    takes = takes_at((24, 1))
    clips = [{"key": str(n), "code": f"1.{n}", "take": None, "in": 0, "out": 10, "still": "/static/favicon.svg"} for n in range(3)]
    plan = playlist((24, 1), takes, clips)
    plan["takes"] = {}
    open_cut(tab, web, plan)
    told = tab.evaluate("playThrough(0, 30)")
    assert told["end"] == 29


def test_a_player_taken_away_while_it_loads_says_nothing(tab: Page, web: Site, takes_at: Any) -> None:
    """An animatic closed at once. Errors of the page fail every test here."""
    takes = takes_at((24, 1))
    plan = playlist((24, 1), takes, make_cut(random.Random(3), takes))
    open_cut(tab, web, plan)
    tab.evaluate("plan => comeAndGo(plan)", plan)
    assert tab.locator("cut-player").count() == 1


def test_keys_step_and_jump_by_frames_seconds_and_cuts(tab: Page, web: Site, takes_at: Any) -> None:
    takes = takes_at((24, 1))
    clips = [{"key": str(n), "code": f"1.{n}", "take": f"t{n + 1}", "in": 5, "out": 35} for n in range(3)]
    open_cut(tab, web, playlist((24, 1), takes, clips))
    for key, expected in (
        ("ArrowRight", 1),
        ("Shift+ArrowRight", 25),
        ("ArrowDown", 30),
        ("ArrowDown", 60),
        ("ArrowUp", 30),
        ("ArrowLeft", 29),
        ("End", 89),
        ("Home", 0),
    ):
        tab.keyboard.press(key)
        tab.evaluate("frame => until('frame', frame)", expected)
    tab.keyboard.press("l")
    tab.evaluate("until('frame', [11, 89])")
    tab.keyboard.press("k")
    tab.evaluate("until('playing', false)")
    held = tab.evaluate("document.querySelector('cut-player').pause().then(() => document.querySelector('cut-player').frame)")
    assert tab.evaluate("frame => seekAll([frame])", held)["wrong"] == []
    tab.keyboard.press("j")
    tab.evaluate("until('frame', 0)")


def test_sound_starts_with_the_picture_and_stops_with_it(tab: Page, web: Site, takes_at: Any) -> None:
    takes = takes_at((24, 1))
    with wave.open(str(web.media / "line.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(b"".join(struct.pack("<h", 3000 if n // 60 % 2 else -3000) for n in range(48000)))
    clips = [{"key": "a", "code": "1.1", "take": "t6", "in": 0, "out": 120}]
    plan = playlist((24, 1), takes, clips)
    heard = {"url": "/media/line.wav", "offset": 0, "seconds": 1.0, "frames": 24, "gain": -6, "fadeIn": 2, "fadeOut": 2}
    plan["sound"] = [{"kind": "dialogue", "at": 12, **heard}, {"kind": "music", "at": 0, **heard}]
    open_cut(tab, web, plan)
    tab.evaluate("() => { document.querySelector('cut-player').play(); }")
    tab.evaluate("until('sounding', [1, 2])")
    tab.evaluate("until('frame', [40, 119])")
    assert abs(tab.evaluate("document.querySelector('cut-player').drift")) < 0.05
    tab.evaluate("document.querySelector('cut-player').pause()")
    assert tab.evaluate("document.querySelector('cut-player').sounding") == 0
