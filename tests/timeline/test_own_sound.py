"""Takes that sound like something themselves: heard in the cut with their picture, at the clip's level."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from generation.contract import Output, Result
from generation.media.mix import mix
from generation.media.sound import write_flac
from studio.delivery.tasks import mix_plan
from studio.media import store
from studio.media.keep import keep_outputs
from studio.media.models import Rendition
from studio.projects.models import Project
from studio.timeline import actions
from studio.timeline.actions import EditRefused
from studio.timeline.models import Clip, Cut
from studio.timeline.plan import PlannedSound, plan_cut
from studio.timeline.queries import playlist
from tests.films import FRAMES, Film, fill

TONE = (0.25 * np.sin(np.arange(2 * 48_000) * 2 * math.pi * 440 / 48_000)).astype(np.float32)[:, None]


@pytest.fixture
def film(project: Project, people: SimpleNamespace, tmp_path: Path) -> Film:
    """Three shots; the take of the second hums."""
    film = fill(project, people.owner, 3)
    path = tmp_path / "hum.flac"
    write_flac(path, TONE)
    sound = store.put(path, "audio/flac")
    wave = tmp_path / "wave.bin"
    wave.write_bytes(b"\x01\x02")
    outline = store.put(wave, "application/octet-stream")
    take = film.clips[1].take
    assert take is not None
    made = {"master": take.asset, "sound": sound, "waveform": outline}
    outputs = tuple(
        Output(name=name, path="", media_type=one.media_type, sha256=one.sha256, size=one.size, meta={"per_second": 100})
        for name, one in made.items()
    )
    keep_outputs(project, Result(outputs=outputs), made, "master")
    return film


def own(film: Film) -> list[PlannedSound]:
    return [sound for sound in plan_cut(Cut.objects.get(pk=film.cut.pk)).sounds if sound.kind == "effect"]


def revision(film: Film) -> int:
    return Cut.objects.get(pk=film.cut.pk).revision


@pytest.mark.django_db
def test_it_is_heard_with_its_picture_also_when_that_is_trimmed(film: Film, people: SimpleNamespace) -> None:
    (hum,) = own(film)
    assert (hum.at, hum.offset, hum.frames, hum.gain, hum.label) == (FRAMES, 0, FRAMES, 0.0, "1.2")
    actions.trim_clip(film.cut, film.clips[1].pk, by=people.artist, base=revision(film), source_in=10, source_out=30)
    (hum,) = own(film)
    assert (hum.at, hum.offset, hum.frames) == (FRAMES, 10, 20)
    told = playlist(film.project)
    (heard,) = [sound for sound in told["sound"] if sound["kind"] == "effect"]
    assert heard["wave"]["per_second"] == 100, "its outline is drawn on the track"
    assert [told["takes"][clip["take"]]["sound"] for clip in told["clips"] if clip["take"] in told["takes"]].count(True) <= 1
    assert [clip["ownSound"] for clip in told["clips"]] == [None, 0.0, None]


@pytest.mark.django_db
def test_its_waveform_hangs_on_the_sound_and_not_on_the_picture(film: Film) -> None:
    take = film.clips[1].take
    assert take is not None
    assert set(Rendition.objects.filter(source=take.asset).values_list("name", flat=True)) >= {"sound"}
    assert not Rendition.objects.filter(source=take.asset, name="waveform").exists()


@pytest.mark.django_db
def test_its_level_is_an_edit_like_any_other(film: Film, people: SimpleNamespace) -> None:
    actions.set_level(film.cut, film.clips[1].pk, by=people.artist, base=revision(film), gain=-12.0)
    assert [sound.gain for sound in own(film)] == [-12.0]
    actions.set_level(film.cut, film.clips[1].pk, by=people.artist, base=revision(film), gain=None)
    assert own(film) == []
    actions.undo(film.cut, by=people.artist)
    assert [sound.gain for sound in own(film)] == [-12.0]
    with pytest.raises(EditRefused, match="between −60 and"):
        actions.set_level(film.cut, film.clips[1].pk, by=people.artist, base=revision(film), gain=40.0)


@pytest.mark.django_db
def test_the_page_sets_it(film: Film, people: SimpleNamespace, client_for: Any) -> None:
    address = reverse("timeline:operations", args=[film.project.slug])
    browser: Client = client_for(people.artist)

    def send(gain: Any) -> Any:
        edit = {"kind": "level", "clip": str(film.clips[1].pk), "base": revision(film), "gain": gain}
        return browser.post(address, json.dumps(edit), content_type="application/json")

    assert send(-6).json()["playlist"]["clips"][1]["ownSound"] == -6.0
    assert send(None).json()["playlist"]["clips"][1]["ownSound"] is None
    assert send(99).status_code == 422
    assert browser.post(address, '{"kind": "level", "base": 0, "gain": NaN}', content_type="application/json").status_code == 400
    assert Clip.objects.get(pk=film.clips[1].pk).own_sound is None


@pytest.mark.django_db
def test_the_export_mixes_it_at_that_level(film: Film, people: SimpleNamespace) -> None:
    def strength() -> float:
        cut = plan_cut(Cut.objects.get(pk=film.cut.pk)).canonical()
        cut["sounds"] = [sound for sound in cut["sounds"] if sound["kind"] == "effect"]
        heard = mix(mix_plan(cut).model_copy(update={"lufs": None})).effects
        assert not heard[: 2 * 48_000 - 1].any(), "silent under the first clip"
        return float(np.abs(heard[2 * 48_000 : 4 * 48_000]).max())

    loud = strength()
    actions.set_level(film.cut, film.clips[1].pk, by=people.artist, base=revision(film), gain=-20.0)
    assert loud > 0.1 and strength() == pytest.approx(loud / 10, rel=0.02)
