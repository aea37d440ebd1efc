"""Freezing a cut: one immutable revision with the hash of everything it plays."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.db.models import Max

from studio.events.log import hold, record
from studio.events.subscribers import hear_now
from studio.timeline.models import Cut, CutRevision
from studio.timeline.plan import plan_cut


def content_hash(data: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON: takes and sounds are in it by their hashes, names of rows are not."""
    keep = {
        "rate": data["rate"],
        "size": data["size"],
        "clips": [[clip["asset"], clip["source_in"], clip["source_out"]] for clip in data["clips"]],
        "sounds": [[sound[key] for key in ("kind", "asset", "at", "offset", "frames", "gain", "fade_in", "fade_out")] for sound in data["sounds"]],
    }
    return hashlib.sha256(json.dumps(keep, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
def freeze_cut(cut: Cut, *, by: Any) -> CutRevision:
    """The cut as it plays now (clips without a take are left out); the newest revision again if nothing has changed since. What was
    chosen a moment ago is in it, also where the cut has not followed yet."""
    hold(cut.project_id)
    hear_now(cut.project_id, "studio.timeline.subscribers")
    cut = Cut.objects.select_for_update().select_related("project").get(pk=cut.pk)
    data = plan_cut(cut, only_takes=True).canonical()
    digest = content_hash(data)
    newest = cut.revisions.order_by("-number").first()
    if newest is not None and newest.hash == digest:
        return newest
    number = (cut.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    frozen = CutRevision.objects.create(cut=cut, number=number, data=data, hash=digest, by=by)
    record("cut.frozen", actor=by, project=cut.project, subject=frozen, data={"number": number, "hash": digest})
    return frozen
