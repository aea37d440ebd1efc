"""Takes of one recipe that wait are claimed together and made at once; each keeps its own life, and they share the seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from generation import catalog
from generation.contract import OutOfMemory, Progress
from generation.neural import pipelines, warm
from studio.jobs import books, lease, tasks
from studio.jobs.actions import Order, cancel_job, request_jobs
from studio.jobs.models import BATCH, Job, PersonShare, Share, State
from studio.jobs.tasks.beside import Teller, Watch
from studio.jobs.tasks.company import with_companions
from studio.ledger.models import Entry
from studio.ledger.models import Kind as EntryKind
from studio.material.models import Piece
from studio.projects.models import Project
from studio.shelf.models import Host
from tests.generation.engines import tiny, tiny_images

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("models")
    tiny_images.zimage(root / "tiny--zimage")
    return root


@pytest.fixture(autouse=True)
def on_the_shelf(db: None, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FIRSTCUT_MODELS", str(shelf))
    Host.objects.update_or_create(name="films", defaults={"found": ["tiny/zimage"]})
    before = tiny.torch.get_num_threads()
    tiny.torch.set_num_threads(1)
    yield
    tiny.torch.set_num_threads(before)
    warm.drop_now()


@pytest.fixture
def ask(project: Project, people: SimpleNamespace) -> Callable[..., list[Job]]:
    def asking(count: int, first: int = 1, priority: int = BATCH, by: Any = None, **params: Any) -> list[Job]:
        asked = {"model": "tiny/zimage", "prompt": "a fox crosses a harbour", "steps": 4, **params}
        spec: dict[str, Any] = {
            "engine": "zimage", "task": "still", "format": {"width": 64, "height": 32, "frames": 1}, "inputs": [], "shot": None, "params": asked,
            "title": "A fox",
        }  # fmt: skip
        orders = [Order("piece", {**spec, "seed": first + number}, project, priority=priority) for number in range(count)]
        return request_jobs(project, by or people.artist, orders)

    return asking


def batches() -> list[list[int]]:
    """The seeds each piece says it was made with, oldest piece first."""
    return [piece.data.get("batch", {}).get("seeds", []) for piece in Piece.objects.order_by("number")]


def test_takes_of_one_recipe_are_made_at_once_and_share_the_seconds(project: Project, ask: Callable[..., list[Job]]) -> None:
    ask(1)
    tasks.look("gpu")  # what is done once a process is done
    first = Job.objects.get()
    ask(3, steps=60)
    began = time.monotonic()
    assert tasks.look("gpu") == 3
    wall = time.monotonic() - began
    assert {job.state for job in Job.objects.all()} == {State.SUCCEEDED}, list(Job.objects.values_list("error", flat=True))
    assert batches()[1:] == [[1, 2, 3]] * 3
    pieces = list(Piece.objects.exclude(job=first).order_by("number"))
    assert [piece.recipe["seed"] for piece in pieces] == [1, 2, 3] and len({piece.asset_id for piece in pieces}) == 3
    assert all(any("Made in a batch of 3" in note for note in piece.notes) for piece in pieces)
    seconds = sum(job.seconds for job in Job.objects.exclude(pk=first.pk))
    assert wall / 2 < seconds <= wall, "what all were charged is what the worker took, once"
    assert sum(piece.seconds for piece in pieces) <= wall
    paid = Entry.objects.filter(kind=EntryKind.ACTUAL).exclude(job_id=first.pk).aggregate(ms=Sum("milliseconds"))["ms"]
    assert paid == pytest.approx(seconds * 1000, abs=3) and list(books.differences()) == []
    assert Share.objects.get(project=project).used == pytest.approx(first.seconds + seconds, abs=0.01)
    assert PersonShare.objects.get(project=project).used == pytest.approx(first.seconds + seconds, abs=0.01)


def test_only_what_differs_in_nothing_but_its_seed_is_made_together(ask: Callable[..., list[Job]], people: SimpleNamespace) -> None:
    ask(2)
    ask(1, 11, guidance=4.0)
    ask(1, 21, priority=0)
    ask(1, 31, by=people.producer)
    tasks.look("gpu")
    assert sorted(sorted(each) for each in batches()) == [[], [], [1, 2, 31], [1, 2, 31], [1, 2, 31]]


def test_the_setting_and_the_limit_of_a_project_bound_a_batch(ask: Callable[..., list[Job]], settings: Any) -> None:
    settings.FIRSTCUT_TOGETHER = 0
    ask(2)
    tasks.look("gpu")
    assert batches() == [[], []]
    settings.FIRSTCUT_TOGETHER = 2
    ask(3, 11)
    tasks.look("gpu")
    assert batches()[2:] == [[11, 12], [11, 12], []]
    settings.FIRSTCUT_TOGETHER = 4
    Share.objects.update(limit=1)
    ask(2, 21)
    tasks.look("gpu")  # ends when the first is stored beside it: nothing more may be claimed until then
    tasks.look("gpu")
    assert batches()[5:] == [[], []]


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_one_that_is_cancelled_ends_with_the_next_step_and_the_others_go_on(
    gone: int, ask: Callable[..., list[Job]], people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(1)
    tasks.look("gpu")  # what is done once a process is done
    jobs = ask(3, steps=40)
    asked = threading.Event()
    tell, should_stop = Teller.__call__, Watch.should_stop
    seen: list[tuple[int, str, int]] = []

    def telling(self: Teller, progress: Progress, preview: bytes | None) -> None:
        """Somebody cancels one while the batch does its second step; what stands in its row is looked at with every step of the last that is left."""
        if progress.done == 2 and not asked.is_set():
            cancel_job(jobs[gone], by=people.artist)
            asked.set()
        if self.job.pk == jobs[1 if gone == 2 else 2].pk and progress.stage == "denoising" and progress.done > 2:
            row, left = Job.objects.get(pk=jobs[gone].pk), Job.objects.get(pk=self.job.pk)
            seen.append((progress.done, row.state, left.together))
        tell(self, progress, preview)

    def looking(self: Watch) -> bool:
        """The watch looks at once and not within the second."""
        if asked.is_set() and self.job.pk == jobs[gone].pk and not self.cancelled:
            self._look()
        return should_stop(self)

    monkeypatch.setattr(Teller, "__call__", telling)
    monkeypatch.setattr(Watch, "should_stop", looking)
    began = time.monotonic()
    assert tasks.look("gpu") == 3
    wall = time.monotonic() - began
    first, *later = seen
    assert first[0] == 3 and (gone == 2 or first[1:] == (State.CANCELLED, 2)), "it ended with the next step"
    assert len(later) > 10 and {each[1:] for each in later} == {(State.CANCELLED, 2)}, "and the others went on without it"
    rows = [Job.objects.get(pk=job.pk) for job in jobs]
    assert [row.state for row in rows] == [State.CANCELLED if n == gone else State.SUCCEEDED for n in range(3)]
    assert batches() == [[], [1, 2, 3], [1, 2, 3]] and list(books.differences()) == []
    spent = [row.spent_ms / 1000 for row in rows]
    assert 0 < spent[gone] < min(spent[:gone] + spent[gone + 1 :]) / 2, "it used its share until then"
    assert 0.6 * wall < sum(spent) <= wall, "and what was left fell to the others"


def test_a_worker_that_dies_in_the_middle_gives_each_back_and_they_are_tried_alone(ask: Callable[..., list[Job]]) -> None:
    jobs = ask(3)
    lead = lease.claim("w", ["gpu"])
    assert lead is not None
    assert {job.pk for job in [lead, *with_companions(lead)]} == {job.pk for job in jobs}
    assert set(Job.objects.values_list("state", "together", "attempt", "worker")) == {("running", 3, 1, "w")}
    assert len(set(Job.objects.values_list("lease_token", flat=True))) == 3
    began = timezone.now() - timedelta(seconds=90)
    Job.objects.update(started=began, lease_until=began + timedelta(seconds=60))
    assert lease.sweep()["expired"] == 3
    paid = Entry.objects.filter(kind=EntryKind.ACTUAL).aggregate(ms=Sum("milliseconds"))["ms"]
    assert paid == pytest.approx(30_000, abs=10), "the half minute until the last renewal, once and not three times"
    Job.objects.update(available=began)
    assert tasks.look("gpu") == 3
    assert {job.state for job in Job.objects.all()} == {State.SUCCEEDED} and batches() == [[], [], []]


def test_what_cannot_be_made_at_once_is_made_one_by_one(ask: Callable[..., list[Job]], monkeypatch: pytest.MonkeyPatch) -> None:
    own = pipelines.call

    tried = []

    def narrow(pipe: Any, arguments: dict[str, Any]) -> Any:
        tried.append(arguments["num_images_per_prompt"])
        if tried[-1] > 1:
            raise OutOfMemory("The card was too small.")
        return own(pipe, arguments)

    monkeypatch.setattr(pipelines, "call", narrow)
    ask(3)
    assert tasks.look("gpu") == 3
    assert {job.state for job in Job.objects.all()} == {State.SUCCEEDED} and batches() == [[], [], []]
    assert tried == [3, 1, 1, 1] and list(books.differences()) == []


def test_an_engine_that_cannot_says_nothing_of_it() -> None:
    assert all(catalog.info(name).together == "" for name in ("sdxl", "diffusers", "previs"))
