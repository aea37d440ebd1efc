"""What is sent along with a note: pictures, films, sounds, and what was said instead of written. Until a worker has opened it, it is a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from studio.jobs.actions import Order, request_jobs
from studio.jobs.models import INTERACTIVE
from studio.media import store
from studio.media.models import Asset
from studio.review.models import Attachment, Note

MOST = 6  # files with one note
MAX_FILE = 200 * 1024**2  # bytes
MAX_SPOKEN = 20 * 1024**2


class AttachmentRefused(Exception):
    """Nothing was kept; the message says why."""


@dataclass(frozen=True)
class Sent:
    """A file as it came, kept by its content; nobody is served it."""

    asset: Asset
    name: str
    spoken: bool = False


def keep(files: Sequence[Any], spoken: Any = None) -> list[Sent]:
    """Keep the files of one note (Django's `UploadedFile`). Raises `AttachmentRefused` if one is empty or too large, or there are too many."""
    if len(files) + (spoken is not None) > MOST:
        raise AttachmentRefused(
            gettext("A note takes %(most)d files. Nothing was sent: choose fewer, your words stand in the field.") % {"most": MOST}
        )
    for file, most in [*((file, MAX_FILE) for file in files), *([(spoken, MAX_SPOKEN)] if spoken else [])]:
        name = Path(str(file.name)).name[:80]
        if not file.size:
            raise AttachmentRefused(
                gettext("“%(name)s” is empty. The note was not written; your words stand in the field.") % {"name": name}
            )
        if file.size > most:
            raise AttachmentRefused(
                gettext("“%(name)s” has %(size)s MiB; %(most)d are the most. The note was not written.")
                % {"name": name, "size": f"{file.size / 1024**2:.0f}", "most": most // 1024**2}
            )
    kept = [Sent(store.put_upload(file), Path(str(file.name)).name[:160]) for file in files]
    return [*kept, Sent(store.put_upload(spoken), "What was said", spoken=True)] if spoken else kept


def attach(note: Note, sent: Sequence[Sent], *, by: Any) -> None:
    """Inside the transaction in which the note is written: a row for each file, and the order to open it. Raises `Refused`."""
    orders = []
    for each in sent:
        row = Attachment.objects.create(note=note, name=each.name, spoken=each.spoken)
        spec = {"attachment": row.pk, "sha256": each.asset.sha256, "name": each.name}
        orders.append(Order("attachment", spec, note, title=each.name, priority=INTERACTIVE))
    if orders:
        rows = request_jobs(note.project, by, orders, what="attachments.sent")
        for job in rows:
            Attachment.objects.filter(pk=job.spec["attachment"]).update(job=job)
