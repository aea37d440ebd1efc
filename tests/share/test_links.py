"""Links are made, changed, watched through and taken back; guests write and see what is theirs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db.models import ProtectedError, RestrictedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.events.models import Event
from studio.projects.actions import delete_project
from studio.review.models import Note
from studio.review.notes import answer_note, write_note
from studio.share import actions, guests, queries
from studio.share.actions import LinkRefused, Terms
from studio.share.models import ShareLink
from studio.timeline.freeze import freeze_cut
from tests.films import FRAMES, Film
from tests.share.conftest import Visitor

pytestmark = pytest.mark.django_db


def test_a_link_freezes_the_cut_and_keeps_only_hashes(film: Film, people: SimpleNamespace) -> None:
    link, token = actions.make_link(film.cut, by=people.owner, terms=Terms(name="Agency", password="a lamp"))
    assert link.cut_revision == freeze_cut(film.cut, by=people.owner)
    row = str(ShareLink.objects.filter(pk=link.pk).values().get())
    assert token not in row and "a lamp" not in row and link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) >= 43, "256 bits"
    assert timedelta(days=6, hours=23) < link.expires - timezone.now() <= timedelta(days=7)
    event = Event.objects.get(kind="link.made", subject_kind="sharelink")
    assert event.data["hash"] == link.cut_revision.hash and token not in str(event.data)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (Terms(expires=timezone.now() - timedelta(days=1)), "ends after it begins"),
        (Terms(expires=timezone.now() + timedelta(days=800)), "at most a year"),
        (Terms(domains=("example.com",)), "No mail is set up"),
        (Terms(watermark=True, may_take_master=True), "carry no watermark"),
    ],
)
def test_what_cannot_be_is_refused(film: Film, people: SimpleNamespace, terms: Terms, words: str) -> None:
    with pytest.raises(LinkRefused, match=words):
        actions.make_link(film.cut, by=people.owner, terms=terms)
    assert not ShareLink.objects.exists()


def test_a_frozen_revision_that_is_shared_cannot_be_deleted_alone(film: Film, visitor: Callable[..., Visitor]) -> None:
    at = visitor()
    with pytest.raises(RestrictedError):
        at.frozen.delete()


def test_guests_with_one_name_are_two_guests(visitor: Callable[..., Visitor]) -> None:
    first = visitor().comes("Cleo")
    second = visitor(at=first).comes("Cleo")
    first.post("notes", text="Mine alone.", first="3")
    assert b"Mine alone." in first.get("notes").content and b"You" in first.get("notes").content
    assert b"Mine alone." not in second.get("notes").content and b"Mine alone." not in second.get("page").content
    one, two = first.link.guests.order_by("came")
    assert one.person != two.person and one.person.is_guest and two.person.is_guest


def test_a_proved_address_is_one_person_in_every_browser(visitor: Callable[..., Visitor], mailed: Any, people: SimpleNamespace) -> None:
    first = visitor().comes("Cleo")
    first.post("notes", text="From the sofa.", first="3")
    second = visitor(at=first).comes("Cleo A.").proves("Cleo@Example.com")
    assert b"From the sofa." not in second.get("notes").content
    first.proves("cleo@example.com")
    assert b"From the sofa." in second.get("notes").content
    one, two = first.link.guests.order_by("came")
    assert one.person == two.person and one.person.email.endswith("@guest.invalid"), "it takes nobody's address from an account"
    assert Note.objects.get().author == one.person


def test_a_guest_sees_the_studios_answers_and_no_names_of_the_team(visitor: Callable[..., Visitor], people: SimpleNamespace) -> None:
    at = visitor().comes()
    at.post("notes", text="Too dark?", first="3", last="9")
    note = Note.objects.get()
    assert (note.audience, note.first, note.last) == ("client", 3, 9)
    answer_note(note, by=people.artist, text="We lifted it.")
    write_note(at.frozen, by=people.owner, text="For the client.", first=5, audience="client")
    page = at.get("page").content
    assert b"We lifted it." in page and b"For the client." in page and b"The studio" in page
    for name in ("Artist Person", "Owner Person", "artist@example.com", f"/projects/{at.link.project.slug}/", '"shot"'):
        assert name.encode() not in page
    told = at.get("playlist").json()
    assert at.link.project.slug not in str(told) and "KEEPER'S ROOM" not in str(told) and set(told["clips"][0]) == {"key", "take", "in", "out", "at"}


def test_captions_are_of_lines_that_are_heard_whole(film: Film, visitor: Callable[..., Visitor]) -> None:
    def words(at: Visitor) -> set[str]:
        return {sound["words"] for sound in at.get("playlist").json()["sound"] if sound["words"]}

    said = film.lines[0].text
    assert said in words(visitor().comes())
    film.clips[0].source_out = 10
    film.clips[0].save()
    assert said not in words(visitor().comes())


def test_other_guests_are_seen_only_where_the_link_says_so(visitor: Callable[..., Visitor]) -> None:
    first = visitor(guests_see_each_other=True).comes("Cleo")
    first.post("notes", text="I like it.", first="3")
    second = visitor(at=first).comes("Dora")
    assert b"I like it." in second.get("notes").content and b"Cleo" in second.get("notes").content
    assert second.post("answers", Note.objects.get().pk, text="So do I.").status_code == 201
    third = Visitor(*actions.make_link(first.frozen, by=first.link.made_by, terms=Terms(guests_see_each_other=True)), Client()).comes()
    assert b"I like it." not in third.get("notes").content, "guests of another link are not among us"


def test_a_guest_who_calls_themselves_the_studio_is_a_guest(
    visitor: Callable[..., Visitor], mailed: Any, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    first = visitor(guests_see_each_other=True).comes("The studio").proves("mallory@example.com")
    first.post("notes", text="Approve it, please.", first="3")
    first.post("verdict", verdict="approved", signed="Owner Person")
    page = visitor(at=first).comes("Dora").get("page").content.decode()
    assert re.search(r"<b>The studio</b><span[^>]*>guest<", page) and "mallory@example.com" not in page
    project = first.link.project.slug
    team = client_for(people.owner).get(reverse("review:revision", args=[project, first.frozen.number])).content.decode()
    assert re.search(r"<b>The studio</b><span[^>]*>guest<", team) and "Owner Person, mallory@example.com: approved" in team


def test_what_a_link_does_not_allow_is_refused(visitor: Callable[..., Visitor]) -> None:
    watching = visitor(may_note=False, may_approve=False).comes()
    assert watching.post("notes", text="Hello", first="0").status_code == 422
    assert watching.post("verdict", verdict="approved", signed="Cleo").status_code == 422
    assert b"data-compose" not in watching.get("page").content and b'id="sign"' not in watching.get("page").content
    assert watching.get("clip", 1).status_code == watching.get("movie", 1).status_code == 404
    words = visitor(may_draw=False).comes()
    shape = '[{"v": 1, "kind": "box", "colour": "rose", "width": 0.006, "from": [0.1, 0.1], "to": [0.4, 0.5]}]'
    assert words.post("notes", text="Here", first="0", shapes=shape).status_code == 422
    assert not Note.objects.exists()
    assert visitor().comes().post("notes", text="Here", first="0", shapes=shape).status_code == 201


def test_only_named_people_get_in(visitor: Callable[..., Visitor], mailed: Any) -> None:
    at = visitor(recipients=("cleo@example.com",), domains=("agency.example",)).comes()
    assert b"Prove your address" in at.get("page").content and b"The Lighthouse" not in at.get("page").content
    at.post("code", email="mallory@example.com")
    assert not mail.outbox and b"mallory@example.com" in at.get("page").content, "answered as anybody"
    assert at.get("playlist").status_code == 404
    assert at.proves("cleo@example.com").get("playlist").status_code == 200
    assert visitor(at=at).comes("Dora").proves("dora@agency.example").get("playlist").status_code == 200
    actions.change_link(at.link, by=at.link.made_by, name="Agency", expires=at.link.expires, recipients=["eve@example.com"])
    assert at.get("playlist").status_code == 404, "taken off the list, out at once"


def test_a_view_is_a_sitting_and_the_limit_holds(visitor: Callable[..., Visitor]) -> None:
    first = visitor(view_limit=2).comes("Cleo")
    for _ in range(3):
        assert first.get("page").status_code == 200
    second = visitor(at=first).comes("Dora")
    assert second.get("page").status_code == 200
    third = visitor(at=first)
    assert third.post("name", name="Late").status_code == 404
    assert first.get("playlist").status_code == 200, "who sits, sits"
    guest = first.link.guests.order_by("came")[0]
    guest.viewed = timezone.now() - timedelta(hours=13)
    guest.save()
    assert first.get("page").status_code == 404, "a new sitting is a new view, and none is left"
    first.link.refresh_from_db()
    assert first.link.views == 2


def test_what_was_watched_is_told_to_the_team(visitor: Callable[..., Visitor], people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    at = visitor().comes("Cleo")
    for ranges in ([[0, 20]], [[21, 40], [100, 120]], [[10, 30]], [[180, 5000]], [[-9, -1]]):
        assert at.client.post(at.url("watched"), {"ranges": ranges}, content_type="application/json").status_code == 204
    rows = at.guest.watched.order_by("first").values_list("first", "last")
    assert list(rows) == [(0, 40), (100, 120), (180, 4 * FRAMES - 1)]
    for bad in ('{"ranges": [[1]]}', '{"ranges": "x"}', "[]", '{"ranges": ' + str([[0, 1]] * 51) + "}"):
        assert at.client.post(at.url("watched"), bad, content_type="application/json").status_code == 400
    (visit,) = queries.visits(at.link)
    assert visit.part == (41 + 21 + 12) / (4 * FRAMES)
    page = client_for(people.reviewer).get(reverse("share:link", args=[at.link.project.slug, at.link.pk])).content.decode()
    assert "Cleo" in page and "00:00:00:00–00:00:01:16" in page and "Watched 39 %" in page


def test_the_teams_pages(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    owner, where = client_for(people.owner), reverse("share:links", args=[film.project.slug])
    assert "Share with a client" in owner.get(where).content.decode()
    made = owner.post(where, {"name": "Agency", "days": "3", "password": "a lamp", "may_note": "on"})
    assert made.status_code == 201
    link = ShareLink.objects.get()
    address = made.context["address"]
    assert address in made.content.decode() and address not in owner.get(where).content.decode(), "shown once"
    assert (link.may_note, link.may_draw, link.may_approve, link.name) == (True, False, False, "Agency")
    assert owner.post(where, {"name": "Agency", "days": "0"}).status_code == 400
    assert owner.post(where, {"name": "Agency", "days": "3", "recipients": "nonsense"}).status_code == 400
    details = reverse("share:details", args=[film.project.slug, link.pk])
    later = timezone.now() + timedelta(days=20)
    assert owner.post(details, {"name": "The agency", "expires": later.strftime("%Y-%m-%dT%H:%M"), "recipients": ""}).status_code == 302
    link.refresh_from_db()
    assert link.name == "The agency" and abs(link.expires - later) < timedelta(minutes=1)
    assert owner.post(details, {"name": "The agency", "expires": "2020-01-01T00:00"}).status_code == 400
    owner.post(reverse("share:revocation", args=[film.project.slug, link.pk]))
    link.refresh_from_db()
    assert link.state == "revoked" and Event.objects.filter(kind="link.revoked").count() == 1
    owner.post(reverse("share:revocation", args=[film.project.slug, link.pk]))
    assert Event.objects.filter(kind="link.revoked").count() == 1


def test_a_film_that_was_signed_is_not_deleted(visitor: Callable[..., Visitor], mailed: Any, people: SimpleNamespace, film: Film) -> None:
    at = visitor().comes().proves("cleo@example.com")
    guests.judge(at.guest, "approved", signed="Cleo", words="")
    with pytest.raises(ProtectedError):
        delete_project(film.project, by=people.owner)
    assert at.get("page").status_code == 200


def test_a_film_that_was_only_watched_is_deleted_with_its_links(visitor: Callable[..., Visitor], people: SimpleNamespace, film: Film) -> None:
    at = visitor(name="Agency").comes("Cleo")
    at.post("notes", text="Lovely.", first="3")
    guests.watch(at.guest, [(0, 9)])
    delete_project(film.project, by=people.owner)
    assert not ShareLink.objects.exists() and at.get("page").status_code == 404
