"""What an engine works with: it tells how far it is, and hands over frames and sound, which are encoded as they come."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from generation.contract import (
    SAMPLE_RATE,
    BadRequest,
    Cancelled,
    Endpoint,
    Format,
    Frozen,
    Output,
    Pixels,
    Preview,
    Progress,
    Request,
    Samples,
    Shown,
    Stage,
    Usage,
)
from generation.media import loudness, waveform
from generation.media.encode import MasterProfile, RenditionProfile
from generation.media.picture import PictureFiles, output
from generation.media.sound import write_flac
from generation.media.stills import POSTER_WIDTH, jpeg, png, preview, shrink

Listener = Callable[[Progress, bytes | None], None]
ETA_WINDOW = 8.0  # seconds of recent progress that the estimate looks at
TELL_EVERY = 0.1  # seconds between reports
PREVIEW_EVERY = 0.5


class Options(Frozen):
    """What the studio decides and no engine needs to know."""

    master: MasterProfile = MasterProfile()
    rendition: RenditionProfile = RenditionProfile()
    endpoints: dict[str, Endpoint] = {}


class Keeper(Protocol):
    """Where finished stages of a job outlive the worker."""

    def keep(self, stage: Stage) -> None:
        """Store it before returning."""
        ...

    def kept(self) -> Stage | None: ...


class Pace:
    """Seconds left, from how fast it went lately. A pause (a model loading) is forgotten after a few seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, now: float, done: int) -> None:
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > ETA_WINDOW:
            self._seen.popleft()

    def left(self, total: int) -> float | None:
        if len(self._seen) < 2:
            return None
        (start, first), (now, done) = self._seen[0], self._seen[-1]
        if done <= first or now <= start:
            return None
        return round((total - done) * (now - start) / (done - first), 2)


class Sketch(threading.Thread):
    """One preview, drawn on a thread of its own: the device's next step need not wait for it."""

    def __init__(self, shown: Callable[[], Pixels | None]) -> None:
        super().__init__(daemon=True)
        self._shown, self._image = shown, b""
        self._problem: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            pixels = self._shown()
            if pixels is not None:
                self._image = preview(pixels)
        except Exception as problem:
            self._problem = problem

    def image(self) -> bytes | None:
        """Waits until it is drawn; raises what drawing it raised. None where there is nothing to see."""
        self.join()
        if self._problem is not None:
            raise self._problem
        return self._image or None


class RunContext:
    """The `Context` an engine works with; one for one run."""

    def __init__(
        self,
        request: Request,
        folder: Path,
        inputs: dict[str, Path],
        tell: Listener,
        cancelled: Callable[[], bool],
        options: Options,
        keeper: Keeper | None = None,
        defer: bool = False,
        on_usage: Callable[[Usage], None] = lambda usage: None,
    ) -> None:
        self.workdir = folder / "scratch"
        self.outputs: list[Output] = []
        self._out = folder / "out"
        self.workdir.mkdir(parents=True)
        self._out.mkdir()
        self._request, self._inputs, self._options = request, inputs, options
        self.seeds: tuple[int, ...] = (request.seed,)
        self._tell, self._cancelled = tell, cancelled
        self._keeper, self._defer = keeper, defer
        self._later: Iterator[Pixels] | None = None
        self.usage, self._on_usage = Usage(), on_usage
        self.went_on = False
        self._pace = Pace()
        self._stage, self._done = "", -1
        self._told = self._previewed = float("-inf")
        self._steps: tuple[int, int] | None = None
        self._sketch: Sketch | None = None

    def input(self, name: str) -> Path:
        try:
            return self._inputs[name]
        except KeyError:
            raise BadRequest(f"The request has no input “{name}”. It has: {', '.join(sorted(self._inputs)) or 'none'}.") from None

    def inputs(self, role: str) -> list[Path]:
        return [self.input(item.name) for item in self._request.inputs if item.role == role]

    def endpoint(self, name: str) -> Endpoint:
        try:
            return self._options.endpoints[name]
        except KeyError:
            known = ", ".join(sorted(self._options.endpoints)) or "none"
            raise BadRequest(f"There is no machine “{name}” to ask. Known are: {known}. An operator adds one under Providers.") from None

    def used(self, usage: Usage) -> None:
        self.usage = usage
        self._on_usage(usage)

    def remember(self, stage: Stage) -> None:
        if self._keeper is not None:
            self._keeper.keep(stage)

    def remembered(self) -> Stage | None:
        kept = self._keeper.kept() if self._keeper is not None else None
        self.went_on = self.went_on or kept is not None
        return kept

    def progress(
        self, done: int, total: int, *, unit: Literal["frames", "steps"] = "frames", stage: str = "", preview: Preview | None = None
    ) -> None:
        if unit == "steps":
            self._steps = (done, total)
        self._report(done, total, unit, stage, preview[0] if isinstance(preview, tuple) else preview)

    def _report(self, done: int, total: int, unit: Literal["frames", "steps"], stage: str, shown: Shown | None) -> None:
        if self._cancelled():
            raise Cancelled("Cancelled: somebody asked for this work to stop. Nothing was kept.")
        now = time.monotonic()
        if stage != self._stage:  # another kind of work, at another pace
            self._pace = Pace()
        self._pace.note(now, done)
        news = stage != self._stage or (unit == "steps" and done != self._done) or done == total != self._done
        if now - self._told < TELL_EVERY and not news:
            return
        image = self._preview(shown, now, done == total)
        self._told, self._stage, self._done = now, stage, done
        self._tell(Progress(done=min(done, total), total=total, unit=unit, eta_seconds=self._pace.left(total), stage=stage), image)

    def _preview(self, shown: Shown | None, now: float, last: bool) -> bytes | None:
        """A preview that is ready to be shown. What must be drawn first is drawn beside the work and shown by a later report, at the latest by
        the last."""
        if shown is not None and self._sketch is None and now - self._previewed >= PREVIEW_EVERY:
            self._previewed = now
            if not callable(shown):
                return preview(shown)
            self._sketch = Sketch(shown)
        if self._sketch is None or (self._sketch.is_alive() and not last):
            return None
        sketch, self._sketch = self._sketch, None
        return sketch.image()

    def frames(self, frames: Iterator[Pixels], *, deferrable: bool = False, take: int = 0) -> None:
        if take:
            raise BadRequest(f"The engine gave take {take + 1} of one. This is a fault of the engine.")
        if self._request.format is None:
            raise BadRequest(f"A {self._request.task} without a format cannot have a picture.")
        if deferrable and self._defer:
            self._later = frames
        else:
            self._draw(frames, self._request.format)

    @property
    def has_deferred(self) -> bool:
        return self._later is not None

    def draw_deferred(self) -> None:
        """Draw the frames the engine left for later, if it left any."""
        frames, self._later = self._later, None
        if frames is not None and self._request.format is not None:
            self._draw(frames, self._request.format)

    def _draw(self, frames: Iterator[Pixels], picture: Format) -> None:
        if self._request.task == "still":
            self._still(frames, picture)
            return
        files = PictureFiles(self._out, picture, self._options.master, self._options.rendition)
        try:
            for number, pixels in enumerate(frames, 1):
                files.add(pixels)
                self._count(number, picture.frames, pixels)
            self.outputs.extend(files.finish())
        finally:
            files.abandon()

    def _count(self, number: int, total: int, pixels: Pixels) -> None:
        if self._steps is None:
            self._report(number, total, "frames", "", pixels)
        else:  # the bar of a neural engine stays full while its frames are stored
            self._report(*self._steps, "steps", "encoding", pixels)

    def _still(self, frames: Iterator[Pixels], picture: Format) -> None:
        pixels = [np.array(frame) for _, frame in zip(range(2), frames, strict=False)]
        if len(pixels) != 1 or pixels[0].shape != (picture.height, picture.width, 3):
            shapes = [frame.shape for frame in pixels]
            raise BadRequest(f"The engine gave {shapes} for one still of {picture.width}×{picture.height}. This is a fault of the engine.")
        poster = shrink(pixels[0], POSTER_WIDTH)
        self._keep("still", "still.png", png(pixels[0]), "image/png", {"width": picture.width, "height": picture.height})
        self._keep("poster", "poster.jpg", jpeg(poster), "image/jpeg", {"width": poster.shape[1], "height": poster.shape[0]})
        self._count(1, 1, pixels[0])

    def sound(self, samples: Samples) -> None:
        if samples.ndim != 2 or samples.shape[1] not in (1, 2) or not np.isfinite(samples).all():
            raise BadRequest(
                f"The engine gave sound of shape {samples.shape}, or not finite: one or two channels are needed. This is a fault of the engine."
            )
        path = self._out / "sound.flac"
        count = write_flac(path, samples.astype(np.float32, copy=False))
        level = loudness.measure(samples)
        meta = {"samples": count, "rate": SAMPLE_RATE, "channels": samples.shape[1], "seconds": count / SAMPLE_RATE}
        levels = {"lufs": level.integrated, "short_term": level.short_term_max, "true_peak": level.true_peak}
        self.outputs.append(output("sound", path, "audio/flac", {**meta, **levels}))
        shape = {"per_second": waveform.PER_SECOND, "samples": count}
        self._keep("waveform", "waveform.bin", waveform.peaks(samples), "application/octet-stream", shape)

    def save(self, name: str, data: bytes, media_type: str, meta: dict[str, Any] | None = None) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,40}", name):
            raise BadRequest(f"“{name}” cannot name an output: small letters, digits, - and _ only.")
        self._keep(name, f"{name}.data", data, media_type, meta or {})

    def _keep(self, name: str, file: str, data: bytes, media_type: str, meta: dict[str, Any]) -> None:
        if any(kept.name == name for kept in self.outputs):
            raise BadRequest(f"The engine gave “{name}” twice. This is a fault of the engine.")
        path = self._out / file
        path.write_bytes(data)
        self.outputs.append(output(name, path, media_type, meta))


class Joint:
    """The `Context` of several takes of one recipe that are made at once: what the engine tells goes to all of them, its frames to each. One that
    is cancelled hears no more, and `on_cancelled` is told of it at once; the work stops when all are. `workdir` is no take's own: any of them may
    go."""

    def __init__(
        self,
        contexts: Sequence[RunContext],
        workdir: Path,
        on_cancelled: Callable[[int, Cancelled], None] = lambda take, problem: None,
    ) -> None:
        self._contexts, self._on_cancelled = contexts, on_cancelled
        self.workdir = workdir
        self.seeds = tuple(seed for context in contexts for seed in context.seeds)
        self.cancelled: dict[RunContext, Cancelled] = {}
        self.input, self.inputs, self.endpoint = contexts[0].input, contexts[0].inputs, contexts[0].endpoint

    def _going(self) -> list[tuple[int, RunContext]]:
        return [(take, context) for take, context in enumerate(self._contexts) if context not in self.cancelled]

    def progress(
        self, done: int, total: int, *, unit: Literal["frames", "steps"] = "frames", stage: str = "", preview: Preview | None = None
    ) -> None:
        for take, context in self._going():
            shown = preview[take] if isinstance(preview, tuple) else preview
            try:
                context.progress(done, total, unit=unit, stage=stage, preview=shown)
            except Cancelled as problem:
                self._drop(take, problem)
                if len(self.cancelled) == len(self._contexts):
                    raise

    def _drop(self, take: int, problem: Cancelled) -> None:
        self.cancelled[self._contexts[take]] = problem
        self._on_cancelled(take, problem)

    def frames(self, frames: Iterator[Pixels], *, deferrable: bool = False, take: int = 0) -> None:
        context = self._contexts[take]
        if context not in self.cancelled:
            try:
                context.frames(frames, deferrable=deferrable)
            except Cancelled as problem:
                self._drop(take, problem)

    def sound(self, samples: Samples) -> None:
        raise BadRequest("Sound cannot be made for several takes at once. This is a fault of the engine.")

    def save(self, name: str, data: bytes, media_type: str, meta: dict[str, Any] | None = None) -> None:
        for _, context in self._going():
            context.save(name, data, media_type, meta)

    def used(self, usage: Usage) -> None:
        raise BadRequest("What several takes used cannot be told apart. This is a fault of the engine.")

    def remember(self, stage: Stage) -> None:
        """Takes made at once begin again from their beginning."""

    def remembered(self) -> Stage | None:
        return None
