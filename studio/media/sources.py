"""Where a page's player finds what it plays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from studio.media.models import Rendition
from studio.projects.models import Project

Address = Callable[[str], str]
"""Where an asset is served, by its SHA-256."""


def take_sources(project: Project, assets: dict[int, str], address: Address | None = None) -> dict[str, dict[str, Any]]:
    """By take id: where its rendition lies and where each frame lies in it; `light`, the same frames at half the size, where there are such; plus
    poster and filmstrip, and whether it has sound of its own. One query. `address` says where assets are served, if not to the project's members."""
    at = address or (lambda sha256: asset_url(project, sha256))
    rows = Rendition.objects.filter(source__in=set(assets.values()), name__in=("rendition", "light", "filmstrip", "poster", "sound"))
    found: dict[str, dict[str, Rendition]] = {}
    for row in rows:
        found.setdefault(row.source_id, {})[row.name] = row
    sources: dict[str, dict[str, Any]] = {}
    for take, asset in assets.items():
        renditions = found.get(asset, {})
        played = renditions.get("rendition")
        if played is None:
            continue
        light = renditions.get("light")
        strip, poster = renditions.get("filmstrip"), renditions.get("poster")
        sources[str(take)] = {
            **_frames(played, at),
            "light": _frames(light, at) if light and light.meta["frames"] == played.meta["frames"] else None,
            "filmstrip": {"url": at(strip.asset_id), **strip.meta} if strip else None,
            "poster": at(poster.asset_id) if poster else None,
            "sound": "sound" in renditions,
        }
    return sources


def _frames(row: Rendition, at: Address) -> dict[str, Any]:
    meta = row.meta
    return {
        "url": at(row.asset_id),
        "codec": meta["codec"],
        "init": meta["init"],
        "initId": meta["init_id"],
        "frames": meta["frames"],
        "index": meta["frags"],
    }


def asset_url(project: Project, sha256: str) -> str:
    return reverse("media:asset", args=[project.slug, sha256])


def outlines(project: Project, sounds: set[str]) -> dict[str, dict[str, Any]]:
    """By sound: where its waveform lies (int8 minimum and maximum pairs) and how many pairs a second it has."""
    rows = Rendition.objects.filter(source__in=sounds, name="waveform")
    return {row.source_id: {"url": asset_url(project, row.asset_id), "per_second": row.meta["per_second"]} for row in rows}
