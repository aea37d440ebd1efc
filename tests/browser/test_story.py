"""The whole story in a real browser: from the printed link to the downloaded film, with a colleague looking on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from studio.accounts.actions import make_owner_link
from studio.overview.sample import SCREENPLAY
from tests.browser.waiting import SOON, until
from tests.conftest import PASSWORD
from tests.live import Complaints

pytestmark = pytest.mark.browser
BOARDED = "document.querySelectorAll('.panel').length > 30"
RENDERING = 900_000  # milliseconds a whole film may take on a busy machine; the second run takes a few seconds


def come_in(page: Any, link: str, name: str, email: str, button: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=button).click()
    page.wait_for_url(lambda url: "/start/" not in url and "/join/" not in url)


def room(page: Any, name: str) -> None:
    page.get_by_role("navigation", name="Rooms").get_by_role("link", name=name).click()
    page.wait_for_load_state()


def cut(page: Any, expression: str) -> Any:
    """What the page's player says, once it has its cut."""
    until(page, "document.querySelector('cut-player')?.total > 0")
    return page.evaluate(f"(player => {expression})(document.querySelector('cut-player'))")


def start_the_film(page: Any) -> None:
    """2: a new project, a screenplay pasted, and the wall stands."""
    page.goto("/projects/new/")
    page.get_by_label("Name", exact=True).fill("The Last Keeper – «night» ☾")
    page.get_by_label("Resolution").select_option("180")
    page.get_by_role("button", name="Start the film").click()
    room(page, "Script")
    page.get_by_role("button", name="Save revision").click()  # nothing written yet: said, not lost
    page.locator("textarea[name=text]").fill(SCREENPLAY.read_text(encoding="utf-8"))
    page.get_by_role("button", name="Save revision").click()
    page.locator(".scene-card").nth(5).wait_for(timeout=SOON)
    room(page, "Storyboard")
    until(page, BOARDED)


def board(page: Any) -> None:
    """2: panels draw themselves; a changed size draws its panel again; keys reorder; space plays the animatic."""
    until(page, f"{BOARDED} && !document.querySelector('.panel .frame:not(:has(> img))')", timeout=RENDERING)
    panel = page.locator(".panel").nth(2)
    before = panel.locator(".frame > img").get_attribute("src")
    panel.hover()
    panel.get_by_label(re.compile("^Size of")).select_option("extreme wide")
    until(page, "document.querySelectorAll('.panel')[2].querySelector('.frame > img')?.getAttribute('src') !== arg", before)
    panel.locator(".panel__line > span", has_text="Extreme wide").wait_for(timeout=SOON)
    moved = page.locator(".panel").first.get_attribute("data-shot")
    page.locator(".panel").first.focus()
    with page.expect_response(re.compile("/move/")):
        page.keyboard.press("Alt+ArrowRight")
    until(page, "document.querySelectorAll('.panel')[1].dataset.shot === arg", moved)
    page.keyboard.press("Space")
    page.locator(".wall__animatic cut-player").wait_for()
    page.keyboard.press("Escape")
    page.locator(".wall__animatic").wait_for(state="detached")


def make(page: Any, workers: Callable[..., None]) -> None:
    """3: what it takes is said first; while no worker is there, one job is cancelled and asked for again; a reload loses nothing."""
    page.get_by_role("button", name="Make the film").click()
    dialog = page.get_by_role("dialog", name="Make the film")
    dialog.get_by_text("none is now").wait_for(timeout=SOON)
    with page.expect_response(re.compile("/film/jobs/")):
        dialog.get_by_role("button", name=re.compile("Make the film")).click()
    page.locator("#toasts").get_by_text("jobs are with the workers").wait_for()
    dialog.wait_for(state="hidden")
    page.locator("[data-jobs-pill]").click()
    tray = page.locator("#job-panel")
    tray.locator(".job").get_by_role("button", name=re.compile("^Cancel Music")).first.click()
    with page.expect_response(re.compile("/retry/")):
        tray.get_by_role("button", name="Retry").first.click(timeout=SOON)
    page.reload()
    workers("work")
    until(page, f"{BOARDED} && !document.querySelector('.panel:not(:has(.chip--take))')", timeout=RENDERING)


def edit(page: Any) -> None:
    """4: it plays at once, frame by frame and shot by shot; a trim and its undo."""
    room(page, "Timeline")
    total = cut(page, "player.total")
    assert total > 2 * 60 * 24
    until(page, "document.querySelector('cut-player').playlist.clips.every(clip => clip.take)")
    assert cut(page, "player.seek(100).then(() => player.frame)") == 100
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('cut-player').frame === 101")
    page.keyboard.press("Space")
    until(page, "document.querySelector('cut-player').frame > 112")
    page.keyboard.press("Space")
    page.get_by_role("heading", name="What this shot was told").wait_for(timeout=SOON)
    first = cut(page, "({key: player.playlist.clips[0].key, out: player.playlist.clips[0].out})")
    trimmed = "tracks => tracks.edit({kind: 'trim', clip: key, source_in: 0, source_out: out - 10})"
    with page.expect_response(re.compile("/operations/")) as answered:
        page.evaluate(f"({{key, out}}) => ({trimmed})(document.querySelector('timeline-tracks'))", first)
    assert answered.value.status == 200
    until(page, "document.querySelector('cut-player').total === arg - 10", total)
    with page.expect_response(re.compile("/operations/")):
        page.keyboard.press("Control+z")
    until(page, "document.querySelector('cut-player').total === arg", total)


def retake(page: Any) -> None:
    """5: three more takes of one shot; another is chosen, then the first again; all four stay."""
    room(page, "Storyboard")
    page.locator(".panel .frame__code").nth(5).click()
    page.get_by_role("button", name="Three at once").click()
    takes = page.locator("figure.take[data-take]")
    until(page, "document.querySelectorAll('figure.take[data-take]').length === 4", timeout=RENDERING)
    assert page.locator("take-compare canvas").count() == 1, "the player stands while takes arrive beneath it"
    takes.nth(2).get_by_role("button", name="Put in the cut").click()
    page.locator("figure.take--in-cut", has_text="T3").wait_for(timeout=SOON)
    takes.nth(0).get_by_role("button", name="Put in the cut").click()
    page.locator("figure.take--in-cut", has_text="T1").wait_for(timeout=SOON)
    assert takes.count() == 4
    page.locator("figure.take[data-take]").nth(1).get_by_role("link", name="Compare").click()
    page.get_by_role("heading", name="What differs").wait_for()
    assert page.locator("table.diff tr.differs").count() >= 1


def invite(page: Any) -> str:
    """6: a link for a colleague, to copy."""
    room(page, "Settings")
    page.get_by_label("Role", exact=True).select_option("artist")
    page.get_by_role("button", name="Make a link").click()
    return str(page.get_by_label("Invitation link").input_value())


def work_together(owner: Any, artist: Any) -> None:
    """6: each sees the other's face and the other's changes, without a reload."""
    room(owner, "Storyboard")
    room(artist, "Storyboard")
    owner.locator("#presence").get_by_label(re.compile("Bo Lind")).wait_for(timeout=SOON)
    artist.locator("#presence").get_by_label(re.compile("Ada Brook")).wait_for(timeout=SOON)
    panel = artist.locator(".panel").nth(3)
    panel.hover()
    panel.get_by_label(re.compile("^Move of")).select_option("push in")
    owner.locator(".panel").nth(3).locator(".panel__line > span", has_text="push in").wait_for(timeout=SOON)
    owner.locator(".panel").nth(3).locator(".panel__stale").wait_for(timeout=SOON)
    artist.get_by_role("navigation", name="Rooms").get_by_role("link", name="Settings").click()
    assert artist.get_by_role("button", name="Make a link").count() == 0
    room(owner, "Settings")
    owner.once("dialog", lambda dialog: dialog.accept())
    owner.get_by_role("button", name="Remove Bo Lind").click()
    artist.get_by_text("no longer part of this film").wait_for(timeout=SOON)


def deliver(page: Any, folder: Path) -> None:
    """7: the movie, downloaded and read back: every frame of the cut, picture and sound of one length."""
    room(page, "Timeline")
    total = cut(page, "player.total")
    room(page, "Deliver")
    page.get_by_role("button", name="Export the cut").click()
    with page.expect_download(timeout=RENDERING) as got:
        page.get_by_role("link", name=re.compile("^Download")).click(timeout=RENDERING)
    film = folder / got.value.suggested_filename
    got.value.save_as(film)
    assert film.suffix == ".mp4"
    with av.open(str(film)) as movie:
        picture, sound = movie.streams.video[0], movie.streams.audio[0]
        assert picture.frames == total
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        lengths = [float(stream.duration * stream.time_base) for stream in (picture, sound) if stream.duration and stream.time_base]
        assert abs(lengths[0] - lengths[1]) < 1 / 24
    assert b"moov" in film.read_bytes()[:4096]


def test_from_a_screenplay_to_a_film(page_for: Callable[..., Any], workers: Callable[..., None], complaints: Complaints, tmp_path: Path) -> None:
    owner = page_for(None)
    owner.set_default_timeout(SOON)
    come_in(owner, make_owner_link(), "Ada Brook", "ada@example.com", "Come in")
    workers("clerk", "desk")
    start_the_film(owner)
    board(owner)
    make(owner, workers)
    edit(owner)
    retake(owner)
    link = invite(owner)
    artist = page_for(None)
    artist.set_default_timeout(SOON)
    come_in(artist, link, "Bo Lind", "bo@example.com", "Join the film")
    work_together(owner, artist)
    deliver(owner, tmp_path)
    # The empty screenplay, refused in words; and what the page of somebody who was just removed asked for last.
    complaints.forgive("400 (Bad Request)", "404 (Not Found)", "Status Error Code 404")
