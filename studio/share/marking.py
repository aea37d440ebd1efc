"""What a link with a watermark plays: pictures made for one viewer, in whole segments, and of frames that the cut shows alone.

A rendition's own bytes never leave here. A segment that is not made yet is answered by its place in the line of those who wait. Sounds carry no mark.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from studio.media import marked
from studio.media.marked import CannotMark, Mark, Ready, Segment
from studio.media.models import Rendition
from studio.share.entry import Entry, nothing_here
from studio.timeline.plan import CutPlan, PlannedClip

AHEAD = 480  # frames of the cut that a player lays before it; asked for as it comes nearer
NEEDED = ("frames", "rate", "width", "height", "codec")


def mark_of(entry: Entry) -> Mark:
    """Whose copy it is: the proved address, or the name; the sitting's beginning; the link. It stays the same as long as the sitting lasts."""
    guest, link = entry.guest, entry.link
    if guest is not None:
        name, since = (guest.email if guest.verified else guest.name), guest.viewed or guest.came
        when = f"{since:%Y-%m-%d %H:%M} UTC"
    else:
        name, when = f"Preview by {entry.previewer}", f"{timezone.now():%Y-%m-%d} UTC"
    return Mark(name=name, when=when, link=f"link {link.pk.hex[:8]}", seed=link.pk.hex)


def take_of(rendition: Rendition, url: str) -> dict[str, Any] | None:
    """The take as the player wants it; `url` is that of its segments without their first frame. None where the rendition is too old to be marked."""
    meta = rendition.meta
    if any(key not in meta for key in NEEDED):
        return None
    return {"url": url, "segment": marked.SEGMENT, "frames": meta["frames"], "codec": meta["codec"]}


def can_mark(plan: CutPlan) -> bool:
    """Whether every take of the cut has a picture that a name can be burned into."""
    takes = {clip.asset for clip in plan.clips if clip.asset}
    rows = Rendition.objects.filter(source__in=takes, name="rendition")
    return {row.source_id for row in rows if all(key in row.meta for key in NEEDED)} == takes


def segment(entry: Entry, sha256: str, start: int) -> HttpResponse:
    """Frames `start` and on of a rendition that the cut plays, marked for this viewer; 202 with the place in the line while they are being made.

    Raises `Http404` for every other file, for frames of which the cut shows none, and for a link that asks for no watermark.
    """
    if not entry.link.watermark or start % marked.SEGMENT:
        raise nothing_here()
    plan = entry.link.plan
    rendition, clips = _shown(plan, sha256)
    if rendition is None or start >= rendition.meta["frames"]:
        raise nothing_here()
    found = next(iter(marked.segments(rendition, mark_of(entry), start, start + 1)))
    shown = sorted({frame for clip in clips for frame in _frames(clip, found.start, found.end, rendition.meta["frames"])})
    if not shown:
        raise nothing_here()
    try:
        answer = marked.ensure(found, _ahead(entry, plan, clips, found))
        if isinstance(answer, Ready):
            data = _only(answer.path.read_bytes(), [frame - found.start for frame in shown])
            return HttpResponse(data, content_type="video/mp4")
    except FileNotFoundError:  # thrown out between the answer and its opening
        return _wait({"position": 1, "seconds": 1.0, "served": True})
    except CannotMark as problem:
        return JsonResponse({"problem": str(problem)}, status=503)
    return _wait({"position": answer.position, "seconds": answer.seconds, "served": answer.served})


def _wait(told: dict[str, Any]) -> HttpResponse:
    answer = JsonResponse(told, status=202)
    answer["Retry-After"] = str(max(1, min(5, math.floor(told["seconds"]))))
    return answer


def _shown(plan: CutPlan, sha256: str) -> tuple[Rendition | None, list[PlannedClip]]:
    """The rendition of this name and the clips that show it; takes that look alike to the byte share one."""
    rows = {row.source_id: row for row in Rendition.objects.filter(asset=sha256, name="rendition") if all(key in row.meta for key in NEEDED)}
    clips = [clip for clip in plan.clips if clip.asset in rows]
    return (rows[clips[0].asset or ""], clips) if clips else (None, [])


def _frames(clip: PlannedClip, start: int, end: int, frames: int) -> range:
    """The take's frames that a clip shows, of those from `start` to `end`. A clip longer than its take holds the last one."""
    first, last = min(clip.source_in, frames - 1), min(clip.source_out, frames)
    return range(max(start, first), min(end, max(last, first + 1)))


def _ahead(entry: Entry, plan: CutPlan, clips: list[PlannedClip], found: Segment) -> list[tuple[Segment, float]]:
    """The segments that will be played after this one, with the seconds until then."""
    here = next((clip for clip in clips if _frames(clip, found.start, found.end, found.end)), None)
    if here is None:
        return []
    at = here.at + max(0, found.start - here.source_in)
    coming = [clip for clip in plan.clips if clip.asset and clip.at + clip.frames > at and clip.at < at + AHEAD]
    rows = {row.source_id: row for row in Rendition.objects.filter(source__in={clip.asset for clip in coming}, name="rendition")}
    ahead: dict[str, tuple[Segment, float]] = {}
    for clip in coming:
        row = rows.get(clip.asset or "")
        if row is None or any(key not in row.meta for key in NEEDED):
            continue
        first = clip.source_in + max(0, at - clip.at)
        for each in marked.segments(row, found.mark, first, min(clip.source_out, first + AHEAD)):
            plays = clip.at + max(0, each.start - clip.source_in)
            if each.key != found.key and plays < at + AHEAD:
                ahead.setdefault(each.key, (each, max(0.0, (plays - at) / each.fps)))
    return sorted(ahead.values(), key=lambda pair: pair[1])


def _only(data: bytes, shown: list[int]) -> bytes:
    """A segment in whose other frames stands the nearest of those shown: what the cut leaves out does not leave, and every frame keeps its place."""
    head, frames = _fragments(data)
    near = (min(shown, key=lambda one: abs(one - number)) for number in range(len(frames)))
    return head + b"".join(_timed(frames[one], like=frame) for one, frame in zip(near, frames, strict=True))


def _timed(frame: bytes, *, like: bytes) -> bytes:
    """A frame with another's time: the 64 bits after version and flags of its tfdt box, which is of version 1."""
    here, there = frame.index(b"tfdt") + 8, like.index(b"tfdt") + 8
    return frame[:here] + like[there : there + 8] + frame[here + 8 :]


def _fragments(data: bytes) -> tuple[bytes, list[bytes]]:
    """The initialisation part, and each frame's moof and mdat (ISO/IEC 14496-12: a box begins with its size and kind)."""
    starts = [at for at, kind in _boxes(data) if kind == b"moof"]
    ends = [*starts[1:], len(data)]
    return data[: starts[0]], [data[at:end] for at, end in zip(starts, ends, strict=True)]


def _boxes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 8 <= len(data):
        yield at, data[at + 4 : at + 8]
        at += max(8, int.from_bytes(data[at : at + 4], "big"))
