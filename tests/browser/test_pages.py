"""Every page at three widths: nothing scrolls sideways, nothing complains, and axe finds nothing serious."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from studio.jobs.models import Worker
from studio.media import store
from studio.projects.actions import invite, start_project
from studio.projects.models import Project
from studio.projects.rates import RATE_BY_KEY
from studio.script.actions import revise_script
from studio.shelf.models import Holding, Host, Model
from studio.shelf.models import State as HoldingState
from studio.shots.models import Shot, Take
from studio.storyboard.models import Drawing
from studio.timeline.models import Operation
from tests.browser.waiting import until
from tests.films import film_of
from tests.live import Complaints

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = {390: 844, 1280: 800, 1920: 1080}
SCREENPLAY = """Title: A Lamp

INT. WORKSHOP - NIGHT

ANSELM VAN DER HOOGSTRATEN-WÓJCIKOWSKI (50s), in a green apron, lights a lamp on the bench.

ANSELM VAN DER HOOGSTRATEN-WÓJCIKOWSKI
It burns.

EXT. A STREET WITH A VERY LONG NAME BEHIND THE OLD HARBOUR AND ITS WAREHOUSES - DAWN

Rain. A lamp goes out.
"""
ELSEWHERE = ("account", "new film", "password", "all notices", "providers", "a provider", "farm", "rates")  # the same whatever the film
RULES = {"preload": False, "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


def pages_of(project: Project, shot: int) -> dict[str, str]:
    """Every page a member opens, by a name for the report."""
    room = f"/projects/{project.slug}"
    rooms = ("script", "world", "storyboard", "material", "timeline", "review", "screenings", "deliver", "costs", "settings", "activity")
    return {
        "home": "/",
        "all notices": "/notices/",
        "new film": "/projects/new/",
        "account": "/accounts/",
        "password": "/accounts/password/",
        "providers": "/providers/",
        "a provider": "/providers/new/",
        "farm": "/farm/",
        "rates": "/rates/",
        "overview": f"{room}/",
        **{name: f"{room}/{name}/" for name in (*rooms, "notices", "hooks")},
        "client links": f"{room}/review/links/",
        "work": f"{room}/work/",
        "work by person": f"{room}/work/?by=person",
        "work by scene": f"{room}/work/?by=scene",
        "statuses": f"{room}/work/statuses/",
        "shot": f"{room}/shots/{shot}/",
        "unknown": f"{room}/nowhere/",
    }


def sideways(page: Any, name: str, width: int) -> Iterator[str]:
    panes = "[document.documentElement, document.querySelector('main')]"
    out = page.evaluate(f"Math.max(...{panes}.map(pane => pane ? pane.scrollWidth - pane.clientWidth : 0))")
    if out > 0:
        yield f"{name} at {width}: {out} pixels stick out sideways"
    if not page.title():
        yield f"{name} at {width}: it has no title"


def barriers(page: Any, name: str, width: int) -> Iterator[str]:
    """What axe calls serious or critical, in words."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    for one in found["violations"]:
        if one["impact"] in ("serious", "critical"):
            where = "; ".join(node["html"][:160] for node in one["nodes"][:3])
            yield f"{name} at {width}: {one['id']} ({one['help']}) at {where}"


def settle(page: Any) -> None:
    """Elements are defined, pictures decoded, transitions over: what is looked at is what stays."""
    page.evaluate(
        """async () => {
          const names = new Set([...document.querySelectorAll('*')].map(node => node.localName).filter(name => name.includes('-')));
          await Promise.all([...names].map(name => customElements.whenDefined(name)));
          await Promise.all([...document.images].filter(image => image.loading !== 'lazy').map(image => image.decode().catch(() => null)));
          await Promise.all(document.getAnimations().filter(one => one.effect.getTiming().iterations !== Infinity).map(one => one.finished));
        }"""
    )


def look_at(page_for: Callable[..., Any], person: Any, pages: dict[str, str]) -> list[str]:
    """Twice: as everybody sees the pages, and, since axe sets styles, which our content policy stops, once more without the policy."""
    wrong: list[str] = []
    page = page_for(person, reduced_motion="reduce")
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for name, address in pages.items():
            page.goto(address)
            settle(page)
            wrong += sideways(page, name, width)
    page = page_for(person, reduced_motion="reduce", bypass_csp=True)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        for name, address in pages.items():
            page.goto(address)
            settle(page)
            wrong += barriers(page, name, width)
    return wrong


def test_every_page_of_a_film(people: SimpleNamespace, page_for: Callable[..., Any], workers: Callable[[], None], complaints: Complaints) -> None:
    project = start_project(name="A Lamp", by=people.owner, rate=RATE_BY_KEY["24"], width=320, height=180)
    revise_script(project, by=people.owner, text=SCREENPLAY, base=0)
    invite(project, by=people.owner, role="artist")
    page = page_for(people.owner)
    workers()
    page.goto(f"/projects/{project.slug}/storyboard/")
    until(
        page,
        "document.querySelectorAll('.panel').length > 2 && !document.querySelector('.panel .frame:not(:has(> img))')",
        timeout=240_000,
    )
    shot = Shot.objects.filter(project=project).order_by("pk").first()
    assert shot is not None
    assert look_at(page_for, people.owner, pages_of(project, shot.pk)) == []
    complaints.forgive("404 (Not Found)")


def test_every_page_of_an_empty_film(people: SimpleNamespace, page_for: Callable[..., Any]) -> None:
    project = start_project(name="E", by=people.owner, rate=RATE_BY_KEY["59.94"], width=304, height=540)
    pages = {name: address for name, address in pages_of(project, 0).items() if name not in ("shot", "unknown", *ELSEWHERE)}
    assert look_at(page_for, people.owner, pages) == []


def test_the_pages_before_one_is_in(people: SimpleNamespace, page_for: Callable[..., Any], project: Project, complaints: Complaints) -> None:
    _, token = invite(project, by=people.owner, role="writer")
    pages = {"sign in": "/accounts/login/", "invitation": f"/join/{token}/", "gone": "/join/nothing/", "used link": "/start/nothing/"}
    pages |= {"a client's link that is over": "/c/nothing/", "shared with me": "/shared/"}
    assert look_at(page_for, None, pages) == []
    complaints.forgive("404 (Not Found)", "410 (Gone)")


def test_the_model_shelf_with_a_model_in_every_state(people: SimpleNamespace, page_for: Callable[..., Any]) -> None:
    far, wide = "a-machine-with-a-very-long-name.render.example.com", 40 * 2**30
    Host.objects.create(name=far, root="/srv/a/rather/long/path/to/the/models", free=wide, total=9 * wide, fetches=True, found=["lab/by-hand"])
    Worker.objects.create(name=f"gpu0@{far}:1", host=far, warm=["Tongyi-MAI/Z-Image-Turbo"])
    for state in HoldingState:
        known = state == HoldingState.HELD
        name = "Tongyi-MAI/Z-Image-Turbo" if known else f"owner/{state}-with-a-name-that-does-not-want-to-end-and-has-no-spaces"
        facts = {"sha256": "9f" * 32, "commit": "c" * 40, "left_out": {"vae/a-long-name-of-a-file.bin": "a pickle, which could run code"}}
        row = Model.objects.create(name=name, source="hub", size=wide, gated=True, licence="A licence", licence_url="https://hub.example/x", **facts)
        error = "https://hub.example/with/a/long/address cannot be reached. It is tried again by itself; what was fetched is kept."
        Holding.objects.create(model=row, host=far, state=state, done=wide // 3, total=wide, pace=88e6, error="" if known else error)
    assert look_at(page_for, people.owner, {"models": "/models/"}) == []


def test_two_thousand_shots_cost_the_wall_no_more(people: SimpleNamespace, page_for: Callable[..., Any], tmp_path: Path) -> None:
    """The wall fetches scenes as they come into view; what stands in the page at first is bounded."""
    film = film_of(people.owner, "Long", shots=2000)
    picture = tmp_path / "panel.webp"
    Image.new("RGB", (32, 18), "grey").save(picture)
    drawn = store.put(picture, "image/webp")
    store.hold(film.project, drawn)
    Drawing.objects.filter(panel__shot__project=film.project).update(asset=drawn)
    page = page_for(people.owner)
    page.goto(f"/projects/{film.project.slug}/storyboard/")
    settle(page)
    assert page.locator(".wall__scene").count() == 200
    assert page.locator(".panel").count() <= 120
    page.locator(".wall__scene").last.scroll_into_view_if_needed()
    page.locator(".wall__scene").last.locator(".panel").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    last = page.locator(".wall__scene").last.get_attribute("data-scene")
    with page.expect_response(re.compile(rf"\?scene={last}$")):
        page.evaluate("htmx.trigger(document.body, 'live:shots.listed')")
        page.locator(f"#scene-{last}[data-again]").wait_for(state="attached")
        assert page.locator(f"#scene-{last} .panel").count() == 10, "what was fetched stays"
        page.locator(f"#scene-{last} .panel").last.scroll_into_view_if_needed()
    page.locator(f"#scene-{last}:not([data-again]) .panel").first.wait_for()


def test_a_refusal_is_said_and_takes_the_place_of_nothing(people: SimpleNamespace, page_for: Callable[..., Any], complaints: Complaints) -> None:
    """A shot asked for with a length no shot has: the takes, the form and what was typed into it stand, and the way on is the same button."""
    film = film_of(people.owner, "Refused")
    page = page_for(people.owner)
    page.goto(f"/projects/{film.project.slug}/shots/{film.shots[0].pk}/")
    settle(page)
    for button, kept in (("New take of this", "#takes"), ("Keep", "#brief")):
        page.evaluate("document.querySelector('#shot-form').noValidate = true")
        page.locator("#shot-form [name=action]").fill("She listens.")
        page.locator("#shot-form [name=frames]").fill("0")
        with page.expect_response(lambda answer: answer.status == 400):
            page.get_by_role("button", name=button, exact=True).click()
        page.locator("#toasts .toast--bad", has_text="A shot has at least one frame.").wait_for()
        assert page.locator(kept).count() == 1
        assert page.locator("#shot-form [name=action]").input_value() == "She listens."
    assert page.locator("#toasts .toast--bad").count() == 1, "the same words are said once"
    complaints.forgive("400 (Bad Request)", "404 (Not Found)")


def test_a_key_finds_a_room_whatever_the_rail_calls_it_and_does_nothing_else(
    people: SimpleNamespace, page_for: Callable[..., Any], complaints: Complaints
) -> None:
    film = film_of(people.owner, "Keys")
    page = page_for(people.owner)
    page.goto(f"/projects/{film.project.slug}/timeline/")
    page.locator("timeline-tracks canvas").wait_for()
    page.evaluate("for (const link of document.querySelectorAll('.rail__link')) link.title = 'ein Raum'")
    page.keyboard.press("g")
    page.keyboard.press("w")  # alone it trims the clip at the playhead
    page.wait_for_url("**/world/")
    assert not Operation.objects.filter(cut__project=film.project, kind="trim").exists()
    complaints.forgive("404 (Not Found)")


def test_what_an_element_has_drawn_stands_when_its_surroundings_are_fetched_again(
    people: SimpleNamespace, page_for: Callable[..., Any], complaints: Complaints
) -> None:
    """The player above the takes, when a take arrives."""
    film = film_of(people.owner, "Arriving")
    page = page_for(people.owner)
    page.goto(f"/projects/{film.project.slug}/shots/{film.shots[0].pk}/")
    page.locator("take-compare canvas").wait_for()
    with page.expect_response(re.compile("/takes/")):
        page.evaluate("htmx.trigger(document.body, 'live:take.stored')")
    settle(page)
    assert page.locator("take-compare canvas").count() == 1
    complaints.forgive("404 (Not Found)")


def test_two_takes_beside_each_other_fit_a_phone(people: SimpleNamespace, page_for: Callable[..., Any], complaints: Complaints) -> None:
    film = film_of(people.owner, "Compared")
    one, other = Take.objects.filter(shot=film.shots[0]).order_by("number").values_list("pk", flat=True)[:2]
    address = f"/projects/{film.project.slug}/shots/{film.shots[0].pk}/takes/{one}/{other}/"
    page = page_for(people.owner)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    settle(page)
    page.evaluate("document.querySelector('take-compare .player__transport [hidden]').hidden = false")  # as when both are loaded
    assert list(sideways(page, "comparison", 390)) == []
    complaints.forgive("404 (Not Found)")


def test_a_page_keeps_up_while_news_never_stops(people: SimpleNamespace, page_for: Callable[..., Any], complaints: Complaints) -> None:
    """Two workers finish something more often than a page waits for quiet; the film line fills all the same."""
    film = film_of(people.owner, "Busy")
    page = page_for(people.owner)
    page.goto(f"/projects/{film.project.slug}/script/")
    settle(page)
    news = "document.dispatchEvent(new CustomEvent('live:event', {detail: {kind: 'take.stored'}}))"
    page.evaluate(f"window.news = setInterval(() => {news}, 40)")
    for _ in range(4):  # two at most are the page's own first ones
        with page.expect_response(re.compile("film-?line")):
            pass
    page.evaluate("clearInterval(window.news)")
    complaints.forgive("404 (Not Found)")
