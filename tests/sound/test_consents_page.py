"""Consents as people record and withdraw them in the World, and what a voice's form makes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from studio.jobs import tasks
from studio.jobs.models import Job, State
from studio.sound.models import Voice, VoiceConsent
from tests.films import Film, fill
from tests.generation.engines import tiny_pocket

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {"kind": "cloned", "person": "Ada Holm", "words": "You may use my voice for MARA.", "scope": "This film"}


@pytest.fixture
def film(project: Any, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 2)


def work() -> None:
    for queue in ("desk", "work"):
        tasks.look(queue)


def send(client: Client, film: Film, content: bytes, **more: str) -> Any:
    return client.post(reverse("sound:consents", args=[film.project.slug]), {**SAID, **more, "recording": SimpleUploadedFile("ada.flac", content)})


def test_a_consent_is_recorded_used_and_withdrawn(film: Film, people: SimpleNamespace, client_for: Callable[..., Client], tmp_path: Path) -> None:
    producer, sound = client_for(people.producer), tiny_pocket.somebody(tmp_path / "ada.flac").read_bytes()
    assert send(producer, film, sound).status_code == 202
    work()
    row = VoiceConsent.objects.get()
    page = producer.get(reverse("sound:consents", args=[film.project.slug])).content.decode()
    assert "Ada Holm" in page and SAID["words"] in page and "Withdraw for good" in page
    pocket = tiny_pocket.pocket(tmp_path / "pocket")
    voice = reverse("sound:voice", args=[film.project.slug, film.characters[0].pk])
    form = {"engine": "pocket_tts", "model": str(pocket), "codec": str(tiny_pocket.codec_of(pocket))}
    assert f'value="{row.pk}"' in producer.get(voice + "?engine=pocket_tts").content.decode()
    without = producer.post(voice, form)
    assert without.status_code == 409 and "consent of its owner" in without.content.decode() and not Voice.objects.exists()
    assert producer.post(voice, {**form, "consent": row.pk}).status_code == 200 and Voice.objects.get().consent == row
    gone = producer.post(reverse("sound:withdrawal", args=[film.project.slug, row.number]), {"reason": "She asked for it."})
    assert "She asked for it." in gone.content.decode()
    again = producer.post(voice, {**form, "consent": row.pk})
    assert again.status_code == 409 and "withdrew" in again.content.decode()


def test_what_is_no_recording_is_refused_and_records_nothing(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    producer = client_for(people.producer)
    lacking = producer.post(reverse("sound:consents", args=[film.project.slug]), SAID)
    assert lacking.status_code == 409 and "recording" in lacking.content.decode().lower()
    nobody = send(producer, film, b"x", person="")
    assert nobody.status_code == 400 and "whose voice" in nobody.content.decode()
    assert send(producer, film, b"This is no sound at all.").status_code == 202
    work()
    assert Job.objects.get(kind="consent").state == State.FAILED and not VoiceConsent.objects.exists()
    page = producer.get(reverse("sound:consents", args=[film.project.slug])).content.decode()
    assert "ada.flac" in page
