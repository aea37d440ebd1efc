"""Ids of another project under one's own: 404 (or the refusal of any wrong id), nothing told, nothing changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import serializers
from django.test import Client
from django.urls import reverse

from studio.media import store
from studio.media.models import Asset
from studio.projects.models import Membership
from tests.films import asset
from tests.security.conftest import Everything
from tests.security.matrix import BODIES
from tests.security.test_matrix import ADDRESSES, ROWS, post

pytestmark = pytest.mark.django_db
TOKEN = re.compile(rb'"X-CSRFToken": "\w+"')
# Parameters that are no other project's property: words, numbers inside one's own, what belongs to the installation.
WORDS = {"project", "kind", "cue_kind", "number", "start", "token", "endpoint", "model", "name", "film"}
FOREIGN = [
    (address, name)
    for address, names in sorted(ADDRESSES.items())
    for name in names
    if name not in WORDS and address != "script:comparison"  # revisions are numbers inside the project
]


def rows_of(one: Everything) -> Any:
    film = one.film
    rows = [film.project, film.cut, one.invitation, one.queued, one.failed, one.export, one.extra, one.note, one.link, one.guest, one.heard]
    rows += [one.notice, one.hook, one.delivery, one.status, one.automation, one.item, one.session, one.shown]
    rows += [*film.shots, *film.takes, *film.lines, *film.panels, *film.clips, *film.characters]
    return serializers.serialize("json", [type(row)._default_manager.get(pk=row.pk) for row in rows])


@pytest.mark.parametrize(("address", "name"), FOREIGN)
def test_an_id_of_another_project_is_not_found(
    address: str, name: str, here: Everything, elsewhere: Everything, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    names = ADDRESSES[address]
    arguments = {**here.arguments(address, names), name: elsewhere.arguments(address, names)[name]}
    client = here.as_guest() if address.startswith("share:") and "token" in names else client_for(people.owner)
    where, before = reverse(address, kwargs=arguments), rows_of(elsewhere)
    for method in ROWS[address]:
        body = {**BODIES.get(address, {}), **here.body(address)}
        answer: Any = post(client, where, body) if method == "POST" else client.generic(method, where)
        assert answer.status_code == 404, f"{method} {where}"
        words = b"" if answer.streaming else answer.content
        for secret in ("Secret Harbour", elsewhere.film.project.slug, str(elsewhere.film.project.pk), "other@example.com", "Other Person"):
            assert secret.encode() not in words
    assert rows_of(elsewhere) == before


def test_of_somebody_elses_project_one_learns_not_even_that_it_exists(
    here: Everything, elsewhere: Everything, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    client = client_for(people.owner)
    slug = elsewhere.film.project.slug
    for address, names in ADDRESSES.items():
        if "project" not in names:
            continue
        arguments = elsewhere.arguments(address, names)
        real, made_up = (reverse(address, kwargs={**arguments, "project": project}) for project in (slug, "made-up-" + slug[8:]))
        for method in ROWS[address]:
            there, nowhere = (client.generic(method, where) for where in (real, made_up))
            assert there.status_code == nowhere.status_code == 404, f"{method} {real}"
            assert TOKEN.sub(b"", there.content).replace(real.encode(), b"") == TOKEN.sub(b"", nowhere.content).replace(made_up.encode(), b"")


def edit(here: Everything, client: Client, **changes: Any) -> Any:
    where = reverse("timeline:operations", args=[here.film.project.slug])
    body = {"kind": "move", "base": 0, "clip": str(here.film.clips[0].pk), **changes}
    return client.post(where, json.dumps(body), content_type="application/json")


def test_ids_of_another_project_in_a_body_are_as_good_as_none(
    here: Everything, elsewhere: Everything, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    client, slug, before = client_for(people.owner), here.film.project.slug, rows_of(elsewhere)
    other = elsewhere.film
    assert edit(here, client, clip=str(other.clips[0].pk)).status_code == 422
    assert edit(here, client, after=str(other.clips[0].pk)).status_code == 422
    assert edit(here, client, kind="restore", clip=str(other.clips[0].pk)).status_code == 422
    moved = client.post(reverse("shots:move", args=[slug, here.film.shots[0].pk]), {"after": other.shots[0].pk})
    assert moved.status_code == 409
    asked = client.post(reverse("shots:takes", args=[slug, here.film.shots[0].pk]), {"count": 1, "parent": other.takes[0].pk})
    assert asked.status_code == 202
    job = here.film.project.jobs.get(kind="shot", state="queued")
    assert job.spec["parent"] is None
    assert rows_of(elsewhere) == before


def test_bytes_both_projects_hold_are_served_to_each_and_nobody_else(
    here: Everything, elsewhere: Everything, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    shared: Asset = asset("the same bytes", stored=True)
    client = client_for(people.owner)
    where = reverse("media:asset", args=[here.film.project.slug, shared.sha256])
    store.hold(elsewhere.film.project, shared)
    assert client.head(where).status_code == 404
    store.hold(here.film.project, shared)
    assert client.head(where).status_code == 200


def test_a_member_who_was_removed_is_a_stranger_at_the_next_request(
    here: Everything, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    owner, artist, slug = client_for(people.owner), client_for(people.artist), here.film.project.slug
    file = reverse("media:asset", args=[slug, here.file.sha256])
    assert artist.head(file).status_code == 200
    member = Membership.objects.get(project=here.film.project, person=people.artist)
    assert owner.post(reverse("projects:removal", args=[slug, member.pk])).status_code == 200
    for where in (file, reverse("overview:project", args=[slug]), reverse("overview:filmline", args=[slug])):
        assert artist.get(where).status_code == 404


def test_a_role_taken_down_a_step_holds_at_the_next_request(here: Everything, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    artist = client_for(people.artist)
    Membership.objects.filter(project=here.film.project, person=people.artist).update(role="reviewer")
    assert edit(here, artist).status_code == 403


def test_a_session_that_ran_out_is_said_to_htmx_by_a_header(here: Everything, client_for: Callable[..., Client]) -> None:
    """In the middle of an edit the page stays, with what was typed; only a plain page request is sent to sign in."""
    anonymous, where = client_for(None), reverse("shots:change", args=[here.film.project.slug, here.film.shots[0].pk])
    answer = anonymous.post(where, {"action": "Something long."}, headers={"HX-Request": "true"})
    assert answer.status_code == 401 and answer["HX-Trigger"] == "session:expired" and not answer.content
    plain = anonymous.get(reverse("shots:page", args=[here.film.project.slug, here.film.shots[0].pk]))
    assert plain.status_code == 302 and plain["Location"].startswith("/accounts/login/?next=/projects/")
