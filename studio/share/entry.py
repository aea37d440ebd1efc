"""The one door of a client's link: every address under `/c/<token>/` comes through `link_view`.

Whatever does not let somebody in is the same 404, whether the token, the time, the password, the proof or the count is wanting; only the page
itself asks for the next step. Who came is known by a signed cookie, one a link, that only the browser's requests carry (HttpOnly).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from studio.projects import policies
from studio.projects.queries import role_in
from studio.share.actions import token_hash
from studio.share.models import Guest, ShareLink

ENTRY, PREVIEW = "studio.share.entry", "studio.share.preview"
PREVIEW_MARK = "preview."
PREVIEW_LASTS = timedelta(hours=1)
COOKIE_LASTS = timedelta(days=90)
SITTING = timedelta(hours=12)
"""A guest who opens the page again within this time is still at the same sitting; what the page fetches is served for twice as long."""
STEPS = ("link", "password", "name", "proof", "film")


@dataclass
class Entry:
    """Who came by which link, and how far. `token` is what stands in the address. `guest` is None before a name was given, and in a preview."""

    link: ShareLink
    token: str
    passed: bool | None = None
    guest: Guest | None = None
    preview: bool = False

    @property
    def wants(self) -> str:
        """The step that is wanting: password, name, proof; or "film", where nothing is."""
        if self.preview:
            return "film"
        if self.link.password and not self.passed:
            return "password"
        if self.guest is None:
            return "name"
        return "film" if not self.link.restricted or self.proved else "proof"

    @property
    def proved(self) -> bool:
        """Whether the guest has proved an address that the link is for."""
        return self.guest is not None and self.guest.verified is not None and self.link.welcomes(self.guest.email)

    @property
    def sits(self) -> bool:
        """Whether this guest's sitting was counted and still lasts."""
        return self.preview or bool(self.guest and self.guest.viewed and self.guest.viewed > timezone.now() - 2 * SITTING)

    def url(self, name: str, *more: Any) -> str:
        return reverse(f"share:{name}", args=[self.token, *more])


class LinkRequest(HttpRequest):
    """A request under a link: `entry` says who came."""

    entry: Entry


def link_view(step: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Guard a view of `/c/<str:token>/…`. `step` is the last one that must be done: "link" (it is open), "password", "name" or "film". The view is
    called with `request.entry` and without the token. Nothing of the answer is kept by anybody on the way."""

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: LinkRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            entry = enter(request, token)
            wanting = entry.wants
            if step != "link" and STEPS.index(wanting) <= STEPS.index(step) and wanting != "film":
                raise nothing_here()
            if step == "film" and not entry.sits:
                raise nothing_here()
            request.entry = entry
            return private(view(request, *args, **kwargs))

        return guarded

    return guard


def nothing_here() -> Http404:
    return Http404("There is no such link, or it is over.")


def private(answer: HttpResponseBase) -> HttpResponseBase:
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def enter(request: HttpRequest, token: str) -> Entry:
    """Who came, by the token and the cookie. Raises `Http404` for a link that is not open. Looked up by the token's hash: the time it takes tells
    nothing of the token."""
    if token.startswith(PREVIEW_MARK):
        return _previewed(request, token)
    link = _links().filter(token_hash=token_hash(token)).first()
    if link is None or not link.is_open:
        raise nothing_here()
    told = _told(request, link)
    guest = _guest(link, told.get("guest")) if told else None
    return Entry(link, token, told.get("passed") if told else None, guest)


def _links() -> Any:
    return ShareLink.objects.select_related("cut_revision__cut__project", "project").prefetch_related("recipients")


def _told(request: HttpRequest, link: ShareLink) -> dict[str, Any] | None:
    try:
        told = signing.loads(request.COOKIES.get(cookie_name(link), ""), salt=ENTRY, max_age=COOKIE_LASTS)
    except signing.BadSignature:
        return None
    return told if isinstance(told, dict) and told.get("link") == link.pk.hex else None


def _guest(link: ShareLink, key: Any) -> Guest | None:
    try:
        found = Guest.objects.select_related("person").filter(link=link, pk=uuid.UUID(key)).first() if key else None
    except ValueError:
        return None
    if found is not None:
        found.link = link
    return found


def _previewed(request: HttpRequest, token: str) -> Entry:
    """The link as its client sees it, for whoever may share: an address that only they can open, for an hour. A link that is over shows too."""
    try:
        told = signing.loads(token.removeprefix(PREVIEW_MARK), salt=PREVIEW, max_age=PREVIEW_LASTS)
        link = _links().filter(pk=told["link"]).first()
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        raise nothing_here() from None
    if link is None or not request.user.is_authenticated or str(request.user.pk) != told["by"]:
        raise nothing_here()
    if not policies.can_share(role_in(link.project, request.user) or ""):
        raise nothing_here()
    return Entry(link, token, preview=True)


def preview_token(link: ShareLink, by: Any) -> str:
    return PREVIEW_MARK + signing.dumps({"link": link.pk.hex, "by": str(by.pk)}, salt=PREVIEW)


def cookie_name(link: ShareLink) -> str:
    """One a link, so that no link's guest is another's; it begins like the studio's other cookies."""
    return f"{settings.SESSION_COOKIE_NAME.removesuffix('-session')}-link-{link.pk.hex}"


def remember(answer: HttpResponse, link: ShareLink, *, passed: bool | None, guest: Guest | None) -> None:
    """Give the browser its cookie. `passed`: whether the password it gave was right, None where none was asked for."""
    told = {"link": link.pk.hex, "passed": passed, "guest": guest.pk.hex if guest else ""}
    answer.set_cookie(
        cookie_name(link),
        signing.dumps(told, salt=ENTRY),
        max_age=COOKIE_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
