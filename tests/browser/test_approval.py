"""The story of an approval, in four browsers at once: a director, an artist, a client on a telephone, and another client."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command

from studio.projects.models import Membership
from studio.review.models import Approval, Note
from studio.shots.models import Take
from studio.timeline.models import CutRevision
from tests.browser.test_client_link import PHONE
from tests.browser.test_review import at, filmed
from tests.browser.waiting import SOON, until
from tests.films import FRAMES, Film, film_of, really_designed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def draw(page: Any) -> None:
    """A stroke across the middle of the picture."""
    page.keyboard.press("d")
    canvas = page.locator("drawing-surface[drawing] canvas")
    canvas.wait_for()
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 10):
        page.mouse.move(x + 8 * step, y + 3 * step)
    page.mouse.up()


def submitted(page: Any, film: Film, number: int) -> None:
    page.goto(f"/projects/{film.project.slug}/review/")
    page.get_by_role("button", name="Review the cut as it stands").click()
    page.wait_for_url(re.compile(f"/review/{number}/"))


def link_to(page: Any, film: Film, number: int) -> str:
    """A link for clients, made on the page as a producer does; its address."""
    page.goto(f"/projects/{film.project.slug}/review/links/")
    page.get_by_label("What", exact=True).select_option(f"revision-{number}")
    page.get_by_role("button", name="Make the link").click()
    return str(page.get_by_label("Client's link").input_value())


def comes(page: Any, address: str, name: str) -> None:
    page.goto(address)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Watch").click()
    shown(page)


def shown(page: Any) -> None:
    """The film stands there: nothing moves on the page any more."""
    until(page, "document.querySelector('cut-player')?.engine?.shown === 0")


def proves(page: Any, email: str) -> None:
    sent = len(mail.outbox)
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    shown(page)
    page.get_by_label("The six digits").fill(re.findall(r"\b\d{6}\b", str(mail.outbox[sent].body))[0])
    shown(page)
    page.get_by_role("button", name="Confirm").click()
    shown(page)


def signs(page: Any, verdict: str, words: str, revision: int) -> None:
    page.get_by_label(verdict, exact=True).check()
    page.get_by_label(re.compile("In a sentence")).fill(words)
    button = page.get_by_role("button", name="Hold to sign")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.get_by_text(f"You have signed revision {revision}").wait_for(timeout=SOON)
    page.mouse.up()


def test_from_a_note_to_a_certificate(
    people: SimpleNamespace, page_for: Callable[..., Any], workers: Callable[..., None], settings: Any, tmp_path: Path
) -> None:
    cache.clear()
    settings.EMAIL_ENABLED, settings.EMAIL_BACKEND = True, "django.core.mail.backends.locmem.EmailBackend"
    film = film_of(people.owner, "The Lamp")
    Membership.objects.create(project=film.project, person=people.artist, role="artist")
    filmed(film, tmp_path)
    really_designed(film)
    workers()
    room = f"/projects/{film.project.slug}"
    director, artist = page_for(people.owner), page_for(people.artist)
    client, other = page_for(None, **PHONE), page_for(None, width=1280, height=800)

    # the director draws on a frame; the artist makes a retake of it and puts it in the cut
    submitted(director, film, 1)
    artist.goto(f"{room}/review/1/")
    for page in (director, artist):
        until(page, "document.querySelector('cut-player')?.total === arg", 4 * FRAMES)
    at(director, FRAMES + 2)
    draw(director)
    director.locator("#note-text").fill("She looks at the lamp.")
    director.keyboard.press("Control+Enter")
    artist.locator(".note", has_text="looks at the lamp").get_by_role("button", name="Retake").click()
    artist.get_by_text("Retake ordered").wait_for(timeout=SOON)
    artist.get_by_role("link", name="To the shot").click()
    take = artist.locator("figure.take[data-take]", has_text="T2")
    take.wait_for(timeout=4 * SOON)
    assert Take.objects.get(shot=film.shots[1], number=2).told["because"]["words"] == "She looks at the lamp."
    take.get_by_role("button", name="Put in the cut").click()
    artist.locator("figure.take--in-cut", has_text="T2").wait_for(timeout=SOON)

    # a new revision, with the note still open; the director compares and settles it
    submitted(artist, film, 2)
    director.goto(f"{room}/review/compare/")
    director.get_by_text("another take").wait_for()
    until(director, "document.querySelector('take-compare').shown?.join() === '0,0'")
    director.goto(f"{room}/review/2/")
    director.locator(".note", has_text="looks at the lamp").get_by_text("another take now").wait_for()
    director.get_by_role("button", name="Resolve").click()
    until(director, "!document.querySelector('.note')")  # what was carried on is settled, and goes

    # two clients come by one link; neither sees the team's note nor the other's
    address = link_to(director, film, 2)
    comes(client, address, "Cleo Böhm")
    comes(other, address, "Otto")
    for guest in (client, other):
        assert "looks at the lamp" not in guest.content() and "Owner Person" not in guest.content()
    other.locator("#note-text").fill("I like it.")
    other.get_by_role("button", name="Send", exact=True).click()
    other.locator(".note", has_text="I like it.").wait_for(timeout=SOON)
    client.evaluate("document.getElementById('notes').dispatchEvent(new Event('look'))")
    proves(client, "cleo@client.example")
    signs(client, "Ask for changes", "Shorter, please.", 2)
    assert "I like it." not in client.content()
    director.goto(f"{room}/review/2/")
    director.locator(".verdicts .chip", has_text=re.compile("Cleo Böhm.*changes requested", re.DOTALL)).wait_for()

    # the artist trims the cut, the client approves exactly that
    artist.goto(f"{room}/timeline/")
    until(artist, "document.querySelector('timeline-tracks')?.clips?.length === 4")
    artist.evaluate("document.querySelector('cut-player').seek(20)")
    until(artist, "document.querySelector('cut-player').frame === 20")
    artist.keyboard.press("w")
    until(artist, "document.querySelector('cut-player').total < arg", 4 * FRAMES)
    submitted(artist, film, 3)
    comes(client, link_to(director, film, 3), "Cleo Böhm")
    proves(client, "cleo@client.example")
    signs(client, "Approve", "", 3)
    approval = Approval.objects.get(verdict="approved")
    assert (approval.name, approval.email, approval.cut_revision.number) == ("Cleo Böhm", "cleo@client.example", 3)
    director.goto(f"{room}/review/")
    director.locator(".reviewed", has_text="revision 3").locator(".chip--approved", has_text="Approved").first.wait_for()

    # the cut goes on; what was approved is superseded, and stays what it was
    artist.goto(f"{room}/timeline/")
    until(artist, "document.querySelector('timeline-tracks')?.clips?.length === 4")
    artist.evaluate("document.querySelector('cut-player').seek(60)")
    until(artist, "document.querySelector('cut-player').frame === 60")
    before = artist.evaluate("document.querySelector('cut-player').total")
    artist.keyboard.press("q")
    until(artist, "document.querySelector('cut-player').total < arg", before)
    submitted(artist, film, 4)
    director.reload()
    director.locator(".reviewed", has_text="revision 3").get_by_text("Superseded by revision 4").wait_for()

    paper = tmp_path / "approval.pdf"
    href = client.get_by_role("link", name="Certificate (PDF)").first.get_attribute("href")
    paper.write_bytes(client.request.get(href).body())
    said = StringIO()
    call_command("verify_approval", str(paper), stdout=said, stderr=said)
    assert "The approval holds: approved by Cleo Böhm" in said.getvalue() and approval.hash in said.getvalue()
    assert CutRevision.objects.count() == 4 and Note.objects.filter(audience="client").count() == 1
