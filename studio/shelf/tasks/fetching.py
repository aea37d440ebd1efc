"""In the process that fetches: bring a model, take one in, or take one away."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

from generation.contract import BadRequest, Cancelled, Failure
from generation.neural import hub, shelving, store
from studio.shelf import actions, keeping, queries, words
from studio.shelf.models import Holding, Source, State
from studio.shelf.tasks.keeper import locked

log = logging.getLogger(__name__)
PROGRESS_EVERY = 1.0
FETCHING = ".fetching.lock"


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
        keeping.failed(holding, words.FETCHED_BY_ANOTHER % {"folder": root}, retryable=True)
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
        keeping.failed(holding, words.UNWRITABLE % {"folder": root, "why": problem.strerror or problem}, retryable=True)


def _take_in(holding: Holding, root: Path, tell: Teller) -> None:
    model = holding.model
    source = Path(model.place) if model.place else root / store.folder_name(model.name)
    if (
        model.place
        and not source.resolve().is_relative_to(root.resolve())
        and not any(source.resolve().is_relative_to(allowed) for allowed in settings.FIRSTCUT_MODEL_FOLDERS)
    ):
        raise BadRequest(words.NOT_FROM_THERE % {"folder": source, "root": root})
    manifest, left_out = shelving.adopt(model.name, source, root, tell, tell.should_stop)
    _held(holding, root, manifest, left_out)


def _fetch(holding: Holding, root: Path, tell: Teller) -> None:
    model = holding.model
    if queries.hub_is_off():
        raise BadRequest(words.HUB_OFF)
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
