"""A board of work in a real browser: by pointer, by keys, by each card's own list, and as others see it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from studio.projects.models import Project
from studio.work.beginning import begin_work
from studio.work.following import change_standing, standing_of
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


def test_several_cards_go_together_and_come_back_together(
    project: Project, people: SimpleNamespace, page_for: Callable[..., Any], complaints: Any
) -> None:
    film = fill(project, people.owner, 6)
    begin_work(project)
    rows = {row.name: row for row in Status.objects.filter(project=project)}
    column = {name: f"#column-{row.pk}" for name, row in rows.items()}
    cards = [f"#card-{shot.pk}" for shot in film.shots]
    page, theirs = page_for(people.artist), page_for(people.producer)
    page.set_viewport_size({"width": 1600, "height": 900})
    for one in (page, theirs):
        with one.expect_websocket():
            one.goto(f"/projects/{project.slug}/work/")
        one.locator(f"{cards[0]}[draggable]").wait_for()
    bar = page.locator("[data-chosen]")

    page.locator(f"{cards[0]} .frame").click(modifiers=["Control"], position={"x": 60, "y": 40})
    page.locator(f"{cards[2]} .frame").click(modifiers=["Shift"], position={"x": 60, "y": 40})
    bar.get_by_text("3 shots selected").wait_for()
    page.get_by_label("Select 1.2").uncheck()
    bar.get_by_text("2 shots selected").wait_for()
    bar.get_by_label("Status of all that are selected").select_option(label="Final")
    for one in (page, theirs):
        one.locator(f"{column['Final']} {cards[0]}").wait_for()
        one.locator(f"{column['Final']} {cards[2]}").wait_for()
        one.locator(f"{column['Ready to start']} {cards[1]}").wait_for()
    page.locator("#toasts").get_by_text("2 shots stand at Final.").wait_for()
    page.get_by_role("button", name="Undo").click()
    for number in (0, 2):
        theirs.locator(f"{column['Ready to start']} {cards[number]}").wait_for()

    page.keyboard.press("Escape")
    bar.wait_for(state="hidden")
    page.locator(f"{cards[3]} .panel").focus()
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowDown")
    bar.get_by_text("2 shots selected").wait_for()
    change_standing(film.shots[4], by=people.producer, base=standing_of(film.shots[4]).revision, status=rows["Approved"])
    page.locator(f"{column['Approved']} {cards[4]}").wait_for()  # the news came; it is selected still
    bar.get_by_text("2 shots selected").wait_for()
    page.locator(cards[3]).drag_to(page.locator(f"{column['In progress']} [data-cards]"))
    for number in (3, 4):
        theirs.locator(f"{column['In progress']} {cards[number]}").wait_for()
    bar.get_by_label("Whose all that are selected are").select_option(label="Writer Person")
    theirs.locator(cards[3]).get_by_role("button", name="for Writer Person").wait_for()
    theirs.locator(cards[4]).get_by_role("button", name="for Writer Person").wait_for()
    assert standing_of(film.shots[4]).revision == 3
    bar.get_by_role("button", name="Select none").click()
    bar.wait_for(state="hidden")

    phone = page_for(people.reviewer, width=390, height=844, has_touch=True, is_mobile=True)
    phone.goto(f"/projects/{project.slug}/work/")
    phone.locator(f"{cards[5]}[draggable]").wait_for()
    assert phone.locator(".board__pick").first.evaluate("box => getComputedStyle(box).opacity") == "1"
    phone.get_by_label("Select 1.6").tap()
    phone.get_by_label("Select 1.1").tap()
    assert not phone.get_by_label("Whose all that are selected are").count(), "reviewers set statuses only"
    phone.get_by_label("Status of all that are selected").select_option(label="In progress")
    theirs.locator(f"{column['In progress']} {cards[5]}").wait_for()
    assert standing_of(film.shots[0]).status.name == "In progress"
    complaints.forgive("404 (Not Found)")
