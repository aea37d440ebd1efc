"""A cut and its mixed sound as one MP4: H.264 and AAC-LC, exact to the frame, at the price of what changed since the last time.

Masters have closed GOPs of 24 frames and equal parameter sets, so whole GOPs are copied and only the frames between a cut and
the nearest GOP are encoded again, with the masters' own settings. Each encoded piece is kept in a cache by content, as a small
MP4 of the same kind as a master: an export is then nothing but packets copied in order from such files, and a warm export has
the same bytes as a cold one. Sound is encoded once, in one run: encoders prime every start with silence that cannot be cut away.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from threading import Event, Lock
from typing import NamedTuple

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from generation.contract import BadRequest, Cancelled, Failure, Progress, Rate, Samples, Transient
from generation.media.encode import Fit, MasterFile, MasterProfile, ToYuv, file_sha256, rgb_frame, tag_bt709, ticks, timescale
from generation.media.faults import as_failure
from generation.media.segments import boxes
from generation.media.sources import Master, Run, copy_run, decode_run, examine
from generation.media.track import AAC_SETTINGS, encode_aac, open_track

RECIPE = 1  # part of every cache key: raise it when this module encodes the same settings differently
COPY_COST = 0.04  # writing a frame against encoding one, for the bar
REORDER = 2  # frames x264 may hold back, at most, with its default B-pyramid


class Clip(NamedTuple):
    """Frames `source_in` … `source_out` − 1 of the master at `path`, whose content has hash `sha256`."""

    path: Path
    sha256: str
    source_in: int
    source_out: int


@dataclass(frozen=True)
class ExportPlan:
    """`sound` is the whole mix at 48 kHz, as a file or as samples of one or two channels; it is cut, or padded with silence, to the
    picture's length. Masters must be at the plan's rate; those of another size are scaled to fit, with bars."""

    width: int
    height: int
    rate: Rate
    clips: tuple[Clip, ...]
    sound: Path | Samples | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    profile: MasterProfile = field(default_factory=MasterProfile)

    @property
    def frames(self) -> int:
        return sum(clip.source_out - clip.source_in for clip in self.clips)


@dataclass(frozen=True)
class ExportResult:
    """`encoded_frames` were encoded now; the others came from masters or from the cache as they were."""

    path: Path
    sha256: str
    size: int
    frames: int
    samples: int
    encoded_frames: int


@dataclass(frozen=True)
class _Job:
    """Encode `source` into the cache at `target`."""

    source: Run
    target: Path


def export(
    plan: ExportPlan,
    out: Path,
    cache: Path,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ExportResult:
    """Write the film to `out`, which appears whole or not at all. `cache` is a folder of our own that may be deleted at any time between
    exports, and shared by several at once.

    `on_progress` and `cancelled` are called from this thread, about ten times a second. Raises `Failure`; after a cancel what was
    already encoded stays in the cache.
    """
    if not plan.frames or any(clip.source_in < 0 or clip.source_out <= clip.source_in for clip in plan.clips):
        raise BadRequest("There is nothing to export: the cut is empty, or a clip in it has no length.")
    cache.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.{uuid.uuid4().hex}.part")
    try:
        return _Export(plan, cache, on_progress, cancelled).run(out, partial)
    except BaseException as error:
        told = as_failure(error, "this export", "Export at a smaller size, or on a larger worker.")
        if told is error:
            raise
        raise told from error
    finally:
        partial.unlink(missing_ok=True)


class _Export:
    def __init__(self, plan: ExportPlan, cache: Path, tell: Callable[[Progress], None], cancelled: Callable[[], bool]) -> None:
        self.plan, self.cache = plan, cache
        self._tell, self._cancelled = tell, cancelled
        self._stop, self._lock = Event(), Lock()
        self._done, self._total, self._told = 0.0, 1.0, -1
        self._masters: dict[Path, Master] = {}

    def run(self, out: Path, partial: Path) -> ExportResult:
        plan = self.plan
        self._parameters = self._reference()
        runs, jobs = self._pieces()
        samples = plan.rate.samples(plan.frames) if plan.sound is not None else 0
        track = self._track_path(samples) if plan.sound is not None else None
        to_encode = sum(job.source.frames for job in jobs.values())
        self._total = to_encode + COPY_COST * plan.frames
        self._encode(list(jobs.values()), track, samples)
        self._mux(partial, runs, track)
        _sync(partial)
        digest, size = file_sha256(partial), partial.stat().st_size
        os.replace(partial, out)
        _sync(out.parent)
        self._report(plan.frames, "done")
        return ExportResult(out, digest, size, plan.frames, samples, to_encode)

    # What has to be encoded

    def _key(self, *parts: object) -> str:
        plan = self.plan
        facts = [RECIPE, av.__version__, plan.profile.options(), plan.width, plan.height, plan.rate.num, plan.rate.den, *parts]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def _reference(self) -> bytes:
        """The parameter sets every packet of this film must have: those of one black frame in its size, rate and settings."""
        path = self.cache / f"{self._key('parameters')}.mp4"
        if not self._whole(path):
            black = ToYuv()(rgb_frame(np.zeros((self.plan.height, self.plan.width, 3), dtype=np.uint8)))
            with self._into_cache(path) as partial, MasterFile(partial, self.plan.width, self.plan.height, self.plan.rate, self.plan.profile) as file:
                file.write(black)
        return examine(path).parameters

    def _pieces(self) -> tuple[list[Run], dict[Path, _Job]]:
        """The film as runs to copy, in order, and the jobs that make those of them which are not there yet."""
        runs: list[Run] = []
        jobs: dict[Path, _Job] = {}
        for number, clip in enumerate(self.plan.clips, 1):
            master = self._master(clip, number)
            for run, copied in self._split(clip, master):
                if copied:
                    runs.append(run)
                    continue
                target = self.cache / f"{self._key(clip.sha256, run.start, run.end)}.mp4"
                runs.append(Run(target, 0, run.frames))
                if target not in jobs and not self._whole(target):
                    jobs[target] = _Job(run, target)
        return runs, jobs

    def _master(self, clip: Clip, number: int) -> Master:
        if clip.path not in self._masters:
            self._masters[clip.path] = examine(clip.path)
        master = self._masters[clip.path]
        if master.rate.fps != self.plan.rate.fps:
            raise BadRequest(f"Clip {number} runs at {float(master.rate.fps):.3f} frames a second, the film at {float(self.plan.rate.fps):.3f}.")
        if clip.source_out > master.frames:
            raise BadRequest(f"Clip {number} asks for frame {clip.source_out - 1}, but its take has {master.frames} frames. Trim the clip.")
        return master

    def _split(self, clip: Clip, master: Master) -> Iterator[tuple[Run, bool]]:
        """A clip as runs, each with whether it can be copied from the master as it is."""
        start, end = clip.source_in, clip.source_out
        first, last = master.whole_gops(start, end) if master.parameters == self._parameters else (end, end)
        for run, copied in ((Run(clip.path, start, first), False), (Run(clip.path, first, last), True), (Run(clip.path, last, end), False)):
            if run.frames > 0:
                yield run, copied

    def _whole(self, path: Path) -> bool:
        """Whether the cache has this piece, not cut short. Marks it as used. Its frames are counted when they are copied."""
        try:
            with path.open("rb") as handle:
                kinds = {kind for kind, *_ in boxes(handle, path.stat().st_size)}
            os.utime(path)
        except (Failure, OSError):
            return False
        return {b"moov", b"mdat"} <= kinds

    def _track_path(self, samples: int) -> Path:
        sound = self.plan.sound
        content = hashlib.sha256(np.ascontiguousarray(sound).data).hexdigest() if isinstance(sound, np.ndarray) else file_sha256(Path(str(sound)))
        facts = [RECIPE, av.__version__, AAC_SETTINGS, content, samples]
        return self.cache / f"{hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()}.m4a"

    # Encoding

    def _encode(self, jobs: list[_Job], track: Path | None, samples: int) -> None:
        """x264 and the decoder run outside the interpreter's lock, so two threads fill two cores. The sound goes first: it is one long job."""
        with ThreadPoolExecutor(max_workers=max(1, min(2, os.cpu_count() or 1)), thread_name_prefix="export") as pool:
            work: list[Future[None]] = []
            if track is not None and not self._whole(track):
                work.append(pool.submit(self._encode_track, track, samples))
            work += [pool.submit(self._encode_piece, job) for job in sorted(jobs, key=lambda job: -job.source.frames)]
            try:
                pending = set(work)
                while pending:
                    finished, pending = wait(pending, timeout=0.1, return_when=FIRST_EXCEPTION)
                    for future in finished:
                        future.result()
                    self._check("encoding")
            except BaseException:
                self._stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _encode_track(self, track: Path, samples: int) -> None:
        assert self.plan.sound is not None
        with self._into_cache(track) as partial:
            encode_aac(self.plan.sound, samples, partial, self._step)

    def _encode_piece(self, job: _Job) -> None:
        plan = self.plan
        fit = Fit(plan.width, plan.height)
        with self._into_cache(job.target) as partial, MasterFile(partial, plan.width, plan.height, plan.rate, plan.profile, faststart=False) as file:
            for frame in decode_run(job.source, plan.rate):
                self._step(1)
                ready = (frame.width, frame.height, frame.format.name) == (plan.width, plan.height, "yuv420p")
                file.write(tag_bt709(frame) if ready else fit(frame))

    def _into_cache(self, path: Path) -> _CacheEntry:
        return _CacheEntry(path)

    def _step(self, cost: float = 0) -> None:
        """From any thread: count, and stop if the export stops."""
        if self._stop.is_set():
            raise Cancelled("The export was stopped.")
        with self._lock:
            self._done += cost

    # Telling

    def _check(self, stage: str) -> None:
        if self._cancelled():
            raise Cancelled("The export was cancelled. What was encoded so far is kept for the next one.")
        self._report(int(self.plan.frames * min(1.0, self._done / self._total)), stage)

    def _report(self, done: int, stage: str) -> None:
        if done != self._told:
            self._told = done
            self._tell(Progress(done=done, total=self.plan.frames, stage=stage))

    # Writing

    def _packets(self, run: Run) -> Iterator[tuple[av.Packet[VideoStream], int]]:
        try:
            yield from copy_run(run, self.plan.rate, self._parameters)
        except Failure as error:
            if run.path.parent != self.cache:
                raise
            run.path.unlink(missing_ok=True)
            raise Transient("A piece kept from an earlier export was damaged and has been thrown away. Export again.") from error

    def _mux(self, partial: Path, runs: list[Run], track: Path | None) -> None:
        plan = self.plan
        scale, tick = timescale(plan.rate), ticks(plan.rate)
        base = Fraction(1, scale)
        with ExitStack() as stack:
            options = {"movflags": "+faststart", "video_track_timescale": str(scale), "fflags": "+bitexact"}
            out = stack.enter_context(av.open(str(partial), "w", format="mp4", options=options))
            out.metadata.update(plan.metadata)
            template = stack.enter_context(av.open(str(runs[0].path)))
            video = out.add_stream_from_template(template.streams.video[0])
            video.time_base = base
            sound = _Sound(out, stack, track)
            written = first = 0
            for run in runs:
                for packet, number in self._packets(run):
                    shown, decoded = (first + number) * tick, (written - REORDER) * tick
                    if shown < decoded:
                        raise Failure(f"The picture file {run.path.name} reorders its frames further than ours do. Make that take again.")
                    packet.pts, packet.dts, packet.duration, packet.time_base, packet.stream = shown, decoded, tick, base, video
                    out.mux_one(packet)
                    written += 1
                    sound.up_to(plan.rate.samples(written))
                    self._done += COPY_COST
                    if written % 48 == 0:
                        self._check("writing")
                first += run.frames
            sound.up_to(None)
            if written != plan.frames:
                raise Failure(f"The film would have {written} frames instead of {plan.frames}. Nothing was written.")


class _Sound:
    """The sound's packets, written alongside the picture so that a player never has to look far for either."""

    def __init__(self, out: OutputContainer, stack: ExitStack, track: Path | None) -> None:
        self._out = out
        self._packets: Iterator[av.Packet[AudioStream]] = iter(())
        if track is not None:
            source = stack.enter_context(open_track(track))
            self._stream = out.add_stream_from_template(source.streams.audio[0])
            self._packets = (packet for packet in source.demux(source.streams.audio[0]) if packet.pts is not None)
        self._next = next(self._packets, None)

    def up_to(self, sample: int | None) -> None:
        """Write what begins before `sample`, or all that is left."""
        while self._next is not None and (sample is None or (self._next.pts or 0) < sample):
            self._next.stream = self._stream
            self._out.mux_one(self._next)
            self._next = next(self._packets, None)


class _CacheEntry:
    """A file on its way into the cache: gives a path to write to and puts it in place only when that went well."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partial = path.with_name(f".{uuid.uuid4().hex}{path.suffix}")

    def __enter__(self) -> Path:
        return self._partial

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is None:
            os.replace(self._partial, self._path)
        else:
            self._partial.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Make sure it is on the disk: a film that was said to be there must be there after a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def prune(cache: Path, keep_bytes: int) -> int:
    """Delete what was not used for longest until the cache is at most `keep_bytes`. Returns the bytes freed."""
    files = sorted(((entry.stat().st_mtime, entry.stat().st_size, entry) for entry in cache.iterdir() if entry.is_file()), reverse=True)
    kept = freed = 0
    for _, size, path in files:
        kept += size
        if kept > keep_bytes:
            path.unlink(missing_ok=True)
            freed += size
    return freed
