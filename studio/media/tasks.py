"""What a marker does. Loaded in workers; a web process loads it to send the message, and nothing of what encodes with it."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from celery import shared_task
from django.conf import settings
from django.utils.translation import gettext_noop

from studio.media import marked
from studio.media.store import local

if TYPE_CHECKING:
    from generation.media.segments import SegmentIndex

log = logging.getLogger(__name__)
CANNOT = gettext_noop("The picture could not be prepared for you. Try again in a minute, or ask the studio.")


@shared_task(name="studio.media.mark_waiting")  # type: ignore[untyped-decorator]
def mark_waiting() -> int:
    """Make segments until the line holds none that is not being made; returns how many. At most `AT_ONCE` of these work at a time over one folder,
    however many are called; the others return at once."""
    for slot in range(marked.AT_ONCE):
        with marked.held(f"slot-{slot}") as mine:
            if mine:
                made = 0
                while mark_next():
                    made += 1
                return made
    return 0


def mark_next() -> bool:
    """Make the first segment of the line that nobody else is making. False if there is none."""
    for entry in marked.order(marked.line(), marked.AT_ONCE * marked.pace()):
        segment = entry.segment
        with marked.held(marked.lock_of(segment)) as mine:
            if not mine:
                continue
            if not marked.path_of(segment).exists():
                make(segment)
            else:
                marked.leave(segment)
            return True
    return False


def make(segment: marked.Segment) -> None:
    """Encode a segment into its place, whole or not at all, and take it out of the line."""
    from generation.contract import Failure
    from generation.media.marking import Mark, mark_run

    began, part = time.perf_counter(), marked.part()
    try:
        source = local(segment.asset)
        mark_run(source, _index(source), segment.start, segment.end, Mark(**asdict(segment.mark)), part)
        place = marked.path_of(segment)
        place.parent.mkdir(parents=True, exist_ok=True)
        part.rename(place)
    except (Failure, OSError, ValueError) as problem:
        log.warning("a segment of %s could not be marked: %s", segment.asset[:12], problem)
        told = str(problem) if isinstance(problem, Failure) else CANNOT
        marked.leave(segment, cannot=told)
        return
    finally:
        part.unlink(missing_ok=True)
    marked.leave(segment)
    marked.measured(segment.work / max(1e-6, time.perf_counter() - began))
    marked.make_room(settings.FIRSTCUT_MARKED_MB << 20)


@lru_cache(maxsize=64)
def _index(path: Path) -> SegmentIndex:
    """Files are named by their content: what was once read of one stays true."""
    from generation.media.segments import read_index

    return read_index(path)
