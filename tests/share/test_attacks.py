"""Every address of a link against everybody whom it should not let in: the same 404 for all, and nothing told."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as studio
from django.core import mail, signing
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from studio.accounts.models import Person
from studio.media.models import Rendition
from studio.media.store import hold
from studio.review.models import Approval, Attachment, Note
from studio.review.notes import write_note
from studio.screening.models import Playlist
from studio.screening.playlists import add_item, make_playlist
from studio.share import actions, urls
from studio.share.entry import ENTRY, cookie_name, preview_token, remember
from studio.share.models import ShareLink
from studio.timeline.freeze import freeze_cut
from studio.timeline.models import CutRevision
from tests.films import FRAMES, Film, asset, export_of, film_of
from tests.share.conftest import Visitor

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-0000-0000-000000000000"
DIGEST = re.compile(rb'"X-CSRFToken": "\w+"|name="csrfmiddlewaretoken" value="\w+"')
POSTS: dict[str, dict[str, Any]] = {
    "notes": {"text": "Hello", "first": "3"},
    "statuses": {"shot": "1"},
    "watched": {},
    "verdict": {"verdict": "approved", "signed": "Cleo"},
    "code": {"email": "cleo@example.com"},
    "proof": {"code": "123456"},
}
SECRETS = ("The Lighthouse", "Cut 1", "For Thursday", "Her hand", "MARA", "owner@example.com", "Owner Person", "Cleo")
Door = Callable[[Visitor], Client]


@pytest.fixture(params=["cut", "playlist"])
def shown(request: pytest.FixtureRequest, film: Film, people: SimpleNamespace, visitor: Callable[..., Visitor]) -> Visitor:
    """A guest who has come, at a link with a password that allows everything; one sound of the film is really in the store."""
    line = film.lines[0]
    assert line.take is not None
    line.take.asset = asset("what the keeper says", "audio/flac", stored=True)
    line.take.save()
    played = asset("a rendition of 58 bytes, ten of them its head, and the rest", stored=True)
    meta = {"codec": "avc1.640020", "init": 10, "init_id": "same", "frames": FRAMES, "frags": list(range(10, 11 + FRAMES))}
    Rendition.objects.filter(source=film.takes[0].asset).update(asset=played, meta=meta)
    of = None
    if request.param == "playlist":
        of = make_playlist(film.project, by=people.owner, name="For Thursday")
        add_item(of, film.takes[0], by=people.owner)
        add_item(of, freeze_cut(film.cut, by=people.owner), by=people.owner)
    return visitor(of=of, password="a lamp", may_take_proxy=True, may_take_master=True).comes(password="a lamp")


def revision_of(at: Visitor) -> CutRevision:
    """The revision that the link shows, be it on a playlist."""
    return at.link.cut_revision or CutRevision.objects.get(cut__project=at.link.project)


def what_it_shows(at: Visitor) -> CutRevision | Playlist:
    return at.link.cut_revision or Playlist.objects.get(project=at.link.project)


def addresses(at: Visitor, film: Film) -> dict[str, list[Any]]:
    """Every address of the link but the page itself, with good values."""
    line = film.lines[0].take
    note, shown = Note.objects.filter(project=film.project).first(), Attachment.objects.first()
    assert line is not None
    return {
        "playlist": [],
        "media": [line.asset_id],
        "segment": [film.takes[0].asset_id, 0],
        "attachment": [shown.pk if shown else 1],
        "clip": [1],
        "movie": [1],
        "notes": [],
        "answers": [note.pk if note else NOBODY],
        "statuses": [],
        "watched": [],
        "verdict": [],
        "code": [],
        "proof": [],
        "certificate": [NOBODY],
        "name": [],
    }


def tried(at: Visitor, film: Film, client: Client) -> dict[str, tuple[int, bytes]]:
    """What this browser is answered at each address, by method."""
    found = {}
    for name, more in addresses(at, film).items():
        where = at.url(name, *more)
        if name not in ("answers", "watched", "verdict", "code", "proof", "name"):
            answer: Any = client.get(where)
            found[f"GET {name}"] = (answer.status_code, b"" if answer.streaming else answer.content)
        if name in POSTS or name in ("answers", "name"):
            body = POSTS.get(name, {"text": "Me too", "name": "Cleo"})
            answer = client.post(where, body) if name != "watched" else client.post(where, {"ranges": [[0, 3]]}, content_type="application/json")
            found[f"POST {name}"] = (answer.status_code, answer.content)
    return found


def no_password(at: Visitor) -> Client:
    return Client()


def wrong_password(at: Visitor) -> Client:
    client = Client()
    assert client.post(at.url("password"), {"password": "a lamb"}).status_code == 302
    return client


def expired(at: Visitor) -> Client:
    ShareLink.objects.filter(pk=at.link.pk).update(expires=timezone.now() - timedelta(seconds=1))
    return at.client


def not_yet(at: Visitor) -> Client:
    ShareLink.objects.filter(pk=at.link.pk).update(not_before=timezone.now() + timedelta(hours=1))
    return at.client


def revoked(at: Visitor) -> Client:
    actions.revoke_link(at.link, by=at.link.made_by)
    return at.client


def limit_reached(at: Visitor) -> Client:
    ShareLink.objects.filter(pk=at.link.pk).update(view_limit=1, views=1)
    client = Client()
    client.post(at.url("password"), {"password": "a lamp"})
    assert client.post(at.url("name"), {"name": "Late"}).status_code == 404
    return client


def another_links_guest(at: Visitor) -> Client:
    """Who may watch another link of the same film, with that link's cookie under this link's name, too."""
    other, token = actions.make_link(what_it_shows(at), by=at.link.made_by, terms=actions.Terms(password="their own"))
    there = Visitor(other, token, Client()).comes(password="their own")
    there.client.cookies[cookie_name(at.link)] = there.client.cookies[cookie_name(other)].value
    return there.client


def forged_cookie(at: Visitor) -> Client:
    client, told = Client(), {"link": at.link.pk.hex, "passed": True, "guest": at.guest.pk.hex}
    client.cookies[cookie_name(at.link)] = signing.dumps(told, key="a guessed key", salt=ENTRY)
    return client


def cookie_of_another_kind(at: Visitor) -> Client:
    """Signed by us, but for something else: a preview."""
    client = Client()
    client.cookies[cookie_name(at.link)] = preview_token(at.link, at.link.made_by).removeprefix("preview.")
    return client


def invented_guest(at: Visitor) -> Client:
    client, answer = Client(), HttpResponse()
    guest = at.guest
    guest.pk = uuid.uuid4()
    remember(answer, at.link, passed=True, guest=guest)
    client.cookies = answer.cookies
    return client


FORGERS = (forged_cookie, cookie_of_another_kind)
DOORS = (
    no_password, wrong_password, expired, not_yet, revoked, limit_reached, another_links_guest, forged_cookie, cookie_of_another_kind, invented_guest,
)  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_nobody_is_let_in(door: Door, shown: Visitor, film: Film, people: SimpleNamespace) -> None:
    note = write_note(revision_of(shown), by=people.owner, text="Her hand is in the lamp.", first=2, audience="client")
    said = asset("what was said of it", "audio/flac", stored=True)
    Attachment.objects.create(note=note, asset=said, medium=Attachment.Medium.SOUND, name="What was said", spoken=True)
    never = ("GET certificate", "GET movie", "GET segment")  # there is none here
    control = {what: status for what, (status, _) in tried(shown, film, shown.client).items() if what not in never}
    assert set(control.values()) <= {200, 201, 204, 302, 422}, "the way in works"
    cache.clear()
    notes, verdicts = Note.objects.count(), Approval.objects.count()
    client = door(shown)
    nowhere = client.get("/c/" + "x" * 43 + "/playlist.json")
    page = client.get(shown.url("page"))
    assert page.status_code == (200 if door in (no_password, wrong_password, *FORGERS, another_links_guest, invented_guest) else 404)
    assert b"cut-player" not in page.content
    if page.status_code == 404 and door is not limit_reached:
        assert client.post(shown.url("password"), {"password": "a lamp"}).status_code == 404, "whether it was right is not told either"
    if door is not invented_guest:  # who gave the password, and may say who they are
        assert not [secret for secret in SECRETS if secret.encode() in page.content], "the page that asks for a password says of what"
    for what, (status, content) in tried(shown, film, client).items():
        if what == "POST name" and door is invented_guest:
            continue
        assert status == 404, f"{what} by {door.__name__}"
        assert not [secret for secret in SECRETS if secret.encode() in content], what
        if what.startswith("GET"):
            assert DIGEST.sub(b"", content) == DIGEST.sub(b"", nowhere.content), "the same page for all"
    assert (Note.objects.count(), Approval.objects.count()) == (notes, verdicts)


def test_every_address_of_a_link_is_tried(shown: Visitor, film: Film) -> None:
    under_a_token = {pattern.name for pattern in urls.urlpatterns if str(pattern.pattern).startswith("c/<str:token>/")}
    assert under_a_token == {*addresses(shown, film), "page", "password"}


def test_a_wrong_token_is_like_none(shown: Visitor) -> None:
    for token in (shown.token[:-1], shown.token + "A", shown.token.swapcase(), "preview.", "preview." + shown.token, "%00", "\ud83d"):
        for name in ("", "playlist.json", "notes/"):
            assert shown.client.get(f"/c/{token}/{name}".encode("utf-8", "replace").decode()).status_code == 404


def test_another_projects_ids_and_internal_notes_are_not_there(shown: Visitor, film: Film, people: SimpleNamespace) -> None:
    stranger = Person.objects.create_user("other@example.com", name="Other")
    other = film_of(stranger, "Secret Harbour")
    theirs = asset("what they say", "audio/flac", stored=True)
    hold(other.project, theirs)
    hold(film.project, theirs)  # even held, it is not of this cut
    internal = write_note(revision_of(shown), by=people.owner, text="Her hand is in the lamp.", first=2)
    elsewhere = write_note(revision_of(shown), by=people.owner, text="Shown", first=2, audience="client")
    Note.objects.filter(pk=elsewhere.pk).update(project=other.project)
    assert shown.get("media", theirs.sha256).status_code == 404
    for note in (internal, elsewhere):
        assert shown.post("answers", note.pk, text="What is this?").status_code == 404
    assert b"Her hand" not in shown.get("notes").content and b"Her hand" not in shown.get("page").content
    assert str(internal.pk).encode() not in shown.get("page").content


def test_originals_and_frames_that_were_cut_away_do_not_leave(shown: Visitor, film: Film, people: SimpleNamespace) -> None:
    master = film.takes[0].asset_id
    assert shown.get("media", master).status_code == 404
    played = Rendition.objects.get(source=master, name="rendition").asset_id
    assert shown.get("media", played, headers={"Range": "bytes=0-57"}).status_code == 206, "the whole take is in this cut"
    light = asset("the light one of 58 bytes, ten of them its head, the rest too", stored=True)
    Rendition.objects.create(source=film.takes[0].asset, name="light", asset=light, meta=Rendition.objects.get(asset=played).meta)
    film.clips[0].source_in, film.clips[0].source_out = 10, 20
    film.clips[0].save()
    link, token = actions.make_link(film.cut, by=people.owner)
    trimmed = Visitor(link, token, Client()).comes()
    lights = [take["light"]["url"] for take in trimmed.get("playlist").json()["takes"].values() if take["light"]]
    assert lights == [trimmed.url("media", light.sha256)]
    asked = {
        "bytes=0-9": 206, "bytes=20-29": 206, "bytes=25-26": 206,
        "bytes=20-30": 404, "bytes=19-29": 404, "bytes=0-29": 404, "bytes=-8": 404, "bytes=30-": 404, "bytes=10-19": 404,
        "bytes=0-1,40-50": 404, "": 404,
    }  # fmt: skip
    for file in (played, light.sha256):
        assert {span: trimmed.get("media", file, headers={"Range": span} if span else {}).status_code for span in asked} == asked
    late = trimmed.get("media", played, headers={"Range": "bytes=0-9", "If-Range": '"something else"'})
    assert late.status_code == 404, "a range that no longer counts would be the whole file"
    assert trimmed.client.head(trimmed.url("media", played)).status_code == 404


def test_nothing_of_a_link_is_kept_on_the_way(shown: Visitor, film: Film) -> None:
    for name, more in addresses(shown, film).items():
        if name in ("playlist", "media", "notes", "clip"):
            assert shown.get(name, *more)["Cache-Control"] == "private, no-store", name
    assert shown.get("page")["Cache-Control"] == "private, no-store"
    cookie = shown.client.cookies[cookie_name(shown.link)]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"


def test_a_link_that_wants_a_watermark_plays_nothing_that_takes_none(shown: Visitor, film: Film, visitor: Callable[..., Visitor]) -> None:
    with pytest.raises(actions.LinkRefused, match="no picture that a name can be burned into"):
        visitor(watermark=True)
    export_of(film, shown.link.made_by)
    assert shown.get("movie", 1).status_code == shown.get("clip", 1).status_code == 200
    ShareLink.objects.filter(pk=shown.link.pk).update(watermark=True)
    asked = [*addresses(shown, film).items(), ("media", [Rendition.objects.get(source=film.takes[0].asset, name="rendition").asset_id])]
    said = [(name, shown.get(name, *more).status_code) for name, more in asked if name in ("playlist", "media", "segment", "clip", "movie")]
    assert [status for _, status in said] == [404, 200, 404, 404, 404, 404], said  # 200: a sound, which bears no mark
    page = shown.get("page")
    assert b"nothing leaves the studio unmarked" in page.content and b"cut-player" not in page.content


def test_passwords_are_tried_ten_times_an_hour(visitor: Callable[..., Visitor]) -> None:
    at = visitor(password="a lamp")
    answers = [visitor(at=at).post("password", password=f"guess {n}").status_code for n in range(12)]
    assert answers == [302] * 10 + [429] * 2
    assert visitor(at=at).post("password", password="a lamp").status_code == 429, "not even the right one"
    at.link.refresh_from_db()
    assert (at.link.wrong_passwords, at.link.right_passwords) == (10, 0)


def test_one_machine_tries_twenty_passwords_an_hour_at_all_links_together(visitor: Callable[..., Visitor]) -> None:
    three = [visitor(password="a lamp", name=f"Link {n}") for n in range(3)]
    answers = [visitor(at=three[n // 9]).post("password", password="?").status_code for n in range(27)]
    assert answers == [302] * 20 + [429] * 7


def test_a_right_password_takes_back_its_own_try_alone(visitor: Callable[..., Visitor]) -> None:
    at = visitor(password="a lamp")
    asked = ["a lamb"] * 9 + ["a lamp"] * 3 + ["a lamb"] * 2
    assert [visitor(at=at).post("password", password=each).status_code for each in asked] == [302] * 13 + [429]


def test_right_passwords_lock_nobody_out(visitor: Callable[..., Visitor]) -> None:
    at = visitor(password="a lamp")
    assert {visitor(at=at).post("password", password="a lamp").status_code for _ in range(25)} == {302}


def test_a_code_is_good_once_for_one_guest_and_five_tries(visitor: Callable[..., Visitor], mailed: Any) -> None:
    at = visitor().comes()
    at.post("code", email="cleo@example.com")
    found = re.search(r"\b\d{6}\b", str(mail.outbox[0].body))
    assert found is not None
    digits = found[0]
    other = visitor(at=at).comes("Dora")
    other.post("code", email="cleo@example.com")
    assert "code=wrong" in other.post("proof", code=digits)["Location"], "another guest's code"
    assert "code=wrong" not in at.post("proof", code=digits)["Location"]
    assert "code=wrong" in at.post("proof", code=digits)["Location"], "the same code again"
    at.post("code", email="cleo@example.com")
    newest = re.search(r"\b\d{6}\b", str(mail.outbox[2].body))
    assert newest is not None
    wrong = f"{(int(newest[0]) + 1) % 10**6:06}"
    for _ in range(5):
        at.post("proof", code=wrong)
    assert "code=wrong" in at.post("proof", code=newest[0])["Location"], "after five wrong tries the right one is no longer good"
    assert digits not in str(list(at.guest.codes.values())), "codes are not kept"


def test_a_code_that_is_old_is_no_code(visitor: Callable[..., Visitor], mailed: Any) -> None:
    at = visitor().comes()
    at.post("code", email="cleo@example.com")
    at.guest.codes.update(expires=timezone.now() - timedelta(seconds=1))
    found = re.search(r"\b\d{6}\b", str(mail.outbox[0].body))
    assert found is not None
    assert "code=wrong" in at.post("proof", code=found[0])["Location"]
    assert at.guest.verified is None


def test_a_preview_is_for_who_made_it_alone_and_only_while_they_may(
    visitor: Callable[..., Visitor], people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    at = visitor(password="a lamp")
    where = f"/c/{preview_token(at.link, people.producer)}/"
    assert client_for(people.producer).get(where).status_code == 200
    for person in (None, people.owner, people.artist, people.client, people.stranger):
        assert client_for(person).get(where).status_code == 404
    producer = client_for(people.producer)
    assert producer.post(f"{where}notes/", {"text": "Hello", "first": "0"}).status_code == 409
    assert not Note.objects.exists()
    at.link.project.memberships.filter(person=people.producer).update(role="artist")
    assert producer.get(where).status_code == 404
    at.link.refresh_from_db()
    assert at.link.views == 0


def test_a_guests_cookie_opens_nothing_of_the_studio(shown: Visitor, film: Film) -> None:
    for where in ("/", f"/projects/{film.project.slug}/", f"/projects/{film.project.slug}/media/{film.takes[0].asset_id}"):
        answer = shown.client.get(where)
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    assert studio.SESSION_COOKIE_NAME not in shown.client.cookies
