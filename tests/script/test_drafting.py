"""A model's draft: whatever it answers is a screenplay; it is proposed, and somebody takes it."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from generation.writing import schema as schemas
from studio.events.models import Event
from studio.jobs import tasks as jobs
from studio.jobs.models import Job, State
from studio.projects.models import Project
from studio.providers.actions import Typed, add_endpoint
from studio.script import drafting, queries
from studio.script.actions import revise_script
from studio.script.fountain import parse
from studio.script.models import Draft
from tests.generation.engines.text_server import KEY, Server

HOSTILE = [
    "MARA", "CUT TO:", "INT. BARN - DAY", "= a synopsis", "# Act", "> centred <", "~ la la", "(softly)", "[[a note]]", "/* gone */", "!", "@@",
    "===", "...", "MARA (V.O.)", "Smash cut to: black", "*bold* _under_", "a\n\nb", "\t  ", "ŁUKASZ", "李雷", "123", "e\u0301\u200b",
    ".hidden", "MARA^",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_words_are_headings_are_headings_and_speech_is_speech(seed: int) -> None:
    rng = random.Random(seed)

    def words() -> str:
        return " ".join(rng.choice([*HOSTILE, "a fox", "He runs."]) for _ in range(rng.randint(1, 3)))

    def piece() -> dict[str, str]:
        kind = rng.choice(["action", "dialogue"])
        return {"kind": kind, "character": rng.choice(HOSTILE), "manner": rng.choice(["", "softly", *HOSTILE]), "text": words()}

    scenes: list[dict[str, Any]] = [
        {"side": rng.choice(list(drafting.SIDES)), "place": words(), "time": "DAY", "pieces": [piece() for _ in range(6)]} for _ in range(4)
    ]
    screenplay = parse(drafting.fountain({"title": words(), "scenes": scenes}))
    kinds = [element.kind for element in screenplay.elements if element.kind not in ("blank", "title", "parenthetical")]
    expected: list[str] = []
    for scene in scenes:
        expected.append("heading")
        for each in scene["pieces"]:
            made = drafting._piece(each)
            spoken = "\n" in made
            expected += ["character", "dialogue"] if spoken else ["action"] if made else []
    assert kinds == expected


def test_a_draft_reads_as_one_would_write_it() -> None:
    answer = {
        "title": "The Fox",
        "scenes": [
            {
                "side": "outside", "place": "Hill", "time": "DUSK",
                "pieces": [
                    {"kind": "action", "character": "", "manner": "", "text": "A fox waits."},
                    {"kind": "dialogue", "character": "Mara", "manner": "softly", "text": "There you are."},
                ],
            }
        ],
    }  # fmt: skip
    assert schemas.faults(answer, drafting.schema(1)) == [] and schemas.strict(drafting.schema(1))
    assert drafting.fountain(answer) == "Title: The Fox\n\nEXT. HILL - DUSK\n\nA fox waits.\n\nMARA\n(softly)\nThere you are.\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from tests.generation.engines import tiny, tiny_text

    before = tiny.torch.get_num_threads()
    tiny.torch.set_num_threads(1)
    made = Server(tiny_text.llama(tmp_path_factory.mktemp("models") / "llama"))
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()
    tiny.torch.set_num_threads(before)


@pytest.mark.django_db(transaction=True)
def test_from_a_brief_to_a_proposal_to_a_revision(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.providers.actions._send", lambda pk, revision: None)
    where = f"http://127.0.0.1:{server.server_address[1]}/v1"
    add_endpoint(Typed("House", "openai", where, KEY, True, {"default_model": "plain"}), by=people.owner)
    revise_script(project, by=people.writer, text="INT. BARN - DAY\n\nHay.\n", base=0)
    client, drafts = client_for(people.writer), reverse("script:drafts", args=[project.slug])
    assert 'value="openai:House"' in client.get(reverse("script:page", args=[project.slug])).content.decode()
    asked = client.post(drafts, {"brief": "A fox.", "scenes": "1", "writer": "openai:House", "seed": "4"})
    assert asked.status_code == 202 and asked["HX-Trigger"] == "draft:asked" and "Draft: A fox." in client.get(drafts).content.decode()
    jobs.look("work")
    job, draft = Job.objects.get(kind="draft"), Draft.objects.get()
    assert job.state == State.SUCCEEDED, job.error
    assert draft.number == 1 and draft.by == people.writer and draft.model == "plain" and list(parse(draft.text).of("heading"))
    assert queries.newest_revision(project).number == 1, "nothing of the script has changed"  # type: ignore[union-attr]
    shown = client.get(drafts).content.decode()
    assert "Make it revision 2" in shown and "<del>" in shown
    behind = client.post(reverse("script:acceptance", args=[project.slug, draft.pk]), {"base": "0"})
    assert behind.status_code == 409 and Draft.objects.get().state == Draft.PROPOSED
    assert client.post(reverse("script:acceptance", args=[project.slug, draft.pk]), {"base": "1"}).status_code == 302
    draft.refresh_from_db()
    newest = queries.newest_revision(project)
    assert newest is not None and (newest.number, newest.text) == (2, draft.text) and draft.state == Draft.ACCEPTED and draft.revision == newest
    assert "Make it revision" not in client.get(drafts).content.decode()
    assert Event.objects.filter(kind="script.drafted", project_id=project.pk).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"brief": " "}, "Say what the film is about"),
        ({"writer": "openai:Nobody"}, "Select a valid choice"),
        ({"writer": "local_text"}, "Name a model that is on the shelf"),
        ({"scenes": "99"}, "less than or equal to 12"),
    ],
)
def test_what_cannot_be_drafted_is_said(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client], sent: dict[str, Any], words: str
) -> None:
    form = {"brief": "A fox.", "scenes": "2", "writer": "local_text", "model": "owner/name", **({"model": ""} if sent.get("writer") else {}), **sent}
    answer = client_for(people.writer).post(reverse("script:drafts", args=[project.slug]), form)
    assert answer.status_code == 400 and words in answer.content.decode() and not Job.objects.exists()


@pytest.mark.django_db
def test_a_proposal_set_aside_is_kept_and_not_shown(project: Project, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    draft = Draft.objects.create(project=project, number=1, brief="A fox.", text="EXT. HILL - DAY\n\nA fox.\n", by=people.writer)
    client = client_for(people.writer)
    assert "Draft 1" in client.get(reverse("script:page", args=[project.slug])).content.decode()
    answer = client.post(reverse("script:removal", args=[project.slug, draft.pk]))
    assert answer.status_code == 200 and "Draft 1" not in answer.content.decode()
    assert Draft.objects.get().state == Draft.ASIDE and Event.objects.filter(kind="draft.set_aside").count() == 1
