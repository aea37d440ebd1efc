"""A note on a frame, from the director's pen to the artist's answer, in two browsers at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from generation.contract import Format, Rate, Result
from generation.media.encode import MasterProfile, RenditionProfile
from generation.media.picture import PictureFiles
from studio.jobs.models import Job
from studio.media import store
from studio.media.keep import keep_outputs
from studio.projects.models import Membership
from studio.review.models import Approval, Note
from studio.sound.models import Cue, Line
from studio.timeline.actions import remove_clip, trim_clip
from studio.timeline.freeze import freeze_cut
from studio.work.models import Standing
from tests.browser.waiting import SOON, until
from tests.films import FRAMES, Film, film_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def filmed(film: Film, folder: Path) -> None:
    """Give every take of the cut a real picture, a grey that grows lighter from shot to shot, and no sound: the rows' own has no bytes."""
    Line.objects.update(take=None)
    Cue.objects.update(take=None)
    picture = Format(width=320, height=180, rate=Rate(num=24), frames=FRAMES)
    for number, clip in enumerate(film.clips):
        out = folder / str(number)
        out.mkdir()
        files = PictureFiles(out, picture, MasterProfile(), RenditionProfile())
        for frame in range(FRAMES):
            files.add(np.full((180, 320, 3), 40 + 30 * number + frame // 8, np.uint8))
        outputs = tuple(files.finish())
        assets = {output.name: store.put(Path(output.path), output.media_type) for output in outputs}
        take = clip.take
        assert take is not None
        take.asset = keep_outputs(film.project, Result(outputs=outputs), assets, "master")
        take.save()


def greys(page: Any) -> set[int]:
    """The brightness in the middle of each half of the comparison's canvas."""
    return set(
        page.evaluate("""() => {
          const canvas = document.querySelector("take-compare canvas");
          const pixels = canvas.getContext("2d");
          return [1, 3].map((k) => pixels.getImageData(Math.round(canvas.width * k / 4), canvas.height / 2, 1, 1).data[0]);
        }""")
    )


def at(page: Any, frame: int) -> None:
    page.evaluate("frame => document.querySelector('cut-player').seek(frame)", frame)
    until(page, "document.querySelector('cut-player').frame === arg", frame)


@pytest.fixture
def film(people: SimpleNamespace, tmp_path: Path) -> Film:
    film = film_of(people.owner, "The Lamp")
    Membership.objects.create(project=film.project, person=people.artist, role="artist")
    filmed(film, tmp_path)
    return film


def test_a_note_with_a_drawing_is_seen_answered_and_settled(film: Film, people: SimpleNamespace, page_for: Callable[..., Any]) -> None:
    room = f"/projects/{film.project.slug}/review/"
    director, artist = page_for(people.owner), page_for(people.artist)
    director.goto(room)
    director.get_by_role("button", name="Review the cut as it stands").click()
    director.wait_for_url(re.compile("/review/1/"))
    artist.goto(f"{room}1/")
    for page in (director, artist):
        until(page, "document.querySelector('cut-player')?.total === arg", 4 * FRAMES)
    at(director, FRAMES + 2)
    director.get_by_text(f"Note on frame {FRAMES + 2} · 00:00:02:02").wait_for()
    director.keyboard.press("d")
    canvas = director.locator("drawing-surface[drawing] canvas")
    canvas.wait_for()
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    director.mouse.move(x, y)
    director.mouse.down()
    for step in range(1, 12):
        director.mouse.move(x + 4 * step, y + 2 * step)
    director.mouse.up()
    director.locator("#note-text").fill("The lamp → this corner. @artist")
    director.keyboard.press("Control+Enter")
    director.locator(".note", has_text="this corner").wait_for(timeout=SOON)
    assert director.locator("#note-text").input_value() == ""
    note = Note.objects.get()
    assert (note.first, note.last, note.take_first, note.shot_id) == (FRAMES + 2, FRAMES + 2, 2, film.shots[1].pk)
    assert note.annotations.get().shape["kind"] == "pen"

    seen = artist.locator(".note", has_text="this corner")
    seen.wait_for(timeout=SOON)  # without a reload
    assert artist.evaluate("document.querySelector('cut-player').frame") == 0
    seen.get_by_role("button", name="00:00:02:02").click()
    until(artist, "document.querySelector('cut-player').frame === arg", FRAMES + 2)
    until(artist, "document.querySelector('drawing-surface').shapes.length === 1")
    artist.keyboard.press("ArrowRight")
    until(artist, "document.querySelector('drawing-surface').shapes.length === 0")
    seen.get_by_text("Answer", exact=True).click()
    seen.get_by_label("Answer to Owner Person").fill("Moved it.")
    seen.get_by_role("button", name="Send the answer").click()
    director.locator(".note__answer", has_text="Moved it.").wait_for(timeout=SOON)
    seen.get_by_text("Answer", exact=True).click()
    assert seen.get_by_label("Answer to Owner Person").input_value() == "", "what was sent does not come back as unsaved"
    seen.get_by_label("Give it to somebody", exact=True).first.click()
    seen.get_by_role("combobox", name="Give it to somebody").select_option(label="Artist Person (artist)")
    seen.get_by_text("for Artist Person").wait_for(timeout=SOON)
    artist.keyboard.press("t")  # the note becomes a task, by one key
    artist.get_by_text("Changes requested, for Artist Person").wait_for(timeout=SOON)  # whose the note is
    standing = Standing.objects.select_related("status").get(shot=film.shots[1])
    assert (standing.status.retake, standing.assigned) == (True, people.artist)
    artist.keyboard.press("Shift+T")  # and a retake, by another
    artist.get_by_text("Retake ordered").wait_for(timeout=SOON)
    assert Job.objects.get(kind="shot").spec["because"]["words"] == "The lamp → this corner. @artist"
    director.locator(".note").get_by_role("button", name="Resolve").click()
    artist.locator(".note .chip", has_text="Resolved").wait_for(timeout=SOON)


def test_a_range_is_set_by_keys_and_looped(film: Film, people: SimpleNamespace, page_for: Callable[..., Any]) -> None:
    page = page_for(people.owner)
    page.goto(f"/projects/{film.project.slug}/review/")
    page.get_by_role("button", name="Review the cut as it stands").click()
    until(page, "document.querySelector('cut-player')?.total > 0")
    at(page, 10)
    page.keyboard.press("i")
    at(page, 20)
    page.keyboard.press("o")
    page.get_by_text("Note on frames 10 – 20").wait_for()
    page.locator("#note-text").fill("Slower.")
    page.get_by_role("button", name="Send").click()
    note = page.locator(".note", has_text="Slower.")
    note.wait_for(timeout=SOON)
    until(page, "document.querySelector('cut-player').marks.length === 1")
    note.locator("[data-show]").click()
    until(page, "document.querySelector('cut-player').frame === 10")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")
    page.evaluate("window.frames = []; document.addEventListener('cut:frame', event => window.frames.push(event.detail.frame))")
    until(page, "window.frames.filter(frame => frame === 10).length >= 2", timeout=SOON)
    assert page.evaluate("Math.max(...window.frames)") <= 22


def test_two_revisions_are_compared_by_time_and_by_shot(film: Film, people: SimpleNamespace, page_for: Callable[..., Any]) -> None:
    freeze_cut(film.cut, by=people.owner)
    trim_clip(film.cut, film.clips[0].pk, source_in=8, source_out=FRAMES, base=0, by=people.owner)
    remove_clip(film.cut, film.clips[2].pk, base=1, by=people.owner)
    freeze_cut(film.cut, by=people.owner)
    page = page_for(people.owner)
    page.goto(f"/projects/{film.project.slug}/review/")
    page.get_by_role("link", name="Compare with revision 2").click()
    page.get_by_text("8 frames shorter").wait_for()
    page.get_by_text("taken out").wait_for()
    until(page, "document.querySelector('take-compare').shown?.join() === '0,0'")
    page.evaluate("document.querySelector('take-compare').seek(53)")  # five frames into the second shot of A
    until(page, "document.querySelector('take-compare').shown.join() === '53,53'")
    page.keyboard.press("s")
    until(page, "document.querySelector('take-compare').shown.join() === '53,45'")
    assert len(greys(page)) == 1, "the same frame of the same shot on both sides"
    page.keyboard.press("s")
    page.evaluate("document.querySelector('take-compare').seek(90)")
    until(page, "document.querySelector('take-compare').shown.join() === '90,90'")
    assert len(greys(page)) == 2, "the second shot beside the fourth"
    page.keyboard.press("s")
    page.get_by_role("button", name=film.shots[2].code, exact=True).click()
    until(page, "document.querySelector('take-compare').shown.join() === '96,'")
    assert re.search(r"a=1&b=2&frame=96&step=shot", page.url)
    page.keyboard.press("2")
    page.reload()
    until(page, "document.querySelector('take-compare').shown?.join() === '96,'")
    assert page.evaluate("document.querySelector('take-compare').mode") == "wipe"


def test_a_verdict_is_signed_by_holding(film: Film, people: SimpleNamespace, page_for: Callable[..., Any]) -> None:
    page = page_for(people.owner)
    page.goto(f"/projects/{film.project.slug}/review/")
    page.get_by_role("button", name="Review the cut as it stands").click()
    page.wait_for_url(re.compile("/review/1/"))
    page.get_by_text("Give your verdict").click()
    sign = page.get_by_role("button", name="Hold to sign")
    sign.click()
    assert not Approval.objects.exists(), "a slip signs nothing"
    sign.hover()
    page.mouse.down()
    page.locator(".verdicts .chip", has_text="approved").wait_for(timeout=SOON)
    page.mouse.up()
    given = Approval.objects.get()
    assert given.person == people.owner and given.hash in given.statement
