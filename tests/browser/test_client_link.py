"""A client's way on a phone: password, name, the film, a circle on a frame, a code by mail, a held button, a certificate; then it is revoked."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from PIL import Image

from studio.media import store
from studio.review.models import Approval, Attachment, Note
from studio.screening.playlists import add_item, make_playlist
from studio.share.actions import Terms, make_link, revoke_link
from studio.share.models import Watched
from studio.timeline.freeze import freeze_cut
from tests.browser.test_pages import WIDTHS, barriers, settle, sideways
from tests.browser.test_review import at, filmed
from tests.browser.waiting import SOON, until
from tests.films import FRAMES, film_of
from tests.live import Complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
SHIFTS = """() => new Promise((done) => new PerformanceObserver((list, self) => {
  self.disconnect();
  done(list.getEntries().reduce((sum, entry) => sum + (entry.hadRecentInput ? 0 : entry.value), 0));
}).observe({ type: "layout-shift", buffered: true }) || setTimeout(() => done(0), 500))"""


def test_a_client_watches_writes_and_signs(
    people: SimpleNamespace, page_for: Callable[..., Any], settings: Any, tmp_path: Path, complaints: Complaints
) -> None:
    cache.clear()
    settings.EMAIL_ENABLED, settings.EMAIL_BACKEND = True, "django.core.mail.backends.locmem.EmailBackend"
    film = film_of(people.owner, "The Lamp")
    filmed(film, tmp_path)
    link, token = make_link(film.cut, by=people.owner, terms=Terms(password="a lamp"))
    page = page_for(None, **PHONE)
    page.goto(f"/c/{token}/")
    page.get_by_label("Password").fill("a lamp")
    page.get_by_role("button", name="Open").click()
    page.get_by_label("Your name").fill("Cleo")
    page.get_by_role("button", name="Watch").click()
    until(page, "document.querySelector('cut-player')?.engine?.shown === 0")
    settle(page)
    assert page.evaluate(SHIFTS) < 0.05, "nothing jumps while the page comes"
    assert list(sideways(page, "the film", 390)) == []

    page.get_by_role("button", name="Play", exact=True).click()
    until(page, "document.querySelector('cut-player').frame > 10")
    page.get_by_role("button", name="Pause").click()
    at(page, FRAMES + 2)
    page.get_by_role("button", name="Draw").click()
    box = page.locator("drawing-surface[drawing] canvas").bounding_box()
    x, y, r = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["height"] / 4
    page.mouse.move(x + r, y)
    page.mouse.down()
    for step in range(13):
        page.mouse.move(x + r * math.cos(step * math.pi / 6), y + r * math.sin(step * math.pi / 6))
    page.mouse.up()
    page.locator("#note-text").fill("This lamp.")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator(".note", has_text="This lamp.").wait_for(timeout=SOON)
    note = Note.objects.get()
    assert (note.audience, note.first, note.annotations.get().shape["kind"]) == ("client", FRAMES + 2, "pen")
    assert Watched.objects.filter(guest__link=link, first__lte=10).exists()

    page.get_by_role("link", name="Approve, or ask for changes").click()
    page.get_by_label("Your e-mail address").fill("cleo@example.com")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("The six digits").fill(re.findall(r"\b\d{6}\b", str(mail.outbox[0].body))[0])
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Approve with notes").check()
    page.get_by_label("Sign with your name").fill("Cleo Böhm")
    sign = page.get_by_role("button", name="Hold to sign")
    sign.click()
    assert not Approval.objects.exists(), "a click does nothing"
    shown = page.locator('[data-verdict="with notes"]').inner_text()
    page.mouse.move(*(sum(pair) for pair in zip((20, 10), (sign.bounding_box()[key] for key in "xy"), strict=True)))
    page.mouse.down()
    page.get_by_role("link", name="Certificate (PDF)").wait_for(timeout=SOON)
    page.mouse.up()
    given = Approval.objects.get()
    assert (given.statement, given.name, given.email) == (shown, "Cleo Böhm", "cleo@example.com"), "what was shown is what is signed"
    where = page.get_by_role("link", name="Certificate (PDF)").get_attribute("href")
    assert page.request.get(where).body().startswith(b"%PDF")

    looked_at = page_for(None, **PHONE, bypass_csp=True)
    looked_at.context.add_cookies(page.context.cookies())
    looked_at.goto(f"/c/{token}/")
    settle(looked_at)
    assert list(barriers(looked_at, "the film", 390)) == []

    complaints.forgive("404 (Not Found)", "Status Error Code 404")
    revoke_link(link, by=people.owner)
    page.evaluate("document.getElementById('notes').dispatchEvent(new Event('look'))")
    page.get_by_text("This link is not open").wait_for(timeout=SOON)


def test_a_playlist_is_shared_and_written_on(people: SimpleNamespace, page_for: Callable[..., Any], tmp_path: Path) -> None:
    """The form says what a playlist's link cannot have; the client goes from part to part and sends a picture with a note."""
    cache.clear()
    film = film_of(people.owner, "The Lamp")
    filmed(film, tmp_path)
    listed = make_playlist(film.project, by=people.owner, name="For Thursday")
    add_item(listed, film.shots[1].takes.get(), by=people.owner)
    add_item(listed, freeze_cut(film.cut, by=people.owner), by=people.owner)
    owner = page_for(people.owner)
    owner.goto(f"/projects/{film.project.slug}/playlists/{listed.pk}/")
    owner.get_by_role("link", name="Share with a client").wait_for()
    shots(owner, "owners-playlist")
    owner.get_by_role("link", name="Share with a client").click()
    assert owner.get_by_label("What", exact=True).input_value() == f"playlist-{listed.pk}"
    assert owner.get_by_label("Give a verdict").is_hidden() and owner.get_by_label("Write notes").is_visible()
    shots(owner, "links-form")
    owner.get_by_label("What", exact=True).select_option("")
    assert owner.get_by_label("Give a verdict").is_visible()
    owner.get_by_label("What", exact=True).select_option(f"playlist-{listed.pk}")
    owner.get_by_role("button", name="Make the link").click()
    address = owner.get_by_label("Client's link").input_value()
    shots(owner, "links-made")

    page = page_for(None, **PHONE)
    page.goto(f"/c/{address.rstrip('/').rsplit('/', 1)[1]}/")
    page.get_by_label("Your name").fill("Cleo")
    page.get_by_role("button", name="Watch").click()
    until(page, "document.querySelector('cut-player')?.engine?.shown === 0")
    page.get_by_role("button", name="Part 2").click()
    until(page, f"document.querySelector('cut-player').frame === {FRAMES}")
    picture = tmp_path / "a lamp.png"
    Image.new("RGB", (320, 180), "teal").save(picture)
    page.locator("#note-files").set_input_files(picture)
    page.get_by_text("a lamp.png").wait_for()
    page.locator("#note-text").fill("More like this one.")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator(".note", has_text="“a lamp.png” is being opened").wait_for(timeout=SOON)
    sent = Attachment.objects.get()
    assert (sent.note.cut_revision, sent.note.first) == (listed.items.all()[1].cut_revision, 0)
    sent.asset, sent.medium = store.put(picture, "image/png"), "picture"
    sent.save()
    page.evaluate("document.getElementById('notes').dispatchEvent(new Event('look'))")
    until(page, "document.querySelector('.note__sent img')?.naturalWidth === 320")
    assert list(sideways(page, "the playlist", 390)) == []
    shots(page, "client-playlist", phone=True)
    looked_at = page_for(None, **PHONE, bypass_csp=True)
    looked_at.context.add_cookies(page.context.cookies())
    looked_at.goto(page.url)
    settle(looked_at)
    assert list(barriers(looked_at, "the playlist", 390)) == []


def shots(page: Any, name: str, *, phone: bool = False) -> None:
    """Pictures of the page at every width, where somebody wants to look at them."""
    folder = os.environ.get("SHOTS")
    if folder:
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            settle(page)
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844} if phone else {"width": 1280, "height": 800})
