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
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext

from studio.projects import policies
from studio.projects.queries import role_in
from studio.share.models import Guest, Links, ShareLink, token_hash

ENTRY, PREVIEW = "studio.share.entry", "studio.share.preview"
MINE, PORTAL = "studio.share.mine", "studio.share.portal"
PREVIEW_MARK, MINE_MARK = "preview.", "mine."
PREVIEW_LASTS = timedelta(hours=1)
COOKIE_LASTS = timedelta(days=90)
PORTAL_LASTS = timedelta(days=7)
SITTING = timedelta(hours=12)
"""A guest who opens the page again within this time is still at the same sitting; what the page fetches is served for twice as long."""
STEPS = ("link", "password", "name", "proof", "film")


@dataclass
class Entry:
    """Who came by which link, and how far. `token` is what stands in the address. `guest` is None before a name was given, and in a preview, where
    `previewer` is the member's name."""

    link: ShareLink
    token: str
    passed: bool | None = None
    guest: Guest | None = None
    preview: bool = False
    previewer: str = ""
    address: str = ""
    """The address that this browser proved at the portal, where it came from there."""

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
    """Guard a view of `/c/<token>/…`. `step` is the last one that must be done: "link" (it is open), "password", "name" or "film". The view is called
    with `request.entry` and without the token. Nothing of the answer is kept by anybody on the way; every `Http404` is answered by one page."""

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: LinkRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                entry = enter(request, token)
                wanting = entry.wants
                if step != "link" and STEPS.index(wanting) <= STEPS.index(step) and wanting != "film":
                    raise nothing_here()
                if step == "film" and not entry.sits:
                    raise nothing_here()
                request.entry = entry
                return private(view(request, *args, **kwargs))
            except Http404:
                return private(render(request, "share/over.html", status=404))

        return guarded

    return guard


def nothing_here() -> Http404:
    return Http404(gettext("There is no such link, or it is over."))


def private(answer: HttpResponseBase) -> HttpResponseBase:
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def enter(request: HttpRequest, token: str) -> Entry:
    """Who came, by the token and the cookie. Raises `Http404` for a link that is not open. Looked up by the token's hash, and with it by whether the
    link is open: the time it takes tells nothing of a token, nor of a link that is over."""
    if token.startswith(PREVIEW_MARK):
        return _previewed(request, token)
    if token.startswith(MINE_MARK):
        return _mine(request, token)
    link = _links().now_open().filter(token_hash=token_hash(token)).first()
    if link is None:
        raise nothing_here()
    return _entered(request, link, token)


def _entered(request: HttpRequest, link: ShareLink, token: str) -> Entry:
    told = _told(request, link)
    return Entry(link, token, told.get("passed") if told else None, _guest(link, told.get("guest")) if told else None)


def _links() -> Links:
    rows = ShareLink.objects.select_related("cut_revision__cut__project", "reel", "project").prefetch_related("recipients")
    assert isinstance(rows, Links)
    return rows


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
    return Entry(link, token, preview=True, previewer=request.user.name)


def _mine(request: HttpRequest, token: str) -> Entry:
    """A link that the portal lists, for the browser that proved the address there. Whoever proved it under the link before is the same guest."""
    try:
        told = signing.loads(token.removeprefix(MINE_MARK), salt=MINE, max_age=PORTAL_LASTS)
        link = _links().now_open().filter(pk=told["link"]).first()
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        raise nothing_here() from None
    email = portal(request).email
    if link is None or not email or not constant_time_compare(told["for"], _address_hash(email)) or not link.welcomes(email):
        raise nothing_here()
    entry = _entered(request, link, token)
    entry.address = email
    if entry.guest is None or entry.guest.email != email:
        entry.guest = link.guests.select_related("person").filter(email=email).exclude(verified=None).order_by("-came").first()
        if entry.guest is not None:
            entry.guest.link = link
    return entry


def mine_token(link: ShareLink, email: str) -> str:
    return MINE_MARK + signing.dumps({"link": link.pk.hex, "for": _address_hash(email)}, salt=MINE)


def _address_hash(email: str) -> str:
    return salted_hmac("studio.share.mine", email, algorithm="sha256").hexdigest()


@dataclass(frozen=True)
class Portal:
    """A browser at the portal: its random name, and the address it proved there; both empty before."""

    browser: str = ""
    email: str = ""


def portal(request: HttpRequest) -> Portal:
    try:
        told = signing.loads(request.COOKIES.get(portal_cookie(), ""), salt=PORTAL, max_age=PORTAL_LASTS)
        return Portal(str(told["browser"]), str(told["email"]))
    except (signing.BadSignature, KeyError, TypeError):
        return Portal()


def portal_cookie() -> str:
    return f"{settings.SESSION_COOKIE_NAME.removesuffix('-session')}-shared"


def remember_portal(answer: HttpResponse, visit: Portal) -> None:
    told = {"browser": visit.browser, "email": visit.email}
    answer.set_cookie(
        portal_cookie(),
        signing.dumps(told, salt=PORTAL),
        max_age=PORTAL_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


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
