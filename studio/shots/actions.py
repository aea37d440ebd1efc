"""Changing shots, asking for takes, choosing among them, and making the film."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from studio.events.log import hold, record
from studio.jobs.actions import Order, request_jobs
from studio.jobs.kinds import Refused
from studio.jobs.models import BATCH, INTERACTIVE, Job
from studio.jobs.queries import open_jobs_by_subject, subjects_at_work
from studio.media.models import Asset
from studio.projects.models import Project
from studio.shots.lacking import cue_lengths, idle_shots, lacking_cues, lacking_lines, lacking_shots
from studio.shots.listing import CHANGED, STEP, number_shots
from studio.shots.models import Shot, Take, Version
from studio.shots.recipes import beats_by_scene, shot_spec
from studio.sound.actions import cue_order, voice_order
from studio.sound.models import Cue, Line
from studio.sound.queries import VOICED, composers_of
from studio.world.actions import Designs, design_missing

EDITABLE = ("size", "angle", "lens", "move", "speed", "easing", "subjects", "over", "characters", "action", "frames", "seed")
MAX_TAKES_AT_ONCE = 8


class ShotConflict(Exception):
    """Somebody changed the same field of the shot meanwhile: `theirs` is the shot as it stands, `mine` what this person wanted."""

    def __init__(self, theirs: Shot, mine: dict[str, Any]) -> None:
        super().__init__(gettext("Somebody changed this shot while you were editing. Yours was not saved; both are shown."))
        self.theirs, self.mine = theirs, mine


@transaction.atomic
def change_shot(shot: Shot, *, by: Any, base: int, **changes: Any) -> Shot:
    """Change some fields of a shot, edited on revision `base`. An edit of fields nobody else touched since goes through; otherwise
    raises `ShotConflict`. The values must already be valid (see `forms`)."""
    hold(shot.project_id)
    row = Shot.objects.select_for_update(of=("self",)).select_related("project", "scene").get(pk=shot.pk)
    wanted = {key: value for key, value in changes.items() if key in EDITABLE and getattr(row, key) != value}
    if not wanted:
        return row
    if base < row.revision and _changed_since(row, base) & set(wanted):
        raise ShotConflict(row, wanted)
    before = {key: getattr(row, key) for key in wanted}
    for key, value in wanted.items():
        setattr(row, key, value)
    row.revision += 1
    if row.take_count and set(wanted) - {"seed"}:
        row.stale = CHANGED
    row.save()
    record("shot.changed", actor=by, project=row.project, subject=row, data={"before": before, "after": wanted, "revision": row.revision})
    return row


def _changed_since(shot: Shot, base: int) -> set[str]:
    """Which fields were changed by edits after revision `base`, from the log."""
    from studio.events.models import Event

    rows = Event.objects.filter(project_id=shot.project_id, kind="shot.changed", subject_id=str(shot.pk), data__revision__gt=base)
    return {key for data in rows.values_list("data", flat=True) for key in data["after"]}


@transaction.atomic
def move_shot(shot: Shot, *, by: Any, after: Shot | None) -> None:
    """Put a shot behind another of its scene, or first. The shots between get new codes; nothing else changes."""
    if after is not None and after.pk == shot.pk:
        return
    hold(shot.project_id)
    siblings = list(Shot.objects.select_for_update().filter(scene=shot.scene, removed=False).exclude(pk=shot.pk).order_by("position", "pk"))
    at = next((index + 1 for index, row in enumerate(siblings) if after is not None and row.pk == after.pk), 0)
    low = siblings[at - 1].position if at else siblings[0].position - 2 * STEP if siblings else 0.0
    high = siblings[at].position if at < len(siblings) else low + 2 * STEP
    if high - low < 1e-6:  # the gap is used up: space the scene anew
        for index, row in enumerate(siblings):
            row.position = index * STEP
        Shot.objects.bulk_update(siblings, ["position"])
        low, high = (at - 1) * STEP, at * STEP
    before = shot.code
    shot.position = (low + high) / 2
    shot.save(update_fields=["position"])
    number_shots(shot.project)
    shot.refresh_from_db(fields=["code"])
    record("shot.moved", actor=by, project=shot.project, subject=shot, data={"before": before, "after": shot.code})


@transaction.atomic
def add_shot(after: Shot, *, by: Any) -> Shot:
    """A new shot behind another, of the same people in the same scene, two seconds long."""
    hold(after.project_id)
    project = after.project
    frames = max(1, round(2 * project.rate_num / project.rate_den))
    row = Shot.objects.create(project=project, scene=after.scene, position=after.position + 1e-3, code="new", frames=frames, size="medium")
    Shot.objects.filter(pk=row.pk).update(subjects=after.subjects, characters=after.characters)
    row.refresh_from_db()
    move_shot(row, by=by, after=after)
    row.refresh_from_db()
    record("shot.added", actor=by, project=project, subject=row, data={"after": after.code})
    return row


@transaction.atomic
def remove_shot(shot: Shot, *, by: Any) -> None:
    """Set a shot aside; its takes and history stay, and `restore_shot` brings it back."""
    hold(shot.project_id)
    Shot.objects.filter(pk=shot.pk).update(removed=True)
    number_shots(shot.project)
    record("shot.removed", actor=by, project=shot.project, subject=shot, data={"code": shot.code})


@transaction.atomic
def restore_shot(shot: Shot, *, by: Any) -> None:
    hold(shot.project_id)
    Shot.objects.filter(pk=shot.pk).update(removed=False)
    number_shots(shot.project)
    record("shot.restored", actor=by, project=shot.project, subject=shot, data={"code": shot.code})


@transaction.atomic
def request_takes(
    shot: Shot,
    *,
    by: Any,
    count: int = 1,
    changes: dict[str, Any] | None = None,
    parent: Take | None = None,
    quality: str = "film",
    priority: int = INTERACTIVE,
    because: dict[str, Any] | None = None,
) -> list[Job]:
    """Ask for one or more takes of a shot. `changes` hold for these takes only; several differ in their seed. `because` says what they answer and
    stays with them. Lines that were never spoken are ordered first and waited for. Raises `Refused`."""
    hold(shot.project_id)
    if not 1 <= count <= MAX_TAKES_AT_ONCE:
        raise Refused(gettext("Ask for 1 to %(most)d takes at once.") % {"most": MAX_TAKES_AT_ONCE})
    project, changes = shot.project, dict(changes or {})
    seed = int(changes.pop("seed", shot.seed))
    designs = design_missing(project, by=by)
    voices = [voice_order(line, priority=priority, after=designs.of(line.character.name)) for line in _silent(shot)]
    beats = beats_by_scene(project, [shot.scene_id])[shot.scene_id]
    orders = []
    for index in range(count):
        spec = shot_spec(shot, beats, quality=quality, seed=(seed + index) % 2**31, **changes)
        spec["parent"] = parent.pk if parent else None
        if because is not None:
            spec["because"] = because
        orders.append(Order("shot", spec, shot, title=f"Shot {shot.code}", priority=priority, after=[*voices, *designs.within(spec["facts"])]))
    return request_jobs(project, by, [*voices, *orders])[len(voices) :]


def _silent(shot: Shot) -> list[Line]:
    return list(Line.objects.filter(shots=shot, take=None, removed=False).select_related(*VOICED))


@transaction.atomic
def adopt_take(
    shot: Shot,
    *,
    by: Any,
    asset: Asset,
    frames: int,
    recipe: dict[str, Any],
    measures: dict[str, Any],
    notes: list[str],
    seconds: float,
    told: dict[str, Any],
    job: Job | None = None,
    wanted: bool = False,
) -> Take:
    """A clip that is there becomes a take of the shot, with the recipe it was made by; the shot's first take, or one `wanted` in the cut, is
    published. `told` is the shot as it stood when the clip was asked for."""
    hold(shot.project_id)
    row = Shot.objects.select_for_update(of=("self",)).select_related("project", "version").get(pk=shot.pk)
    take = Take.objects.create(
        shot=row,
        number=(row.takes.aggregate(last=Max("number"))["last"] or 0) + 1,
        job=job,
        asset=asset,
        frames=frames,
        recipe=recipe or {"engine": "upload"},
        told=told,
        measures=measures,
        notes=notes,
        seconds=seconds,
        by=by,
    )
    Shot.objects.filter(pk=row.pk).update(take_count=row.take_count + 1)
    record("take.stored", actor=by, project=row.project, subject=take, data={"shot": row.pk, "number": take.number})
    publish_as_made(take, wanted=wanted)
    return take


@transaction.atomic
def choose_take(take: Take, *, by: Any, reason: str = "") -> Version:
    """Publish a version of the shot: this take is the one that counts. Choosing what already stands changes nothing; earlier
    versions stay. The cut follows when it hears of `version.published`."""
    hold(take.shot.project_id)
    shot = Shot.objects.select_for_update(of=("self",)).select_related("project", "version").get(pk=take.shot_id)
    if shot.version is not None and shot.version.take_id == take.pk:
        return shot.version
    number = (shot.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = Version.objects.create(shot=shot, number=number, take=take, by=by, reason=reason[:200])
    shot.version = version
    if take.told.get("revision") == shot.revision:
        shot.stale = ""
    shot.save(update_fields=["version", "stale"])
    data = {"shot": shot.pk, "take": take.pk, "number": number}
    record("version.published", actor=by, project=shot.project, subject=version, data=data)
    return version


def publish_as_made(take: Take, *, wanted: bool) -> None:
    """A shot's first take, or one that was `wanted` in the cut, is the version that counts until somebody chooses another. Unless a
    newer take has been chosen meanwhile."""
    if take.shot.version_id is not None and not wanted:
        return
    if not take.shot.takes.filter(number__gt=take.number, versions__isnull=False).exists():
        choose_take(take, by=take.by, reason="the first take" if take.number == 1 else "made for the cut")


Maker = Callable[[Shot, dict[str, Any], list[Job | Order]], list[Order]]


def previs_orders(shot: Shot, spec: dict[str, Any], needed: list[Job | Order]) -> list[Order]:
    """The order for one shot of the film, once what it needs is there."""
    return [Order("shot", spec, shot, title=f"Shot {shot.code}", priority=BATCH, after=needed)]


def film_orders(project: Project, *, designs: Designs | None = None, maker: Maker = previs_orders, every: bool = False) -> list[Order]:
    """Everything the film still lacks, as orders; `maker` turns a shot into orders, the last of which makes its take. With `every`, also
    another take of each shot that has one, which goes into the cut. What is being made already is not ordered twice, but waited for."""
    designs = designs or Designs()
    spoken_by = lacking_lines(project).select_related(*VOICED)
    voices = {line.pk: voice_order(line, after=designs.of(line.character.name)) for line in spoken_by}
    spoken_now = open_jobs_by_subject(project, "line")
    beats = beats_by_scene(project)
    orders: list[Order] = []
    shots = idle_shots(project) if every else lacking_shots(project)
    for shot in shots.select_related("project", "scene", "version").prefetch_related("shot_lines"):
        spec = {**shot_spec(shot, beats[shot.scene_id]), "place": True}
        needed: list[Job | Order] = [voices[link.line_id] for link in shot.shot_lines.all() if link.line_id in voices]
        needed += [spoken_now[str(link.line_id)] for link in shot.shot_lines.all() if str(link.line_id) in spoken_now]
        needed += designs.within(spec["facts"])
        orders += maker(shot, spec, needed)
    cues, composers = [], composers_of(project)
    for cue, frames, events in lacking_cues(project):
        cue.scene.project = project
        cues.append(cue_order(cue, cue.scene, frames, events, composers=composers))
    return [*voices.values(), *orders, *cues]


@transaction.atomic
def compose_again(project: Project, cues: Collection[Cue], *, by: Any) -> list[Job]:
    """Another recording of each of these cues, as long as their scenes are and by the composer chosen now; the old ones stay. Raises
    `Refused`."""
    hold(project.pk)
    wanted, busy, orders = {cue.pk for cue in cues}, subjects_at_work(project, [Cue.MUSIC, Cue.TONE]), []
    composers = composers_of(project)
    for cue, frames, events in cue_lengths(project):
        if cue.pk in wanted and str(cue.pk) not in busy:
            cue.scene.project = project
            spec = cue_order(cue, cue.scene, frames, events, composers=composers).spec
            seed = (spec["seed"] + cue.takes.count()) % 2**31
            priority = INTERACTIVE if len(wanted) == 1 else BATCH
            orders.append(cue_order(cue, cue.scene, frames, events, composers=composers, seed=seed, priority=priority))
    if not orders:
        raise Refused(gettext("There is nothing to compose: the scenes have no shots, or it is being made already."))
    return request_jobs(project, by, orders, what="cues.requested")


@transaction.atomic
def make_film(project: Project, *, by: Any, maker: Maker = previs_orders, every: bool = False) -> list[Job]:
    """Order everything the film lacks, as one batch, whole or not at all; with `every`, each shot anew. Raises `Refused` if nothing is lacking."""
    hold(project.pk)
    designs = design_missing(project, by=by)
    orders = film_orders(project, designs=designs, maker=maker, every=every)
    if not orders:
        raise Refused(gettext("Every shot has a take and every line a voice. Change a shot or ask for another take of it."))
    jobs = request_jobs(project, by, orders, what="film.requested")
    return jobs
