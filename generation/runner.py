"""From a request to its result: runs the engine, encodes what it gives as it comes, tells how far it is, stops when asked.

Guarantees: a result has exactly the frames asked for, or there is a `Failure`; after a failure or a cancel nothing is left in the
folder; the same request with the same inputs and versions gives files with the same bytes.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generation import catalog
from generation.context import Joint, Keeper, Listener, Options, RunContext
from generation.contract import BadRequest, Cancelled, Engine, OutOfMemory, Request, Result, Usage
from generation.media.faults import as_failure
from generation.neural import relief, store, warm
from generation.neural.tuning import Settings

WENT_ON = "An attempt before had finished a part of this: it went on from there."


class Running:
    """A request whose engine has done its part. `finish` draws what was left for later, and may be called on another thread than the one
    that began: the device is free for the next request meanwhile."""

    def __init__(
        self, request: Request, context: RunContext, engine: Engine, workdir: Path, existed: bool, began: float, adapters: dict[str, Path]
    ) -> None:
        self._request, self._context, self._engine = request, context, engine
        self._adapters = adapters
        self._cancelled: Cancelled | None = None
        self._share: float | None = None  # of the seconds it was made in with others
        self._workdir, self._existed, self._began = workdir, existed, began
        self.data: dict[str, Any] = {}
        self.notes: tuple[str, ...] = ()
        self._fitted: Settings | None = None

    @property
    def deferred(self) -> bool:
        """Whether there is something left to draw."""
        return self._context.has_deferred

    def work(self) -> None:
        token, fitted = store.GIVEN.set(self._adapters), relief.FITTED.set(None)
        try:
            with self._cleaning():
                try:
                    self.data, self.notes = self._engine.run(self._request, self._context)
                finally:
                    self._fitted = relief.FITTED.get()
        finally:
            relief.FITTED.reset(fitted)
            store.GIVEN.reset(token)

    def finish(self) -> Result:
        began = self._began if self._share is None else time.perf_counter() - self._share
        with self._cleaning():
            if self._cancelled is not None:
                raise self._cancelled
            self._context.draw_deferred()
            shutil.rmtree(self._context.workdir)
        return Result(
            outputs=tuple(self._context.outputs),
            data=self.data,
            notes=(*self.notes, WENT_ON) if self._context.went_on else self.notes,
            engine_version=_version(self._engine),
            seconds=round(time.perf_counter() - began, 3),
            usage=self._context.usage,
        )

    @contextmanager
    def _cleaning(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            _clean(self._workdir, self._existed)
            told = as_failure(error, _in_words(self._request), "Choose a smaller size or fewer frames, or a larger worker.")
            if isinstance(told, OutOfMemory):
                warm.drop_all()  # whatever comes next finds the memory empty
                told.lighter = told.lighter or relief.lighter(self._fitted)
            if told is error:
                raise
            raise told from error


def begin(
    request: Request,
    workdir: Path,
    inputs: dict[str, Path] | None = None,
    on_progress: Listener = lambda progress, image: None,
    cancelled: Callable[[], bool] = lambda: False,
    options: Options | None = None,
    keeper: Keeper | None = None,
    *,
    defer: bool = True,
    on_usage: Callable[[Usage], None] = lambda usage: None,
) -> Running:
    """The first part of `run`: returns once the engine needs its device no more. With `defer`, frames the engine can draw later are left
    to `Running.finish`. `on_usage` hears at once what the engine says it used: what fails may have cost too. Raises as `run` does."""
    running = prepare(request, workdir, inputs, on_progress, cancelled, options, keeper, defer=defer, on_usage=on_usage)
    running.work()
    return running


def prepare(
    request: Request,
    workdir: Path,
    inputs: dict[str, Path] | None = None,
    on_progress: Listener = lambda progress, image: None,
    cancelled: Callable[[], bool] = lambda: False,
    options: Options | None = None,
    keeper: Keeper | None = None,
    *,
    defer: bool = True,
    on_usage: Callable[[Usage], None] = lambda usage: None,
) -> Running:
    """What `begin` does before the engine works: the request is checked and its folder made. Nothing is worked on before `Running.work` or
    `work_together`."""
    began = time.perf_counter()
    catalog.validate(request)
    given = dict(inputs or {})
    missing = [item.name for item in request.inputs if item.name not in given or not given[item.name].is_file()]
    if missing:
        raise BadRequest(f"The input “{missing[0]}” is not there. Choose another reference, or upload it again.")
    if cancelled():
        raise Cancelled("Cancelled before it began.")
    engine = catalog.load(request.engine)
    existed = workdir.exists()
    try:
        workdir.mkdir(parents=True, exist_ok=True)
        context = RunContext(request, workdir, given, on_progress, cancelled, options or Options(), keeper, defer, on_usage)
    except OSError as error:
        _clean(workdir, existed)
        raise as_failure(error, _in_words(request), "") from error
    adapters = _adapters(request, given, context.workdir)
    return Running(request, context, engine, workdir, existed, began, adapters)


def work_together(takes: Sequence[Running], on_cancelled: Callable[[Running, Cancelled], None] = lambda take, problem: None) -> None:
    """Let one engine make several prepared requests at once, which differ in their seed alone. One that is cancelled meanwhile is dropped with the
    next step: `on_cancelled` hears of it then, nothing of it is left, it raises the same when it is finished, and the others go on. Raises as
    `begin` does if none can be made; nothing of any is left then."""
    first = takes[0]
    if any(take._request.model_copy(update={"seed": first._request.seed}) != first._request for take in takes):
        raise ValueError("Only takes that differ in nothing but their seed are made at once.")

    def dropped(number: int, problem: Cancelled) -> None:
        _clean(takes[number]._workdir, takes[number]._existed)
        on_cancelled(takes[number], problem)

    with TemporaryDirectory(prefix="together-") as folder, ExitStack() as cleaning:
        joint = Joint([take._context for take in takes], Path(folder), dropped)
        token = store.GIVEN.set(_links({sha256: path.resolve() for sha256, path in first._adapters.items()}, joint.workdir))
        cleaning.callback(store.GIVEN.reset, token)
        for take in takes:
            cleaning.enter_context(take._cleaning())
        data, notes = first._engine.run(first._request, joint)
    alone = f"Made in a batch of {len(takes)}: the same seed made alone may differ in its finest detail."
    share = (time.perf_counter() - first._began) / len(takes)
    for take in takes:
        take._share = share
        take._cancelled = joint.cancelled.get(take._context)
        take.data, take.notes = {**data, "batch": {"takes": len(takes), "seeds": list(joint.seeds)}}, (*notes, alone)


def _adapters(request: Request, given: dict[str, Path], folder: Path) -> dict[str, Path]:
    """Uploaded adapters by their hash, under names that say what they are: a store names files by hash alone."""
    return _links({item.sha256: given[item.name].resolve() for item in request.inputs if item.role == "lora"}, folder)


def _links(files: dict[str, Path], folder: Path) -> dict[str, Path]:
    links = {sha256: folder / f"{sha256[:16]}.safetensors" for sha256 in files}
    for sha256, link in links.items():
        link.symlink_to(files[sha256])
    return links


def run(
    request: Request,
    workdir: Path,
    inputs: dict[str, Path] | None = None,
    on_progress: Listener = lambda progress, image: None,
    cancelled: Callable[[], bool] = lambda: False,
    options: Options | None = None,
    keeper: Keeper | None = None,
) -> Result:
    """Do what the request asks and return what came of it, its files under `workdir`/out.

    `on_progress` gets at most ten reports a second, and at most twice a second a picture of up to 20,000 bytes with it (a JPEG, or a
    moving WebP); always from the calling thread. `cancelled` is asked at every frame or step and must be cheap. `keeper` lets a job go on
    after a finished stage. Raises `Failure` and nothing else but faults in the code itself; after any exception nothing this call wrote
    is left.
    """
    return begin(request, workdir, inputs, on_progress, cancelled, options, keeper, defer=False).finish()


def _version(engine: Engine) -> str:
    return f"{engine.name} {engine.version}"


def _clean(workdir: Path, existed: bool) -> None:
    for name in ("scratch", "out"):
        shutil.rmtree(workdir / name, ignore_errors=True)
    if not existed and workdir.exists() and not any(workdir.iterdir()):
        workdir.rmdir()


def _in_words(request: Request) -> str:
    picture = request.format
    return f"this {request.task}" + (f" of {picture.width}×{picture.height}, {picture.frames} frames" if picture else "")
