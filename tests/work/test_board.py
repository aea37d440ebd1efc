"""A board of work in a real browser: by pointer, by keys, by each card's own list, and as others see it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from studio.projects.models import Project
from studio.work.beginning import begin_work
from studio.work.following import standing_of
from studio.work.models import Status
from tests.films import fill

pytestmark = pytest.mark.browser


def test_a_card_goes_where_it_is_put_and_others_see_it_go(
    project: Project, people: SimpleNamespace, page_for: Callable[..., Any], complaints: Any
) -> None:
    film = fill(project, people.owner, 4)
    begin_work(project)
    column = {row.name: f"#column-{row.pk}" for row in Status.objects.filter(project=project)}
    ready, busy, final = column["Ready to start"], column["In progress"], column["Final"]
    card = f"#card-{film.shots[1].pk}"
    mine, theirs, phone = page_for(people.artist), page_for(people.producer), page_for(people.reviewer)
    mine.set_viewport_size({"width": 1600, "height": 900})
    phone.set_viewport_size({"width": 390, "height": 844})
    for page in (mine, theirs, phone):
        with page.expect_websocket():
            page.goto(f"/projects/{project.slug}/work/")
        page.locator(f"{ready} {card}[draggable]").wait_for()

    mine.locator(card).drag_to(mine.locator(f"{final} [data-cards]"))
    for page in (mine, theirs, phone):
        page.locator(f"{final} {card}").wait_for()
        page.locator(f"{ready} [data-count]").get_by_text("3", exact=True).wait_for()
    mine.get_by_role("button", name="Undo").click()
    theirs.locator(f"{ready} li:nth-child(2){card}").wait_for()

    theirs.locator(f"{card} .panel").focus()
    theirs.keyboard.press("Alt+ArrowRight")
    mine.locator(f"{busy} {card}").wait_for()
    theirs.locator(f"{busy} {card} .panel:focus").wait_for()

    phone.locator(f"{busy} {card}").wait_for()
    for name in ("Approved", "Final"):  # the second before the first is answered
        phone.locator(card).get_by_label("Status of 1.2").select_option(label=name)
    mine.locator(f"{final} {card}").wait_for()

    mine.locator(card).get_by_role("button", name="nobody yet").click()
    mine.get_by_label("For", exact=True).select_option(label="Artist Person")
    mine.evaluate(f"document.body.dispatchEvent(new CustomEvent('live:shot-{film.shots[1].pk}'))")  # news does not undo what is being chosen
    mine.get_by_role("button", name="Keep where it stands").click()
    mine.locator("#plan:not([open])").wait_for(state="hidden")
    theirs.locator(card).get_by_role("button", name="for Artist Person").wait_for()
    mine.locator(card).evaluate("card => card.setAttribute('data-old', '')")
    mine.evaluate("document.dispatchEvent(new CustomEvent('live:back'))")  # fetched anew, the board is what it was
    mine.locator(f"{card}:not([data-old])[draggable]").wait_for()
    row = standing_of(film.shots[1])
    assert (row.status.name, row.assigned, row.revision) == ("Final", people.artist, 6)
    complaints.forgive("404 (Not Found)")
