"""One panel for everybody and everywhere of the film: the picture that shows them best."""

from __future__ import annotations

from studio.media.sources import asset_url
from studio.projects.models import Project
from studio.storyboard.models import Panel

FACES = ("close-up", "medium close-up", "extreme close-up", "medium", "medium wide", "over the shoulder", "two-shot", "full")
VIEWS = ("wide", "extreme wide", "full", "medium wide", "two-shot")


def portraits(project: Project) -> dict[str, str]:
    """Addresses of pictures by name: a character's own, a place's as "INT. KITCHEN". One slim query of the drawn panels.

    A face is best alone and near, a place wide and with nobody in front of it; among equals the first in the film stands.
    """
    rows = Panel.objects.filter(shot__project=project, shot__removed=False, order=0).exclude(drawing=None)
    best: dict[str, tuple[tuple[int, int], str]] = {}

    def offer(name: str, rank: tuple[int, int], asset: str) -> None:
        if name not in best or rank < best[name][0]:
            best[name] = (rank, asset)

    ordered = rows.order_by("shot__scene__order", "shot__position", "shot_id")
    fields = ("shot__size", "shot__subjects", "shot__characters", "shot__scene__place", "shot__scene__interior", "drawing__asset")
    for size, subjects, characters, place, interior, asset in ordered.values_list(*fields):
        for name in subjects:
            offer(name, (len(subjects) + len(characters), FACES.index(size) if size in FACES else len(FACES)), asset)
        offer(f"{'INT.' if interior else 'EXT.'} {place}", (VIEWS.index(size) if size in VIEWS else len(VIEWS), len(characters)), asset)
    return {name: asset_url(project, asset) for name, (_, asset) in best.items()}
