"""A client signs exactly this cut, under an address that was proved by a real mail; and years later it can be shown."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from studio.events.models import Event
from studio.media.store import store
from studio.review.approving import give_verdict
from studio.review.models import Approval
from studio.share import actions, certificate, queries
from studio.share.actions import Terms
from studio.share.certificate import certificate_of, examine, find
from studio.share.models import ShareLink
from studio.timeline.changes import changes
from tests.films import Film, asset
from tests.services import as_owner
from tests.share.conftest import Visitor

pytestmark = pytest.mark.django_db


class Letterbox(socketserver.StreamRequestHandler):
    """As much of an SMTP server (RFC 5321) as takes a mail."""

    def handle(self) -> None:
        self._say(220, "here")
        for line in self.rfile:
            word = line.strip().upper()[:4]
            if word == b"DATA":
                self._say(354, "go on")
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line)
                self.server.mails.append(b"".join(lines).decode())  # type: ignore[attr-defined]
            self._say(221 if word == b"QUIT" else 250, "well")
            if word == b"QUIT":
                return

    def _say(self, code: int, words: str) -> None:
        self.wfile.write(f"{code} {words}\r\n".encode())


@pytest.fixture
def smtp(settings: Any) -> Iterator[list[str]]:
    """A mail server that is really spoken to; what came is in the list."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Letterbox) as server:
        server.mails = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_ENABLED = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server.mails  # type: ignore[attr-defined]
        server.shutdown()


@pytest.fixture
def kept(film: Film) -> Film:
    """The film with every take and sound really in the store."""
    for take in film.takes:
        take.asset = asset(f"master of take {take.pk}", stored=True)
        take.save()
    for line in film.lines:
        assert line.take is not None
        line.take.asset = asset(f"line {line.pk}", "audio/flac", stored=True)
        line.take.save()
    for scene in film.scenes:
        for cue in scene.cues.all():
            assert cue.take is not None
            cue.take.asset = asset(f"cue {cue.pk}", "audio/flac", stored=True)
            cue.take.save()
    return film


@pytest.fixture
def approval(kept: Film, visitor: Callable[..., Visitor], mailed: Any) -> Approval:
    visitor().comes().proves("cleo@example.com").post("verdict", verdict="with notes", signed="Cleo Böhm 山田", words="Lovely.")
    return Approval.objects.select_related("cut_revision__cut__project").get()


def test_without_mail_nothing_is_signed_and_the_page_says_why(visitor: Callable[..., Visitor]) -> None:
    at = visitor().comes()
    assert b"no mail set up" in at.get("page").content
    assert at.post("verdict", verdict="approved", signed="Cleo").status_code == 422
    assert not Approval.objects.exists()


def test_a_verdict_needs_a_proved_address_and_names_this_very_cut(visitor: Callable[..., Visitor], smtp: list[str], kept: Film) -> None:
    at = visitor().comes()
    assert at.post("verdict", verdict="approved", signed="Cleo").status_code == 422
    assert at.post("code", email="cleo@example.com").status_code == 302
    (letter,) = smtp
    digits = re.search(r"^Subject: (\d{6}) is your code", letter, re.M)
    assert "To: cleo@example.com" in letter and digits is not None
    at.post("proof", code=f" {digits[1][:3]} {digits[1][3:]} ")
    frozen = at.frozen
    page = at.get("page").content.decode()
    assert frozen.hash in page and "I approve revision 1" in page and "cleo@example.com" in page, "what is signed is shown before"
    assert at.post("verdict", verdict="changes", signed="Cleo").status_code == 422, "changes are asked for in words"
    assert at.post("verdict", verdict="approved", signed=" ").status_code == 422
    assert at.post("verdict", verdict="final", signed="Cleo").status_code == 422
    assert at.post("verdict", verdict="approved", signed="Cleo").status_code == 302
    given = Approval.objects.get()
    assert (given.hash, given.email, given.name, given.verified) == (frozen.hash, "cleo@example.com", "Cleo", at.guest.verified)
    assert given.statement in re.sub(r"</?span[^>]*>", "", page) and given.person.is_guest
    event = Event.objects.get(kind="cut.judged")
    assert event.data["link"] == str(at.link.pk) and event.data["hash"] == frozen.hash


def test_a_mail_server_that_is_away_is_said(visitor: Callable[..., Visitor], smtp: list[str], settings: Any) -> None:
    settings.EMAIL_PORT = 9
    at = visitor().comes()
    answer = at.post("code", email="cleo@example.com")
    assert "code=failed" in answer["Location"]
    assert b"could not be sent" in at.client.get(at.url("page") + "?code=failed").content


def test_a_newer_shared_revision_supersedes_and_says_what_changed(
    kept: Film, visitor: Callable[..., Visitor], mailed: Any, people: SimpleNamespace
) -> None:
    old = visitor().comes().proves("cleo@example.com")
    old.post("verdict", verdict="approved", signed="Cleo")
    assert "Superseded" not in old.get("page").content.decode()
    kept.clips[0].source_in = 8
    kept.clips[0].save()
    kept.clips[1].take = kept.takes[0]
    kept.clips[1].save()
    kept.clips[3].order = 1.0
    kept.clips[3].save()
    kept.clips[2].removed = True
    kept.clips[2].save()
    link, token = actions.make_link(kept.cut, by=people.owner, terms=Terms())
    assert "Superseded" in old.get("page").content.decode()
    from django.test import Client

    new = Visitor(link, token, Client()).comes()
    assert "Superseded" not in new.get("page").content.decode(), "who has proved nothing has signed nothing"
    page = new.proves("cleo@example.com").get("page").content.decode()
    assert "on revision 1" in page and "Superseded by this one" in page
    said = [(one.code, one.what) for one in changes(old.frozen, Visitor(link, "", old.client).frozen)]
    assert ("1.1", "8 frames shorter") in said and ("1.3", "taken out") in said
    assert any(code == "1.2" and "another take" in what for code, what in said) and any(code == "1.4" and "moved" in what for code, what in said)
    for _, what in said:
        assert what in page


def shortened(film: Film) -> None:
    clip = film.clips[0]
    clip.refresh_from_db()
    clip.source_out -= 1
    clip.save()


def test_what_was_taken_back_or_is_for_others_supersedes_nothing(
    kept: Film, visitor: Callable[..., Visitor], mailed: Any, people: SimpleNamespace
) -> None:
    """A guest is told of a newer revision only where it was shown to them, or to whoever holds a link; a dead link tells of nothing."""
    old = visitor().comes().proves("cleo@example.com")
    old.post("verdict", verdict="approved", signed="Cleo")

    def superseded() -> bool:
        page = old.get("page").content.decode()
        assert ("newer revision" in page) == ("Superseded" in page) == (queries.shared_with("cleo@example.com")[-1].newer is not None)
        return "Superseded" in page

    shortened(kept)
    mistaken = visitor()
    assert superseded()
    actions.revoke_link(mistaken.link, by=people.owner)
    assert not superseded(), "nobody can see it"
    give_verdict(mistaken.frozen, "approved", by=people.owner, signed="Owner")
    assert not superseded(), "what the team signs is the team's"
    later = visitor(not_before=timezone.now() + timedelta(hours=1))
    assert not superseded(), "it has not begun"
    actions.revoke_link(later.link, by=people.owner)
    theirs = visitor(recipients=("dora@example.com",), domains=("elsewhere.example",))
    assert not superseded(), "that somebody else is shown something is nobody's business"
    actions.change_link(theirs.link, by=people.owner, name="Both", expires=theirs.link.expires, recipients=["dora@example.com", "cleo@example.com"])
    assert superseded()
    ShareLink.objects.filter(pk=theirs.link.pk).update(expires=timezone.now() - timedelta(hours=1))
    assert superseded(), "it was shown, and its time is over"
    actions.revoke_link(theirs.link, by=people.owner)
    assert not superseded()


def test_what_a_guest_signed_themselves_supersedes_though_its_link_is_gone(
    kept: Film, visitor: Callable[..., Visitor], mailed: Any, people: SimpleNamespace
) -> None:
    old = visitor().comes().proves("cleo@example.com")
    shortened(kept)
    new = visitor().comes().proves("cleo@example.com")
    new.post("verdict", verdict="approved", signed="Cleo")
    actions.revoke_link(new.link, by=people.owner)
    assert "newer revision" in old.get("page").content.decode()
    assert "newer revision" not in visitor(at=old).comes().proves("dora@example.com").get("page").content.decode()
    assert "newer revision" not in visitor(at=old).comes().get("page").content.decode(), "who has proved nothing"


def test_a_preview_tells_of_newer_revisions_what_its_client_is_told(
    kept: Film, visitor: Callable[..., Visitor], mailed: Any, people: SimpleNamespace, client_for: Callable[..., Any]
) -> None:
    old, everybody = visitor(recipients=("cleo@example.com",)), visitor()
    shortened(kept)
    visitor(recipients=("cleo@example.com",))
    owner, project = client_for(people.owner), kept.project.slug
    for at, told in ((old, True), (everybody, False)):
        page = owner.get(reverse("share:preview", args=[project, at.link.pk]), follow=True).content.decode()
        assert ("newer revision" in page) == told


def test_nothing_changed_is_said_as_such(kept: Film, visitor: Callable[..., Visitor]) -> None:
    frozen = visitor().frozen
    assert changes(frozen, frozen) == []


def test_the_certificate_is_the_signers_alone(approval: Approval, visitor: Callable[..., Visitor], mailed: Any, people: SimpleNamespace) -> None:
    link, token = actions.make_link(approval.cut_revision, by=people.owner)
    from django.test import Client

    mine = Visitor(link, token, Client()).comes().proves("cleo@example.com")
    answer = mine.get("certificate", approval.pk)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf" and answer.content == certificate_of(approval)
    assert Visitor(link, token, Client()).comes().proves("dora@example.com").get("certificate", approval.pk).status_code == 404
    assert Visitor(link, token, Client()).comes().get("certificate", approval.pk).status_code == 404


def verified(given: str) -> str:
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_approval", given, stdout=out, stderr=err)
    except CommandError as problem:
        err.write(f"\n{problem}")
    return out.getvalue() + err.getvalue()


def test_the_command_works_it_all_out_anew(approval: Approval, tmp_path: Path) -> None:
    paper = tmp_path / "approval.pdf"
    paper.write_bytes(certificate_of(approval))
    for given in (str(approval.pk), str(paper)):
        said = verified(given)
        assert "The approval holds" in said and "BROKEN" not in said and approval.hash in said
    assert "byte for byte" in verified(str(paper))
    assert "neither the id" in verified("nonsense")
    assert "No approval" in verified("00000000-0000-0000-0000-000000000000")
    paper.write_bytes(b"%PDF-1.4 something else")
    assert "no certificate" in verified(str(paper))


def test_a_paper_that_was_altered_is_found_out(approval: Approval) -> None:
    true = certificate_of(approval)
    other = approval.hash[:-1] + ("0" if approval.hash[-1] != "0" else "1")
    for forged in (true.replace(approval.hash.encode(), other.encode(), 1), true + b"\n%more"):
        assert not all(one.good for one in find("", forged)[1])
    sealed = certificate.seal(approval)
    forged = true.replace(sealed.encode(), b"0" * 64)
    assert forged != true and not all(one.good for one in find("", forged)[1])


def test_a_take_that_was_altered_or_lost_is_found_out(approval: Approval, kept: Film) -> None:
    assert all(one.good for one in examine(approval))
    victim = kept.takes[1].asset_id
    if victim not in str(approval.cut_revision.data):
        victim = kept.takes[0].asset_id
    path = store().local(victim)
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[:-1] + b"?")
        assert f"The file {victim} is lost or altered." in [one.words for one in examine(approval) if not one.good]
        path.unlink()
        assert f"The file {victim} is lost or altered." in [one.words for one in examine(approval) if not one.good]
    finally:
        path.write_bytes(whole)


def test_frozen_data_that_was_altered_is_found_out(approval: Approval) -> None:
    frozen = approval.cut_revision
    frozen.data["clips"][0]["source_in"] += 1
    assert sum(not one.good for one in examine(approval)) == 2


@pytest.mark.django_db(transaction=True)
def test_the_application_cannot_change_what_was_signed(approval: Approval) -> None:
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"):
        Approval.objects.filter(pk=approval.pk).update(hash="0" * 64)
    as_owner(f"UPDATE review_approval SET hash = '{'0' * 64}' WHERE id = '{approval.pk}'")
    assert "BROKEN" in verified(str(approval.pk))
