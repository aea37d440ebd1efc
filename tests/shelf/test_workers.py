"""Workers that keep models: real processes, a real hub's protocol, and deaths at the worst moment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from generation import catalog
from generation.neural import shelving, store, warm
from studio.events.models import Event
from studio.jobs import machine
from studio.jobs.models import Worker
from studio.jobs.tasks import presence
from studio.shelf import actions, keeping, queries
from studio.shelf.models import Command, Holding, Host, Model, Source, State
from studio.shelf.tasks import fetching, warming
from studio.shelf.tasks.keeper import Keeper, locked
from tests.jobs.test_at_once import waits
from tests.live import LiveStudio
from tests.shelf.hubs import CONFIG, TestHub, weights

pytestmark = pytest.mark.django_db(transaction=True)
KIB = 1024
HERE = socket.gethostname()


def until(condition: Callable[[], Any], seconds: float = 60) -> None:
    """Looks again whenever a moment has passed; what is waited for happens in other processes."""
    end, moment = time.monotonic() + seconds, threading.Event()
    while not condition():
        assert time.monotonic() < end, "It did not come about."
        moment.wait(0.02)


@pytest.fixture
def root(tmp_path: Path, test_hub: TestHub, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    """The models' folder of this machine, for this process and those it starts."""
    settings.FIRSTCUT_MODELS, settings.FIRSTCUT_HUB = tmp_path / "models", test_hub.address
    monkeypatch.setenv("FIRSTCUT_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FIRSTCUT_HUB", test_hub.address)
    return tmp_path / "models"


@pytest.fixture
def keeper(root: Path) -> Iterator[Keeper]:
    made = Keeper(HERE, root)
    yield made
    made.close()


def child_of(keeper: Keeper) -> subprocess.Popen[bytes]:
    keeper.attend()
    assert keeper._child is not None, "There was nothing to see to."
    return keeper._child


def half_of(root: Path) -> int:
    return sum(path.stat().st_size for path in (root / ".partial").rglob("*.part"))


def starts(test_hub: TestHub, name: str) -> list[int]:
    asked = test_hub.seen(name, "model.safetensors")
    return [int(each["range"].removeprefix("bytes=").rstrip("-") or 0) for each in asked]


def test_a_download_killed_dead_goes_on_where_it_was(test_hub: TestHub, root: Path, keeper: Keeper, people: SimpleNamespace) -> None:
    size, reached = 3000 * KIB, 2048 * KIB
    body = weights(size)
    commit = test_hub.put(
        "k/killed", {"model.safetensors": body, "config.json": CONFIG, "old.bin": b"x"}, faults={"model.safetensors": {"hold": reached}},
        card={"license": "mit"},
    )  # fmt: skip
    actions.add_model("k/killed", source=Source.HUB, by=people.owner)
    child = child_of(keeper)
    until(lambda: half_of(root) == reached)
    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)
    assert not (root / "k--killed").exists() and Holding.objects.get().state == State.DOWNLOADING
    child = child_of(keeper)
    until(lambda: len(starts(test_hub, "k/killed")) == 2)  # it has asked for the rest, and the line stands still
    actions.pause_model("k/killed")
    assert child.wait(20) == 0, "a download that stands still obeys too"
    keeper.attend()
    assert keeper._child is None and half_of(root) == reached
    actions.resume_model("k/killed")
    test_hub.release("k/killed")
    assert child_of(keeper).wait(60) == 0
    holding, row = Holding.objects.get(), Model.objects.get()
    assert (holding.state, holding.host, holding.done, holding.folder) == (State.HELD, HERE, size + len(CONFIG), str(root / "k--killed"))
    assert (row.commit, row.licence, row.sha256) == (commit, "mit", store.manifest(root / "k--killed").sha256)  # type: ignore[union-attr]
    assert row.left_out == {"old.bin": "a pickle, which could run code"}
    assert (root / "k--killed" / "model.safetensors").read_bytes() == body
    assert starts(test_hub, "k/killed") == [0, reached, reached], "what was fetched before the kill is not fetched again"
    kinds = Event.objects.filter(kind__startswith="model.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["model.added", "model.paused", "model.resumed", "model.held"]
    keeper.attend()
    host = Host.objects.get()
    assert (host.name, host.root, host.fetches) == (HERE, str(root), True) and host.free > 0
    assert queries.missing("diffusers", "k/killed") is None
    # and away again, from the disk too
    actions.remove_model("k/killed", by=people.owner)
    assert child_of(keeper).wait(60) == 0
    assert not (root / "k--killed").exists() and not Model.objects.exists()


def test_a_word_of_progress_that_comes_late_does_not_undo_the_end() -> None:
    row = actions.add_model("k/late", source=Source.HUB)
    holding = Holding.objects.create(model=row, host=HERE, state=State.DOWNLOADING)
    told: list[bool] = []

    def tell() -> None:
        try:
            told.append(keeping.note_progress(holding, State.CHECKING, 5, 9, 1.0, "model.safetensors"))
        finally:
            connection.close()

    teller = threading.Thread(target=tell)
    with transaction.atomic(), connection.cursor() as cursor:
        assert keeping.held(holding, "/models/k--late", size=9, sha256="a" * 64, left_out={})
        teller.start()
        until(lambda: waits(cursor))
    teller.join(30)
    holding.refresh_from_db()
    assert (holding.state, holding.done, told) == (State.HELD, 9, [False])


def test_a_failure_stands_in_the_row_and_is_not_tried_for_ever(test_hub: TestHub, root: Path, keeper: Keeper) -> None:
    row = actions.add_model("k/nowhere", source=Source.HUB)
    keeping.open_holdings(HERE, fetches=True)
    fetching.see_to(Holding.objects.select_related("model").get(), root)  # the suite's processes are offline: a permanent refusal
    holding = Holding.objects.get()
    assert holding.state == State.FAILED and holding.error and queries.work_for(HERE) is None
    keeping.failed(holding, "No.", retryable=True)
    assert Holding.objects.get().state == State.FAILED, "who has failed does not begin again by a late word"
    actions.resume_model(row.name)
    holding.refresh_from_db()
    keeping.failed(holding, "The hub is busy.", retryable=True)
    holding.refresh_from_db()
    assert holding.state == State.ABSENT and holding.again and queries.work_for(HERE) is None, "it waits before it asks again"
    actions.resume_model(row.name)
    assert queries.work_for(HERE) is not None
    actions.pause_model(row.name)
    assert queries.work_for(HERE) is None


def test_switched_off_nothing_is_asked(test_hub: TestHub, root: Path, keeper: Keeper, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    test_hub.put("k/off", {"model.safetensors": b"x"})
    row = actions.add_model("k/off", source=Source.HUB)
    Holding.objects.create(model=row, host=HERE)  # of the time before it was switched off
    settings.FIRSTCUT_HUB = ""
    monkeypatch.setenv("FIRSTCUT_HUB", "off")
    assert child_of(keeper).wait(60) == 0
    assert Holding.objects.get().state == State.FAILED and "switched off" in Holding.objects.get().error
    assert not test_hub.seen("k/off")


def test_one_keeper_a_folder_and_another_when_it_is_gone(root: Path, keeper: Keeper) -> None:
    other = Keeper(HERE, root)
    keeper.attend()
    other.attend()
    assert Host.objects.count() == 1 and keeper._is_keeper() and not other._is_keeper()
    keeper.close()
    assert other._is_keeper()
    other.close()


def test_machines_that_share_a_folder_fetch_in_turn_and_only_once(root: Path, settings: Any) -> None:
    commit = "c" * 40
    row = Model.objects.create(name="k/shared", source=Source.HUB, commit=commit)
    Holding.objects.create(model=row, host=HERE)
    place = root / "k--shared"
    place.mkdir(parents=True)
    other = locked(root / fetching.FETCHING)
    assert other is not None
    with other:
        fetching.see_to(Holding.objects.select_related("model").get(), root)
    waiting = Holding.objects.get()
    assert waiting.state == State.ABSENT and waiting.again and "shares" in waiting.error
    shelving.write_atomically(place / store.MANIFEST, store.Manifest(name=row.name, source="hub", revision=commit, sha256="d" * 64).model_dump_json())
    settings.FIRSTCUT_HUB = "http://127.0.0.1:9"  # nobody is there to be asked, and nobody need be
    fetching.see_to(Holding.objects.select_related("model").get(), root)
    assert Holding.objects.get().state == State.HELD and Model.objects.get().sha256 == "d" * 64


def test_a_folder_is_taken_in_only_from_where_this_machine_allows(root: Path, tmp_path: Path, settings: Any, people: SimpleNamespace) -> None:
    mine = tmp_path / "elsewhere" / "tuned"
    mine.mkdir(parents=True)
    (mine / "config.json").write_bytes(CONFIG)
    (mine / "model.safetensors").write_bytes(weights(2000))
    actions.add_model(str(mine), source=Source.FOLDER, by=people.owner)
    keeping.open_holdings(HERE, fetches=False)
    fetching.see_to(Holding.objects.select_related("model").get(), root)
    assert "takes no models from" in Holding.objects.get().error and not (root / "tuned").exists()
    settings.FIRSTCUT_MODEL_FOLDERS = (tmp_path / "elsewhere",)
    actions.resume_model("tuned")
    fetching.see_to(Holding.objects.select_related("model").get(), root)
    assert Holding.objects.get().state == State.HELD and Model.objects.get().sha256
    assert (root / "tuned" / "model.safetensors").read_bytes() == weights(2000)
    actions.remove_model("tuned")
    Host.objects.create(name=HERE, root=str(root))
    holding = Holding.objects.select_related("model").first()
    if holding is not None:
        fetching.see_to(holding, root)
    assert (mine / "model.safetensors").exists(), "what the operator had stays"


def test_a_folder_in_its_place_is_listed_hashed_and_left_when_it_goes(root: Path) -> None:
    (root / "mine").mkdir(parents=True)
    (root / "mine" / "config.json").write_bytes(CONFIG)
    (root / "mine" / "model.safetensors").write_bytes(weights(900))
    assert shelving.by_hand(root) == ["mine"]
    Host.objects.create(name=HERE, root=str(root))
    actions.add_model("mine", source=Source.FOLDER)
    keeping.open_holdings(HERE, fetches=False)
    fetching.see_to(Holding.objects.select_related("model").get(), root)
    assert Holding.objects.get().state == State.HELD
    actions.remove_model("mine")
    fetching.see_to(Holding.objects.select_related("model").get(), root)
    assert (root / "mine" / "model.safetensors").exists() and not Holding.objects.exists()


def test_a_worker_warms_and_unloads_as_it_is_told(root: Path, people: SimpleNamespace) -> None:
    warm.drop_now()  # whatever an earlier test of this process left
    from tests.generation.engines import tiny, tiny_images

    threads = tiny.torch.get_num_threads()
    tiny.torch.set_num_threads(1)
    tiny_images.zimage(root / "tiny--zimage")
    name = presence.worker_name()
    Worker.objects.create(name=name, host=HERE)
    row = Model.objects.create(name="tiny/zimage", source=Source.FOLDER)
    Holding.objects.create(model=row, host=HERE, state=State.HELD, folder=str(root / "tiny--zimage"))
    attendant = warming.Attendant(name)
    try:
        for what, after in ((Command.WARM, ["tiny/zimage"]), (Command.UNLOAD, [])):
            actions.command_worker("tiny/zimage", name, what, by=people.owner)
            attendant.attend()
            command = Command.objects.get(what=what)
            assert command.state == Command.DONE, command.answer
            assert machine.warm() == after == Worker.objects.get().warm
        assert "Warm for Z-Image" in Command.objects.get(what=Command.WARM).answer
        (root / "tiny--zimage" / "model_index.json").write_text("{}")
        actions.command_worker("tiny/zimage", name, Command.WARM, by=people.owner)
        attendant.attend()
        refused = Command.objects.latest("pk")
        assert refused.state == Command.REFUSED and refused.answer
    finally:
        warm.drop_now()
        tiny.torch.set_num_threads(threads)


def test_each_engine_can_be_asked_for_the_least_with_its_own_model(tmp_path: Path) -> None:
    asked = {engine.name: warming.smallest_request(engine, engine.checkpoints[0].hub) for engine in catalog.engines() if engine.checkpoints}
    for request in filter(None, asked.values()):
        catalog.validate(request)
    assert asked["wan"] and asked["local_text"] and asked["zimage"]
    (tmp_path / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    assert [engine.name for engine in warming.engines_of("owner/unknown", tmp_path)] == ["local_text"]
    (tmp_path / "model_index.json").write_text('{"_class_name": "WanPipeline"}')
    assert [engine.name for engine in warming.engines_of("owner/unknown", tmp_path)] == ["wan"]
    (tmp_path / "model_index.json").write_text('{"_class_name": "FluxPipeline"}')
    assert [engine.name for engine in warming.engines_of("owner/unknown", tmp_path)] == ["diffusers"]


def test_while_a_job_runs_nothing_is_dropped_under_it() -> None:
    with presence.turn:
        assert warming.unload("owner/model") == "It is dropped as soon as the job that runs here has ended."
    assert warming.unload("owner/model") == "Unloaded."


@pytest.mark.browser
def test_a_model_is_added_watched_and_held_though_its_worker_dies(
    test_hub: TestHub, root: Path, live_studio: LiveStudio, page_for: Callable[..., Any], people: SimpleNamespace
) -> None:
    size, reached = 3000 * KIB, 1536 * KIB
    test_hub.put("k/watched", {"model.safetensors": weights(size)}, faults={"model.safetensors": {"hold": reached}}, card={"license": "mit"})
    [worker] = live_studio.workers(1, queues="work", part="work")
    page = page_for(people.owner)
    page.goto("/models/")
    page.get_by_label("Hub id or folder").fill("k/watched")
    page.get_by_role("button", name="Put on the shelf").click()
    page.get_by_text("1.5 MiB of 2.9 MiB").wait_for(timeout=60_000)
    until(lambda: half_of(root) == reached)
    worker.kill()
    worker.wait(10)
    test_hub.release("k/watched")
    live_studio.workers(1, queues="work", part="work")
    page.get_by_text("has it").wait_for(timeout=60_000)
    assert page.get_by_text("Held", exact=True).is_visible()
    begun = starts(test_hub, "k/watched")
    assert begun[0] == 0 and set(begun[1:]) == {reached}
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove k/watched").click()
    page.get_by_text("The shelf is empty").wait_for(timeout=60_000)
    assert not (root / "k--watched").exists()
    connection.close()
