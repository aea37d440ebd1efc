"""The jobs of this room: a file that came with a note is opened, and the notes of a revision are printed with their frames."""

from __future__ import annotations

from typing import Any

from generation.contract import Result
from studio.events.log import record
from studio.jobs.kinds import Kind, NotReady, register
from studio.jobs.models import Job
from studio.material.kinds import MAIN
from studio.media.keep import keep_outputs
from studio.media.models import Asset
from studio.media.store import hold
from studio.review.models import Attachment, Sheet
from studio.timeline.models import CutRevision

SHOWN = {"master": Attachment.Medium.FILM, "picture": Attachment.Medium.PICTURE, "sound": Attachment.Medium.SOUND}


class AttachmentKind(Kind):
    """`spec`: attachment, sha256 (of the bytes as sent), name."""

    name = "attachment"
    queue = "desk"
    indispensable = True
    runner = "studio.material.tasks:bring_in"

    def first_guess(self) -> float:
        return 2.0

    def prepare(self, job: Job) -> dict[str, Any]:
        project = job.project
        return {**job.spec, "width": project.width, "height": project.height, "rate": [project.rate_num, project.rate_den]}

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> Attachment:
        main = next(name for name, _ in MAIN if name in assets)
        row = Attachment.objects.select_for_update().select_related("note").filter(pk=job.spec["attachment"]).first()
        if row is None or main not in SHOWN:
            raise NotReady("A note takes pictures, films and sounds; this is none. Send it to Material instead.")
        row.asset, row.medium = keep_outputs(job.project, result, assets, main), SHOWN[main]
        row.save(update_fields=["asset", "medium"])
        record("note.attached", actor=job.requested_by, project=job.project, subject=row.note, data={"note": str(row.note_id), "medium": row.medium})
        return row


class SheetKind(Kind):
    """`spec`: cut_revision, notes (how many there were when it was asked for)."""

    name = "notes"
    queue = "desk"
    runner = "studio.review.tasks:make_sheet"

    def units(self, spec: dict[str, Any]) -> float:
        return float(max(1, spec["notes"]))

    def first_guess(self) -> float:
        return 0.2

    def prepare(self, job: Job) -> dict[str, Any]:
        return {"cut_revision": job.spec["cut_revision"]}

    def accept(self, job: Job, result: Result, assets: dict[str, Asset]) -> Sheet:
        hold(job.project, *assets.values())
        frozen = CutRevision.objects.get(pk=job.spec["cut_revision"])
        made = Sheet.objects.create(cut_revision=frozen, job=job, asset=assets["sheet"], notes=result.data["notes"], by=job.requested_by)
        record("notes.printed", actor=job.requested_by, project=job.project, subject=frozen, data={"revision": frozen.number, "notes": made.notes})
        return made


register(AttachmentKind())
register(SheetKind())
