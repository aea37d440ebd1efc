"""Making links for clients, changing what may change of them, and taking them back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from studio.events.log import hold, record
from studio.screening.models import Playlist
from studio.share import freezing
from studio.share.marking import can_mark
from studio.share.models import Recipient, SharedReel, ShareLink, token_hash
from studio.timeline.freeze import freeze_cut
from studio.timeline.models import Cut, CutRevision

DAYS = 7
LONGEST = timedelta(days=366)


class LinkRefused(Exception):
    """No link was made or changed; the message says why and what to do."""


@dataclass(frozen=True)
class Terms:
    """What a link allows. Without `expires` it is open for seven days."""

    name: str = "Client"
    password: str = ""
    not_before: datetime | None = None
    expires: datetime | None = None
    view_limit: int | None = None
    may_note: bool = True
    may_draw: bool = True
    may_approve: bool = True
    may_take_proxy: bool = False
    may_take_master: bool = False
    domains: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    guests_see_each_other: bool = False
    watermark: bool = False


@transaction.atomic
def make_link(what: Cut | CutRevision | Playlist, *, by: Any, terms: Terms = Terms()) -> tuple[ShareLink, str]:
    """A new link to a frozen revision (a live cut is frozen as it stands), or to a playlist as it stands, and its token, which is shown once and kept
    nowhere. A verdict is of exactly one cut, so a link to a playlist never asks for one.

    Raises `LinkRefused` if the dates do not fit, if there is nothing to watch or to download, or if addresses would have to be proved without mail.
    """
    project = what.cut.project if isinstance(what, CutRevision) else what.project
    hold(project.pk)
    expires = _checked_expiry(terms.expires or timezone.now() + timedelta(days=DAYS), terms.not_before)
    _checked_addresses(terms.domains, terms.recipients)
    if terms.watermark and (terms.may_take_proxy or terms.may_take_master):
        raise LinkRefused(gettext("Files that are taken away carry no watermark. Leave out the watermark, or the right to download."))
    frozen = _frozen(what, by)
    reel = frozen if isinstance(frozen, SharedReel) else None
    if reel is not None and terms.may_take_master and not reel.items.exclude(cut_revision=None).exists():
        raise LinkRefused(gettext("This playlist shows takes alone, and no film was exported of those. Leave out the right to download it."))
    token = secrets.token_urlsafe(32)
    link = ShareLink.objects.create(
        project=project,
        cut_revision=frozen if isinstance(frozen, CutRevision) else None,
        reel=reel,
        name=terms.name.strip()[:120] or "Client",
        token_hash=token_hash(token),
        password=make_password(terms.password) if terms.password else "",
        not_before=terms.not_before,
        expires=expires,
        view_limit=terms.view_limit,
        may_note=terms.may_note,
        may_draw=terms.may_note and terms.may_draw,
        may_approve=terms.may_approve and reel is None,
        may_take_proxy=terms.may_take_proxy,
        may_take_master=terms.may_take_master,
        domains=sorted({domain.lower() for domain in terms.domains}),
        guests_see_each_other=terms.guests_see_each_other,
        watermark=terms.watermark,
        made_by=by,
    )
    if link.watermark and not can_mark(link.plan):
        words = gettext("Some takes of this have no picture that a name can be burned into. Make them again, or leave out the watermark.")
        raise LinkRefused(words)
    _set_recipients(link, terms.recipients)
    data: dict[str, Any] = {"link": str(link.pk), "name": link.name, "hash": frozen.hash, "expires": expires.isoformat()}
    if isinstance(frozen, SharedReel):
        record("playlist.shared", actor=by, project=project, subject=link, data={**data, "playlist": frozen.name})
    else:
        record("link.made", actor=by, project=project, subject=link, data={**data, "revision": frozen.number})
    return link, token


def _frozen(what: Cut | CutRevision | Playlist, by: Any) -> CutRevision | SharedReel:
    if isinstance(what, Playlist):
        try:
            return freezing.freeze_playlist(what, by=by)
        except freezing.NothingToShare as problem:
            raise LinkRefused(str(problem)) from None
    frozen = freeze_cut(what, by=by) if isinstance(what, Cut) else what
    if not frozen.data["clips"]:
        raise LinkRefused(gettext("No shot of the cut has a take yet: there is nothing to watch. Make the film first."))
    return frozen


@transaction.atomic
def change_link(link: ShareLink, *, by: Any, name: str, expires: datetime, recipients: Sequence[str]) -> ShareLink:
    """Another name, a later or earlier end, other recipients. What a link allows never changes: make another. Raises `LinkRefused`."""
    hold(link.project_id)
    link = ShareLink.objects.select_for_update().get(pk=link.pk)
    if link.revoked:
        raise LinkRefused(gettext("This link was revoked and stays so. Make another."))
    _checked_addresses(tuple(link.domains), tuple(recipients))
    if link.restricted and not link.domains and not recipients:
        raise LinkRefused(gettext("This link is for named people only. Name at least one, or revoke it and make another."))
    if recipients and not link.restricted:
        raise LinkRefused(gettext("This link was made for whoever holds it. Make another for named people."))
    before = {"name": link.name, "expires": link.expires.isoformat(), "recipients": [one.email for one in link.recipients.all()]}
    link.name, link.expires = name.strip()[:120] or link.name, _checked_expiry(expires, link.not_before)
    link.save(update_fields=["name", "expires"])
    link.recipients.all().delete()
    _set_recipients(link, recipients)
    after = {"name": link.name, "expires": link.expires.isoformat(), "recipients": sorted({email.lower() for email in recipients})}
    record("link.changed", actor=by, project=link.project, subject=link, data={"link": str(link.pk), "before": before, "after": after})
    return link


@transaction.atomic
def revoke_link(link: ShareLink, *, by: Any) -> None:
    """Nobody is let in from the next request on, also who is watching. Nothing happens to a link that is revoked already."""
    hold(link.project_id)
    if ShareLink.objects.filter(pk=link.pk, revoked=None).update(revoked=timezone.now(), revoked_by=by):
        record("link.revoked", actor=by, project=link.project, subject=link, data={"link": str(link.pk), "name": link.name})


def _checked_expiry(expires: datetime, not_before: datetime | None) -> datetime:
    now = timezone.now()
    if expires <= max(now, not_before or now):
        raise LinkRefused(gettext("A link ends after it begins, and in the future. Choose a later end."))
    if expires > now + LONGEST:
        raise LinkRefused(gettext("A link is open for at most a year. Choose an earlier end."))
    return expires


def _checked_addresses(domains: Sequence[str], recipients: Sequence[str]) -> None:
    if (domains or recipients) and not settings.EMAIL_ENABLED:
        words = gettext("No mail is set up here, so nobody could prove their address. Set EMAIL_URL, or make a link with a password instead.")
        raise LinkRefused(words)


def _set_recipients(link: ShareLink, emails: Sequence[str]) -> None:
    Recipient.objects.bulk_create([Recipient(link=link, email=email) for email in sorted({email.strip().lower() for email in emails})])
