"""Editing the cut. Every edit is one operation with the revision it was made on; two people at one clip get one winner."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from studio.events.log import hold, record
from studio.projects.models import Project
from studio.shots.models import Shot, Take
from studio.timeline.models import Clip, Cut, Operation

Changes = dict[str, dict[str, list[Any]]]
STEP = 1024.0
# What undo and redo turn: edits a person made here. What merely follows the shot list or a chosen version is turned where it was made.
EDITS = ("trim", "move", "remove", "restore", "level")


class EditRefused(Exception):
    """An edit that makes no sense (beyond the take, of a clip that is gone); the message says what the bounds are."""


class EditConflict(Exception):
    """Somebody changed the same clip after the revision this edit was made on. Nothing was changed; `clips` are as they stand."""

    def __init__(self, clips: list[Clip], cut: Cut) -> None:
        super().__init__(gettext("Somebody else changed this clip meanwhile. Your edit was not applied; the clip is shown as it stands now."))
        self.clips, self.cut = clips, cut


def cut_of(project: Project) -> Cut:
    """The project's cut; there is always one. Whoever asks first makes it, in the project's turn: a page and the clerk may ask at once."""
    own = Cut.objects.filter(project=project).order_by("pk")
    if (there := own.first()) is not None:
        return there
    with transaction.atomic():
        hold(project.pk)
        return own.first() or Cut.objects.create(project=project)


@transaction.atomic
def trim_clip(cut: Cut, clip_id: uuid.UUID, *, by: Any, base: int, source_in: int, source_out: int) -> Operation:
    """Set a clip's in and out, in frames of its take; what follows moves up or down. Raises `EditRefused`, `EditConflict`."""
    hold(cut.project_id)

    def edit(cut: Cut, clip: Clip) -> Changes:
        longest = clip.take.frames if clip.take else clip.shot.frames
        if not 0 <= source_in < source_out <= longest:
            said = gettext("A clip of this take begins at frame 0 at the earliest, ends at frame %(last)d at the latest and has at least one frame.")
            raise EditRefused(said % {"last": longest})
        return _difference(clip, source_in=source_in, source_out=source_out)

    return _edit(cut, clip_id, "trim", by, base, edit)


@transaction.atomic
def move_clip(cut: Cut, clip_id: uuid.UUID, *, by: Any, base: int, after: uuid.UUID | None) -> Operation:
    """Put a clip behind another, or first."""
    hold(cut.project_id)

    def edit(cut: Cut, clip: Clip) -> Changes:
        return _behind(cut, clip, after)

    return _edit(cut, clip_id, "move", by, base, edit)


@transaction.atomic
def remove_clip(cut: Cut, clip_id: uuid.UUID, *, by: Any, base: int) -> Operation:
    """Take a clip out; what follows moves up. Its shot and takes stay as they are."""
    hold(cut.project_id)
    return _edit(cut, clip_id, "remove", by, base, lambda cut, clip: _difference(clip, removed=True))


@transaction.atomic
def set_level(cut: Cut, clip_id: uuid.UUID, *, by: Any, base: int, gain: float | None) -> Operation:
    """How loud the sound is that the clip's take has of its own: dB from −60 to 12, or None for silence."""
    hold(cut.project_id)
    if gain is not None and not -60 <= gain <= 12:
        raise EditRefused(gettext("A take's own sound is set between −60 and +12 dB, or left out."))
    return _edit(cut, clip_id, "level", by, base, lambda cut, clip: _difference(clip, own_sound=gain))


@transaction.atomic
def restore_clip(cut: Cut, clip_id: uuid.UUID, *, by: Any, base: int) -> Operation:
    """Bring a removed clip back to its place."""
    hold(cut.project_id)
    cut = Cut.objects.select_for_update().get(pk=cut.pk)
    row = Clip.objects.filter(cut=cut, pk=clip_id, removed=True).first()
    if row is None:
        raise EditRefused(gettext("This clip is in the cut."))
    return _apply(cut, "restore", {str(row.pk): {"removed": [True, False]}}, by)


@transaction.atomic
def follow_film(project: Project, *, by: Any, back: Collection[int] = ()) -> Operation | None:
    """Give every shot of the film that never was in the cut a clip in the film's order, take out clips of shots that were set
    aside, and put in those of the shots that were brought `back` (their ids). A clip whose shot has no take plays its panel until the take
    arrives. Returns None if nothing changes."""
    hold(project.pk)
    cut = Cut.objects.select_for_update().get(pk=cut_of(project).pk)
    changes: Changes = {}
    clips = {clip.shot_id: clip for clip in Clip.objects.filter(cut=cut).select_related("shot").order_by("-order")}
    for clip in clips.values():
        if clip.shot.removed and not clip.removed:
            changes.update(_difference(clip, removed=True))
    fresh: list[Clip] = []
    last = -STEP
    orders = sorted(clip.order for clip in clips.values())
    for shot in Shot.objects.in_film(project).select_related("version__take"):
        if shot.pk in clips:
            last = clips[shot.pk].order
            if shot.pk in back and clips[shot.pk].removed:
                changes.update(_difference(clips[shot.pk], removed=False))
            continue
        following = next((order for order in orders if order > last), last + 2 * STEP)
        take = shot.version.take if shot.version else None
        last = (last + following) / 2
        frames = take.frames if take else shot.frames
        fresh.append(Clip(cut=cut, shot=shot, take=take, order=last, source_out=frames, removed=True))
    Clip.objects.bulk_create(fresh, batch_size=500)
    changes.update({str(clip.pk): {"removed": [True, False]} for clip in fresh})
    return _apply(cut, "place", changes, by) if changes else None


@transaction.atomic
def follow_length(shot: Shot, *, by: Any) -> Operation | None:
    """A clip that plays its shot's panel is as long as the shot says."""
    hold(shot.project_id)
    cut = Cut.objects.select_for_update().get(pk=cut_of(shot.project).pk)
    changes: Changes = {}
    for clip in Clip.objects.filter(cut=cut, shot=shot, take=None, removed=False):
        changes.update(_difference(clip, source_in=0, source_out=shot.frames))
    return _apply(cut, "length", changes, by) if changes else None


@transaction.atomic
def follow_move(shot: Shot, *, by: Any) -> Operation | None:
    """The shot list was reordered: its clip goes behind the clip of the shot that now precedes it."""
    hold(shot.project_id)
    cut = Cut.objects.select_for_update().get(pk=cut_of(shot.project).pk)
    clip = Clip.objects.filter(cut=cut, shot=shot).order_by("order").first()
    if clip is None:
        return None
    standing = dict(Clip.objects.filter(cut=cut).order_by("-order").values_list("shot_id", "pk"))
    before: uuid.UUID | None = None
    for pk in Shot.objects.in_film(shot.project).values_list("pk", flat=True):
        if pk == shot.pk:
            break
        before = standing.get(pk, before)
    changes = _behind(cut, clip, before)
    return _apply(cut, "order", changes, by) if changes else None


@transaction.atomic
def place_take(take: Take, *, by: Any) -> Operation | None:
    """Let the cut show this take of its shot. Trims are kept where the new take is long enough; a clip that showed all of its take, or a
    panel, shows all of the new one. Returns None if nothing changes."""
    hold(take.shot.project_id)
    cut = Cut.objects.select_for_update().get(pk=cut_of(take.shot.project).pk)
    changes: Changes = {}
    for clip in Clip.objects.filter(cut=cut, shot=take.shot).select_related("take"):
        whole = clip.take is None or (clip.source_in == 0 and clip.source_out == clip.take.frames)
        start, end = (0, take.frames) if whole else (min(clip.source_in, take.frames - 1), min(clip.source_out, take.frames))
        changes.update(_difference(clip, take_id=take.pk, source_in=start, source_out=max(end, start + 1)))
    return _apply(cut, "swap", changes, by) if changes else None


def _behind(cut: Cut, clip: Clip, after: uuid.UUID | None) -> Changes:
    """What puts a clip behind another, or first: its own place between its new neighbours, or, where that gap is used up, every
    clip's. Nothing if it stands there already. Clips that were taken out keep their places among the others."""
    rows = list(Clip.objects.filter(cut=cut).exclude(pk=clip.pk).order_by("order", "pk"))
    at = next((index + 1 for index, row in enumerate(rows) if row.pk == after), None)
    if after is not None and at is None:
        raise EditRefused(gettext("The clip it should follow is not in this cut."))
    place = at or 0
    low = rows[place - 1].order if place else (rows[0].order - 2 * STEP if rows else -STEP)
    high = rows[place].order if place < len(rows) else low + 2 * STEP
    if low < clip.order < high:
        return {}
    if high - low > 1e-6:
        return _difference(clip, order=(low + high) / 2)
    changes: Changes = {}
    for index, row in enumerate([*rows[:place], clip, *rows[place:]]):
        changes.update(_difference(row, order=index * STEP))
    return changes


@transaction.atomic
def undo(cut: Cut, *, by: Any) -> Operation | None:
    """Turn back the newest edit of this person that still stands; None if there is none. Raises `EditConflict` if somebody changed its
    clips since, `EditRefused` if the clip shows a take now that is too short for it."""
    hold(cut.project_id)
    cut = Cut.objects.select_for_update().get(pk=cut.pk)
    last = cut.operations.filter(by=by, kind__in=EDITS, undone=False).exclude(changes={}).order_by("-number").first()
    return _turn(cut, last, "undo", by) if last else None


@transaction.atomic
def redo(cut: Cut, *, by: Any) -> Operation | None:
    """Turn back this person's newest undo that still stands, if they have edited nothing since; else None. Raises like `undo`."""
    hold(cut.project_id)
    cut = Cut.objects.select_for_update().get(pk=cut.pk)
    edited = cut.operations.filter(by=by, kind__in=EDITS).exclude(changes={}).aggregate(last=Max("number"))["last"] or 0
    last = cut.operations.filter(by=by, kind="undo", undone=False, number__gt=edited).order_by("-number").first()
    return _turn(cut, last, "redo", by) if last else None


def _turn(cut: Cut, last: Operation, kind: str, by: Any) -> Operation:
    changes = {clip: {field: [after, before] for field, (before, after) in fields.items()} for clip, fields in last.changes.items()}
    clips = {str(clip.pk): clip for clip in Clip.objects.filter(cut=cut, pk__in=changes).select_related("take", "shot")}
    touched = [clip for key, clip in clips.items() if any(getattr(clip, field) != change[0] for field, change in changes[key].items())]
    if touched:
        raise EditConflict(touched, cut)
    for key, clip in clips.items():
        fields = changes[key]
        start, end = (fields[name][1] if name in fields else getattr(clip, name) for name in ("source_in", "source_out"))
        if not start < end <= (clip.take.frames if clip.take else clip.shot.frames):
            raise EditRefused(gettext("The clip shows another take now, which is too short for this. Trim it anew, or choose the longer take again."))
    Operation.objects.filter(pk=last.pk).update(undone=True)
    turned = _apply(cut, kind, changes, by, turns=last)
    if kind == "redo":
        Operation.objects.filter(turned_by=last).update(undone=False)
    return turned


def _edit(cut: Cut, clip_id: uuid.UUID, kind: str, by: Any, base: int, edit: Callable[[Cut, Clip], Changes]) -> Operation:
    cut = Cut.objects.select_for_update().get(pk=cut.pk)
    clip = Clip.objects.select_related("take", "shot").filter(cut=cut, pk=clip_id).first()
    if clip is None:
        raise EditRefused(gettext("This clip is not in the cut."))
    if clip.revision > base:
        raise EditConflict([clip], cut)
    if clip.removed:
        raise EditRefused(gettext("This clip was taken out of the cut. Undo brings it back."))
    return _apply(cut, kind, edit(cut, clip), by)


def _difference(clip: Clip, **wanted: Any) -> Changes:
    changed = {field: [getattr(clip, field), value] for field, value in wanted.items() if getattr(clip, field) != value}
    return {str(clip.pk): changed} if changed else {}


def _apply(cut: Cut, kind: str, changes: Changes, by: Any, turns: Operation | None = None) -> Operation:
    """Write the changes, the operation and the event; the caller holds the cut's lock."""
    cut.revision += 1
    cut.save(update_fields=["revision"])
    for key, fields in changes.items():
        Clip.objects.filter(cut=cut, pk=key).update(revision=cut.revision, **{field: after for field, (_, after) in fields.items()})
    operation = Operation.objects.create(cut=cut, number=cut.revision, kind=kind, changes=changes, by=by, turns=turns)
    data = {"operation": kind, "revision": cut.revision, "clips": len(changes)}
    record("cut.edited", actor=by, project=cut.project, subject=cut, data=data)
    return operation
