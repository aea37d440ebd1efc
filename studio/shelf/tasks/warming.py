"""One worker process: what it has warm, and what it is asked to do about that."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generation import catalog
from generation.contract import BadRequest, Failure, Format, Request, Task
from generation.facts import PICTURE_TASKS, SOUND_TASKS, EngineInfo
from generation.neural import shelving, store
from studio.jobs import machine
from studio.jobs.tasks import presence
from studio.jobs.words import UNEXPECTED
from studio.shelf import keeping, words
from studio.shelf.models import Command

log = logging.getLogger(__name__)
TELL_EVERY = 5.0
stopping = threading.Event()


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
        keeping.answer_command(command, Command.REFUSED, UNEXPECTED % {"error": f"{type(problem).__name__}: {problem}"})


def unload(name: str) -> str:
    """Out of memory at once where no job runs here, else when the job that runs has ended."""
    from generation.neural import warm

    if presence.turn.acquire(blocking=False):
        try:
            warm.drop_now(name)
        finally:
            presence.turn.release()
        return words.UNLOADED
    warm.drop(name)
    return words.DROPPED_LATER


def warm_up(name: str) -> str:
    """Load a model as its engine does for a job, by making the smallest thing it can make; what is made is thrown away. Raises `Failure`."""
    from generation import runner

    folder = store.model_folder(name)
    problem = ""
    for engine in engines_of(name, folder):
        request = smallest_request(engine, name)
        if request is None:
            problem = words.NEEDS_FILES % {"engine": engine.title}
            continue
        with presence.turn, TemporaryDirectory(prefix="warm-") as place:
            began = time.monotonic()
            try:
                runner.run(request, Path(place), cancelled=stopping.is_set)
            except BadRequest as refusal:
                problem = str(refusal)
                if name not in machine.warm():
                    continue
            return words.WARM_FOR % {"engine": engine.title, "seconds": f"{time.monotonic() - began:.1f}"}
    raise BadRequest(problem or words.NO_ENGINE % {"model": name})


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
    prompts = dict.fromkeys(("prompt", "instruction", "text", "description"), "warm")
    params: dict[str, Any] = {"model": model, **prompts, "steps": 1, "max_tokens": 1}
    asked = {name: value for name, value in params.items() if name in known}
    side = max(64, engine.limits.multiple_of)
    frames = 1 if task == "still" else 5 if task in PICTURE_TASKS else 24
    picture = Format(width=side, height=side, frames=frames) if task in PICTURE_TASKS | SOUND_TASKS else None
    return Request(engine=engine.name, task=task, format=picture, params=asked)
