"""The fixed cast of every test: one project, one person for each right, and the way in as each."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from studio.accounts.models import Person
from studio.projects.actions import start_project
from studio.projects.models import Membership, Project
from studio.projects.rates import RATE_BY_KEY
from tests.services import migrate_as_owner

MEMBERS = ("owner", "producer", "writer", "artist", "reviewer", "client")
PASSWORD = "a long enough password"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> None:
    """Stands in for pytest-django's, which would make a database of its own as the application's role."""
    with django_db_blocker.unblock():
        migrate_as_owner()


@pytest.fixture
def people(db: None) -> SimpleNamespace:
    """owner, producer, writer, artist, reviewer, client, and a stranger who is in no project. The owner is also the operator.

    They have no password until a test needs one (`set_password(PASSWORD)`): hashing eight would cost every test a second.
    """
    cast = {
        role: Person.objects.create_user(f"{role}@example.com", name=f"{role.title()} Person", is_operator=role == "owner")
        for role in (*MEMBERS, "stranger")
    }
    return SimpleNamespace(**cast)


@pytest.fixture
def project(people: SimpleNamespace) -> Project:
    """A production at 24 frames a second, 320 × 180, with each member in their role."""
    made = start_project(name="The Lighthouse", by=people.owner, rate=RATE_BY_KEY["24"], width=320, height=180)
    for role in MEMBERS[1:]:
        Membership.objects.create(project=made, person=getattr(people, role), role=role)
    return made


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """`client_for(person)` is a signed-in test client, `client_for(None)` an anonymous one; both check CSRF only if asked."""

    def make(person: Person | None, *, enforce_csrf_checks: bool = False) -> Client:
        client = Client(enforce_csrf_checks=enforce_csrf_checks)
        if person is not None:
            client.force_login(person)
        return client

    return make
