"""Every engine in a real browser, through real Celery workers: form → job → progress → piece → recipe."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from generation import catalog
from studio.jobs.models import OPEN, Job
from studio.material.models import Piece
from studio.projects.models import Project
from studio.providers.actions import Typed, add_endpoint
from studio.shelf.queries import held_names
from studio.shots.models import Shot
from studio.sound.actions import record_consent
from studio.sound.models import VoiceConsent
from tests.browser import engines
from tests.browser.waiting import until
from tests.films import fill, really_designed
from tests.generation.engines import asking, provider_server, speech_server, test_comfyui, test_provider, text_server, tiny_pocket
from tests.live import Complaints, LiveStudio

TABLE = "ENGINES_TABLE"  # a file to write the list of engines to
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return engines.fill(tmp_path_factory.mktemp("models"))


Machines = dict[str, str]


@pytest.fixture(scope="module")
def machines(shelf: Path) -> Iterator[Machines]:
    """A language model's server, a ComfyUI, a paid service and a voice, each a process of its own that speaks the real protocol: address by kind."""
    running: list[Any] = [
        text_server.Running(shelf / "tiny--llama"), provider_server.Running(module="comfy_server"), provider_server.Running(),
        speech_server.Running(),
    ]  # fmt: skip
    yield dict(zip(("openai", "comfyui", "provider", "speech"), (each.url for each in running), strict=True))
    for each in running:
        each.stop()


def add_machines(by: Any, machines: Machines) -> None:
    paid = {
        "submit": {"body": test_provider.BODY, "id_path": "id"}, "poll": {"interval": 0.05, "progress_path": "progress"},
        "result": {"url_path": "output"},
    }  # fmt: skip
    settings: dict[str, dict[str, Any]] = {
        "openai": {}, "comfyui": {"workflow": test_comfyui.graph()}, "provider": paid, "speech": {"default_voice": "mara"},
    }  # fmt: skip
    keys = {"openai": text_server.KEY, "comfyui": "", "provider": provider_server.KEY, "speech": speech_server.KEY}
    for kind, url in machines.items():
        add_endpoint(Typed(name=kind, kind=kind, url=url, key=keys[kind], own_network=True, settings=settings[kind]), by=by)


def agree(project: Project, by: Any, folder: Path) -> None:
    """Somebody may be cloned, once a worker has read the recording; and a voice in words imitates nobody."""
    sound = SimpleUploadedFile("ada.flac", tiny_pocket.somebody(folder / "ada.flac").read_bytes())
    said = {"words": "You may use my voice.", "scope": "This film"}
    record_consent(project, by=by, kind="cloned", person="Ada Holm", recording=sound, **said)
    record_consent(project, by=by, kind="designed", person="The harbour master", **said)


def test_every_engine_makes_its_piece(
    people: SimpleNamespace, project: Project, page_for: Callable[..., Any], live_studio: LiveStudio, shelf: Path, monkeypatch: pytest.MonkeyPatch,
    machines: Machines, tmp_path: Path, complaints: Complaints,
) -> None:  # fmt: skip
    monkeypatch.setenv("FIRSTCUT_MODELS", str(shelf))
    monkeypatch.setenv("FIRSTCUT_SAMPLE", "0")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    add_machines(people.owner, machines)
    really_designed(fill(project, people.owner, 1))
    Shot.objects.filter(project=project).update(frames=9)
    for queue, part in (("clerk", "clerk"), ("desk", "desk"), ("work", "work")):
        live_studio.workers(1, queues=queue, part=part)
    agree(project, people.owner, tmp_path)
    page = page_for(people.owner)
    where = f"/projects/{project.slug}/material/"
    page.goto(where)
    page.set_input_files("#files", [_picture(tmp_path / "face.png"), str(asking.clip(tmp_path / "clip"))])
    until(page, "document.querySelectorAll('#pieces .piece:not(.piece--job)').length === 2")
    while not set(engines.SHELF) <= set(held_names()) or VoiceConsent.objects.count() < 2:  # workers tell what lies in their folder, and read
        page.wait_for_timeout(200)
    given = {piece.medium: piece.pk for piece in Piece.objects.filter(project=project)}
    for case in engines.CASES:
        page.goto(f"{where}?engine={case.engine}:{case.task}")
        for name, value in case.form.items():
            control = page.locator(f'#ask [name="{name}"]')
            if name == "endpoint":
                control.select_option(value)
            else:
                control.fill(value)
        for role, medium in case.files.items():
            page.locator(f'#ask input[name="input-{role}"][value="piece:{given[medium]}"]').check(force=True)
        if case.guide:
            page.locator(f'#ask [name="input-{case.guide}"]').select_option(index=1)
        if case.leave:
            page.locator(f'#ask [name="{case.leave}"]').select_option(index=1)
        with page.expect_response("**/material/requests/") as answer:
            page.click("[data-ask]")
        assert answer.value.status == 202, f"{case.name}: {answer.value.text()[:300]}"
    wanted = 2 + len(engines.CASES)
    done = "document.querySelectorAll('#pieces .piece:not(.piece--job)').length"
    until(page, f"{done} === {wanted} || document.querySelector('#pieces .chip--failed')", timeout=480_000)
    assert not list(Job.objects.filter(project=project).exclude(error="").values_list("title", "error"))
    assert not Job.objects.filter(project=project, state__in=OPEN).exists()
    made = {
        (piece.recipe["engine"], piece.recipe["params"].get("model", "")): piece for piece in Piece.objects.filter(project=project).exclude(recipe={})
    }
    for case in engines.CASES:
        piece = made[case.engine, case.form.get("model", "")]
        assert piece.medium == case.medium and piece.data.get("prompt", "").startswith(case.form.get("prompt", "")), case.name
        page.goto(f"{where}{piece.number}/")
        recipe = page.locator(".recipe").inner_text()
        assert case.engine in recipe and (case.form.get("model", "") in recipe), case.name
    complaints.forgive("404 (Not Found)")
    if TABLE in os.environ:
        Path(os.environ[TABLE]).write_text(_table(list(Piece.objects.filter(project=project).exclude(recipe={}).order_by("number"))))


def _table(pieces: list[Piece]) -> str:
    """What each engine ran, as docs/engines.md lists it."""
    lines = ["| engine | makes | class | tiny model, seconds | bytes |", "|---|---|---|---|---|"]
    for piece in pieces:
        ran = piece.data.get("pipeline") or ", ".join(catalog.info(piece.recipe["engine"]).classes)
        lines.append(f"| {piece.recipe['engine']} | {piece.recipe['task']} | {ran} | {piece.seconds:.1f} | {piece.asset.size:,} |")
    return "\n".join(lines) + "\n"


def _picture(path: Path) -> str:
    buffer = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").resize((96, 64)).save(buffer, "PNG")
    path.write_bytes(buffer.getvalue())
    return str(path)
