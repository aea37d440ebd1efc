"""Freezing a playlist: what it shows when it is shared, kept in rows that nobody changes, and found again frame by frame."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from studio.events.log import hold
from studio.screening.models import Playlist
from studio.screening.queries import reel_of_playlist
from studio.screening.reel import Part, Reel
from studio.share.models import SharedItem, SharedReel, ShareLink
from studio.timeline.freeze import content_hash


class NothingToShare(Exception):
    """The playlist shows nothing; the message says so."""


@transaction.atomic
def freeze_playlist(playlist: Playlist, *, by: Any) -> SharedReel:
    """What the playlist shows now, as rows of its own: reordering, emptying or deleting the playlist changes nothing of it, and what it shows cannot
    be deleted. Raises `NothingToShare`."""
    hold(playlist.project_id)
    reel = reel_of_playlist(playlist)
    if not reel.plan.total:
        raise NothingToShare(gettext("This playlist is empty: there is nothing to watch. Add a take or a revision first."))
    data = reel.plan.canonical()
    frozen = SharedReel.objects.create(project=playlist.project, name=playlist.name, data=data, hash=content_hash(data), by=by)
    SharedItem.objects.bulk_create(
        [
            SharedItem(
                reel=frozen,
                number=number,
                take=part.item.take,
                cut_revision=part.item.cut_revision,
                sounds=part.item.sounds,
                at=part.at,
                frames=part.frames,
            )
            for number, part in enumerate(reel.parts, 1)
        ]
    )
    return frozen


def reel_of_link(link: ShareLink) -> Reel:
    """What a link to a playlist shows, and which frame of what each of its frames is."""
    assert link.reel is not None
    items = link.reel.items.select_related("take__shot__project", "cut_revision__cut__project")
    return Reel(link.reel.plan, tuple(Part(item, item.at, item.frames) for item in items))
