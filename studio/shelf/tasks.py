"""What workers do for the shelf: one of each machine's workers keeps its models, each tells what it has warm and does as it is told.

Loaded in workers only. Downloading and hashing happen in a process of their own (`hold_model`), so that no job waits for them; it ends with
the worker that started it, and the next keeper goes on where it was.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import close_old_connections, connection

from generation import catalog
from generation.contract import BadRequest, Cancelled, Failure, Format, Request, Task
from generation.facts import PICTURE_TASKS, SOUND_TASKS, EngineInfo
from generation.neural import hub, shelving, store
from studio.jobs import machine
from studio.jobs.tasks import presence
from studio.shelf import actions, keeping, queries
from studio.shelf.models import Command, Holding, Source, State

log = logging.getLogger(__name__)
EVERY = 1.0
TELL_EVERY = 5.0
PROGRESS_EVERY = 1.0
FETCHING = ".fetching.lock"
DEATHS = 3
UNWRITABLE_PAUSE = 60.0
_stopping = threading.Event()

os.environ["HF_HUB_OFFLINE"] = "1"  # a job works with what is on the shelf and never reaches out; only `hold_model` does


@worker_ready.connect  # type: ignore[untyped-decorator]
def _begin(**_: Any) -> None:
    if os.environ.get("FIRSTCUT_PART", "") in ("desk", "work", "gpu"):
        threading.Thread(target=_attend_for_ever, name="shelf", daemon=True).start()


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _stop(**_: Any) -> None:
    _stopping.set()


def _attend_for_ever() -> None:
    keeper = Keeper(socket.gethostname(), Path(settings.FIRSTCUT_MODELS))
    attendant = Attendant(presence.worker_name())
    while not _stopping.wait(EVERY):
        try:
            close_old_connections()
            attendant.attend()
            keeper.attend()
        except Exception:  # a database that is away for a moment is only worth a line
            log.exception("the shelf could not be seen to; it is tried again")
            connection.close()
    keeper.close()
    connection.close()


class Attendant:
    """One worker process: what it has warm, and what it is asked to do about that."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self._looked_at = 0.0

    def attend(self) -> None:
        command = keeping.take_command(self.worker)
        if command is not None:
            obey(command)
        if time.monotonic() - self._looked_at > TELL_EVERY:
            self._looked_at = time.monotonic()
            for name in machine.warm():
                if keeping.is_leaving(name):
                    unload(name)


def obey(command: Command) -> None:
    """Do it now, or after the job this process is at, and say what came of it. Never raises."""
    name = command.model.name
    try:
        answer = warm_up(name) if command.what == Command.WARM else unload(name)
        keeping.answer_command(command, Command.DONE, answer, machine.warm())
    except Failure as problem:
        keeping.answer_command(command, Command.REFUSED, str(problem))
    except Exception as problem:
        log.exception("%s of %s failed", command.what, name)
        keeping.answer_command(command, Command.REFUSED, f"An unexpected error: {type(problem).__name__}: {problem}")


def unload(name: str) -> str:
    """Out of memory at once where no job runs here, else when the job that runs has ended."""
    from generation.neural import warm

    if presence.turn.acquire(blocking=False):
        try:
            warm.drop_now(name)
        finally:
            presence.turn.release()
        return "Unloaded."
    warm.drop(name)
    return "It is dropped as soon as the job that runs here has ended."


def warm_up(name: str) -> str:
    """Load a model as its engine does for a job, by making the smallest thing it can make; what is made is thrown away. Raises `Failure`."""
    from generation import runner

    folder = store.model_folder(name)
    problem = ""
    for engine in engines_of(name, folder):
        request = smallest_request(engine, name)
        if request is None:
            problem = f"{engine.title} makes nothing without files to begin with, so it is loaded by its first job."
            continue
        with presence.turn, TemporaryDirectory(prefix="warm-") as place:
            began = time.monotonic()
            try:
                runner.run(request, Path(place), cancelled=_stopping.is_set)
            except BadRequest as refusal:
                problem = str(refusal)
                if name not in machine.warm():
                    continue
            return f"Warm for {engine.title}, {time.monotonic() - began:.1f} s."
    raise BadRequest(problem or f"No engine here works with {name}, so there is nothing to warm.")


def engines_of(name: str, folder: Path) -> list[EngineInfo]:
    """Engines that load this model whole: those that know it by name, else those for its class, else any that takes a pipeline."""
    by_name = [engine for engine in catalog.engines() if any(each.hub == name and each.base for each in engine.checkpoints)]
    if by_name:
        return by_name
    kind = shelving.class_of(folder)
    classes = {kind, "AutoModelForCausalLM"} if kind.endswith("ForCausalLM") else {kind}
    by_class = [engine for engine in catalog.engines() if classes & {each.rpartition(".")[2] for each in engine.classes}]
    general = [engine for engine in catalog.engines() if engine.classes == ("diffusers.DiffusionPipeline",)]
    return by_class or (general if (folder / "model_index.json").is_file() else [])


def smallest_request(engine: EngineInfo, model: str) -> Request | None:
    """The least an engine can be asked with a model: one step or word, a small picture, few frames. None if it needs files for all it makes."""
    free = [task for task in engine.tasks if all(spec.least == 0 for spec in engine.takes(task)) and "model" in engine.forms[task].model_fields]
    task: Task | None = free[0] if free else None
    if task is None:
        return None
    known = engine.forms[task].model_fields
    params: dict[str, Any] = {"model": model, "prompt": "warm", "instruction": "warm", "text": "warm", "steps": 1, "max_tokens": 1}
    asked = {name: value for name, value in params.items() if name in known}
    side = max(64, engine.limits.multiple_of)
    frames = 1 if task == "still" else 5 if task in PICTURE_TASKS else 24
    picture = Format(width=side, height=side, frames=frames) if task in PICTURE_TASKS | SOUND_TASKS else None
    return Request(engine=engine.name, task=task, format=picture, params=asked)


def locked(path: Path) -> TextIO | None:
    """The open file, which holds the lock until it is closed or the process is gone; None if another has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


class Keeper:
    """Makes a machine have what the shelf wants. One of its workers is it, by a lock on a file in the models' folder. Machines that share a
    folder each have one, and take turns at fetching into it."""

    def __init__(self, host: str, root: Path) -> None:
        self.host, self.root = host, root
        self._lock: TextIO | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._at: Holding | None = None
        self._deaths: dict[int, int] = {}
        self._told_at = self._not_before = float("-inf")

    def attend(self) -> None:
        if not self._is_keeper():
            return
        if time.monotonic() - self._told_at > TELL_EVERY:
            self._told_at = time.monotonic()
            self._look_around()
        if self._child is not None and self._child.poll() is None:
            return
        if self._child is not None:
            self._ended(self._child.returncode)
        holding = queries.work_for(self.host)
        if holding is not None:
            self._start(holding)

    def _is_keeper(self) -> bool:
        """Ours until this process ends, however it ends."""
        if self._lock is not None:
            return True
        if time.monotonic() < self._not_before:
            return False
        try:
            self._lock = locked(self.root / f".keeper-{self.host}.lock")
        except OSError as problem:
            log.warning("%s cannot be written, so this machine keeps no models: %s", self.root, problem.strerror or problem)
            self._not_before = time.monotonic() + UNWRITABLE_PAUSE
        return self._lock is not None

    def _look_around(self) -> None:
        usage, fetches = shutil.disk_usage(self.root), find_spec("huggingface_hub") is not None
        keeping.tell_host(
            self.host, root=str(self.root), free=usage.free, total=usage.total, found=shelving.by_hand(self.root), fetches=fetches,
        )  # fmt: skip
        keeping.open_holdings(self.host, fetches=fetches and not queries.hub_is_off())
        for holding in keeping.held_here(self.host):
            if not Path(holding.folder).is_dir():
                keeping.lost(holding)
        actions.forget_removed()
        keeping.tidy()

    def _start(self, holding: Holding) -> None:
        """The child ends when its standard input does: with us, even if we are killed without a word."""
        environment = {**os.environ, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1", "FIRSTCUT_PART": "hold"}
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "hold_model", str(holding.pk)]
        self._child = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, close_fds=True)
        self._at = holding

    def _ended(self, code: int) -> None:
        holding, self._child, self._at = self._at, None, None
        if holding is None or code == 0:
            return
        deaths = self._deaths[holding.pk] = self._deaths.get(holding.pk, 0) + 1
        said = f"signal {-code}" if code < 0 else f"exit status {code}"
        log.warning("the process that fetches %s died (%s)", holding.model.name, said)
        if deaths >= DEATHS:
            self._deaths.pop(holding.pk)
            reason = f"The process that fetches it died {deaths} times ({said}). Look at the worker's log, then try again."
            keeping.failed(holding, reason, retryable=False)

    def close(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(5)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


# --- in the process that fetches ---


class Teller(threading.Thread):
    """Writes progress to the row every second, also while the line stands still, and learns there whether to stop. Used in a `with`."""

    def __init__(self, holding: Holding, give_up: Callable[[], None] = lambda: None) -> None:
        super().__init__(name=f"tell {holding.pk}", daemon=True)
        self.holding = holding
        self.stopped = False
        self._give_up = give_up
        self._at: tuple[str, int, int, str] | None = None
        self._over = threading.Event()

    def __call__(self, stage: str, done: int, total: int, file: str) -> None:
        self._at = (stage, done, total, file)

    def __enter__(self) -> Teller:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join(10)

    def should_stop(self) -> bool:
        return self.stopped

    def run(self) -> None:
        seen: deque[tuple[float, int]] = deque(maxlen=10)
        told = None
        try:
            while not self._over.wait(PROGRESS_EVERY if told else PROGRESS_EVERY / 4):
                if self.stopped:
                    self._give_up()  # a second ago it was told to stop and still it does not move
                if self._at is None:
                    continue
                stage, done, total, file = told = self._at
                seen.append((time.monotonic(), done))
                (began, before), (now, _) = seen[0], seen[-1]
                pace = max(0.0, (done - before) / (now - began)) if now - began > 0.5 and stage == "downloading" else 0.0
                try:
                    self.stopped = not keeping.note_progress(self.holding, stage, done, total, pace, file)
                except Exception as problem:  # a database that is away for a moment; the download itself goes on
                    log.warning("progress of %s not told: %s", self.holding.model.name, problem)
                    connection.close()
        finally:
            connection.close()


def see_to(holding: Holding, root: Path, give_up: Callable[[], None] = lambda: None) -> None:
    """Do what one holding needs: fetch, take in, or take away. What came of it stands in its row; raises nothing that a person can mend.
    `give_up` is called when it was told to stop and stands still."""
    model = holding.model
    if holding.state == State.REMOVING:
        if not model.place and model.source == Source.FOLDER:
            shutil.rmtree(root / shelving.PARTIAL / store.folder_name(model.name), ignore_errors=True)
        else:
            shelving.remove(model.name, root)
        keeping.gone(holding)
        actions.forget_removed()
        return
    turn = locked(root / FETCHING)
    if turn is None:
        keeping.failed(holding, f"Another machine that shares {root} fetches into it just now.", retryable=True)
        return
    with turn:
        for old in root.glob(".old-*"):  # of a removal or a replacement that was killed
            shutil.rmtree(old, ignore_errors=True)
        if keeping.begin(holding, State.CHECKING if model.source == Source.FOLDER else State.DOWNLOADING):
            _bring(holding, root, give_up)


def _bring(holding: Holding, root: Path, give_up: Callable[[], None]) -> None:
    model = holding.model
    try:
        with Teller(holding, give_up) as tell:
            (_take_in if model.source == Source.FOLDER else _fetch)(holding, root, tell)
    except Cancelled:
        log.info("%s was stopped", model.name)
    except Failure as problem:
        keeping.failed(holding, str(problem), retryable=problem.retryable)
    except OSError as problem:
        keeping.failed(holding, f"{root} cannot be written as it should: {problem.strerror or problem}.", retryable=True)


def _take_in(holding: Holding, root: Path, tell: Teller) -> None:
    model = holding.model
    source = Path(model.place) if model.place else root / store.folder_name(model.name)
    if model.place and not source.resolve().is_relative_to(root.resolve()) and not any(
        source.resolve().is_relative_to(allowed) for allowed in settings.FIRSTCUT_MODEL_FOLDERS
    ):
        raise BadRequest(
            f"This machine takes no models from {source}. Set FIRSTCUT_MODEL_FOLDERS for its workers to the folders it may take them from, or put it "
            f"into {root}."
        )
    manifest, left_out = shelving.adopt(model.name, source, root, tell, tell.should_stop)
    _held(holding, root, manifest, left_out)


def _fetch(holding: Holding, root: Path, tell: Teller) -> None:
    model = holding.model
    if queries.hub_is_off():
        raise BadRequest("The hub is switched off here (FIRSTCUT_HUB=off), so nothing is fetched.")
    if _there_already(holding, root):
        return
    source = hub.Source(address=settings.FIRSTCUT_HUB, token=settings.FIRSTCUT_HUB_TOKEN)
    facts = hub.describe(model.name, model.commit or model.revision, source)
    model.commit = keeping.pin(model, facts.commit)
    if model.commit != facts.commit:  # another machine was first, and the branch has moved meanwhile
        facts = hub.describe(model.name, model.commit, source)
    known = queries.checkpoints().get(model.name)
    licence = {} if known and known.licence else {"licence": facts.licence, "licence_url": facts.licence_url}
    keeping.note_facts(model, size=facts.size, gated=facts.gated, left_out=facts.left_out, **licence)
    if not _there_already(holding, root):
        _held(holding, root, *hub.fetch(facts, root, source, tell, tell.should_stop))


def _there_already(holding: Holding, root: Path) -> bool:
    """At the commit that is wanted, fetched earlier or by a machine that shares the folder."""
    place = root / store.folder_name(holding.model.name)
    there = store.manifest(place) if place.is_dir() else None
    if there is None or there.source != "hub" or not there.revision or there.revision != holding.model.commit:
        return False
    _held(holding, root, there, dict(holding.model.left_out))
    return True


def _held(holding: Holding, root: Path, manifest: store.Manifest, left_out: dict[str, str]) -> None:
    size = sum(file.size for file in manifest.files.values())
    folder = str(root / store.folder_name(manifest.name))
    commit = manifest.revision if manifest.source == "hub" else ""
    keeping.held(holding, folder, size=size, sha256=manifest.sha256, left_out=left_out, commit=commit)


def end_with_parent(over: Callable[[], None] = lambda: os._exit(3)) -> None:
    """Whoever started us holds the other end of our standard input: when it closes, they are gone."""

    def wait() -> None:
        while os.read(0, 1024):  # not through sys.stdin, whose lock the interpreter wants when it ends
            pass
        over()

    threading.Thread(target=wait, name="parent", daemon=True).start()
