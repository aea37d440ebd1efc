"""Pictures with a viewer's name in them: a cache of marked segments, and the line of those who wait for what is not in it.

A request never encodes. It finds the segment's file, or puts the segment into the line and hears how long it will take; a marker
(`studio.media.tasks.mark_waiting`, a process beside the web process over the same folder) makes what the line says. Nothing here is the truth about
anything: the files can be made again, and a line that Valkey lost is there again as soon as its viewers ask again, which they do every second or two.

Who came first is served as fast as they play, as many viewers as the markers can keep up with; the rest get what is left over and are told so.
Among those served, what its viewer needs soonest comes first.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.utils.translation import gettext

from studio.events.live import valkey
from studio.media.models import Rendition

log = logging.getLogger(__name__)
PROFILE = 1  # goes up when a mark is drawn or encoded in another way
SEGMENT = 48  # frames; a player asks for these, whole
AT_ONCE = 2  # segments that are made at a time
PATIENCE = 30.0  # seconds after which who has not asked again is taken to have gone
MOST_AHEAD = 16  # segments that one viewer may have in the line
FIRST_PACE = 60e6  # pixels a second of one marker, until one was measured
_LINE, _PACE = "marked:line", "marked:pace"
_STRIPES = 64


@dataclass(frozen=True)
class Mark:
    """Whose copy it is; see `generation.media.marking.Mark`. `when` stays what it was as long as a viewing lasts, or nothing is found again."""

    name: str
    when: str
    link: str
    seed: str

    @property
    def viewer(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Segment:
    """Frames `start` … `end` − 1 of a rendition for one viewer. `asset` is the rendition's own file."""

    asset: str
    start: int
    end: int
    pixels: int  # of a frame
    fps: float
    mark: Mark

    @property
    def key(self) -> str:
        words = [PROFILE, self.asset, self.start, self.end, self.mark.viewer]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()

    @property
    def work(self) -> float:
        return float(self.pixels * (self.end - self.start))


@dataclass(frozen=True)
class Ready:
    path: Path


@dataclass(frozen=True)
class Waiting:
    """`position` 1 is made next or is being made. `seconds` is what it will take at the pace that was measured; `served` says whether the
    markers keep up with this viewer."""

    position: int
    seconds: float
    served: bool


@dataclass(frozen=True)
class Entry:
    """A segment in the line. Times are of `time.time()`: when its viewer needs it, when they last asked, when they came."""

    segment: Segment
    due: float
    asked: float
    came: float


class CannotMark(Exception):
    """The segment cannot be made; the message is for a person."""


def folder() -> Path:
    """One for all web processes and markers of a studio: where they are on several machines, a folder that these share."""
    return Path(settings.FIRSTCUT_MARKED)


def path_of(segment: Segment) -> Path:
    key = segment.key
    return folder() / key[:2] / f"{key}.mp4"


def segments(rendition: Rendition, mark: Mark, start: int = 0, end: int | None = None) -> list[Segment]:
    """The segments that hold frames `start` … `end` − 1 of a rendition's picture: all of it, where no end is given."""
    meta = rendition.meta
    frames: int = meta["frames"]
    num, den = meta["rate"]
    last = frames if end is None else min(end, frames)
    return [
        Segment(rendition.asset_id, at, min(at + SEGMENT, frames), meta["width"] * meta["height"], num / den, mark)
        for at in range(start // SEGMENT * SEGMENT, last, SEGMENT)
    ]


def ensure(wanted: Segment, ahead: Iterable[tuple[Segment, float]] = ()) -> Ready | Waiting:
    """The marked file of a segment, or its place in the line, into which it is put. `ahead` are segments that will be needed in so many seconds.

    Never encodes and never answers with unmarked bytes. A file may be thrown out between this answer and its opening: then ask again.
    Raises `CannotMark` where a marker has found that it cannot be made.
    """
    found = _found(wanted)
    lacking = [] if found else [(wanted, 0.0)]
    lacking += [(segment, seconds) for segment, seconds in ahead if not _found(segment)][:MOST_AHEAD]
    if not lacking:
        assert found is not None
        return Ready(found)
    try:
        entries = _join(lacking)
    except redis.RedisError as problem:
        log.warning("the line of marked segments cannot be reached: %s", problem)
        entries = []
    wake()
    if found:
        return Ready(found)
    return place(wanted, entries, time.time(), pace())


def _found(segment: Segment) -> Path | None:
    """Its file, which has been used just now."""
    path = path_of(segment)
    try:
        if path.stat().st_mtime < time.time() - 30:
            os.utime(path)
    except FileNotFoundError:
        return None
    return path


def _join(lacking: list[tuple[Segment, float]]) -> list[Entry]:
    """Put segments of one viewer into the line, or note that they were asked for again; returns the line."""
    now, viewer, server = time.time(), lacking[0][0].mark.viewer, valkey()
    words = server.get(f"marked:cannot:{lacking[0][0].key}")
    if words:
        raise CannotMark(gettext(words.decode() if isinstance(words, bytes) else words))
    came_key = f"marked:came:{viewer}"
    server.set(came_key, now, nx=True)
    server.expire(came_key, int(PATIENCE))
    came = float(server.get(came_key) or now)
    fresh = {segment.key: Entry(segment, now + seconds, now, came) for segment, seconds in lacking}
    mine = [entry for entry in line() if entry.segment.mark.viewer == viewer and entry.segment.key not in fresh]
    too_many = sorted(mine, key=lambda entry: entry.asked)[: max(0, len(mine) + len(fresh) - MOST_AHEAD)]
    if too_many:
        server.hdel(_LINE, *(entry.segment.key for entry in too_many))
    server.hset(_LINE, mapping={key: json.dumps(asdict(entry)) for key, entry in fresh.items()})
    return line()


def line() -> list[Entry]:
    """Everything in the line, in no order; what nobody has asked for any more is taken out."""
    now, server, entries, gone = time.time(), valkey(), [], []
    for key, words in server.hgetall(_LINE).items():
        entry = _entry(json.loads(words))
        if entry.asked < now - PATIENCE:
            gone.append(key)
        else:
            entries.append(entry)
    if gone:
        server.hdel(_LINE, *gone)
    return entries


def _entry(said: dict[str, Any]) -> Entry:
    segment = said["segment"]
    return Entry(Segment(**{**segment, "mark": Mark(**segment["mark"])}), said["due"], said["asked"], said["came"])


def leave(segment: Segment, cannot: str = "") -> None:
    """Take a segment out of the line: it is made, or it cannot be, and why."""
    if cannot:
        valkey().set(f"marked:cannot:{segment.key}", cannot, ex=60)
    valkey().hdel(_LINE, segment.key)


def served(entries: list[Entry], speed: float) -> set[str]:
    """The viewers whom `speed` pixels a second keep up with, in the order in which they came; always at least one."""
    left, found = speed, set[str]()
    for entry in sorted(entries, key=lambda entry: (entry.came, entry.segment.mark.viewer)):
        viewer = entry.segment.mark.viewer
        if viewer not in found:
            left -= entry.segment.pixels * entry.segment.fps
            if found and left < 0:
                break
            found.add(viewer)
    return found


def order(entries: list[Entry], speed: float) -> list[Entry]:
    """The line as it is worked off, at `speed` pixels a second in all."""
    ahead = served(entries, speed)
    return sorted(entries, key=lambda entry: (entry.segment.mark.viewer not in ahead, entry.due, entry.came, entry.segment.key))


def place(wanted: Segment, entries: list[Entry], now: float, pace: float) -> Waiting:
    """Where a segment stands and how long it will take. Who is not served waits also for all that those served will go on to ask for."""
    speed = AT_ONCE * pace
    among = served(entries, speed)
    is_served = not entries or wanted.mark.viewer in among
    before, position = 0.0, 1
    for entry in order(entries, speed):
        if entry.segment.key == wanted.key:
            break
        before += entry.segment.work
        position += 1
    if not is_served:
        playing = {entry.segment.mark.viewer: entry.segment.pixels * entry.segment.fps for entry in entries if entry.segment.mark.viewer in among}
        speed = max(speed - sum(playing.values()), 0.1 * speed)
    return Waiting(position, before / speed + wanted.work / pace, is_served)


def pace() -> float:
    """Pixels a second of one marker, as last measured."""
    with suppress(redis.RedisError, ValueError):
        return max(1.0, float(valkey().get(_PACE) or FIRST_PACE))
    return FIRST_PACE


def measured(pixels_a_second: float) -> None:
    valkey().set(_PACE, 0.7 * pace() + 0.3 * pixels_a_second)


def wake() -> None:
    """Tell markers to look. Best effort: whoever waits asks again."""
    from studio.media.tasks import mark_waiting

    try:
        mark_waiting.apply_async(queue="marks", retry=False, expires=60)
    except Exception as problem:
        log.warning("markers not woken: %s", problem)


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Whether this process and thread now holds the lock of this name; it ends with the block, or with the process."""
    path = folder() / "locks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def lock_of(segment: Segment) -> str:
    return f"key-{int(segment.key[:8], 16) % _STRIPES}"


def part() -> Path:
    """Where to write a file before it is renamed into its place."""
    path = folder() / "parts" / f"{uuid.uuid4().hex}.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def make_room(limit: int) -> int:
    """Throw out what was used longest ago until the cache is at most `limit` bytes, and what markers that died left half-written; returns how many
    files."""
    files: list[tuple[float, int, Path]] = []
    removed = 0
    for path in folder().glob("*/*.mp4"):
        with suppress(FileNotFoundError):
            stat = path.stat()
            files.append((stat.st_mtime, stat.st_size, path))
    total = sum(size for _, size, _ in files)
    for used, size, path in sorted(files):
        abandoned = path.parent.name == "parts" and used < time.time() - 600
        if (total > limit and path.parent.name != "parts") or abandoned:
            path.unlink(missing_ok=True)
            total -= size
            removed += 1
    return removed
