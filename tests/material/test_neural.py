"""Takes and a whole film by neural engines: the real classes at a tiny size, guided by the previs of each shot."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generation.neural import warm
from generation.runner import WENT_ON
from studio.jobs import lease, tasks
from studio.jobs.models import Job, State
from studio.material.models import Piece
from studio.projects.models import Project
from studio.shelf.models import Host
from studio.shots.lacking import lacking_shots
from studio.shots.models import Guide, Shot, Take
from tests.films import Film, fill, really_designed
from tests.generation.engines import tiny, tiny_wan
from tests.live import LiveStudio

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"engine": "wan_vace", "task": "shot", "model": "tiny/vace", "steps": "3", "width": "64", "height": "36", "window": "17", "overlap": "5"}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("models")
    tiny_wan.vace(root / "tiny--vace")
    return root


@pytest.fixture(autouse=True)
def on_the_shelf(db: None, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("FIRSTCUT_MODELS", str(shelf))
    Host.objects.update_or_create(name="films", defaults={"found": ["tiny/vace"]})
    before = tiny.torch.get_num_threads()
    tiny.torch.set_num_threads(1)
    yield
    tiny.torch.set_num_threads(before)
    warm.drop_now()


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    made = fill(project, people.owner, 3)
    really_designed(made)
    Shot.objects.filter(project=project).update(frames=22)
    return made


def work() -> None:
    for queue in ("desk", "work", "gpu"):
        tasks.look(queue)


def test_a_whole_film_is_made_by_a_neural_engine_from_the_depth_of_its_previs(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client], film: Film
) -> None:
    client = client_for(people.producer)
    order, before = reverse("material:film", args=[project.slug]), Take.objects.filter(shot__project=project).count()
    form = client.get(reverse("material:form", args=[project.slug]) + "?engine=wan_vace:shot&film").content.decode()
    assert 'name="every" checked' in form and "the 3 shots that have a take" in form
    answer = client.post(order, {**FORM, "every": "on"})
    assert answer.status_code == 202 and Job.objects.filter(kind="take").count() == Job.objects.filter(kind="guide").count() == 3
    assert client.post(order, {**FORM, "every": "on"}).status_code == 409, "what is being made is not asked for twice"
    work()
    assert {job.state for job in Job.objects.filter(kind__in=("take", "guide"))} == {State.SUCCEEDED}, list(
        Job.objects.values_list("error", flat=True)
    )
    assert not lacking_shots(project).exists()
    guides = {guide.shot_id: guide.depth_id for guide in Guide.objects.all()}
    for shot in Shot.objects.filter(project=project).select_related("version__take"):
        assert shot.version is not None
        take = shot.version.take
        assert take.recipe["engine"] == "wan_vace" and take.frames == 22 and take.recipe["seed"] == shot.seed
        assert [(item["role"], item["sha256"]) for item in take.recipe["inputs"]] == [("depth", guides[shot.pk])]
        assert take.recipe["params"]["place"] and take.recipe["params"]["camera"] and take.measures["windows"] == 2
        assert take.measures["model"]["name"] == "tiny/vace" and take.measures["settings"]["precision"] == "float32"
        rendition = next(row for row in take.asset.renditions.all() if row.name == "rendition")
        assert (rendition.meta["width"], rendition.meta["height"]) == (320, 180), "a browser plays every take in the film's own size"
    assert Take.objects.filter(shot__project=project).count() == before + 3, "the takes of before stay"


def test_takes_of_a_shot_share_one_guide(project: Project, people: SimpleNamespace, client_for: Callable[..., Client], film: Film) -> None:
    client, shot = client_for(people.artist), film.shots[0]
    page = client.get(reverse("material:form", args=[project.slug]) + f"?engine=wan_vace:shot&shot={shot.pk}").content.decode()
    assert f'value="guide:{shot.pk}" selected' in page
    form = {**FORM, "prompt": "A lamp in the dark", "count": "2", "seed": "5", "input-depth": f"guide:{shot.pk}"}
    assert client.post(reverse("material:takes", args=[project.slug, shot.pk]), form).status_code == 302
    jobs = client.get(reverse("shots:takes_fragment", args=[project.slug, shot.pk])).content.decode()
    assert jobs.count("take--job") == 2
    work()
    assert Guide.objects.count() == 1
    takes = list(Take.objects.filter(shot=shot, recipe__engine="wan_vace").order_by("number"))
    assert [take.recipe["seed"] for take in takes] == [5, 6] and takes[0].asset_id != takes[1].asset_id
    assert takes[0].recipe["params"]["prompt"] == "A lamp in the dark"
    compared = client.get(reverse("shots:comparison", args=[project.slug, shot.pk, takes[0].pk, takes[1].pk])).content.decode()
    assert "seed" in compared


def test_what_the_engine_cannot_do_is_said_before_anything_is_queued(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client], film: Film
) -> None:
    client, shot = client_for(people.artist), film.shots[0]
    for form, says in (
        ({"width": "4000", "height": "2000"}, "Choose a smaller size"),
        ({"steps": "1000"}, "“steps” is wrong"),
        ({"engine": "flux2", "task": "still"}, "makes no clips"),
        ({"model": "somebody/model"}, "./firstcut model add somebody/model"),
        ({"loras.0.model": "somebody/storm"}, "./firstcut model add somebody/storm"),
        ({"input-depth": "guide:99999"}, "is gone"),
        ({"input-video": "take:99999"}, "is not there"),
    ):
        answer = client.post(reverse("material:takes", args=[project.slug, shot.pk]), {**FORM, **form})
        assert answer.status_code == 409 and says in answer.content.decode(), form
    assert not Job.objects.filter(kind__in=("take", "guide")).exists()


def test_an_uploaded_lora_is_worn_by_its_code_and_stands_in_the_recipe_by_content(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client], film: Film, shelf: Path, tmp_path: Path
) -> None:
    client = client_for(people.artist)
    weights = tiny.wan_lora(shelf / "tiny--vace", tmp_path / "storm") / "pytorch_lora_weights.safetensors"
    client.post(reverse("material:uploads", args=[project.slug]), {"files": SimpleUploadedFile("storm.safetensors", weights.read_bytes())})
    work()
    lora = Piece.objects.get(medium="adapter")
    form = {**FORM, "prompt": "A lamp", "frames": "5"}
    for more in ({}, {"loras.0.model": lora.code, "loras.0.weight": "1.0"}):
        answer = client.post(reverse("material:ask", args=[project.slug]), {**form, **more})
        assert answer.status_code == 202, answer.content.decode()
    work()
    plain, worn = Piece.objects.filter(medium="clip").order_by("number")
    assert plain.asset_id != worn.asset_id
    assert worn.recipe["params"]["loras"][0]["model"] == f"input:{lora.asset_id}" and list(worn.parents.all()) == [lora]
    refused = client.post(reverse("material:ask", args=[project.slug]), {**form, "loras.0.model": "M999"})
    assert refused.status_code == 409 and "no LoRA M999" in refused.content.decode()


def test_a_worker_killed_between_stages_is_followed_by_one_that_goes_on(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client], live_studio: LiveStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    long = {**FORM, "steps": "8", "frames": "41", "prompt": "A lamp in the dark"}
    assert client_for(people.artist).post(reverse("material:ask", args=[project.slug]), long).status_code == 202
    (worker,) = live_studio.workers(1, queues="gpu", part="gpu")
    soon(lambda: Job.objects.filter(kind="piece").exclude(checkpoint=None).exists())
    worker.kill()
    worker.wait()
    job = Job.objects.get(kind="piece")
    assert job.state == State.RUNNING, "it was killed in the middle"
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert lease.sweep()["expired"] == 1
    Job.objects.update(available=timezone.now())
    live_studio.workers(1, queues="gpu", part="gpu")
    soon(lambda: Piece.objects.filter(job=job).exists())
    made = Piece.objects.get(job=job)
    assert made.data["windows"] == 3 and WENT_ON in made.notes and Job.objects.get(pk=job.pk).attempt == 2


def soon(there: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not there():
        assert time.monotonic() < until, list(Job.objects.values_list("kind", "state", "attempt", "error"))
        threading.Event().wait(0.02)
