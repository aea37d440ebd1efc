"""Lines and cues: spoken as written, as long as their scene, heard where their words are."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from studio.jobs.kinds import Refused
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.shots import actions
from studio.shots.actions import film_orders
from studio.sound.actions import change_line, keep_cues
from studio.sound.models import Cue, LineTake
from studio.timeline.plan import plan_cut
from tests.films import Film, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner, 12)


def test_other_words_are_silent_until_they_are_spoken_and_the_old_recording_stays(film: Film, people: SimpleNamespace) -> None:
    line = film.lines[0]
    change_line(line, by=people.writer, text="Never again.", direction="whispering")
    assert LineTake.objects.filter(line=line).count() == 1
    assert line.pk not in {sound.subject for sound in plan_cut(film.cut).sounds if sound.kind == "dialogue"}
    jobs = actions.make_film(film.project, by=people.producer)
    voice = next(job for job in jobs if job.kind == "voice")
    assert (voice.spec["text"], voice.spec["direction"], voice.subject_id) == ("Never again.", "whispering", str(line.pk))
    with pytest.raises(Refused):
        actions.make_film(film.project, by=people.producer)
    assert Job.objects.filter(kind="voice").count() == 1


def test_music_is_composed_again_when_its_scene_has_another_length(film: Film, people: SimpleNamespace) -> None:
    assert [order for order in film_orders(film.project) if order.kind in ("music", "tone")] == []
    actions.change_shot(film.shots[0], by=people.artist, base=1, frames=100)
    orders = [order for order in film_orders(film.project) if order.kind in ("music", "tone")]
    assert sorted(order.kind for order in orders) == ["music", "tone"]
    assert {order.spec["frames"] for order in orders} == {10 * 48 + 52}


def test_a_scenes_cues_are_kept_once_and_a_persons_mood_stays(film: Film) -> None:
    cue = Cue.objects.get(scene=film.scenes[0], kind="music")
    cue.mood = "tense"
    cue.save()
    keep_cues(film.scenes)
    assert Cue.objects.count() == 4 and Cue.objects.get(pk=cue.pk).mood == "tense"


def test_every_line_is_heard_at_its_frame_and_music_lies_under_its_scene(film: Film) -> None:
    plan = plan_cut(film.cut)
    spoken = [sound for sound in plan.sounds if sound.kind == "dialogue"]
    assert [sound.at for sound in spoken] == [48 * n + 6 for n in range(12)] and {sound.frames for sound in spoken} == {24}
    music = [(sound.at, sound.frames) for sound in plan.sounds if sound.kind == "music"]
    assert music == [(0, 480), (480, 96)]
    assert all(sound.at + sound.frames <= plan.total for sound in plan.sounds)
