"""Guests of a client's link: browsers without an account, and the mail they are sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from studio.projects.models import Project
from studio.screening.models import Playlist
from studio.screening.playlists import add_item, make_playlist
from studio.share.actions import Terms, make_link
from studio.share.models import Guest, SharedReel, ShareLink
from studio.timeline.freeze import freeze_cut
from studio.timeline.models import CutRevision
from tests.films import Film, fill


@dataclass
class Visitor:
    """One browser under one link."""

    link: ShareLink
    token: str
    client: Client

    def url(self, name: str, *more: Any) -> str:
        return reverse(f"share:{name}", args=[self.token, *more])

    def get(self, where: str, /, *more: Any, **options: Any) -> Any:
        return self.client.get(self.url(where, *more), **options)

    def post(self, where: str, /, *more: Any, **body: Any) -> Any:
        return self.client.post(self.url(where, *more), body)

    def comes(self, name: str = "Cleo", password: str = "") -> Visitor:
        """Give the password if there is one, a name, and sit down."""
        if password:
            self.post("password", password=password)
        assert self.post("name", name=name).status_code == 302
        self.get("page")
        return self

    def proves(self, email: str) -> Visitor:
        """Have a code sent and type it."""
        before = len(mail.outbox)
        self.post("code", email=email)
        digits = re.search(r"\b\d{6}\b", str(mail.outbox[before].body))
        assert digits is not None
        self.post("proof", code=digits[0])
        self.get("page")
        return self

    @property
    def frozen(self) -> CutRevision:
        """The revision that the link shows."""
        assert self.link.cut_revision is not None
        return self.link.cut_revision

    @property
    def reel(self) -> SharedReel:
        """What the link shows of a playlist."""
        assert self.link.reel is not None
        return self.link.reel

    @property
    def guest(self) -> Guest:
        return self.link.guests.order_by("-came")[0]


@pytest.fixture(autouse=True)
def nobody_has_tried() -> None:
    cache.clear()


@pytest.fixture
def mailed(settings: Any) -> Any:
    """A studio that has mail; what it sends is kept in `django.core.mail.outbox`."""
    settings.EMAIL_ENABLED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mail


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 4)


@pytest.fixture
def listed(film: Film, people: SimpleNamespace) -> Playlist:
    """A playlist: the second shot's take, then the whole cut as it was then."""
    made = make_playlist(film.project, by=people.artist, name="For Thursday")
    add_item(made, film.takes[1], by=people.artist)
    add_item(made, freeze_cut(film.cut, by=people.artist), by=people.artist)
    return made


@pytest.fixture
def visitor(film: Film, people: SimpleNamespace) -> Callable[..., Visitor]:
    """`visitor()` is a browser at a new link of the film, or `of` a revision or playlist; `visitor(at=other)` another browser at the same link."""

    def make(at: Visitor | None = None, of: CutRevision | Playlist | None = None, **terms: Any) -> Visitor:
        if at is not None:
            return Visitor(at.link, at.token, Client())
        link, token = make_link(of or film.cut, by=people.owner, terms=Terms(**terms))
        return Visitor(link, token, Client())

    return make
