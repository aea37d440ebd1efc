"""The one job of this room: a file that came with a note is opened by a worker, which keeps a copy of its own making."""

from __future__ import annotations

from typing import Any

from generation.contract import Result
from studio.events.log import record
from studio.jobs.kinds import Kind, NotReady, register
from studio.jobs.models import Job
from studio.material.kinds import MAIN
from studio.media.keep import keep_outputs
from studio.media.models import Asset
from studio.review.models import Attachment

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


register(AttachmentKind())
