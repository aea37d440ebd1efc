"""The shelf as operators use it: rows, pages and commands, with nothing fetched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generation import catalog
from studio.events.models import Event
from studio.jobs.models import Job, Worker
from studio.jobs.models import State as JobState
from studio.projects.models import Project
from studio.shelf import actions, queries
from studio.shelf.models import Command, Holding, Host, Model, Source, State
from studio.web import environment
from tests.films import fill, job_of

pytestmark = pytest.mark.django_db
KNOWN = next(each for each in queries.checkpoints().values() if each.base)


def host(name: str = "box", **more: Any) -> Host:
    return Host.objects.create(name=name, root="/data/models", free=50 * 2**30, total=100 * 2**30, fetches=True, **more)


def held(name: str = "owner/model", where: str = "box", **more: Any) -> Model:
    row = Model.objects.create(name=name, source=Source.HUB, commit="c" * 40, sha256="d" * 64, size=3 * 2**30, **more)
    Holding.objects.create(model=row, host=where, state=State.HELD, folder="/data/models/x", done=3, total=3)
    return row


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="model.").order_by("pk").values_list("kind", flat=True))


def test_a_known_model_comes_with_its_licence_and_limits(people: SimpleNamespace) -> None:
    row = actions.add_model(f"  {KNOWN.hub} ", source=Source.HUB, by=people.owner)
    assert (row.licence, row.licence_url, row.territories, row.revenue) == (KNOWN.licence, KNOWN.licence_url, KNOWN.territories, KNOWN.revenue)
    assert row.added_by == people.owner and kinds() == ["model.added"]


@pytest.mark.parametrize("what", ["", "name", "a/b/c", "../x", "a/..", "a b/c", "a/b\0", "-a/b", "a--b/c", "x" * 200 + "/y", "http://hub/a/b"])
def test_what_is_no_hub_id_is_refused(what: str) -> None:
    with pytest.raises(actions.Refused, match="is no hub id"):
        actions.add_model(what, source=Source.HUB)
    assert not Model.objects.exists() and not kinds()


@pytest.mark.parametrize(("what", "name", "place"), [("mine", "mine", ""), ("a--b", "a/b", ""), ("/mnt/big/tuned", "tuned", "/mnt/big/tuned")])
def test_a_folder_is_named_by_its_last_part(what: str, name: str, place: str) -> None:
    row = actions.add_model(what, source=Source.FOLDER)
    assert (row.name, row.place) == (name, place)


@pytest.mark.parametrize("what", ["", "../mine", "/mnt/../etc", "a/b/c", "/", "/mnt/ä b", "a\nb"])
def test_a_folder_that_leads_elsewhere_is_refused(what: str) -> None:
    with pytest.raises(actions.Refused):
        actions.add_model(what, source=Source.FOLDER)
    assert not Model.objects.exists()


def test_adding_again_tries_again_and_another_revision_replaces() -> None:
    row = actions.add_model("owner/model", source=Source.HUB)
    failed = Holding.objects.create(model=row, host="box", state=State.FAILED, error="Wrong bytes.", tries=3)
    actions.pause_model(row.name)
    actions.add_model("owner/model", source=Source.HUB)
    failed.refresh_from_db()
    row.refresh_from_db()
    assert (failed.state, failed.error, failed.tries, row.paused) == (State.ABSENT, "", 0, False)
    Model.objects.update(commit="c" * 40)
    Holding.objects.update(state=State.HELD)
    actions.add_model("owner/model", source=Source.HUB, revision="v2")
    row.refresh_from_db()
    failed.refresh_from_db()
    assert (row.revision, row.commit, failed.state) == ("v2", "", State.ABSENT)
    with pytest.raises(actions.Refused, match="from another place"):
        actions.add_model("owner--model", source=Source.FOLDER)
    with pytest.raises(actions.Refused, match="is no revision"):
        actions.add_model("owner/other", source=Source.HUB, revision="a b")


def test_the_hub_is_off_with_one_setting(settings: Any, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    settings.FIRSTCUT_HUB = environment.read({**os.environ, "FIRSTCUT_HUB": "off"}).hub
    with pytest.raises(actions.Refused, match="switched off"):
        actions.add_model("owner/model", source=Source.HUB)
    page = client_for(people.owner).get(reverse("shelf:page")).content.decode()
    assert "The hub is switched off" in page and "Known to work" not in page
    actions.add_model("mine", source=Source.FOLDER)


def test_settings_that_cannot_be_are_told() -> None:
    read = environment.read({**os.environ, "FIRSTCUT_HUB": "https://hub.example/", "FIRSTCUT_HUB_TOKEN": "hf_secret"})
    assert read.hub == "https://hub.example" and "hf_secret" not in repr(read)
    for wrong in ({"FIRSTCUT_HUB": "hub.example"}, {"FIRSTCUT_MODEL_FOLDERS": "relative"}):
        with pytest.raises(environment.WrongSetting, match=next(iter(wrong))):
            environment.read({**os.environ, **wrong})


def test_what_is_missing_is_said_with_the_command_that_gets_it() -> None:
    engine = next(each for each in catalog.engines() if any(one.hub == KNOWN.hub for one in each.checkpoints))
    assert queries.missing("previs") is None and queries.missing("no such engine") is None
    said = queries.missing(engine.name, KNOWN.hub)
    assert said and f"./firstcut model add {KNOWN.hub}" in said
    assert queries.missing(engine.name) == queries.missing(engine.name, queries.default_model(engine.name)) is not None
    assert queries.missing(engine.name, "/a/folder/of/a/worker") is None
    row = actions.add_model(KNOWN.hub, source=Source.HUB)
    assert "no worker has begun" in (queries.missing(engine.name, KNOWN.hub) or "")
    holding = Holding.objects.create(model=row, host="box", state=State.DOWNLOADING, done=42, total=100)
    assert "42 % of it is on box" in (queries.missing(engine.name, KNOWN.hub) or "")
    Holding.objects.update(state=State.FAILED, error="The disk is full.")
    assert "could not be fetched: The disk is full." in (queries.missing(engine.name, KNOWN.hub) or "")
    actions.pause_model(KNOWN.hub)
    assert "paused" in (queries.missing(engine.name, KNOWN.hub) or "")
    Holding.objects.filter(pk=holding.pk).update(state=State.HELD)
    assert queries.missing(engine.name, KNOWN.hub) is None


def test_a_model_somebody_put_into_the_folder_is_there() -> None:
    assert queries.missing("diffusers", "owner/by-hand")
    host(found=["owner/by-hand"])
    assert queries.missing("diffusers", "owner/by-hand") is None and queries.unlisted() == {"owner/by-hand": ["box"]}
    Host.objects.update(seen=timezone.now() - timedelta(minutes=5))
    assert queries.missing("diffusers", "owner/by-hand")


def test_removal_is_refused_while_a_job_needs_the_model(project: Project, people: SimpleNamespace) -> None:
    host()
    held()
    film = fill(project, people.owner, 1)
    job = job_of(film, kind="export", subject_kind="cutrevision")
    by_adapter = {"request": {"params": {"loras": [{"model": "owner/model"}]}}}
    for named in ({"spec": {"params": {"model": "owner/model"}}}, by_adapter, {"model": "owner/model"}):
        Job.objects.update(spec={}, request=None, model="")
        Job.objects.filter(pk=job.pk).update(**named)
        with pytest.raises(actions.Refused, match="1 job runs or waits with it"):
            actions.remove_model("owner/model")
    Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED)
    actions.remove_model("owner/model", by=people.owner)
    assert Holding.objects.get().state == State.REMOVING and queries.missing("diffusers", "owner/model")
    with pytest.raises(actions.Refused, match="just being removed"):
        actions.add_model("owner/model", source=Source.HUB)
    Holding.objects.all().delete()  # the machine has done it
    assert actions.forget_removed() == 1 and not Model.objects.exists() and kinds() == ["model.removed"]


def test_a_machine_that_is_gone_keeps_nobody_from_forgetting() -> None:
    held()
    actions.remove_model("owner/model")
    assert not Model.objects.exists()


def test_workers_are_commanded_one_by_one(people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    host()
    row = held()
    Worker.objects.create(name="gpu0@box:1", host="box", warm=["owner/model"])
    Worker.objects.create(name="gpu1@elsewhere:2", host="elsewhere")
    [shown] = queries.shelf()
    assert [(seat.worker, seat.warm) for seat in shown.seats] == [("gpu0@box:1", True)]
    client = client_for(people.owner)
    where = reverse("shelf:commands", args=[row.pk])
    assert client.post(where, {"worker": "gpu0@box:1", "what": "unload"}).status_code == 200
    assert client.post(where, {"worker": "gpu0@box:1", "what": "unload"}).status_code == 200
    assert Command.objects.get().by == people.owner, "asked twice, it is one command"
    for worker, what, status in (("gpu1@elsewhere:2", "warm", 409), ("nobody", "warm", 409), ("gpu0@box:1", "explode", 409), ("", "warm", 400)):
        answer = client.post(where, {"worker": worker, "what": what})
        assert answer.status_code == status and b'role="alert"' in answer.content
    assert Command.objects.count() == 1


def test_the_page_says_what_is_known_of_each_model(
    people: SimpleNamespace, client_for: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    host()
    host("old", seen=timezone.now() - timedelta(hours=1))
    for number in range(12):
        held(f"owner/model-{number}", licence="strict-1", territories="Not in the EU.", revenue="Under 10 M$ a year.", left_out={"x.bin": "a pickle"})
    broken = Model.objects.create(name="owner/<script>", source=Source.HUB)
    Holding.objects.create(model=broken, host="box", state=State.FAILED, error="It has <b>other</b> bytes.")
    client = client_for(people.owner)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("shelf:page")).content.decode()
    facts = ("strict-1", "Not in the EU.", "Under 10 M$ a year.", "d" * 64, "3.0 GiB")
    for words in (*facts, "1 file left out", "&lt;b&gt;other&lt;/b&gt;", "Known to work"):
        assert words in page, words
    assert "<script>" not in page.split('id="shelf"')[1].split("</main>")[0]


def test_wrong_forms_are_answered_where_they_stand(people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client = client_for(people.owner)
    for body in ({}, {"what": "nonsense"}, {"what": "a/b", "source": "moon"}, {"what": "a/b", "revision": "x y"}):
        answer = client.post(reverse("shelf:additions"), body)
        assert answer.status_code == 400 and b"field__error" in answer.content, body
    assert client.post(reverse("shelf:removal", args=[99])).status_code == 404
    assert not Model.objects.exists()


def test_the_commands_do_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("model", "add", "owner/model")
    host()
    call_command("model", "add", "mine", "--folder")
    Holding.objects.create(model=Model.objects.get(name="owner/model"), host="box", state=State.DOWNLOADING, done=2**20, total=2**30)
    call_command("model", "list")
    said = capsys.readouterr().out
    assert "owner/model is on the shelf" in said and "box: downloading 1.0 MiB of 1.0 GiB" in said
    with pytest.raises(CommandError, match="no hub id"):
        call_command("model", "add", "nonsense")
    Holding.objects.all().delete()
    call_command("model", "remove", "mine")
    assert list(Model.objects.values_list("name", flat=True)) == ["owner/model"]


def test_the_web_process_never_loads_what_only_workers_need() -> None:
    code = (
        "import django, sys, json; django.setup(); import studio.web.urls, studio.shelf.views; "
        "print(json.dumps([name for name in ('huggingface_hub', 'torch', 'studio.shelf.tasks', 'generation.neural.hub') if name in sys.modules]))"
    )
    web = {**os.environ, "FIRSTCUT_PART": "web"}
    loaded = subprocess.run([sys.executable, "-c", code], cwd=environment.ROOT, capture_output=True, text=True, check=True, env=web)
    assert json.loads(loaded.stdout.splitlines()[-1]) == []
