"""Who may open a socket: our own pages, of people with a right to the project. Nobody else learns even that it exists."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from studio.accounts.models import Person
from studio.projects.models import Project
from tests.live import LiveStudio


def opened(studio: LiveStudio, project: Project, person: Person | None, origin: str | None) -> bool:
    headers = {}
    if person is not None:
        client = Client()
        client.force_login(person)
        headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    address = f"{studio.url.replace('http', 'ws', 1)}/projects/{project.slug}/live"
    try:
        with connect(address, origin=origin, additional_headers=headers, open_timeout=20) as socket:  # type: ignore[arg-type]
            socket.ping().wait(20)
            return True
    except (InvalidStatus, ConnectionClosed):
        return False


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1.evil.example", "http://127.0.0.1:1"])
def test_a_socket_from_elsewhere_is_refused(live_studio: LiveStudio, project: Project, people: SimpleNamespace, origin: str | None) -> None:
    assert not opened(live_studio, project, people.owner, origin)


def test_a_member_listens_a_stranger_and_an_unknown_do_not(live_studio: LiveStudio, project: Project, people: SimpleNamespace) -> None:
    assert opened(live_studio, project, people.artist, live_studio.url)
    assert not opened(live_studio, project, people.stranger, live_studio.url)
    assert not opened(live_studio, project, None, live_studio.url)
