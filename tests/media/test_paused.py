"""Somebody who pauses a film in the middle of its bytes keeps nobody else waiting."""

from __future__ import annotations

import socket
import tempfile
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from studio.media import store
from studio.projects.models import Project
from tests.live import LiveStudio

pytestmark = pytest.mark.django_db(transaction=True)


def test_paused_films_hold_no_sessions_with_the_database(live_studio: LiveStudio, project: Project, people: SimpleNamespace) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.truncate(32 * 2**20)
        film = store.put(Path(file.name), "video/mp4")
    store.hold(project, film)
    client = Client()
    client.force_login(people.owner)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    address = urlsplit(live_studio.url)
    asked = f"GET {reverse('media:asset', args=[project.slug, film.sha256])} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookie}\r\n\r\n"
    watching = []
    try:
        for _ in range(2 * settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]):
            watcher = socket.socket()
            watcher.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
            watcher.connect((address.hostname, address.port))
            watching.append(watcher)
            watcher.sendall(asked.encode())
            watcher.settimeout(8)
            assert watcher.recv(12) == b"HTTP/1.1 200"  # and no more is read: a player that was paused
        another = urllib.request.Request(live_studio.url + reverse("timeline:page", args=[project.slug]), headers={"Cookie": cookie})
        with urllib.request.urlopen(another, timeout=8) as answer:
            assert answer.status == 200
    finally:
        for watcher in watching:
            watcher.close()
