"""Making playlists, and putting things in order."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from studio.events.log import hold, record
from studio.projects.models import Project
from studio.screening.models import Playlist, PlaylistItem
from studio.screening.reel import shown_revision, shown_take
from studio.shots.models import Take
from studio.timeline.models import CutRevision

MAX_NAME, MAX_ITEMS = 120, 500
STEP = 1024.0


class PlaylistRefused(Exception):
    """Nothing was changed; the message says why and what to do."""


@transaction.atomic
def make_playlist(project: Project, *, by: Any, name: str) -> Playlist:
    """An empty playlist. Raises `PlaylistRefused` for a name that is empty or taken."""
    hold(project.pk)
    made = Playlist.objects.create(project=project, name=_named(project, name), by=by)
    record("playlist.made", actor=by, project=project, subject=made, data={"name": made.name})
    return made


@transaction.atomic
def rename_playlist(playlist: Playlist, *, by: Any, name: str) -> Playlist:
    playlist = _held(playlist)
    before, playlist.name = playlist.name, _named(playlist.project, name, but=playlist)
    playlist.save(update_fields=["name"])
    record("playlist.renamed", actor=by, project=playlist.project, subject=playlist, data={"before": before, "after": playlist.name})
    return playlist


@transaction.atomic
def delete_playlist(playlist: Playlist, *, by: Any) -> None:
    """Sessions and client links that showed it keep what they showed."""
    playlist = _held(playlist)
    record("playlist.deleted", actor=by, project=playlist.project, subject=playlist, data={"name": playlist.name})
    playlist.delete()


@transaction.atomic
def add_item(playlist: Playlist, what: Take | CutRevision, *, by: Any) -> PlaylistItem:
    """A whole take or a whole frozen revision of the same film, last."""
    playlist = _held(playlist)
    orders = list(playlist.items.values_list("order", flat=True))
    if len(orders) >= MAX_ITEMS:
        raise PlaylistRefused(gettext("A playlist holds up to %(count)d items. Make another one.") % {"count": MAX_ITEMS})
    shown = shown_take(what) if isinstance(what, Take) else shown_revision(what)
    item = PlaylistItem.objects.create(playlist=playlist, order=(orders[-1] if orders else 0.0) + STEP, **shown)
    _changed(playlist, by, "added", item)
    return item


@transaction.atomic
def remove_item(item: PlaylistItem, *, by: Any) -> None:
    playlist = _held(item.playlist)
    _changed(playlist, by, "removed", item)
    item.delete()


@transaction.atomic
def move_item(item: PlaylistItem, *, by: Any, way: int) -> None:
    """One place up (−1) or down (+1); where there is none it stays."""
    playlist = _held(item.playlist)
    items = list(playlist.items.all())
    at = [one.pk for one in items].index(item.pk)
    if not 0 <= (to := at + way) < len(items):
        return
    items.insert(to, items.pop(at))
    for number, one in enumerate(items, 1):
        one.order = number * STEP
    PlaylistItem.objects.bulk_update(items, ["order"])
    _changed(playlist, by, "moved", item)


def _held(playlist: Playlist) -> Playlist:
    hold(playlist.project_id)
    return Playlist.objects.select_for_update(of=("self",)).select_related("project").get(pk=playlist.pk)


def _changed(playlist: Playlist, by: Any, how: str, item: PlaylistItem) -> None:
    playlist.revision += 1
    playlist.save(update_fields=["revision"])
    told = {"how": how, "item": item.pk, "take": item.take_id, "cut_revision": item.cut_revision_id, "name": playlist.name}
    record("playlist.changed", actor=by, project=playlist.project, subject=playlist, data=told)


def _named(project: Project, name: str, but: Playlist | None = None) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not 1 <= len(name) <= MAX_NAME:
        raise PlaylistRefused(gettext("A playlist has a name of up to %(count)d letters.") % {"count": MAX_NAME})
    same = Playlist.objects.filter(project=project, name=name).first()
    if same is not None and same != but:
        raise PlaylistRefused(gettext("There is a playlist “%(name)s” already. Give this one another name.") % {"name": name})
    return name
