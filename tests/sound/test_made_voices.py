"""Voices made from words, voices of other machines, and lines hurried to fit, through the real workers' code."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from studio.jobs import tasks
from studio.jobs.kinds import Refused
from studio.jobs.models import Job, State
from studio.ledger.models import Entry
from studio.material.actions import request_pieces
from studio.material.models import Piece
from studio.projects.models import Project
from studio.providers.actions import Typed, add_endpoint
from studio.sound.actions import choose_voice, record_consent, speak_again, withdraw_consent
from studio.sound.models import Line, LineTake, VoiceConsent
from tests.films import Film, fill
from tests.generation.engines import tiny_higgs, tiny_pocket, tiny_vits
from tests.generation.engines.speech_server import KEY, Running

pytestmark = pytest.mark.django_db(transaction=True)
STATED = {"person": "The harbour master", "words": "It imitates no living person, says Ada Holm.", "scope": "This film"}


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 2)


@pytest.fixture(scope="module")
def higgs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tiny_higgs.higgs(tmp_path_factory.mktemp("voices") / "higgs")
    return {"model": str(folder), "codec": str(tiny_higgs.codec_of(folder)), "description": "An old man, hoarse and slow", "temperature": 1.0}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    running = Running()
    yield running
    running.stop()


@pytest.fixture
def elsewhere(server: Running, people: SimpleNamespace) -> dict[str, Any]:
    settings = {"default_model": "plain", "default_voice": "tom", "per_minute": "6", "currency": "EUR"}
    add_endpoint(Typed(name="House", kind="speech", url=server.url, key=KEY, own_network=True, settings=settings), by=people.owner)
    return {"endpoint": "House"}


def work() -> None:
    for queue in ("desk", "work", "gpu"):
        tasks.look(queue)


def stated(film: Film, by: Any) -> VoiceConsent:
    row = record_consent(film.project, by=by, kind="designed", **STATED)
    assert isinstance(row, VoiceConsent)
    return row


def agreed(film: Film, by: Any, folder: Path) -> VoiceConsent:
    sound = SimpleUploadedFile("ada.flac", tiny_pocket.somebody(folder / "ada.flac").read_bytes())
    record_consent(film.project, by=by, kind="cloned", person="Ada Holm", words="You may.", scope="This film", recording=sound)
    work()
    return VoiceConsent.objects.get(kind="cloned")


def line_of(film: Film, number: int = 0) -> Line:
    return Line.objects.select_related("character", "project", "take__consent").get(pk=film.lines[number].pk)


def spoken(film: Film, by: Any) -> LineTake:
    speak_again([line_of(film)], by=by)
    work()
    take = line_of(film).take
    assert take is not None and take.number > 1, Job.objects.filter(kind="voice").latest("created").error
    return take


def test_a_voice_from_words_speaks_under_a_statement_that_it_imitates_nobody(
    film: Film, people: SimpleNamespace, higgs: dict[str, Any], tmp_path: Path
) -> None:
    mara = film.characters[0]
    with pytest.raises(Refused, match="makes a voice from words"):
        choose_voice(mara, by=people.artist, engine="higgs_audio", params=higgs)
    with pytest.raises(Refused, match="makes a voice from words"):
        choose_voice(mara, by=people.artist, engine="higgs_audio", params=higgs, consent=agreed(film, people.owner, tmp_path))
    consent = stated(film, people.owner)
    choose_voice(mara, by=people.artist, engine="higgs_audio", params=higgs, consent=consent)
    take = spoken(film, people.artist)
    assert take.consent == consent and take.recipe["params"]["description"] == higgs["description"] and take.recipe["inputs"] == []
    withdraw_consent(consent, by=people.producer)
    with pytest.raises(Refused, match="withdrew"):
        speak_again([line_of(film)], by=people.artist)


def test_a_codec_that_is_missing_is_said_before_the_voice_is_chosen(film: Film, people: SimpleNamespace, higgs: dict[str, Any]) -> None:
    without = {name: value for name, value in higgs.items() if name != "codec"}
    with pytest.raises(Refused, match="model add bosonai/higgs-audio-v2-tokenizer"):
        choose_voice(film.characters[0], by=people.artist, engine="higgs_audio", params=without, consent=stated(film, people.owner))


def test_a_piece_is_spoken_in_a_voice_from_words_by_the_same_rule(film: Film, people: SimpleNamespace, higgs: dict[str, Any]) -> None:
    asked: dict[str, Any] = {
        "by": people.artist, "engine": "higgs_audio", "task": "voice", "params": {**higgs, "text": "Never."}, "format": None, "seed": 1,
    }  # fmt: skip
    with pytest.raises(Refused, match="makes a voice from words"):
        request_pieces(film.project, **asked)
    consent = stated(film, people.owner)
    request_pieces(film.project, **asked, consent=consent.pk)
    (waiting,) = request_pieces(film.project, **{**asked, "seed": 2}, consent=consent.pk)
    withdraw_consent(consent, by=people.producer)
    work()
    waiting.refresh_from_db()
    assert waiting.state == State.FAILED and "withdrew" in waiting.error and not Piece.objects.exists()


def test_a_voice_elsewhere_speaks_and_is_paid_for_by_the_operators_price(film: Film, people: SimpleNamespace, elsewhere: dict[str, Any]) -> None:
    choose_voice(film.characters[0], by=people.artist, engine="speech", params={**elsewhere, "instructions": "Tired."})
    take = spoken(film, people.artist)
    assert take.recipe["params"]["instructions"] == "Tired." and KEY not in str(take.recipe) and take.consent is None
    entry = Entry.objects.filter(engine="speech", currency="EUR").latest("pk")
    assert entry.provider and entry.money == pytest.approx(Decimal(6) * Decimal(take.seconds * take.hurry) / 60, rel=Decimal("0.01"))


def test_whoever_is_imitated_elsewhere_has_agreed(film: Film, people: SimpleNamespace, elsewhere: dict[str, Any], tmp_path: Path) -> None:
    mara, params = film.characters[0], {**elsewhere, "imitates": True}
    for consent in (None, stated(film, people.owner)):
        with pytest.raises(Refused, match="is to imitate somebody, which needs a recorded consent"):
            choose_voice(mara, by=people.artist, engine="speech", params=params, consent=consent)
    with pytest.raises(Refused, match="asks to imitate somebody"):
        choose_voice(mara, by=people.artist, engine="speech", params={**elsewhere, "instructions": "Imitate Ada Holm."})
    consent = agreed(film, people.owner, tmp_path)
    choose_voice(mara, by=people.artist, engine="speech", params=params, consent=consent)
    take = spoken(film, people.artist)
    assert take.consent == consent and take.recipe["inputs"] == [], "the sample of the voice is sent to nobody"
    withdraw_consent(consent, by=people.producer)
    with pytest.raises(Refused, match="Ada Holm withdrew"):
        speak_again([line_of(film)], by=people.artist)


def test_a_machine_that_is_not_there_is_said_before_it_is_chosen(film: Film, people: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="There is no machine “House”"):
        choose_voice(film.characters[0], by=people.artist, engine="speech", params={"endpoint": "House"})


@pytest.mark.parametrize("engine", ["speech", "vits", "espeak"])
def test_a_line_that_is_longer_than_its_shot_is_hurried(
    film: Film, people: SimpleNamespace, elsewhere: dict[str, Any], tmp_path: Path, engine: str
) -> None:
    params: dict[str, dict[str, Any]] = {"speech": elsewhere, "vits": {"model": str(tiny_vits.vits(tmp_path / "voice"))}, "espeak": {}}
    choose_voice(film.characters[0], by=people.artist, engine=engine, params=params[engine])
    Line.objects.update(seconds=60)
    easy = spoken(film, people.artist)
    Line.objects.update(seconds=easy.seconds / 1.2 - 0.4)
    (job,) = speak_again([line_of(film)], by=people.artist)
    Job.objects.filter(pk=job.pk).update(spec={**job.spec, "seed": easy.recipe["seed"]})
    work()
    take = line_of(film).take
    assert take is not None and take.number == easy.number + 1 and easy.hurry == 1.0
    assert 1.15 < take.hurry < 1.3 and take.seconds == pytest.approx(easy.seconds / 1.2, abs=0.05)
    assert take.words[-1][2] <= take.seconds + 0.01
