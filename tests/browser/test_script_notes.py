"""A note on a line of the script: written in one browser, seen beside the line in another, and followed through a rewrite."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from studio.projects.models import Membership
from studio.review.models import Note
from studio.review.notes import note_line
from studio.script.actions import revise_script
from studio.script.queries import newest_revision
from tests.browser.waiting import SOON, until
from tests.films import Film, film_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SPEECH = 5  # "Just one more night."
TOPS = """line => {
  const text = document.querySelector("#screenplay");
  const mark = document.querySelector(".script__mark");
  return mark.getBoundingClientRect().top - text.getBoundingClientRect().top;
}"""


@pytest.fixture
def film(people: SimpleNamespace) -> Film:
    film = film_of(people.owner, "The Lamp")
    for role in ("writer", "reviewer"):
        Membership.objects.create(project=film.project, person=getattr(people, role), role=role)
    return film


def opened(page: Any, film: Film) -> Any:
    page.goto(f"/projects/{film.project.slug}/script/")
    page.locator("script-notes #notes").wait_for(timeout=SOON)
    until(page, "document.querySelector('.script__margin')?.dataset.ready !== undefined")
    return page


def point_at(page: Any, line: int) -> None:
    """The pointer, in the middle of a line of the text (lines are not wrapped here)."""
    box = page.locator("#screenplay").bounding_box()
    each = page.evaluate("() => parseFloat(getComputedStyle(document.querySelector('#screenplay')).lineHeight)")
    before = page.evaluate("() => parseFloat(getComputedStyle(document.querySelector('#screenplay')).paddingTop)")
    page.mouse.move(box["x"] + 120, box["y"] + before + each * (line + 0.5))


def test_a_reviewer_speaks_of_a_line_and_the_writer_sees_it_beside_the_text(
    film: Film, people: SimpleNamespace, page_for: Callable[..., Any]
) -> None:
    reviewer, writer = opened(page_for(people.reviewer), film), opened(page_for(people.writer), film)
    point_at(reviewer, SPEECH)
    reviewer.get_by_role("button", name="Note on this line").click()
    assert reviewer.get_by_label("Note on line").input_value() == str(SPEECH + 1)
    reviewer.locator("[data-line-words]", has_text="Just one more night.").wait_for()
    reviewer.get_by_label("A note on this line").fill("Too cold. @writer")
    reviewer.keyboard.press("Control+Enter")
    reviewer.locator(".note", has_text="Too cold").wait_for(timeout=SOON)
    until(reviewer, "document.querySelector('[data-compose]').hidden")

    writer.locator(".note", has_text="Too cold").wait_for(timeout=SOON)  # without a reload
    mark = writer.get_by_role("button", name=f"Line {SPEECH + 1}: notes 1, open 1")
    before = writer.evaluate(TOPS)
    writer.locator("#screenplay").press("Control+Home")
    writer.keyboard.type("A line more.\n")
    until(writer, f"({TOPS})() > arg", before + 10)  # what is typed above moves the mark along
    mark.click()
    until(writer, "document.activeElement.matches('.note[aria-current]')")
    seen = writer.locator(".note")
    seen.get_by_text("Answer", exact=True).click()
    seen.get_by_label("Answer to Reviewer Person").fill("Warmer now.")
    seen.get_by_role("button", name="Send the answer").click()
    reviewer.locator(".note__answer", has_text="Warmer now.").wait_for(timeout=SOON)
    reviewer.locator(".note").get_by_role("button", name="Resolve").click()
    writer.get_by_role("button", name=f"Line {SPEECH + 1}: notes 1, all resolved").wait_for(timeout=SOON)
    assert Note.objects.get(parent=None).script_line == SPEECH


def test_a_line_that_was_typed_and_not_saved_has_no_notes_yet(film: Film, people: SimpleNamespace, page_for: Callable[..., Any]) -> None:
    writer = opened(page_for(people.writer), film)
    writer.locator("#screenplay").press("Control+End")
    writer.keyboard.type("\nTOM shouts.")
    writer.keyboard.press("Control+Alt+m")
    writer.get_by_text("Save the script first").wait_for(timeout=SOON)
    writer.locator("#screenplay").press("Control+Home")
    writer.keyboard.press("Control+Alt+m")
    until(writer, "document.activeElement.name === 'text' && document.activeElement.closest('[data-compose]') !== null")
    assert writer.get_by_label("Note on line").input_value() == "1"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_notice_opens_the_note_and_its_line_in_a_newer_revision(
    film: Film, people: SimpleNamespace, page_for: Callable[..., Any], width: int
) -> None:
    newest = newest_revision(film.project)
    assert newest is not None
    note = note_line(newest, by=people.reviewer, text="Say it softer.", line=SPEECH)
    longer = "INT. ATTIC - DAY\n\n" + "Dust falls.\n\n" * 40 + newest.text.replace("Just one more night.", "Just one more night, then.")
    revise_script(film.project, by=people.writer, text=longer, base=newest.number)
    page = page_for(people.reviewer)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"/projects/{film.project.slug}/script/#note-{note.pk}")
    page.locator(".note[aria-current]", has_text="Say it softer.").wait_for(timeout=SOON)
    page.locator(".note__line", has_text="Just one more night.").wait_for()
    assert page.get_by_text("other words now").is_visible() and page.get_by_text("open since revision 2").is_visible()
    page.get_by_role("button", name=f"Line {2 + 80 + SPEECH + 1}", exact=True).click()
    until(
        page,
        "(() => { const box = document.querySelector('.script__mark').getBoundingClientRect(); return box.top > 0 && box.bottom < innerHeight; })()",
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
