"""A session in two browsers at once: the follower's picture is the presenter's, through pauses, runs, looking away and a lost connection."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studio.projects.models import Membership
from studio.realtime.hub import hub
from studio.review.models import Note
from studio.screening import live
from studio.screening.models import Attendance, Session
from studio.screening.playlists import add_item, make_playlist
from studio.screening.sessions import attend, end_session, note_in, reel_of_session, start_session
from studio.timeline.freeze import freeze_cut
from tests.browser.test_pages import WIDTHS, barriers, settle, sideways
from tests.browser.test_review import at, filmed
from tests.browser.waiting import SOON, until
from tests.films import FRAMES, Film, film_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOTAL = 4 * FRAMES
FRAME = "document.querySelector('cut-player').frame"
APART = 12  # frames that two browsers on one busy machine may be apart while both run


@pytest.fixture
def film(people: SimpleNamespace, tmp_path: Path) -> Film:
    film = film_of(people.owner, "The Lamp")
    for role in ("artist", "reviewer"):
        Membership.objects.create(project=film.project, person=getattr(people, role), role=role)
    filmed(film, tmp_path)
    return film


def loaded(page: Any, total: int = TOTAL) -> None:
    until(
        page,
        "document.querySelector('cut-player')?.total === arg && !document.querySelector('[data-state]')?.textContent.startsWith('Joining')",
        total,
    )


def cut_off(session: Session) -> None:
    """Break every connection of a session where it is, as a network does: nobody says goodbye."""
    for socket in list(hub.rooms[live.channel(session.pk)]):
        protocol = socket.write.__self__  # type: ignore[attr-defined]
        protocol.loop.call_soon_threadsafe(protocol.transport.abort)


def test_two_people_watch_one_film(film: Film, people: SimpleNamespace, page_for: Callable[..., Any]) -> None:
    frozen = freeze_cut(film.cut, by=people.owner)
    room = f"/projects/{film.project.slug}"
    owner, artist = page_for(people.owner), page_for(people.artist)
    owner.goto(f"{room}/review/{frozen.number}/")
    owner.get_by_role("button", name="Watch this together").click()
    owner.wait_for_url("**/sessions/*/")
    loaded(owner)
    at(owner, 70)
    artist.goto(owner.url)
    loaded(artist)
    until(artist, f"{FRAME} === 70")  # who comes late
    at(owner, FRAMES + 5)
    until(artist, f"{FRAME} === arg", FRAMES + 5)

    at(owner, 0)
    owner.keyboard.press("l")
    until(artist, "document.querySelector('cut-player').speed === 1 && Math.abs(document.querySelector('review-session').off) <= 3")
    before = owner.evaluate(FRAME)
    seen = artist.evaluate(FRAME)
    after = owner.evaluate(FRAME)
    assert before - APART <= seen <= after + APART, f"{seen} is not within {before} … {after}"
    owner.keyboard.press("k")
    owner.evaluate("document.querySelector('cut-player').pause()")  # answered once the picture stands
    until(artist, "!document.querySelector('cut-player').playing")
    until(artist, f"{FRAME} === arg", owner.evaluate(FRAME))

    follow = artist.locator("[data-follow]")
    assert follow.get_attribute("aria-pressed") == "true"
    artist.keyboard.press("Home")
    until(artist, f"{FRAME} === 0 && document.querySelector('[data-follow]').getAttribute('aria-pressed') === 'false'")
    at(owner, 150)
    session = Session.objects.get()
    cut_off(session)  # both come back by themselves; who looked around alone still does
    until(owner, "document.querySelector('review-session').leads")
    at(owner, 151)
    until(artist, "document.querySelector('review-session').followed?.[0] === 151")
    assert artist.evaluate(FRAME) == 0
    artist.keyboard.press("y")
    until(artist, f"{FRAME} === 151")

    box = owner.locator(".player__screen").bounding_box()
    owner.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    artist.locator(".session__pointer", has_text="Owner Person").wait_for(timeout=SOON)
    artist.keyboard.press("d")
    artist.locator("drawing-surface[drawing] canvas").wait_for()
    artist.mouse.move(box["x"] + 300, box["y"] + 120)
    artist.mouse.down()
    artist.mouse.move(box["x"] + 360, box["y"] + 180, steps=5)
    artist.mouse.up()
    drawn = "new Uint32Array(document.querySelector('.surface__canvas').getContext('2d').getImageData(0, 0, 9999, 9999).data.buffer).some(Boolean)"
    until(owner, drawn)
    late = page_for(people.reviewer)
    late.goto(owner.url)
    loaded(late)
    until(late, f"{FRAME} === 151 && {drawn}")  # what was drawn before they came, and is no note yet
    late.close()
    at(owner, 20)
    until(owner, f"!({drawn})")  # it belongs to another frame
    artist.locator("#note-text").fill("Move the lamp.")
    assert artist.evaluate(FRAME) == 151, "the picture stands while somebody draws on it"
    artist.keyboard.press("Control+Enter")
    owner.locator(".note", has_text="Move the lamp.").wait_for(timeout=SOON)
    note = Note.objects.get()
    assert (note.first, note.cut_revision, note.annotations.count()) == (151, frozen, 1)
    until(artist, f"{FRAME} === 20")
    artist.locator("#note-text").fill("And here?")
    at(owner, 25)
    until(artist, f"{FRAME} === 25")
    artist.get_by_text("Note on frame 20").wait_for()
    artist.locator("#note-text").fill("")
    artist.evaluate("document.activeElement.blur()")
    artist.get_by_text("Note on frame 25").wait_for()
    shots(artist, "session")

    owner.get_by_role("button", name="2 here").click()
    owner.get_by_role("button", name="Let Artist Person present").click()
    owner.get_by_text("Artist Person presents").wait_for(timeout=SOON)
    owner.keyboard.press("Escape")
    until(artist, "document.querySelector('review-session').leads")
    at(artist, 33)
    until(owner, f"{FRAME} === 33")
    artist.reload()
    loaded(artist)
    until(artist, f"{FRAME} === 33 && document.querySelector('review-session').leads")
    assert owner.evaluate(FRAME) == 33, "a presenter who opens the page anew goes on where everybody is"

    button = owner.get_by_role("button", name="Hold to end")
    button.hover()
    owner.mouse.down()
    for page in (owner, artist):
        page.get_by_role("heading", name="Who was there").wait_for(timeout=SOON)
        page.get_by_text("Move the lamp.").first.wait_for()
    assert {(row.person.name, row.present.total_seconds() > 0) for row in Attendance.objects.all()} == {
        ("Owner Person", True),
        ("Artist Person", True),
        ("Reviewer Person", True),
    }
    shots(owner, "summary")


def shots(page: Any, name: str) -> None:
    folder = os.environ.get("SHOTS")
    if folder:
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            settle(page)
            page.screenshot(path=f"{folder}/{name}-{width}.png")
        page.set_viewport_size({"width": 1280, "height": 800})


def test_a_playlist_is_put_in_order_and_watched(film: Film, people: SimpleNamespace, page_for: Callable[..., Any]) -> None:
    page = page_for(people.reviewer)
    page.goto(f"/projects/{film.project.slug}/screenings/")
    page.get_by_role("button", name="New playlist").click()
    page.get_by_label("Name").fill("For Friday")
    page.get_by_role("button", name="Make it").click()
    page.wait_for_url("**/playlists/*/")
    for what in ("1.3 T1", "1.1 T1"):
        page.get_by_label("A take or a revision").select_option(label=what)
        page.get_by_role("button", name="Add", exact=True).click()
        page.locator(".playlist__item", has_text=what).wait_for(timeout=SOON)
    loaded(page, 2 * FRAMES)
    page.get_by_role("button", name="Move 1.1 T1 up").press("Enter")
    until(page, "document.querySelector('.playlist__item').textContent.includes('1.1 T1')")
    until(page, "document.querySelector('cut-player').playlist.clips[0].code === '1.1'")  # the player has heard of it
    at(page, FRAMES + 7)
    page.locator("#note-text").fill("A frame of the second item.")
    page.get_by_role("button", name="Send").click()
    page.locator(".note", has_text="second item").wait_for(timeout=SOON)
    note = Note.objects.get()
    assert (note.take_id, note.take_first) == (film.clips[2].take_id, 7)
    shots(page, "playlist")


def test_the_pages_of_sessions_at_every_width(film: Film, people: SimpleNamespace, page_for: Callable[..., Any]) -> None:
    playlist = make_playlist(film.project, by=people.owner, name="What the client saw on the second Friday of a very long month")
    for clip in film.clips:
        assert clip.take is not None
        add_item(playlist, clip.take, by=people.owner)
    session = start_session(film.project, playlist, by=people.artist)
    over = start_session(film.project, freeze_cut(film.cut, by=people.owner), by=people.artist)
    note_in(reel_of_session(over), film.project, by=people.artist, first=3, last=9, session=over, text="Move the lamp.")
    attend(over, people.artist.pk)
    end_session(over, by=people.artist)
    room = f"/projects/{film.project.slug}"
    pages = {"list": f"{room}/screenings/", "playlist": f"{room}/playlists/{playlist.pk}/", "session": f"{room}/sessions/{session.pk}/"}
    pages["summary"] = f"{room}/sessions/{over.pk}/"
    wrong: list[str] = []
    for bypass in (False, True):
        page = page_for(people.owner, reduced_motion="reduce", bypass_csp=bypass)
        for width, height in list(WIDTHS.items())[: 2 if bypass else 3]:
            page.set_viewport_size({"width": width, "height": height})
            for name, address in pages.items():
                page.goto(address)
                settle(page)
                wrong += barriers(page, name, width) if bypass else sideways(page, name, width)
                if not bypass and os.environ.get("SHOTS"):
                    page.screenshot(path=f"{os.environ['SHOTS']}/{name}-follower-{width}.png")
    assert wrong == []
