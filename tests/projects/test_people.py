"""Members, invitations and roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.accounts.models import Person
from studio.events.models import Event
from studio.media.models import Asset
from studio.projects.actions import ProjectProblem, accept_invitation, change_role, find_invitation, invite, remove_member
from studio.projects.models import Invitation, Membership, Project
from studio.shots.models import Shot
from studio.timeline.models import Clip
from tests.films import export_of, fill, job_of
from tests.together import at_once


@pytest.mark.django_db
def test_an_invitation_makes_one_person_a_member_and_is_used_up(project: Project, people: SimpleNamespace) -> None:
    invitation, token = invite(project, by=people.producer, role="artist")
    assert token not in str(Invitation.objects.values().get()), "only its hash is kept"
    found = find_invitation(token)
    assert found is not None and found.pk == invitation.pk
    assert accept_invitation(found, person=people.stranger).role == "artist"
    assert find_invitation(token) is None
    with pytest.raises(ProjectProblem, match="Ask for a new one"):
        accept_invitation(found, person=Person.objects.create_user("late@example.com", name="Late"))
    assert Event.objects.filter(project_id=project.pk, kind="member.joined", actor_id=people.stranger.pk).count() == 1


@pytest.mark.django_db
def test_an_invitation_runs_out_and_can_be_withdrawn(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    old, token = invite(project, by=people.owner, role="writer")
    Invitation.objects.filter(pk=old.pk).update(expires=timezone.now() - timedelta(seconds=1))
    assert find_invitation(token) is None
    fresh, token = invite(project, by=people.owner, role="writer")
    owner, stranger, join = client_for(people.owner), client_for(people.stranger), reverse("projects:join", args=[token])
    assert stranger.get(join).status_code == 200 and Membership.objects.filter(person=people.stranger).count() == 0
    assert owner.post(reverse("projects:revocation", args=[project.slug, fresh.pk])).status_code == 200
    assert stranger.get(join).status_code == stranger.post(join).status_code == 404


@pytest.mark.django_db
def test_a_link_is_shown_once(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    owner = client_for(people.owner)
    made = owner.post(reverse("projects:invitations", args=[project.slug]), {"role": "reviewer"})
    assert b"/join/" in made.content
    assert b"/join/" not in owner.get(reverse("projects:settings", args=[project.slug])).content


@pytest.mark.django_db
def test_nobody_becomes_owner_by_invitation_or_by_role(project: Project, people: SimpleNamespace) -> None:
    with pytest.raises(ProjectProblem):
        invite(project, by=people.owner, role="owner")
    with pytest.raises(ProjectProblem):
        change_role(Membership.objects.get(project=project, person=people.artist), by=people.owner, role="owner")
    owner = Membership.objects.get(project=project, person=people.owner)
    with pytest.raises(ProjectProblem):
        change_role(owner, by=people.producer, role="client")
    with pytest.raises(ProjectProblem):
        remove_member(owner, by=people.producer)
    assert Membership.objects.get(pk=owner.pk).role == "owner"


@pytest.mark.django_db
def test_a_member_who_opens_another_invitation_keeps_their_role(project: Project, people: SimpleNamespace) -> None:
    invitation, _ = invite(project, by=people.owner, role="client")
    assert accept_invitation(invitation, person=people.producer).role == "producer"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_open_one_invitation_at_once_one_joins(project: Project, people: SimpleNamespace) -> None:
    invitation, _ = invite(project, by=people.owner, role="artist")
    late = [Person.objects.create_user(f"p{number}@example.com", name=f"P{number}") for number in range(8)]
    results = at_once(8, lambda number: accept_invitation(invitation, person=late[number]))
    assert sum(isinstance(result, Membership) for result in results) == 1
    assert sum(isinstance(result, ProjectProblem) for result in results) == 7
    assert Membership.objects.filter(project=project, person__in=late).count() == 1


@pytest.mark.django_db
def test_a_newcomer_joins_with_an_account_of_their_own(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    _, token = invite(project, by=people.owner, role="artist")
    client, join = client_for(None), reverse("projects:join", args=[token])
    taken = client.post(join, {"name": "Eve", "email": people.writer.email})
    assert taken.status_code == 400 and b"There is an account under this address already" in taken.content
    joined = client.post(join, {"name": "Cy", "email": "Cy@Example.com"})
    assert joined.status_code == 302 and joined["Location"] == reverse("overview:project", args=[project.slug])
    assert client.get(joined["Location"]).status_code == 200
    assert Membership.objects.get(person__email="cy@example.com").role == "artist"


@pytest.mark.django_db
def test_a_film_is_deleted_only_by_its_name_and_with_everything_in_it(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    film = fill(project, people.owner, 12)
    export_of(film, people.owner)
    job_of(film)
    owner, deletion = client_for(people.owner), reverse("projects:deletion", args=[project.slug])
    wrong = owner.post(deletion, {"name": "the lighthouse"})
    assert wrong.status_code == 400 and Project.objects.filter(pk=project.pk).exists()
    assets = Asset.objects.count()
    assert owner.post(deletion, {"name": "The Lighthouse"}).status_code == 302
    assert not Project.objects.filter(pk=project.pk).exists() and not Shot.objects.exists() and not Clip.objects.exists()
    assert Event.objects.filter(project_id=project.pk, kind="project.deleted").exists(), "the log outlives the film"
    assert Asset.objects.count() == assets, "other films may hold the same bytes"
