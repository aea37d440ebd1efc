"""Writing the script: every save is a revision; nothing that was written is lost."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from studio.events.log import hold, record
from studio.jobs.actions import Order, request_jobs
from studio.jobs.models import INTERACTIVE, Job
from studio.projects.models import Project
from studio.script import drafting, queries
from studio.script.breakdown import Breakdown
from studio.script.breakdown import Scene as FoundScene
from studio.script.drafting import Writer
from studio.script.models import Draft, Scene, Script, ScriptRevision


class Conflict(Exception):
    """Somebody saved another revision meanwhile. `theirs` is what stands now; what this person wrote was not kept by the server,
    so the page must show both."""

    def __init__(self, theirs: ScriptRevision, mine: str) -> None:
        super().__init__(gettext("Revision %(number)d was saved while you were writing.") % {"number": theirs.number})
        self.theirs, self.mine = theirs, mine


@transaction.atomic
def revise_script(project: Project, *, by: Any, text: str, base: int) -> ScriptRevision:
    """Keep a new revision written on revision `base`, and the scenes found in it.

    The same text again is no new revision. Raises `Conflict` if `base` is not the newest. What follows from the text (world,
    lines, shots, panels) is made by the later rooms when they hear of `script.revised`.
    """
    hold(project.pk)
    Script.objects.get_or_create(project=project)
    script = Script.objects.select_for_update().get(project=project)
    newest = script.revisions.order_by("-number").first()
    if newest is not None and newest.text == text:
        return newest
    if script.revision != base:
        assert newest is not None
        raise Conflict(newest, text)
    fresh = ScriptRevision.objects.create(script=script, number=script.revision + 1, text=text, author=by)
    found = queries.breakdown_of(project, fresh.number)
    assert found is not None
    ScriptRevision.objects.filter(pk=fresh.pk).update(notes=list(found.notes))
    script.revision, script.title = fresh.number, found.title[:200]
    script.save(update_fields=["revision", "title"])
    _keep_scenes(project, found)
    record("script.revised", actor=by, project=project, subject=fresh, data={"revision": fresh.number, "scenes": len(found.scenes)})
    return fresh


@transaction.atomic
def request_draft(project: Project, *, by: Any, brief: str, scenes: int, writer: Writer, seed: int = 0) -> Job:
    """Have a model write a proposal. Nothing of the script changes. Raises `Refused`."""
    hold(project.pk)
    asked = {"instruction": drafting.instruction(scenes), "material": brief, "answer_schema": drafting.schema(scenes)}
    params = {**writer.params, **asked, "max_tokens": 400 + 600 * scenes}
    spec = {"engine": writer.engine, "params": params, "seed": seed, "brief": brief}
    title = f"Draft: {' '.join(brief.split())}"
    return request_jobs(project, by, [Order("draft", spec, project, title=title, priority=INTERACTIVE)], what="draft.requested")[0]


@transaction.atomic
def accept_draft(draft: Draft, *, by: Any, base: int) -> ScriptRevision:
    """Make a proposal the newest revision, written on revision `base`. Raises `Conflict`; the proposal stands then as it was."""
    hold(draft.project_id)
    fresh = revise_script(draft.project, by=by, text=draft.text, base=base)
    Draft.objects.filter(pk=draft.pk).update(state=Draft.ACCEPTED, revision=fresh)
    return fresh


@transaction.atomic
def set_draft_aside(draft: Draft, *, by: Any) -> None:
    """It no longer stands on the page; it is kept."""
    hold(draft.project_id)
    if Draft.objects.filter(pk=draft.pk, state=Draft.PROPOSED).update(state=Draft.ASIDE):
        record("draft.set_aside", actor=by, project=draft.project, subject=draft, data={"number": draft.number})


def _keep_scenes(project: Project, found: Breakdown) -> None:
    """Rows for the scenes of this breakdown: one whose heading stands in the same sequence of headings keeps its row."""
    standing = list(Scene.objects.filter(project=project, removed=False).order_by("order", "pk"))
    headings = [scene.heading for scene in found.scenes]
    matcher = SequenceMatcher(a=[scene.heading for scene in standing], b=headings, autojunk=False)
    kept: dict[int, Scene] = {}
    for i, j, size in matcher.get_matching_blocks():
        kept.update({j + k: standing[i + k] for k in range(size)})
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "replace":  # a heading was rewritten in place: the scene is the same scene
            kept.update({j1 + k: standing[i1 + k] for k in range(min(i2 - i1, j2 - j1))})
    fields = ["number", "order", "heading", "place", "interior", "time", "weather", "mood", "synopsis", "cast", "music", "start", "end"]
    Scene.objects.bulk_update([_fill(row, found.scenes[order], order) for order, row in kept.items()], fields, batch_size=500)
    new = [_fill(Scene(project=project), scene, order) for order, scene in enumerate(found.scenes) if order not in kept]
    Scene.objects.bulk_create(new, batch_size=500)
    staying = {row.pk for row in kept.values()}
    for row in standing:
        if row.pk not in staying:  # its number may be another scene's now
            Scene.objects.filter(pk=row.pk).update(removed=True, number=f"x{row.number}"[:20])


def _fill(row: Scene, scene: FoundScene, order: int) -> Scene:
    row.number, row.order, row.heading = scene.number[:20], order, scene.heading[:300]
    row.place, row.interior, row.time, row.weather, row.mood = scene.place[:200], scene.interior, scene.time[:40], scene.weather, scene.mood
    row.synopsis, row.cast = scene.synopsis, list(scene.characters)
    row.music = {"mood": scene.music.mood, "tempo": scene.music.tempo, "key": scene.music.key}
    row.start, row.end = scene.span.start, scene.span.end
    return row
