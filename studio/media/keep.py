"""From what a worker made to what the studio serves."""

from __future__ import annotations

from generation.contract import Result
from studio.media.models import Asset, Rendition
from studio.media.store import hold
from studio.projects.models import Project


def keep_outputs(project: Project, result: Result, assets: dict[str, Asset], main: str) -> Asset:
    """Let the project serve everything a job made, and hang the rest on the main output as renditions (a waveform on its sound); returns the
    main asset."""
    hold(project, *assets.values())
    source = assets[main]
    meta = {output.name: output.meta for output in result.outputs}
    shown = {"waveform": assets.get("sound", source)}
    rows = [Rendition(source=shown.get(name, source), name=name, asset=asset, meta=meta[name]) for name, asset in assets.items() if name != main]
    Rendition.objects.bulk_create(rows, ignore_conflicts=True)
    return source


def meta_of(result: Result, name: str) -> dict[str, object]:
    return next((output.meta for output in result.outputs if output.name == name), {})
