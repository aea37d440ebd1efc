"""Material: asked of engines, brought in, and used in the film."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from PIL import Image

from generation.contract import Format, Rate
from generation.media.sound import write_flac
from studio.engines.choosing import offers
from studio.events.models import Event
from studio.jobs import tasks
from studio.jobs.actions import Order, request_jobs
from studio.jobs.models import Job, State
from studio.material.models import Piece
from studio.projects.actions import start_project
from studio.projects.models import Project
from studio.projects.rates import RATE_BY_KEY
from studio.shots.guides import Guides, Wanted, guide_file
from studio.shots.models import Guide, Take
from studio.world.actions import Designs
from tests.films import Film, fill, really_designed
from tests.generation import numbers_engine

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def numbers() -> Iterator[None]:
    undo = numbers_engine.install()
    yield
    undo()


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 2)


def work() -> None:
    """Everything that waits, as a worker does it."""
    for queue in ("desk", "work"):
        tasks.look(queue)


def ask(client: Client, project: Project, **more: Any) -> Any:
    form = {"engine": "numbers", "task": "shot", "width": "64", "height": "36", "frames": "5", "seed": "3", **more}
    return client.post(reverse("material:ask", args=[project.slug]), form)


def png(colour: str = "teal", size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def upload(client: Client, project: Project, *files: SimpleUploadedFile) -> Any:
    return client.post(reverse("material:uploads", args=[project.slug]), {"files": list(files)})


def test_what_was_asked_becomes_a_piece_with_its_recipe(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client = client_for(people.artist)
    answer = ask(client, project, take="7", count="2")
    assert answer.status_code == 202 and answer.content.count(b"piece--job") == 2
    work()
    one, two = Piece.objects.filter(project=project).order_by("number")
    assert (one.medium, one.number, two.number) == ("clip", 1, 2)
    assert (one.recipe["seed"], two.recipe["seed"]) == (3, 4) and one.recipe["params"] == {"take": 7}
    assert one.facts["frames"] == 5 and one.notes == ["painted by numbers"] and one.by == people.artist
    assert {row.name for row in one.asset.renditions.all()} >= {"rendition", "poster", "filmstrip"}
    page = client.get(reverse("material:page", args=[project.slug])).content.decode()
    assert "M1" in page and "M2" in page and "piece--job" not in page
    shown = client.get(reverse("material:piece", args=[project.slug, 1])).content.decode()
    assert "painted by numbers" in shown and "numbers 1" in shown
    assert Event.objects.filter(kind="piece.stored").count() == 2


@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        ({"engine": "nobody"}, 400, "no such engine"),
        ({"frames": "many"}, 400, "whole number"),
        ({"frames": "999999"}, 400, "20000"),
        ({"count": "99"}, 400, "8"),
        ({"take": "x"}, 400, "must be a whole number"),
        ({"fault": "of my own"}, 409, "“fault” is wrong"),
        ({"width": "7000"}, 409, "Choose a smaller size"),
        ({"input-depth": "piece:1"}, 409, "no use for a file as “depth”"),
        ({"input-reference": "piece:987654"}, 409, "is gone"),
        ({"input-reference": "../../etc"}, 409, "no file of this project"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_queued(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client], form: dict[str, str], status: int, says: str
) -> None:
    answer = ask(client_for(people.artist), project, **form)
    assert answer.status_code == status and says in answer.content.decode()
    assert not Job.objects.exists()


def test_a_piece_of_another_project_cannot_be_given(project: Project, people: SimpleNamespace, client_for: Callable[..., Client], film: Film) -> None:
    upload(client_for(people.owner), project, SimpleUploadedFile("face.png", png(), "image/png"))
    work()
    other = start_project(name="Elsewhere", by=people.stranger, rate=RATE_BY_KEY["24"], width=320, height=180)
    mine = Piece.objects.get(project=project)
    answer = ask(client_for(people.stranger), other, **{"input-reference": f"piece:{mine.pk}"})
    assert answer.status_code == 409 and not Job.objects.filter(project=other).exists()
    answer = ask(client_for(people.artist), project, **{"input-reference": f"piece:{mine.pk}"})
    assert answer.status_code == 202
    work()
    made = Piece.objects.get(project=project, number=2)
    assert made.recipe["inputs"][0]["sha256"] == mine.asset_id and list(made.parents.all()) == [mine]


def adapter(cut: int = 0) -> bytes:
    header = json.dumps({"lora_A.weight": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}).encode()
    whole = struct.pack("<Q", len(header)) + header + bytes(16)
    return whole[: len(whole) - cut]


def test_files_are_brought_in_by_their_content(project: Project, people: SimpleNamespace, client_for: Callable[..., Client], tmp_path: Path) -> None:
    write_flac(tmp_path / "voice.flac", np.sin(np.arange(24_000)[:, None] / 9).astype(np.float32) * 0.2)
    client = client_for(people.artist)
    answer = upload(
        client,
        project,
        SimpleUploadedFile("a face.txt", png(), "text/plain"),
        SimpleUploadedFile("voice.mp3", (tmp_path / "voice.flac").read_bytes(), "audio/mpeg"),
        SimpleUploadedFile("style.safetensors", adapter(), "application/octet-stream"),
        SimpleUploadedFile("<i>☃.png", b"no picture at all", "image/png"),
        SimpleUploadedFile("cut.safetensors", adapter(3), "application/octet-stream"),
        SimpleUploadedFile("empty.png", b"", "image/png"),
    )
    assert answer.status_code == 202 and "“empty.png” is empty" in answer.content.decode()
    work()
    found = dict(Piece.objects.values_list("medium", "title"))
    assert found == {"adapter": "style.safetensors", "picture": "a face.txt", "sound": "voice.mp3"}
    failed = dict(Job.objects.filter(state=State.FAILED).values_list("title", "error"))
    assert set(failed) == {"<i>☃.png", "cut.safetensors"}
    assert "no picture" in failed["<i>☃.png"] and "cut off" in failed["cut.safetensors"]
    page = client.get(reverse("material:pieces", args=[project.slug])).content.decode()
    assert "<i>" not in page and "&lt;i&gt;" in page
    sound = Piece.objects.get(medium="sound")
    assert sound.asset.renditions.get(name="waveform").meta["per_second"] > 0


def test_a_clip_becomes_a_take_of_a_shot(project: Project, people: SimpleNamespace, client_for: Callable[..., Client], film: Film) -> None:
    client, shot = client_for(people.artist), film.shots[1]
    ask(client, project)
    work()
    piece = Piece.objects.get()
    before = Take.objects.filter(shot=shot).count()
    answer = client.post(reverse("material:use", args=[project.slug, piece.number]), {"shot": shot.pk})
    assert answer.status_code == 200 and f"take {before + 1} of" in answer.content.decode()
    take = Take.objects.get(shot=shot, number=before + 1)
    assert take.recipe == piece.recipe and take.asset_id == piece.asset_id and take.told["piece"] == 1
    assert client.post(reverse("material:use", args=[project.slug, piece.number]), {"shot": "0"}).status_code == 400
    assert client.get(reverse("shots:page", args=[project.slug, shot.pk])).status_code == 200


def test_a_piece_set_aside_comes_back(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client = client_for(people.artist)
    ask(client, project)
    work()
    for name, shown in (("removal", False), ("restoration", True)):
        assert client.post(reverse(f"material:{name}", args=[project.slug, 1])).status_code == 302
        answer = client.get(reverse("material:pieces", args=[project.slug]))
        assert (b'id="piece-1"' in answer.content) is shown


def test_a_guide_is_drawn_once_and_given_by_its_content(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client], film: Film
) -> None:
    really_designed(film)
    wanted = Wanted.of(Format(width=64, height=36, rate=Rate(), frames=6))
    shot = film.shots[0]
    needed = Guides(wanted, Designs())
    key, order = needed.of(shot)
    assert needed.of(shot) == (key, order) and needed.orders == [order] and isinstance(order, Order)
    request_jobs(project, people.artist, needed.orders)
    _, at_it = Guides(wanted, Designs()).of(shot)
    assert isinstance(at_it, Job), "the one that is at it already"
    work()
    assert [job.error for job in Job.objects.all()] == [""]
    assert Guides(wanted, Designs()).of(shot) == (key, None)
    guide = Guide.objects.get()
    assert guide_file(project, shot.pk, "depth", key) == (guide.depth_id, "application/zip")
    assert (guide.width, guide.height, guide.frames) == (64, 36, 6)


def test_the_page_asks_the_same_number_of_questions_however_many_pieces(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = client_for(people.artist)
    upload(client, project, *(SimpleUploadedFile(f"{n}.png", png(size=(40, 30 + n)), "image/png") for n in range(12)))
    work()
    with django_assert_max_num_queries(9):
        assert client.get(reverse("material:pieces", args=[project.slug])).content.count(b"<figure") == 12


@pytest.mark.parametrize("where", ["", "&shot", "&film"])
def test_every_engine_draws_its_form(project: Project, people: SimpleNamespace, client_for: Callable[..., Client], film: Film, where: str) -> None:
    client = client_for(people.artist)
    for _, rows in offers():
        for row in rows:
            if where and row.task != "shot":
                continue
            more = where.replace("&shot", f"&shot={film.shots[0].pk}")
            answer = client.get(f"{reverse('material:form', args=[project.slug])}?engine={row.info.name}:{row.task}{more}")
            assert answer.status_code == 200 and b"data-ask" in answer.content, row.info.name
            assert escape(row.info.licence.split(";")[0]).encode() in answer.content
    assert client.get(reverse("material:form", args=[project.slug]) + "?engine=nobody").status_code == 200
    assert client.get(reverse("material:engines", args=[project.slug]) + f"?{where}").status_code == 200


def test_a_recipe_can_be_asked_again_with_changes(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client = client_for(people.artist)
    ask(client, project, take="7", width="80")
    work()
    page = client.get(reverse("material:page", args=[project.slug]) + "?from=1").content.decode()
    assert 'name="take" value="7"' in page and 'name="width" value="80"' in page and 'name="seed" value="3"' in page
