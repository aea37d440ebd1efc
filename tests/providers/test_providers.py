"""Other machines: kept by operators, their keys by nobody's eyes; looked at and called by workers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import serializers
from django.test import Client
from django.urls import reverse

from generation import contract
from generation.contract import BadRequest
from studio.events.models import Event
from studio.jobs import tasks as jobs
from studio.jobs.models import Job, State
from studio.material.models import Piece
from studio.projects.models import Project
from studio.providers import queries
from studio.providers.models import Endpoint
from studio.providers.tasks import check
from tests.generation.engines.text_server import KEY, Server

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = {
    "kind": "openai", "name": "House", "url": "https://models.example/v1", "key": KEY,
    "settings.default_model": "plain", "settings.price_in": "0,15",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of the language models' tests, within this process."""
    from tests.generation.engines import tiny, tiny_text

    before = tiny.torch.get_num_threads()
    tiny.torch.set_num_threads(1)
    made = Server(tiny_text.llama(tmp_path_factory.mktemp("models") / "llama"))
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()
    tiny.torch.set_num_threads(before)


@pytest.fixture
def operator(people: SimpleNamespace, client_for: Callable[..., Client]) -> Client:
    return client_for(people.owner)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    """What workers were told to look at; no broker hears of it."""
    told: list[list[Any]] = []
    monkeypatch.setattr(check, "apply_async", lambda args, queue, retry: told.append([*args, queue]))
    return told


def add(operator: Client, **more: Any) -> Any:
    return operator.post(reverse("providers:addition"), {**GOOD, **more})


def change(operator: Client, row: Endpoint, **more: Any) -> Any:
    kept = {"name": row.name, "url": row.url, "revision": row.revision, "settings.default_model": "plain"}
    return operator.post(reverse("providers:endpoint", args=[row.pk]), {**kept, **more})


def local(server: Server, **more: Any) -> dict[str, Any]:
    return {"url": f"http://127.0.0.1:{server.server_address[1]}/v1", "own_network": "on", **more}


def test_a_key_goes_in_and_never_comes_out(operator: Client, asked: list[list[Any]]) -> None:
    answer = add(operator)
    row = Endpoint.objects.get()
    assert answer.status_code == 302 and answer["Location"] == reverse("providers:endpoint", args=[row.pk])
    found = queries.endpoint_named("House")
    assert found.key.get_secret_value() == KEY and KEY not in repr(found) and KEY not in found.model_dump_json()
    assert found.settings["price_in"] == "0.15" and found.settings["default_model"] == "plain" and not found.own_network
    assert asked == [[row.pk, 1, "desk"]]
    kept = serializers.serialize("json", [*Endpoint.objects.all(), *Event.objects.all()])
    pages = [operator.get(where).content.decode() for where in (reverse("providers:page"), answer["Location"])]
    refused = add(operator).content.decode()
    assert "already" in refused
    for text in (kept, *pages, refused):
        assert KEY not in text and KEY[3:12] not in text
    event = Event.objects.get(kind="provider.added")
    assert event.project_id is None and event.data == {"name": "House", "kind": "openai", "host": "models.example", "own": False}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"url": "http://models.example/v1"}, "called by https"),
        ({"url": "https://127.0.0.1/v1"}, "inside a network"),
        ({"url": "https://169.254.169.254/", "own_network": "on"}, "never called"),
        ({"url": "https://me:secret@models.example"}, "a key has a field of its own"),
        ({"url": "https://models.example/?api_key=1"}, "a key has a field of its own"),
        ({"name": " "}, "Give the machine a name"),
        ({"url": ""}, "required"),
        ({"key": "sk-1\nX: 2"}, "characters in it that no key has"),
        ({"settings.currency": "dollars"}, "“currency” is wrong"),
        ({"settings.price_in": "cheap"}, "must be a number"),
        ({"settings.price_in": "-1"}, "“price in” is wrong"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_was_typed(operator: Client, more: dict[str, str], words: str) -> None:
    answer = add(operator, **more)
    assert answer.status_code == 400 and words in answer.content.decode()
    assert 'value="plain"' in answer.content.decode() or "settings." in next(iter(more))
    assert not Endpoint.objects.exists() and not Event.objects.filter(kind="provider.added").exists()


def test_only_kinds_that_an_engine_speaks_to_are_there(operator: Client) -> None:
    assert operator.get(reverse("providers:addition"), {"kind": "previs"}).status_code == 404
    assert add(operator, kind="wan").status_code == 404


def test_a_change_keeps_the_key_unless_the_host_is_another(operator: Client) -> None:
    add(operator)
    row = Endpoint.objects.get()
    assert change(operator, row, url="https://models.example/v2").status_code == 302
    row.refresh_from_db()
    assert queries.endpoint_named("House").key.get_secret_value() == KEY and row.revision == 2 and row.url.endswith("/v2")
    elsewhere = change(operator, row, url="https://thief.example/v1")
    assert elsewhere.status_code == 400 and "not sent there" in elsewhere.content.decode()
    assert change(operator, row, url="https://other.example/v1", key="sk-new").status_code == 302
    assert queries.endpoint_named("House").key.get_secret_value() == "sk-new"
    row.refresh_from_db()
    assert change(operator, row, no_key="on").status_code == 302
    assert queries.endpoint_named("House").key.get_secret_value() == "" and not Endpoint.objects.get().sealed
    changes = Event.objects.filter(kind="provider.changed").order_by("pk")
    assert [event.data["changed"] for event in changes] == [["settings", "url"], ["url", "key"], ["key"]]


def test_of_two_who_change_at_once_the_second_is_told(operator: Client) -> None:
    add(operator)
    row = Endpoint.objects.get()
    assert change(operator, row, name="Mine").status_code == 302
    second = change(operator, row, name="Theirs")
    assert second.status_code == 409 and "changed by somebody else" in second.content.decode() and 'value="Mine"' in second.content.decode()
    assert Endpoint.objects.get().name == "Mine"
    assert change(operator, Endpoint.objects.get(), revision="x" * 40).status_code == 409


def test_under_another_secret_a_key_is_said_to_be_lost_and_under_an_earlier_one_it_is_not(operator: Client, settings: Any) -> None:
    add(operator)
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "quite another secret, and long enough for anybody's checks"
    with pytest.raises(BadRequest, match="secret was changed"):
        queries.endpoint_named("House")
    settings.SECRET_KEY_FALLBACKS = [before]
    assert queries.endpoint_named("House").key.get_secret_value() == KEY


def test_switched_off_it_is_offered_to_nobody_and_removed_it_is_gone(operator: Client, project: Project) -> None:
    add(operator)
    row = Endpoint.objects.get()
    form = {"engine": "openai", "task": "text", "endpoint": "House", "instruction": "Hello"}
    where = reverse("material:ask", args=[project.slug])

    def offered() -> bool:
        return b'<option value="House"' in operator.get(reverse("material:form", args=[project.slug]), {"engine": "openai:text"}).content

    assert offered()
    assert operator.post(reverse("providers:disabling", args=[row.pk])).status_code == 302
    assert queries.names("openai") == [] and not offered()
    refused = operator.post(where, form)
    assert refused.status_code in (400, 409) and "switched off" in refused.content.decode() and not Job.objects.exists()
    with pytest.raises(BadRequest, match="switched off"):
        queries.endpoint_named("House")
    operator.post(reverse("providers:enabling", args=[row.pk]))
    operator.post(reverse("providers:enabling", args=[row.pk]))
    assert queries.names("openai") == ["House"]
    operator.post(reverse("providers:removal", args=[row.pk]))
    assert not Endpoint.objects.exists()
    refused = operator.post(where, form)
    assert refused.status_code in (400, 409) and "no machine “House”" in refused.content.decode()
    kinds = list(Event.objects.filter(kind__startswith="provider.").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["provider.added", "provider.disabled", "provider.enabled", "provider.removed"]


def test_a_worker_looks_whether_it_answers(operator: Client, server: Server, asked: list[list[Any]]) -> None:
    add(operator, **local(server))
    row = Endpoint.objects.get()
    fragment = reverse("providers:check", args=[row.pk])
    waiting = operator.get(fragment).content.decode()
    assert "A worker is looking" in waiting and "every 1s" in waiting
    check(*asked[0][:2])
    fine = operator.get(fragment).content.decode()
    assert "It answers and has" in fine and "every 1s" not in fine
    assert '<option value="whole"' in operator.get(reverse("providers:endpoint", args=[row.pk])).content.decode(), "its models can be chosen"
    change(operator, row, key="sk-wrong", own_network="on")
    check(*asked[0][:2])
    assert Endpoint.objects.get().check_state == "asked", "what was asked of an earlier address is not written on a later one"
    check(*asked[1][:2])
    assert "does not accept the key" in operator.get(fragment).content.decode()
    assert operator.post(fragment).status_code == 200 and len(asked) == 3 and Endpoint.objects.get().is_being_checked


def test_a_check_that_goes_where_it_may_not_says_so(operator: Client, server: Server, asked: list[list[Any]]) -> None:
    add(operator, **local(server))
    Endpoint.objects.update(own_network=False)  # as if it had been a name that leads inside
    check(*asked[0][:2])
    row = Endpoint.objects.get()
    assert row.check_state == "failed" and "inside a network" in row.check_words


def test_without_a_broker_the_page_says_that_nobody_was_told(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise ConnectionError("the broker is away")

    monkeypatch.setattr(check, "apply_async", away)
    assert add(operator).status_code == 302
    assert "Is the broker running" in Endpoint.objects.get().check_words


def test_a_job_is_given_only_the_machine_it_names_and_no_recipe_holds_a_key(operator: Client, project: Project, server: Server) -> None:
    add(operator, **local(server))
    add(operator, name="Other")
    asked = {"engine": "openai", "task": "text", "endpoint": "House", "instruction": "Who is there?", "max_tokens": "60", "seed": "3"}
    asked |= {"messages.0.role": "user", "messages.0.content": "", "messages.1.role": "system", "messages.1.content": "Be brief."}
    assert operator.post(reverse("material:ask", args=[project.slug]), asked).status_code == 202
    jobs.look("work")
    job, piece = Job.objects.get(), Piece.objects.get()
    assert job.state == State.SUCCEEDED, job.error
    assert piece.medium == "text" and piece.data["text"] and piece.data["endpoint"] == "House" and piece.data["model"] == {"name": "plain"}
    assert server.seen[-1]["body"]["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who is there?"}]
    everything = serializers.serialize("json", [*Job.objects.all(), *Piece.objects.all(), *Event.objects.all()])
    assert KEY not in everything and json.dumps(piece.recipe).count("House") == 1
    from studio.jobs.outside import endpoints_for

    named = contract.Request.load(job.request or {})
    assert list(endpoints_for(named)) == ["House"]
    assert endpoints_for(named.model_copy(update={"params": {}})) == {}


def test_a_job_whose_machine_was_removed_meanwhile_fails_in_words(operator: Client, project: Project, server: Server) -> None:
    add(operator, **local(server))
    asked = {"engine": "openai", "task": "text", "endpoint": "House", "instruction": "Who is there?"}
    operator.post(reverse("material:ask", args=[project.slug]), asked)
    Endpoint.objects.all().delete()
    jobs.look("work")
    job = Job.objects.get()
    assert job.state == State.FAILED and "no machine “House” any more" in job.error


def test_no_web_page_calls_anybody(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow or hostile address cannot hold up the web process: nothing is looked up or connected to there."""
    import socket

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("a page reached out")

    monkeypatch.setattr(socket, "create_connection", never)
    monkeypatch.setattr("generation.outside.look_up", never)
    add(operator)
    row = Endpoint.objects.get()
    for where in (reverse("providers:page"), *(reverse(f"providers:{name}", args=[row.pk]) for name in ("endpoint", "check"))):
        assert operator.get(where).status_code == 200
    assert change(operator, row, url="https://models.example/v3").status_code == 302


FLOW = {
    "3": {
        "class_type": "KSampler",
        "inputs": {"seed": 1, "steps": 4, "cfg": 7.0, "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]},
    },
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat"}, "_meta": {"title": "What is seen"}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "bad"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
}  # fmt: skip
BOX = {"kind": "comfyui", "name": "Box", "url": "http://127.0.0.1:8188", "own_network": "on", "settings.workflow": json.dumps(FLOW)}


def test_a_workflow_is_dropped_its_inputs_are_found_chosen_and_saved(operator: Client) -> None:
    assert operator.post(reverse("providers:addition"), BOX).status_code == 302
    row = Endpoint.objects.get(name="Box")
    bound = {name: text for name, text in row.settings["bindings"].items() if text}
    assert bound["prompt"] == "6.text" and bound["seed"] == "3.seed" and row.settings["workflow"] == FLOW
    page = operator.get(reverse("providers:endpoint", args=[row.pk])).content.decode()
    assert '<option value="6.text" selected>What is seen (6): text</option>' in page and "<drop-file choose" in page
    said = {f"settings.bindings.{name}": text for name, text in bound.items()}
    kept = {**BOX, "revision": row.revision, **said, "settings.bindings.frames": "5.batch_size", "settings.bindings.negative": ""}
    assert operator.post(reverse("providers:endpoint", args=[row.pk]), kept).status_code == 302
    row.refresh_from_db()
    chosen = row.settings["bindings"]
    assert (chosen["frames"], chosen["negative"], chosen["prompt"]) == ("5.batch_size", "", "6.text")
    other = {("60" if number == "6" else number): node for number, node in FLOW.items()}
    other["3"] = {"class_type": "KSampler", "inputs": {"seed": 1, "positive": ["60", 0], "negative": ["7", 0]}}
    again = {**kept, "revision": row.revision, "settings.workflow": json.dumps(other)}
    assert operator.post(reverse("providers:endpoint", args=[row.pk]), again).status_code == 302
    row.refresh_from_db()
    assert row.settings["bindings"]["prompt"] == "60.text" and row.settings["bindings"]["frames"] == ""


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("{", "must be JSON"), ("[1]", "workflow"), ('{"nodes": [], "links": []}', "Export it in API format"),
        ('{"1": {"class_type": "A", "inputs": {"x": ["2", 0]}}}', "which is not there"),
    ],
)  # fmt: skip
def test_what_is_no_workflow_is_refused_with_what_it_is(operator: Client, sent: str, words: str) -> None:
    answer = operator.post(reverse("providers:addition"), BOX | {"settings.workflow": sent})
    assert answer.status_code == 400 and words in answer.content.decode() and not Endpoint.objects.exists()


def test_a_paid_service_is_described_on_its_form(operator: Client) -> None:
    described = {
        "kind": "provider", "name": "Paid", "url": "https://api.example/v1", "key": KEY, "settings.submit.path": "/videos",
        "settings.submit.body": '{"prompt": "{prompt}", "image": "{first_frame}"}', "settings.submit.idempotency_header": "Idempotency-Key",
        "settings.poll.done": "ready, done", "settings.price.per_second": "0,08", "settings.price.currency": "EUR",
        "settings.submit.id_path": "", "settings.result.url_path": "data.0.url", "settings.key_header": "X-Key", "settings.key_prefix": "nothing",
    }  # fmt: skip
    assert operator.post(reverse("providers:addition"), described).status_code == 302
    kept = Endpoint.objects.get(name="Paid").settings
    assert kept["submit"]["body"]["image"] == "{first_frame}" and kept["poll"]["done"] == ["ready", "done"] and kept["price"]["per_second"] == "0.08"
    assert kept["submit"]["id_path"] == "" and kept["key_prefix"] == "nothing"
    begun = operator.get(reverse("providers:addition"), {"kind": "provider", "shape": "an answer at once"}).content.decode()
    assert "data.0.b64_json" in begun and "Begin from" in begun
    assert 'value="output"' in operator.get(reverse("providers:addition"), {"kind": "provider"}).content.decode()
    wrong = operator.post(reverse("providers:addition"), described | {"name": "Other", "settings.submit.body": '{"x": "{nonsense}"}'})
    assert wrong.status_code == 400 and "nobody knows" in wrong.content.decode()


@pytest.mark.parametrize("kind", ["provider", "comfyui"])
def test_a_picture_is_made_elsewhere_through_a_job_and_its_number_is_kept(operator: Client, project: Project, kind: str) -> None:
    from tests.generation.engines import comfy_server, provider_server

    running = provider_server.Running() if kind == "provider" else comfy_server.Running()
    try:
        said = {"kind": kind, "name": "There", "url": running.url, "own_network": "on", "key": provider_server.KEY}
        if kind == "provider":
            body = {"prompt": "{prompt}", "seed": "{seed}", "width": "{width}", "height": "{height}"}
            said |= {"settings.submit.body": json.dumps(body), "settings.submit.id_path": "id", "settings.result.url_path": "output"}
            said |= {"settings.poll.interval": "0.05", "settings.price.per_call": "0.25"}
        else:
            flow = {**FLOW, "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "plain"}}}
            said |= {"settings.workflow": json.dumps(flow)}
        assert operator.post(reverse("providers:addition"), said).status_code == 302
        asked = {"engine": kind, "task": "still", "endpoint": "There", "prompt": "A lamp", "seed": "3"}
        assert operator.post(reverse("material:ask", args=[project.slug]), asked).status_code == 202
        jobs.look("work")
    finally:
        running.stop()
    job, piece = Job.objects.get(), Piece.objects.get()
    assert job.state == State.SUCCEEDED and job.checkpoint is not None, job.error
    assert piece.medium == "picture" and piece.data["endpoint"] == "There" and job.checkpoint["name"] == "submitted"
    assert job.checkpoint["data"]["job" if kind == "provider" else "prompt_id"] == piece.data["job" if kind == "provider" else "prompt_id"]
    assert provider_server.KEY not in serializers.serialize("json", [job, piece, *Event.objects.all()])
