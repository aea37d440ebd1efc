"""A cut that somebody signed, and everything that the studio and its database role can do to what it uses."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from studio.accounts.models import Person
from studio.media import store
from studio.media.models import Holding
from studio.projects.models import Project
from studio.review.approving import give_verdict
from studio.review.models import Approval
from studio.share.actions import make_link
from studio.share.models import ShareLink
from studio.timeline.freeze import content_hash
from studio.timeline.models import CutRevision
from tests.films import Film, asset
from tests.security.conftest import Everything
from tests.security.matrix import BODIES, rows
from tests.security.test_matrix import ADDRESSES, post

pytestmark = pytest.mark.django_db
CHANGES = sorted(address for address, row in rows().items() if "POST" in row)


def really_stored(film: Film) -> None:
    """The bytes of what a film made of rows plays, so that a file that vanishes is missed."""
    asset(f"{film.project.pk} take {film.shots[0].pk}/2", stored=True)
    for shot in film.shots:
        asset(f"{film.project.pk} take {shot.pk}/1", stored=True)
        asset(f"{film.project.pk} rendition {shot.pk}/1", stored=True)
    for line in film.lines:
        asset(f"{film.project.pk} line {line.pk}", "audio/flac", stored=True)
    for scene in film.scenes:
        for cue in scene.cues.all():
            asset(f"{film.project.pk} cue {cue.pk}", "audio/flac", stored=True)


def what_was_signed(given: Approval, client: Client) -> dict[str, Any]:
    """Worked out anew from the rows, the store and the pages: what must be the same for ever."""
    row, signed = CutRevision.objects.get(pk=given.cut_revision_id), Approval.objects.get(pk=given.pk)
    used = {clip["asset"] for clip in row.data["clips"]} | {sound["asset"] for sound in row.data["sounds"]}
    playlist = client.get(reverse("review:playlist", args=(row.cut.project.slug, row.number)))
    assert playlist.status_code == 200
    held = set(Holding.objects.filter(project=row.cut.project, asset__in=used).values_list("asset_id", flat=True))
    return {
        "fingerprint": content_hash(row.data),
        "signed": (signed.hash, signed.verdict, signed.name, signed.email, signed.statement, signed.at),
        "bytes": {sha256: store.fingerprint(store.local(sha256)) == sha256 for sha256 in used},
        "served": held == used,
        "played": playlist.content,
    }


def test_no_change_that_the_studio_allows_touches_what_was_signed(
    here: Everything, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    really_stored(here.film)
    frozen = here.export.cut_revision
    given = give_verdict(frozen, "approved", by=people.client, signed="The Client")
    before = what_was_signed(given, client_for(people.producer))
    assert before["fingerprint"] == given.hash and all(before["bytes"].values()) and len(before["bytes"]) == 8 and before["served"]
    harmed, refused = [], []
    for address in CHANGES:
        where = reverse(address, kwargs=here.arguments(address, ADDRESSES[address]))
        with transaction.atomic():
            by_guest = address.startswith("share:") and "token" in ADDRESSES[address]
            answer = post(here.as_guest() if by_guest else client_for(people.owner), where, {**BODIES.get(address, {}), **here.body(address)})
            if answer.status_code >= 400:
                refused.append(address)
            if what_was_signed(given, client_for(people.producer)) != before:
                harmed.append(address)
            transaction.set_rollback(True)
    assert not harmed
    assert {*refused} - {"shelf:commands"} == {"projects:deletion"}, "a change that was not made proves nothing"  # a worker is gone after a while


def test_no_change_that_the_studio_allows_touches_a_playlist_that_was_shared(
    here: Everything, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    really_stored(here.film)
    link, _ = make_link(here.item.playlist, by=people.owner)
    assert link.reel is not None
    data, plan = link.reel.data, link.reel.plan
    used = {clip["asset"] for clip in data["clips"]} | {sound["asset"] for sound in data["sounds"]}
    harmed = []
    for address in sorted({*CHANGES} - {"projects:deletion"}):  # what nobody signed goes with its film
        where = reverse(address, kwargs=here.arguments(address, ADDRESSES[address]))
        with transaction.atomic():
            by_guest = address.startswith("share:") and "token" in ADDRESSES[address]
            post(here.as_guest() if by_guest else client_for(people.owner), where, {**BODIES.get(address, {}), **here.body(address)})
            now = ShareLink.objects.filter(pk=link.pk).select_related("reel").first()
            held = set(Holding.objects.filter(project=link.project, asset__in=used).values_list("asset_id", flat=True))
            if now is None or now.reel is None or now.plan != plan or content_hash(now.reel.data) != link.hash or held != used:
                harmed.append(address)
            transaction.set_rollback(True)
    assert not harmed


def test_a_film_with_a_verdict_stays(here: Everything, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    give_verdict(here.export.cut_revision, "changes", by=people.client, signed="The Client", words="Shorter.")
    project = here.film.project
    answer = client_for(people.owner).post(reverse("projects:deletion", args=(project.slug,)), {"name": project.name})
    assert answer.status_code == 409 and Project.objects.filter(pk=project.pk).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE timeline_cutrevision SET data = '{}'",
        "UPDATE timeline_cutrevision SET hash = repeat('0', 64)",
        "UPDATE timeline_cutrevision SET number = 7",
        "DELETE FROM timeline_cutrevision",
        "TRUNCATE timeline_cutrevision CASCADE",
        "UPDATE review_approval SET verdict = 'changes'",
        "DELETE FROM review_approval",
        "TRUNCATE review_approval",
        "UPDATE share_sharedreel SET data = '{}'",
        "UPDATE share_sharedreel SET hash = repeat('0', 64)",
        "UPDATE share_shareditem SET at = 7",
        "TRUNCATE share_sharedreel CASCADE",
        "DELETE FROM share_sharedreel",
    ],
)
def test_the_application_cannot_rewrite_what_was_signed(here: Everything, people: SimpleNamespace, statement: str) -> None:
    give_verdict(here.export.cut_revision, "approved", by=people.client, signed="The Client")
    make_link(here.item.playlist, by=people.owner)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_who_froze_a_cut_may_leave(here: Everything) -> None:
    leaver = Person.objects.create_user("leaver@example.com", name="Leaver")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE timeline_cutrevision SET by_id = %s", [leaver.pk])
    leaver.delete()
    assert CutRevision.objects.get(pk=here.export.cut_revision_id).by is None
