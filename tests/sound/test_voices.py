"""Who speaks and who composes, by whose leave: engines chosen for characters and cues, through the real workers' code."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from studio.jobs import tasks
from studio.jobs.kinds import Refused
from studio.jobs.models import Job, State
from studio.material.actions import request_pieces
from studio.projects.models import Project
from studio.shots.actions import compose_again, film_orders
from studio.shots.queries import film_estimate
from studio.sound.actions import choose_composer, choose_voice, record_consent, speak_again, withdraw_consent
from studio.sound.models import Cue, Line, VoiceConsent
from tests.films import Film, fill
from tests.generation.engines import tiny_pocket, tiny_sounds, tiny_vits

pytestmark = pytest.mark.django_db(transaction=True)
AGREED = {"person": "Ada Holm", "words": "You may use my voice for MARA.", "scope": "This film and its trailer"}


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 2)


@pytest.fixture(scope="module")
def pocket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_pocket.pocket(tmp_path_factory.mktemp("voices") / "pocket")


def work() -> None:
    for queue in ("desk", "work", "gpu"):
        tasks.look(queue)


def cloned(film: Film, by: Any, folder: Path) -> VoiceConsent:
    sound = tiny_pocket.somebody(folder / "ada.flac").read_bytes()
    record_consent(film.project, by=by, kind="cloned", recording=SimpleUploadedFile("ada.flac", sound), **AGREED)
    work()
    return VoiceConsent.objects.get()


def settings(pocket: Path) -> dict[str, Any]:
    return {"model": str(pocket), "codec": str(tiny_pocket.codec_of(pocket))}


def lines_of(film: Film) -> list[Line]:
    return list(Line.objects.filter(project=film.project).select_related("character", "project"))


def test_a_character_speaks_by_the_engine_chosen_and_the_old_recording_stays(film: Film, people: SimpleNamespace, tmp_path: Path) -> None:
    model = str(tiny_vits.vits(tmp_path / "voice"))
    choose_voice(film.characters[0], by=people.artist, engine="vits", params={"model": model, "pace": 1.2})
    (job,) = speak_again(lines_of(film)[:1], by=people.artist)
    assert (job.engine, job.queue) == ("vits", "gpu")
    work()
    line = Line.objects.select_related("take").get(pk=film.lines[0].pk)
    assert line.take is not None and line.take.number == 2 and line.takes.count() == 2
    assert line.take.recipe["engine"] == "vits" and line.take.recipe["params"]["pace"] == 1.2 and line.take.words
    assert Line.objects.get(pk=film.lines[1].pk).take == film.lines[1].take
    choose_voice(film.characters[0], by=people.artist, engine="", params={})
    assert speak_again(lines_of(film)[:1], by=people.artist)[0].engine == "previs"


def test_what_is_missing_is_said_before_it_is_chosen(film: Film, people: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="model add facebook/mms-tts-eng"):
        choose_voice(film.characters[0], by=people.artist, engine="vits", params={})
    with pytest.raises(Refused, match="model add stabilityai"):
        choose_composer(film.project, by=people.artist, kind="music", engine="stable_audio", params={})
    assert not hasattr(type(film.characters[0]).objects.get(pk=film.characters[0].pk), "voice")


def test_a_cloned_voice_speaks_only_under_a_consent_that_stands(film: Film, people: SimpleNamespace, pocket: Path, tmp_path: Path) -> None:
    mara = film.characters[0]
    with pytest.raises(Refused, match="choose the consent of its owner"):
        choose_voice(mara, by=people.owner, engine="pocket_tts", params=settings(pocket))
    consent = cloned(film, people.owner, tmp_path)
    assert (consent.code, consent.person, consent.by) == ("C1", "Ada Holm", people.owner) and consent.seconds == pytest.approx(3.0)
    choose_voice(mara, by=people.owner, engine="pocket_tts", params=settings(pocket), consent=consent)
    speak_again(lines_of(film)[:1], by=people.owner)
    work()
    line = Line.objects.select_related("take").get(pk=film.lines[0].pk)
    assert line.take is not None and line.take.consent == consent and "spread by their length" in line.take.notes[0]
    assert line.take.recipe["inputs"][0]["sha256"] == consent.sample_id

    (waiting,) = speak_again(lines_of(film)[1:2], by=people.owner)
    withdraw_consent(consent, by=people.producer, reason="She changed her mind.")
    work()
    waiting.refresh_from_db()
    assert waiting.state == State.FAILED and "Ada Holm withdrew" in waiting.error
    with pytest.raises(Refused, match="Ada Holm withdrew the consent C1"):
        speak_again(lines_of(film)[:1], by=people.owner)
    with pytest.raises(Refused, match="Ada Holm withdrew"):
        request_pieces(
            film.project, by=people.owner, engine="pocket_tts", task="voice", params={**settings(pocket), "text": "Never."}, format=None, seed=1,
            picked=[("voice", f"consent:{consent.pk}")],
        )  # fmt: skip
    assert Line.objects.get(pk=film.lines[0].pk).take == line.take, "what was recorded stays"


def test_no_file_is_a_voice_and_no_consent_is_another_films(film: Film, people: SimpleNamespace, pocket: Path, tmp_path: Path) -> None:
    consent = cloned(film, people.owner, tmp_path)
    for picked in ([("voice", "piece:1")], [("voice", f"consent:{consent.pk + 1}")]):
        with pytest.raises(Refused, match="sample of a recorded consent"):
            request_pieces(
                film.project, by=people.owner, engine="pocket_tts", task="voice", params={**settings(pocket), "text": "Never."}, format=None, seed=1,
                picked=picked,
            )  # fmt: skip
    assert not Job.objects.filter(kind="piece").exists()


def test_a_recording_that_is_none_makes_no_consent(film: Film, people: SimpleNamespace) -> None:
    record_consent(film.project, by=people.owner, kind="cloned", recording=SimpleUploadedFile("ada.wav", b"no sound at all"), **AGREED)
    work()
    assert not VoiceConsent.objects.exists() and Job.objects.get(kind="consent").state == State.FAILED
    with pytest.raises(Refused, match="recording in which"):
        record_consent(film.project, by=people.owner, kind="cloned", **AGREED)


def test_music_is_composed_by_the_engine_chosen_for_the_film_or_a_scene(film: Film, people: SimpleNamespace, tmp_path: Path) -> None:
    model = str(tiny_sounds.stable_audio(tmp_path / "music"))
    choose_composer(film.project, by=people.artist, kind="music", engine="stable_audio", params={"model": model, "steps": 2})
    cue = Cue.objects.select_related("scene").get(scene=film.scenes[0], kind="music")
    compose_again(film.project, [cue], by=people.artist)
    work()
    cue.refresh_from_db()
    assert cue.take is not None and cue.take.number == 2 and cue.take.recipe["engine"] == "stable_audio" and cue.take.frames == 96
    choose_composer(film.project, by=people.artist, kind="music", engine="previs", params={}, scene=film.scenes[0])
    (job,) = compose_again(film.project, [cue], by=people.artist)
    assert job.engine == "previs"


def test_the_films_estimate_follows_the_voices(film: Film, people: SimpleNamespace, tmp_path: Path) -> None:
    Line.objects.update(take=None)  # nothing was spoken
    before = film_estimate(film.project).work_seconds
    choose_voice(film.characters[0], by=people.artist, engine="vits", params={"model": str(tiny_vits.vits(tmp_path / "voice"))})
    assert film_estimate(film.project).work_seconds > before + 4
    assert {order.spec["engine"] for order in film_orders(film.project) if order.kind == "voice"} == {"vits"}
