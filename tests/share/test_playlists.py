"""A link to a playlist: it plays what the playlist showed when it was shared, its notes fall on the shots, and nobody signs it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.test import Client
from django.urls import reverse

from studio.events.models import Event
from studio.media.models import Rendition
from studio.projects.actions import delete_project
from studio.review.models import Approval, Note
from studio.review.notes import answer_note, note_take, write_note
from studio.screening.models import Playlist
from studio.screening.playlists import add_item, delete_playlist, make_playlist, move_item, remove_item
from studio.share import actions, queries
from studio.share.actions import LinkRefused, Terms
from studio.share.models import SharedReel, ShareLink
from studio.timeline.freeze import content_hash, freeze_cut
from studio.timeline.models import CutRevision
from tests.films import FRAMES, Film, asset, export_of
from tests.share.conftest import Visitor

pytestmark = pytest.mark.django_db
TOTAL = 5 * FRAMES  # one take, and a cut of four


def test_what_was_shared_stays_whatever_becomes_of_the_playlist(
    listed: Playlist, film: Film, visitor: Callable[..., Visitor], people: SimpleNamespace
) -> None:
    at = visitor(of=listed, may_take_proxy=True).comes()
    before = at.get("playlist").json()
    assert before["total"] == TOTAL and len(before["clips"]) == 5
    assert at.reel.name == "For Thursday" and content_hash(at.reel.data) == at.reel.hash
    items = list(listed.items.all())
    move_item(items[0], by=people.owner, way=1)
    remove_item(items[1], by=people.owner)
    plan = at.link.plan
    shot = film.takes[1].shot
    shot.code = "9Z"
    shot.save()
    film.clips[0].source_in = 5
    film.clips[0].save()
    assert at.get("playlist").json() == before and ShareLink.objects.get().plan == plan, "not even a shot's name"
    delete_playlist(listed, by=people.owner)
    assert at.get("playlist").json() == before and at.get("page").status_code == 200
    for kept in at.reel.items.all():
        with pytest.raises(RestrictedError):
            kept.take.delete() if kept.take else CutRevision.objects.get().delete()


def test_the_bytes_of_its_clips_and_of_no_other_leave(listed: Playlist, film: Film, visitor: Callable[..., Visitor]) -> None:
    played = asset("a rendition of 58 bytes, ten of them its head, and the rest", stored=True)
    meta = {"codec": "avc1.640020", "init": 10, "init_id": "same", "frames": FRAMES, "frags": list(range(10, 11 + FRAMES))}
    Rendition.objects.filter(source=film.takes[1].asset).update(asset=played, meta=meta)
    at = visitor(of=listed, may_take_proxy=True).comes()
    assert at.get("media", played.sha256, headers={"Range": "bytes=0-57"}).status_code == 206
    assert at.get("media", film.takes[1].asset_id).status_code == 404, "the master"
    kept = at.get("clip", 1)
    assert kept.status_code == 200 and kept["Content-Disposition"] == 'attachment; filename="list-001.mp4"'
    assert at.get("clip", 6).status_code == 404


def test_a_guests_note_falls_on_the_take_or_revision_that_stands_there(
    listed: Playlist, film: Film, visitor: Callable[..., Visitor], people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    at = visitor(of=listed).comes()
    assert at.post("notes", text="On the take.", first="3", last="90").status_code == 201
    assert at.post("notes", text="On the cut.", first=str(FRAMES + 50)).status_code == 201
    refused = at.post("notes", text="Beyond", first=str(TOTAL))
    assert refused.status_code == 422 and f"0 to {TOTAL - 1}" in refused.content.decode()
    take, cut = Note.objects.order_by("at")
    assert (take.subject, take.take, take.take_first, take.take_last, take.audience) == ("take", film.takes[1], 3, FRAMES - 1, "client")
    assert (cut.subject, cut.first, cut.shot, cut.take_first, cut.audience) == ("cut", 50, film.shots[1], 50 - FRAMES, "client")
    page = at.get("page").content.decode()
    assert 'data-first="3"' in page and f'data-first="{FRAMES + 50}"' in page and page.count("<b>You</b>") == 2
    answer_note(take, by=people.artist, text="We lifted it.")
    assert at.post("answers", take.pk, text="Thank you.").status_code == 201
    assert "We lifted it." in at.get("notes").content.decode()
    team = client_for(people.reviewer).get(reverse("review:shot_notes", args=[film.project.slug, film.takes[1].shot_id])).content.decode()
    assert "On the take." in team and "Thank you." in team


def test_only_what_clients_may_see_of_what_it_shows_is_told(
    listed: Playlist, film: Film, visitor: Callable[..., Visitor], people: SimpleNamespace
) -> None:
    at = visitor(of=listed).comes()
    note_take(film.takes[1], by=people.owner, text="Internal on the take.", first=2)
    note_take(film.takes[1], by=people.owner, text="Shown on the take.", first=2, audience="client")
    note_take(film.takes[2], by=people.owner, text="Of another take.", first=2, audience="client")
    revision = CutRevision.objects.get()
    write_note(revision, by=people.owner, text="Internal on the cut.", first=2)
    write_note(revision, by=people.owner, text="Shown on the cut.", first=2, audience="client")
    film.clips[0].source_out -= 3
    film.clips[0].save()
    later = freeze_cut(film.cut, by=people.owner)
    assert later != revision
    write_note(later, by=people.owner, text="On a cut that was not shared.", first=50, audience="client")
    other = visitor().comes("Dora")
    other.post("notes", text="Another guest's.", first=str(FRAMES + 5))
    said = at.get("page").content.decode()
    assert "Shown on the take." in said and "Shown on the cut." in said
    for words in ("Internal", "Of another take.", "On a cut that was not shared.", "Another guest", "Owner Person"):
        assert words not in said, words
    told = str(at.get("playlist").json())
    assert film.shots[1].code not in told and "For Thursday" not in told


def test_it_takes_no_verdict(listed: Playlist, visitor: Callable[..., Visitor], mailed: Any) -> None:
    at = visitor(of=listed).comes().proves("cleo@example.com")
    page = at.get("page").content.decode()
    assert not at.link.may_approve and 'id="sign"' not in page and "verdict" not in page.casefold() and "Fingerprint" not in page
    assert at.post("verdict", verdict="approved", signed="Cleo").status_code == 422
    assert not Approval.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        ShareLink.objects.filter(pk=at.link.pk).update(may_approve=True)


def test_its_parts_can_be_gone_to(listed: Playlist, visitor: Callable[..., Visitor]) -> None:
    page = visitor(of=listed).comes().get("page").content.decode()
    assert "For Thursday" in page and 'data-seek="0"' in page and f'data-seek="{FRAMES}"' in page
    assert "Part 2" in page and "Part 3" not in page


def test_watching_names_view_limits_and_revoking_are_as_with_a_cut(
    listed: Playlist, visitor: Callable[..., Visitor], people: SimpleNamespace, mailed: Any, client_for: Callable[..., Client]
) -> None:
    at = visitor(of=listed, view_limit=1, recipients=("cleo@example.com",), password="a lamp").comes(password="a lamp").proves("cleo@example.com")
    assert at.client.post(at.url("watched"), {"ranges": [[0, 9], [200, 5000]]}, content_type="application/json").status_code == 204
    (visit,) = queries.visits(at.link)
    assert visit.frames == TOTAL and visit.part == (10 + TOTAL - 200) / TOTAL
    reviewer, project = client_for(people.reviewer), listed.project
    told = reviewer.get(reverse("share:link", args=[project.slug, at.link.pk])).content.decode()
    assert "Playlist “For Thursday”" in told and "cleo@example.com" in told
    assert "Playlist “For Thursday”" in reviewer.get(reverse("share:links", args=[project.slug])).content.decode()
    (shared,) = queries.shared_with("cleo@example.com")
    assert (shared.is_open, shared.verdict, shared.newer) == (True, None, None)
    owner = client_for(people.owner)
    preview = owner.get(reverse("share:preview", args=[project.slug, at.link.pk]), follow=True).content.decode()
    assert "For Thursday" in preview and "cut-player" in preview
    owner.post(reverse("share:revocation", args=[project.slug, at.link.pk]))
    assert at.get("playlist").status_code == at.get("page").status_code == 404


def test_a_portal_lists_it(listed: Playlist, visitor: Callable[..., Visitor], mailed: Any) -> None:
    visitor(of=listed).comes().proves("cleo@example.com")
    browser = Client()
    before = len(mail.outbox)
    browser.post(reverse("share:shared-code"), {"email": "cleo@example.com"})
    digits = mail.outbox[before].subject.split()[0]
    browser.post(reverse("share:shared-proof"), {"code": digits})
    page = browser.get(reverse("share:shared")).content.decode()
    assert "For Thursday" in page and "revision" not in page


def test_exported_films_of_its_revisions_can_be_handed_over_and_takes_have_none(
    listed: Playlist, film: Film, visitor: Callable[..., Visitor], people: SimpleNamespace
) -> None:
    export = export_of(film, people.owner)
    at = visitor(of=listed, may_take_master=True).comes()
    assert at.get("movie", export.number).status_code == 200
    assert visitor(of=listed).comes().get("movie", export.number).status_code == 404
    takes = make_playlist(film.project, by=people.owner, name="Takes")
    add_item(takes, film.takes[0], by=people.owner)
    with pytest.raises(LinkRefused, match="shows takes alone"):
        actions.make_link(takes, by=people.owner, terms=Terms(may_take_master=True))
    assert not SharedReel.objects.filter(name="Takes").exists(), "nothing half made"


def test_a_watermark_is_asked_of_every_take_of_it(listed: Playlist, visitor: Callable[..., Visitor]) -> None:
    with pytest.raises(LinkRefused, match="no picture that a name can be burned into"):
        visitor(of=listed, watermark=True)
    assert not ShareLink.objects.exists() and not SharedReel.objects.exists()


def test_an_empty_playlist_is_not_shared(film: Film, people: SimpleNamespace) -> None:
    empty = make_playlist(film.project, by=people.owner, name="Empty")
    with pytest.raises(LinkRefused, match="empty"):
        actions.make_link(empty, by=people.owner)


def test_the_form_offers_it(listed: Playlist, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    owner, where = client_for(people.owner), reverse("share:links", args=[listed.project.slug])
    page = owner.get(f"{where}?what=playlist-{listed.pk}").content.decode()
    assert f'value="playlist-{listed.pk}" data-playlist selected' in page and "of a playlist none is asked for" in page
    made = owner.post(where, {"name": "Agency", "days": "3", "what": f"playlist-{listed.pk}", "may_note": "on", "may_approve": "on"})
    assert made.status_code == 201 and "A link to the playlist “For Thursday” for Agency" in made.content.decode()
    assert not ShareLink.objects.get().may_approve
    assert Event.objects.get(kind="playlist.shared").data["playlist"] == "For Thursday"
    for what, status in (("playlist-999999", 404), ("revision-99", 404), ("playlist-", 400), ("cut", 400), ("playlist-²", 400)):
        assert owner.post(where, {"name": "Agency", "days": "3", "what": what}).status_code == status, what
    assert f"what=playlist-{listed.pk}" in owner.get(reverse("screening:playlist", args=[listed.project.slug, listed.pk])).content.decode()
    artist = client_for(people.artist).get(reverse("screening:playlist", args=[listed.project.slug, listed.pk])).content.decode()
    assert "what=playlist" not in artist, "who may not share is not sent there"


def test_a_film_is_deleted_with_what_was_shared_of_its_playlists(listed: Playlist, visitor: Callable[..., Visitor], people: SimpleNamespace) -> None:
    at = visitor(of=listed).comes()
    at.post("notes", text="Lovely.", first="3")
    delete_project(listed.project, by=people.owner)
    assert not SharedReel.objects.exists() and at.get("page").status_code == 404


def test_a_page_of_a_playlist_asks_as_often_however_long_it_is(
    listed: Playlist, film: Film, visitor: Callable[..., Visitor], people: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    at = visitor(of=listed).comes()
    at.post("notes", text="A note", first="0")
    with django_assert_max_num_queries(40) as short:
        at.get("page")
    asked = len(short)
    for _ in range(5):
        add_item(listed, film.takes[2], by=people.owner)
    longer = visitor(of=listed).comes()
    for number in range(4):
        longer.post("notes", text="A note", first=str(number))
    with django_assert_max_num_queries(asked):
        longer.get("page")
