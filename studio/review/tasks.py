"""The notes of a revision on paper: each with its frame and what was drawn on it. Loaded in workers only."""

from __future__ import annotations

import time
from typing import Any

from PIL import Image

from generation.contract import Failure, Progress, Rate, Result
from generation.media.picture import output
from generation.media.sources import Run, decode_run
from studio.jobs.kinds import Work
from studio.jobs.models import Job
from studio.media import store
from studio.review import drawing, exchange
from studio.review.interchange import MarkedNote, pdf
from studio.review.placing import clip_at
from studio.review.queries import notes_on
from studio.review.shapes import parse_drawing
from studio.timeline.models import CutRevision
from studio.timeline.plan import CutPlan, frozen_plan


def make_sheet(job: Job, request: dict[str, Any], work: Work, tell: Any, should_stop: Any) -> Result:
    """A PDF of the notes of `request["cut_revision"]` as they stand when it is made."""
    began = time.perf_counter()
    frozen = CutRevision.objects.select_related("cut__project").get(pk=request["cut_revision"])
    plan, placed = frozen_plan(frozen), notes_on(frozen)
    shapes = {str(one.note.pk): [row.shape for row in one.note.annotations.all()] for one in placed}
    total = sum(one.first is not None for one in placed)
    done = 0

    def picture(note: MarkedNote) -> Image.Image | None:
        nonlocal done
        tell(Progress(done=done, total=max(1, total), unit="steps", stage="drawing"), None)
        done += 1
        still = still_of(plan, note.first)
        return drawing.over(still, parse_drawing(shapes[note.id])) if still is not None and shapes.get(note.id) else still

    reel = exchange.reel_of(frozen, placed, picture)
    path = work.workdir / "notes.pdf"
    path.write_bytes(pdf.write(reel))
    tell(Progress(done=max(1, total), total=max(1, total), unit="steps"), None)
    made = output("sheet", path, "application/pdf", {"bytes": path.stat().st_size})
    return Result(outputs=(made,), data={"notes": total}, seconds=round(time.perf_counter() - began, 3))


def still_of(plan: CutPlan, frame: int) -> Image.Image | None:
    """What a cut shows at a frame, from the master of its take; None where that cannot be read."""
    clip = clip_at(plan, frame)
    if clip is None or clip.asset is None:
        return None
    source = frame - clip.at + clip.source_in
    num, den = plan.rate
    try:
        shown = next(decode_run(Run(store.local(clip.asset), source, source + 1), Rate(num=num, den=den)))
    except (Failure, OSError):
        return None
    return Image.fromarray(shown.to_ndarray(format="rgb24"))
