"""Rendering a movie from a frozen cut: mix, then export. Loaded in workers only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from generation.contract import Output, Progress, Rate, Result, Samples
from generation.media.encode import file_sha256
from generation.media.export import Clip, ExportPlan, export
from generation.media.loudness import Meter
from generation.media.mix import MixItem, MixPlan, Stems, mix_blocks
from generation.media.sound import write_flac
from studio.jobs.kinds import Work
from studio.jobs.models import Job
from studio.media import store


def mix_plan(cut: dict[str, Any]) -> MixPlan:
    """The sounds of a frozen cut as the mixer takes them."""
    num, den = cut["rate"]
    items = [
        MixItem(
            kind=sound["kind"],
            path=store.local(sound["asset"]),
            start=sound["at"],
            offset=sound["offset"],
            length=sound["frames"],
            gain_db=sound["gain"],
            fade_in=sound["fade_in"],
            fade_out=sound["fade_out"],
        )
        for sound in cut["sounds"]
    ]
    frames = sum(clip["source_out"] - clip["source_in"] for clip in cut["clips"])
    return MixPlan(frames=frames, rate=Rate(num=num, den=den), items=tuple(items))


def _measured(blocks: Iterator[Stems], meter: Meter) -> Iterator[Samples]:
    for block in blocks:
        meter.feed(block.full)
        yield block.full


def run_export(job: Job, request: dict[str, Any], work: Work, tell: Any, should_stop: Any) -> Result:
    """The movie of `request["cut"]`, and what was measured of it."""
    began = time.monotonic()
    cut = request["cut"]
    plan = mix_plan(cut)
    tell(Progress(done=0, total=plan.frames, stage="mixing the sound"), None)
    loudness = Meter(2)
    sound = work.workdir / "mix.flac"
    write_flac(sound, _measured(mix_blocks(plan), loudness), 2)
    num, den = cut["rate"]
    width, height = cut["size"]
    clips = tuple(Clip(store.local(clip["asset"]), clip["asset"], clip["source_in"], clip["source_out"]) for clip in cut["clips"])
    picture = ExportPlan(
        width=width,
        height=height,
        rate=Rate(num=num, den=den),
        clips=clips,
        sound=sound,
        metadata={"title": request["title"], "comment": "Previsualisation made with Firstcut: an animatic, not a neural render."},
    )
    out = work.workdir / "film.mp4"
    made = export(picture, out, Path(settings.FIRSTCUT_DATA) / "cache" / "export", lambda progress: tell(progress, None), should_stop)
    meta = {"frames": made.frames, "samples": made.samples, "width": width, "height": height}
    movie = Output(name="movie", path=str(out), media_type="video/mp4", sha256=file_sha256(out), size=made.size, meta=meta)
    data = {"encoded_frames": made.encoded_frames, "loudness": round(loudness.integrated(), 2), "cut_hash": request["hash"]}
    return Result(outputs=(movie,), data=data, seconds=time.monotonic() - began)
