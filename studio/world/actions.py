"""Keeping the world in step with the script, and having it designed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from generation.contract import FigureParams, SetParams
from studio.events.log import hold, record
from studio.jobs.actions import Order, request_jobs
from studio.jobs.models import INTERACTIVE, Job, State
from studio.projects.models import Project
from studio.script.breakdown import Breakdown
from studio.world.models import Character, Location
from studio.world.queries import characters_of, locations_of

TEXTS_KEPT = 60
ENGINE = "previs"


class WorldConflict(Exception):
    """Somebody changed this entry meanwhile; `theirs` is what stands now."""

    def __init__(self, theirs: Character | Location) -> None:
        super().__init__(gettext("Somebody changed this while you were writing. Yours was not saved; both are shown."))
        self.theirs = theirs


def seed_of(*words: object) -> int:
    """A seed that stays the same for the same words."""
    return int.from_bytes(hashlib.sha256("\x00".join(map(str, words)).encode()).digest()[:4]) & 0x7FFFFFFF


@transaction.atomic
def list_world(project: Project, found: Breakdown, revision: int, *, by: Any) -> None:
    """Rows for everybody and everywhere the breakdown names. Entries keep their notes and designs; those the script no longer
    names are set aside, not deleted. Only what is new, or whose words changed, is designed again."""
    hold(project.pk)
    redo: list[Character | Location] = []
    people = {row.name: row for row in Character.objects.filter(project=project)}
    for order, character in enumerate(found.characters):
        name = character.name[:120]
        row = people.pop(name, None) or Character(project=project, name=name)
        texts = list(character.texts[:TEXTS_KEPT])
        if row.pk is None or row.texts != texts or row.design_id is None:
            redo.append(row)
        row.order, row.aliases, row.texts, row.age, row.seen, row.removed = (
            order,
            list(character.aliases),
            texts,
            character.age[:40],
            character.seen,
            False,
        )
        row.save()
    Character.objects.filter(pk__in=[row.pk for row in people.values()]).update(removed=True)
    places = {(row.name, row.interior): row for row in Location.objects.filter(project=project)}
    for order, place in enumerate(found.places):
        key = (place.name[:200], place.interior)
        row_ = places.pop(key, None) or Location(project=project, name=key[0], interior=key[1])
        texts = list(place.texts[:TEXTS_KEPT])
        if row_.pk is None or row_.texts != texts or row_.design_id is None:
            redo.append(row_)
        row_.order, row_.texts, row_.removed = order, texts, False
        row_.save()
    Location.objects.filter(pk__in=[row.pk for row in places.values()]).update(removed=True)
    request_jobs(project, by, [_order(project, row) for row in redo])
    record("world.listed", actor=by, project=project, data={"revision": revision})


def _order(project: Project, row: Character | Location, priority: int = INTERACTIVE) -> Order:
    if isinstance(row, Character):
        others = [name for name in characters_of(project).values_list("name", flat=True) if name != row.name]
        texts = ([f"{row.name} ({row.age})"] if row.age else []) + list(row.texts)
        figure = FigureParams(name=row.name, texts=tuple(texts), notes=row.notes, others=tuple(others), index=row.order)
        spec = {"engine": ENGINE, "seed": seed_of(project.name, row.name), "params": figure.model_dump(mode="json")}
        return Order("figure", spec, row, title=row.name, priority=priority)
    place = SetParams(name=row.name, interior=row.interior, texts=tuple(row.texts), notes=row.notes)
    spec = {"engine": ENGINE, "seed": seed_of(project.name, row.name, row.interior), "params": place.model_dump(mode="json")}
    return Order("set", spec, row, title=str(row), priority=priority)


@transaction.atomic
def redesign(entry: Character | Location, *, by: Any, notes: str, revision: int) -> Job:
    """Say what somebody or somewhere looks like, and have it designed by these words. Raises `WorldConflict`."""
    hold(entry.project_id)
    row = type(entry).objects.select_for_update().get(pk=entry.pk)
    if row.revision != revision:
        raise WorldConflict(row)
    before = row.notes
    row.notes, row.revision = notes, row.revision + 1
    row.save(update_fields=["notes", "revision"])
    job = request_jobs(row.project, by, [_order(row.project, row)])[0]
    record("world.described", actor=by, project=row.project, subject=row, data={"before": before, "after": notes})
    return job


@dataclass(frozen=True)
class Designs:
    """The design jobs that are under way, by whom and what they design."""

    people: Mapping[str, Job] = field(default_factory=dict)
    places: Mapping[tuple[str, bool], Job] = field(default_factory=dict)

    def of(self, name: str) -> list[Job]:
        """The one a voice waits for."""
        return [self.people[name]] if name in self.people else []

    def within(self, facts: Mapping[str, Any]) -> list[Job]:
        """Those that a shot waits for which was told these facts of its scene: its place, and everybody in the scene up to it."""
        place = self.places.get((facts["place"], facts["interior"]))
        names = dict.fromkeys((*facts["cast"], *(name for beat in facts["beats"] for name in beat["characters"])))
        return [*([place] if place else []), *(job for name in names for job in self.of(name))]


@transaction.atomic
def design_missing(project: Project, *, by: Any) -> Designs:
    """Ask for every design that does not exist and is not being made; returns all that are under way, for others to wait on."""
    hold(project.pk)
    people, places = list(characters_of(project)), list(locations_of(project))
    under_way = _under_way(project)
    if missing := _missing([*people, *places], under_way):
        request_jobs(project, by, [_order(project, entry) for entry in missing])
        under_way = _under_way(project)
    return Designs(
        {one.name: job for one in people if (job := under_way.get(("figure", str(one.pk))))},
        {(one.name, one.interior): job for one in places if (job := under_way.get(("set", str(one.pk))))},
    )


def missing_designs(project: Project) -> list[Order]:
    """What `design_missing` would ask for."""
    return [_order(project, entry) for entry in _missing([*characters_of(project), *locations_of(project)], _under_way(project))]


def _missing(entries: Sequence[Character | Location], under_way: Mapping[tuple[str, str], Job]) -> list[Character | Location]:
    return [entry for entry in entries if entry.design_id is None and (_kind(entry), str(entry.pk)) not in under_way]


def _under_way(project: Project) -> dict[tuple[str, str], Job]:
    """The newest open design job of each entry, by kind and the entry's id."""
    jobs = Job.objects.filter(project=project, kind__in=("set", "figure"), state__in=(State.QUEUED, State.RUNNING)).order_by("created")
    return {(job.kind, job.subject_id): job for job in jobs}


def _kind(entry: Character | Location) -> str:
    return "figure" if isinstance(entry, Character) else "set"


def open_design(entry: Character | Location) -> Job | None:
    """The job that is designing this entry now, if any."""
    return _under_way(entry.project).get((_kind(entry), str(entry.pk)))
