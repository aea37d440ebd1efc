"""What making a whole film with an engine would take, for its button: from lengths alone, without an order and without the project's turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext

from studio.jobs.kinds import Refused, kind_named
from studio.jobs.models import BATCH, OPEN, Job
from studio.jobs.paying import works_of
from studio.ledger.actions import OverBudget, weigh
from studio.ledger.estimates import Work, foretell
from studio.ledger.queries import Line
from studio.material.actions import Asked, take_order
from studio.material.inputs import Files
from studio.projects.models import Project
from studio.shots.guides import Guides, GuidesThere, Wanted
from studio.shots.lacking import idle_shots, lacking_shots
from studio.shots.models import Guide, Shot
from studio.shots.queries import sound_works
from studio.shots.recipes import ENGINE as PREVIS
from studio.shots.recipes import beats_by_scene, shot_spec
from studio.shots.words import Words
from studio.world.actions import Designs, missing_designs


def film_price(project: Project, asked: Asked, *, every: bool = False) -> Line:
    """What `actions.make_film_with` would set aside for the film as it stands. Of all shots of one length one is worked out and counted; a guide
    counts as drawn where one of this size was drawn from the shot's present revision. Raises `Refused` where that can be told so."""
    shots = idle_shots(project) if every else lacking_shots(project)
    rows = list(shots.values_list("pk", "frames", "revision"))
    lines, cues = sound_works(project)
    if not (rows or lines or cues):
        raise Refused(gettext("Every shot has a take and every line a voice."))
    counts = [(Counter([*lines, *cues]), False)]
    for order in missing_designs(project):
        counts.append((Counter(works_of(order.kind, [order.spec])), kind_named(order.kind).indispensable))
    if rows:
        specs = _takes(rows[0][0], project, asked, sorted({frames for _, frames, _ in rows}))
        many = Counter(frames for _, frames, _ in rows)
        counts.append((_counted(works_of("take", specs), [many[spec["frames"]] for spec in specs]), False))
        if any("part" in entry for entry in specs[0]["inputs"]):
            counts.append((_guides(project, asked, rows), False))
    works = [(work, count, always) for counted, always in counts for work, count in counted.items()]
    told = foretell([work for work, _, _ in works])
    try:
        return weigh(project, [(each, count, always) for each, (_, count, always) in zip(told, works, strict=True)])
    except OverBudget as problem:
        raise Refused(str(problem)) from problem


def _takes(first: int, project: Project, asked: Asked, lengths: Sequence[int]) -> list[dict[str, Any]]:
    """The order of one shot at each of these lengths, admitted."""
    shot = Shot.objects.select_related("project", "scene", "version").prefetch_related("shot_lines").get(pk=first)
    standing = shot_spec(shot, beats_by_scene(project, [shot.scene_id])[shot.scene_id])
    guides = Guides(Wanted(width=asked.size[0], height=asked.size[1], frames=standing["frames"]), Designs(), BATCH, GuidesThere(project))
    guides.know(shot, standing)
    spec = take_order(shot, standing, asked, guides, BATCH, Words(project), Files(project)).spec
    specs = [{**spec, "frames": frames, "format": {**spec["format"], "frames": frames}} for frames in lengths]
    kind_named("take").admit_all(project, specs)
    return specs


def _guides(project: Project, asked: Asked, rows: Sequence[tuple[int, int, int]]) -> Counter[Work]:
    width, height = asked.size
    drawn = Guide.objects.filter(shot__project=project, width=width, height=height).values_list("shot_id", "frames", "job__spec__revision")
    at_it = Job.objects.filter(project=project, kind="guide", state__in=OPEN, spec__size=[width, height])
    there = {*drawn, *at_it.values_list("spec__shot", "spec__frames", "spec__revision")}
    lacking = Counter(frames for pk, frames, revision in rows if (pk, frames, revision) not in there)
    works = works_of("guide", [{"engine": PREVIS, "size": [width, height], "frames": frames} for frames in lacking])
    return _counted(works, lacking.values())


def _counted(works: Iterable[Work], counts: Iterable[int]) -> Counter[Work]:
    sums = Counter[Work]()
    for work, count in zip(works, counts, strict=True):
        sums[work] += count
    return sums
