"""What a link plays, and which bytes of which files leave through it: those frames and sounds that its frozen plan uses, and nothing beside.

Of a take that is trimmed in the cut only the frames between are served: what was cut away was not shared.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

from studio.delivery.models import Export
from studio.media.models import Asset, Rendition
from studio.media.serve import serve
from studio.media.sources import take_sources
from studio.media.store import store
from studio.share import marking
from studio.share.entry import Entry, nothing_here
from studio.share.models import ShareLink
from studio.timeline.plan import PlannedClip, PlannedSound
from studio.timeline.queries import DEFAULT_CODEC, MIME

Spans = list[tuple[int, int]]
PLAYED = ("rendition", "light")
"""What a take is watched as. The light one has the same frames at half the size."""


def can_play(link: ShareLink) -> bool:
    """Whether pictures may leave through this link: always, but where it wants a watermark and some take's picture is of a kind that takes none."""
    return not link.watermark or marking.can_mark(link.plan)


def playlist(entry: Entry) -> dict[str, Any]:
    """The player's playlist, with this link's addresses and without the team's words: no shots, no scenes, no numbers of takes, nobody's name but
    who speaks."""
    plan, project = entry.link.plan, entry.link.project
    names = {take: f"t{number}" for number, take in enumerate(dict.fromkeys(clip.take for clip in plan.clips if clip.take))}
    assets = {clip.take: clip.asset for clip in plan.clips if clip.take and clip.asset}
    takes = {names[take]: source for take, source in (_marked(entry, assets) if entry.link.watermark else _plain(entry, assets)).items()}
    return {
        "revision": plan.revision,
        "rate": list(plan.rate),
        "drop": project.drop_frame,
        "width": plan.size[0],
        "height": plan.size[1],
        "mime": MIME.format(next(iter(takes.values()))["codec"] if takes else DEFAULT_CODEC),
        "total": plan.total,
        "clips": [
            {"key": str(number), "take": names[clip.take] if clip.take else None, "in": clip.source_in, "out": clip.source_out, "at": clip.at}
            for number, clip in enumerate(plan.clips)
        ],
        "takes": takes,
        "sound": [
            {
                "kind": sound.kind,
                "url": entry.url("media", sound.asset),
                "at": sound.at,
                "frames": sound.frames,
                "offset": project.seconds(sound.offset),
                "seconds": project.seconds(sound.frames),
                "gain": sound.gain,
                "fadeIn": sound.fade_in,
                "fadeOut": sound.fade_out,
                **_caption(sound),
                "wave": None,
            }
            for sound in plan.sounds
        ],
    }


def _caption(sound: PlannedSound) -> dict[str, str]:
    """Who says what, of lines that are heard whole: what was cut away is not told in words either."""
    whole = sound.kind == "dialogue" and not sound.offset and not sound.fade_out
    return {"label": sound.label, "words": sound.words} if whole and sound.words else {"label": "", "words": ""}


def _plain(entry: Entry, assets: dict[int, str]) -> dict[int, dict[str, Any]]:
    wanted = ("url", "codec", "init", "initId", "frames", "index", "light")
    sources = take_sources(entry.link.project, assets, lambda sha256: entry.url("media", sha256))
    return {int(take): {key: source[key] for key in wanted} for take, source in sources.items()}


def _marked(entry: Entry, assets: dict[int, str]) -> dict[int, dict[str, Any]]:
    rows = {row.source_id: row for row in Rendition.objects.filter(source__in=set(assets.values()), name="rendition")}
    found = {}
    for take, asset in assets.items():
        row = rows.get(asset)
        source = marking.take_of(row, entry.url("segment", row.asset_id, 0).removesuffix("0")) if row else None
        if source is not None:
            found[take] = source
    return found


def media(request: HttpRequest, link: ShareLink, sha256: str) -> HttpResponseBase:
    """A range of one file that the revision plays. Raises `Http404` for every other file, for frames that are not in the cut, and for every picture
    of a link that wants a watermark: those leave as `marking.segment` alone."""
    plan = link.plan
    if any(sound.asset == sha256 for sound in plan.sounds):
        found = Asset.objects.filter(pk=sha256).first()
        if found is None:
            raise nothing_here()
        return serve(request, found)
    if link.watermark:
        raise nothing_here()
    rows = {row.source_id: row for row in Rendition.objects.filter(asset=sha256, name__in=PLAYED).select_related("asset")}
    clips = [clip for clip in plan.clips if clip.asset in rows]
    if not clips:
        raise nothing_here()
    row = rows[clips[0].asset or ""]
    return serve(request, row.asset, only=_spans(row.meta["frags"], clips))


def _spans(frags: list[int], clips: Iterable[PlannedClip]) -> Spans:
    """The bytes of the head and of the frames that these clips show, as few spans as they make."""
    found: Spans = []
    for first, end in sorted([(0, frags[0]), *(_span(frags, clip) for clip in clips)]):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((first, end))
    return found


def _span(frags: list[int], clip: PlannedClip) -> tuple[int, int]:
    """A clip longer than its take holds the last frame."""
    frames = len(frags) - 1
    return frags[min(clip.source_in, frames - 1)], frags[min(clip.source_out, frames)]


def clip_numbers(link: ShareLink) -> range:
    """The clips that the link hands over, counted from 1."""
    return range(1, len(link.plan.clips) + 1 if link.may_take_proxy and not link.watermark else 1)


def clip_file(link: ShareLink, number: int) -> HttpResponseBase:
    """One clip of the cut as a file to keep, at the quality it is watched in: its head and its own frames."""
    plan = link.plan
    if number not in clip_numbers(link):
        raise nothing_here()
    clip = plan.clips[number - 1]
    row = Rendition.objects.filter(source=clip.asset, name="rendition").first()
    if row is None:
        raise nothing_here()
    frags = row.meta["frags"]
    spans = [(0, frags[0]), _span(frags, clip)]
    answer = StreamingHttpResponse(_read(row.asset_id, spans), content_type="video/mp4")
    answer["Content-Length"] = str(sum(end - first for first, end in spans))
    answer["Content-Disposition"] = f'attachment; filename="{f"r{plan.revision:03}" if link.reel is None else "list"}-{number:03}.mp4"'
    return answer


async def _read(sha256: str, spans: Spans) -> AsyncIterator[bytes]:
    for first, end in spans:
        pieces = store().read(sha256, first, end - first)
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            yield piece


def movies(link: ShareLink) -> list[Export]:
    """The movie files that were made of this revision, or of those on the playlist, and that the link hands over."""
    if not link.may_take_master or link.watermark:
        return []
    shown: Any = [link.cut_revision_id] if link.reel is None else link.reel.items.values("cut_revision")
    return list(Export.objects.filter(project=link.project, cut_revision__in=shown).select_related("asset").order_by("-number"))


def movie_file(request: HttpRequest, link: ShareLink, number: int) -> HttpResponseBase:
    found = next((export for export in movies(link) if export.number == number), None)
    if found is None:
        raise nothing_here()
    return serve(request, found.asset, download_as=found.name)
