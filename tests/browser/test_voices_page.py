"""The World's forms of voices and composers, several open beside each other, and a line spoken again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studio.projects.models import Project
from studio.providers.actions import Typed, add_endpoint
from studio.sound.actions import record_consent
from studio.sound.models import LineTake
from tests.browser.test_pages import WIDTHS, barriers, settle, sideways
from tests.browser.waiting import until
from tests.films import Film, fill
from tests.live import Complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VOICES = ("higgs_audio", "speech")
PICTURES = "VOICES_PICTURES"  # a folder for what the forms look like
TWICE = """() => {
  const seen = {};
  for (const node of document.querySelectorAll('[id]')) seen[node.id] = (seen[node.id] || 0) + 1;
  return Object.keys(seen).filter(id => seen[id] > 1);
}"""
UNNAMED = """() => [...document.querySelectorAll('#world label[for]')].filter(label => !label.control).map(label => label.htmlFor)
  .concat([...document.querySelectorAll('#world input[list]')].filter(input => !input.list).map(input => input.id))"""


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    made = fill(project, people.owner, 4)
    LineTake.objects.update(hurry=1.2, notes=["Made 1.20 times faster than the voice spoke it, to fit the 2.4 s there are."])
    record_consent(project, by=people.owner, kind="designed", person="The harbour master", words="Imitates nobody.", scope="This film")
    typed = Typed(name="House", kind="speech", url="http://127.0.0.1:9/v1", key="k", own_network=True, settings={})
    add_endpoint(typed, by=people.owner)
    return made


def ready(page: Any, field: str) -> None:
    """The field has come and htmx listens to it: what is chosen a moment before is heard by nobody."""
    page.locator(field).wait_for(state="attached")
    until(page, "!document.querySelector('.htmx-added, .htmx-settling, .htmx-swapping, .htmx-request')")


def opened(page: Any, film: Film) -> None:
    """The World with every voice open, each with another engine, and both composers."""
    page.goto(f"/projects/{film.project.slug}/world/")
    for character, engine in zip(film.characters, VOICES, strict=False):
        card = page.locator(f"#characters-{character.pk}")
        card.get_by_text("Voice", exact=True).click()
        ready(page, f"#engine-{character.pk}")
        page.locator(f"#engine-{character.pk}").select_option(engine)
        card.locator(f"form [name=engine][value={engine}]").wait_for(state="attached")
    for kind in ("music", "tone"):
        ready(page, f"#{kind}-engine")
        page.locator(f"#{kind}-engine").select_option("stable_audio")
        page.locator(f"#composer-{kind} form [name=engine][value=stable_audio]").wait_for(state="attached")
    page.locator("#consents").wait_for()
    for fold in page.locator("#world details.fold:not([open]) > summary").all():
        if fold.is_visible():
            fold.click()
    settle(page)


def picture(part: Any, name: str, width: int) -> None:
    if PICTURES in os.environ:
        part.screenshot(path=str(Path(os.environ[PICTURES]) / f"{name}-{width}.png"))


def test_no_id_is_twice_on_the_world_however_many_forms_are_open(
    film: Film, people: SimpleNamespace, page_for: Callable[..., Any], complaints: Complaints
) -> None:
    wrong: list[str] = []
    page = page_for(people.owner, reduced_motion="reduce", bypass_csp=True)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        opened(page, film)
        wrong += [f"{width}: {name} twice" for name in page.evaluate(TWICE)] + [f"{width}: {name} names nothing" for name in page.evaluate(UNNAMED)]
        wrong += [*sideways(page, "world", width), *barriers(page, "world", width)]
        for character in film.characters[: len(VOICES)]:
            picture(page.locator(f"#characters-{character.pk}"), character.name, width)
    assert wrong == []
    complaints.forgive("404 (Not Found)")


def test_a_line_says_how_it_was_spoken(film: Film, people: SimpleNamespace, page_for: Callable[..., Any], complaints: Complaints) -> None:
    page = page_for(people.owner, reduced_motion="reduce", bypass_csp=True)
    wrong: list[str] = []
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"/projects/{film.project.slug}/shots/{film.shots[0].pk}/")
        settle(page)
        line = page.locator(f"#line-{film.lines[0].pk}")
        line.scroll_into_view_if_needed()
        assert "hurried 1.20×" in line.inner_text() and line.get_by_role("button", name="Speak again").is_visible()
        wrong += [f"{width}: {name} twice" for name in page.evaluate(TWICE)]
        wrong += [*sideways(page, "shot", width), *barriers(page, "shot", width)]
        picture(line, "line", width)
    assert wrong == []
    complaints.forgive("404 (Not Found)")
