"""Music: exact lengths, endings that end, moods that differ, chords by the book."""

from __future__ import annotations

import itertools
import time
from functools import cache

import numpy as np
import pytest

from generation.contract import SAMPLE_RATE, BadRequest, MusicParams, Samples
from generation.media import loudness
from generation.previs.filters import rng_for
from generation.previs.music import compose, form, instruments
from generation.previs.music.harmony import chord, nearest, parse_key, scale_for, voicings
from generation.previs.music.melody import invent, phrase
from generation.previs.music.moods import MOODS, mood_for
from generation.previs.music.parts import Arranger


@cache
def music(mood: str = "sad", seconds: float = 7, seed: int = 1, tempo: int = 100, key: str = "D minor") -> Samples:
    return compose(MusicParams(mood=mood, tempo=tempo, key=key), round(seconds * SAMPLE_RATE), seed)


@pytest.mark.parametrize("samples", [1, 480, 31_234, 144_001])
def test_it_is_exactly_as_long_as_asked_for(samples: int) -> None:
    sound = compose(MusicParams(mood="warm"), samples, 3)
    assert sound.shape == (samples, 2) and sound.dtype == np.float32 and np.isfinite(sound).all()


def test_it_is_heard_throughout_and_ends_inside_its_length() -> None:
    sound = music()
    result = loudness.measure(sound)
    assert result.integrated == pytest.approx(-20, abs=0.6) and result.true_peak < -1
    quarter = SAMPLE_RATE // 4
    levels = [float(np.sqrt(np.mean(np.square(sound[i : i + quarter])))) for i in range(0, len(sound) - quarter, quarter)]
    assert min(levels[2:-8]) > 0.004
    assert float(np.abs(sound[-48:]).max()) < 1e-4 and levels[-1] < 0.2 * max(levels)


def test_the_same_seed_is_the_same_music_and_another_is_not() -> None:
    again = compose(MusicParams(mood="sad", tempo=100), 7 * SAMPLE_RATE, 1)
    assert np.array_equal(again, music())
    assert not np.allclose(music(seed=2), music(), atol=0.01)


def test_it_is_composed_several_times_faster_than_it_is_heard() -> None:
    begin = time.process_time()
    compose(MusicParams(mood="romantic"), 10 * SAMPLE_RATE, 5)
    assert time.process_time() - begin < 5  # 1 s on a free core


def test_stereo_is_wide_but_holds_in_mono() -> None:
    left, right = music().T
    assert 0.2 < float(np.corrcoef(left, right)[0, 1]) < 0.95


@pytest.mark.parametrize("mood", MOODS, ids=lambda m: m.name)
@pytest.mark.parametrize("key", ["C minor", "Eb major"])
def test_every_mood_can_be_arranged_at_any_length(mood: object, key: str) -> None:
    chosen = next(m for m in MOODS if m is mood)
    for seconds in (0.5, 9, 14.3, 95):
        plan = form.plan(int(seconds * SAMPLE_RATE), chosen, parse_key(key), 110)
        notes = Arranger(plan, chosen, parse_key(key), rng_for(1)).notes()
        assert notes and all(0 <= n.start < seconds and n.length > 0 and 0 < n.velocity <= 1 for n in notes)
        assert all(20 < p < 108 for n in notes for p in n.pitches if p)


def test_the_last_chord_is_the_tonic_on_a_bar_with_time_to_ring() -> None:
    key, mood = parse_key("A minor"), mood_for("sad")
    for seconds in (10, 17.7, 33, 64.2):
        plan = form.plan(int(seconds * SAMPLE_RATE), mood, key, 80)
        end = plan.sections[-1]
        assert end.label == "end" and end.chords[0].root == 9
        assert plan.at(end.bar * plan.beats) == pytest.approx(seconds - plan.tail, abs=1e-4)
        assert 2.0 <= plan.tail <= 4.3
        bar = plan.at(plan.beats) - plan.at(0)
        assert bar == pytest.approx(3.0, rel=0.25)  # 80 beats a minute, give and take what the length wants
        assert plan.sections[-2].label == "cadence"


def test_long_forms_return_to_their_theme() -> None:
    plan = form.plan(90 * SAMPLE_RATE, mood_for("epic"), parse_key("D minor"), 100)
    labels = [s.label for s in plan.sections]
    assert {"theme", "development", "return", "cadence", "end"} <= set(labels) and labels[-3] == "return"
    assert len({round(s.force, 2) for s in plan.sections}) > 3


def test_moods_are_found_in_what_people_write() -> None:
    assert mood_for("A quiet dread, eerie").name == "calm" and mood_for("eerie, then calm").name == "eerie"
    assert [mood_for(t).name for t in ("chase", "grieving", "tension rising", "falling in love", "???")] == [
        "urgent",
        "sad",
        "tense",
        "romantic",
        "calm",
    ]


def test_moods_sound_different() -> None:
    def bright(sound: Samples) -> float:
        power = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
        hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
        return float(power[hertz > 800].sum() / power.sum())

    def attacks(sound: Samples) -> int:
        level = np.sqrt(np.mean(np.square(sound[: len(sound) // 480 * 480]).reshape(-1, 960), axis=1))
        return int(np.sum(level[2:] > 1.35 * level[:-2] + 0.002))

    sad, urgent = music(), music("urgent chase", tempo=140)
    assert attacks(urgent) > 2 * attacks(sad)
    assert bright(urgent) > 1.5 * bright(sad)


def test_keys_and_chords_by_the_book() -> None:
    d_minor = parse_key("D minor")
    assert chord("i", d_minor).tones == (2, 5, 9)
    assert chord("V7", d_minor).tones == (9, 1, 4, 7)
    assert chord("bII", d_minor).root == 3 and chord("VI maj7", d_minor).tones == (10, 2, 5, 9)
    assert chord("iio7", d_minor).tones == (4, 7, 10, 2)
    assert 1 in scale_for(chord("V7", d_minor), d_minor) and 0 not in scale_for(chord("V7", d_minor), d_minor)
    assert parse_key("F# dorian").tonic == 6 and parse_key("bb").tonic == 10 and parse_key("Am").minor and parse_key("h-moll").tonic == 11


@pytest.mark.parametrize("key", ["", "H sharp sideways", "42", "<script>"])
def test_no_key_is_refused_in_words(key: str) -> None:
    with pytest.raises(BadRequest, match="is not a key"):
        compose(MusicParams(key=key), 100, 0)


def test_more_than_half_an_hour_is_refused() -> None:
    with pytest.raises(BadRequest, match="Split the scene"):
        compose(MusicParams(), 31 * 60 * SAMPLE_RATE, 0)


def test_voices_move_little_and_melodies_rest_on_their_chords() -> None:
    key = parse_key("G major")
    chords = [chord(n, key) for n in ("I", "IV add9", "vi7", "V", "I")]
    voiced = voicings(chords, 50, 74)
    for before, after in itertools.pairwise(voiced):
        assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) <= 14
    for seed in range(20):
        tones = phrase(invent(rng_for(seed), 4, 0.6), chords[:4], key, 4, 72, rng_for(seed), vary=0.5, closes=True)
        assert all(60 <= t.pitch <= 84 for t in tones)
        on_beat = [t for t in tones if t.beat % 4 == 0]
        assert all(chords[int(t.beat // 4)].has(t.pitch) for t in on_beat)


@pytest.mark.parametrize("midi", [40, 57, 69, 81])
def test_strings_and_hammers_are_in_tune(midi: int) -> None:
    for sound in (instruments.plucked(midi, 0.7, 3.0), instruments.piano(midi, 0.5, 2.0), instruments.mallet(midi, 0.6, 3.0)):
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 2**19))
        f = instruments.hertz(midi)
        low, high = int(f * 0.94 * 2**19 / SAMPLE_RATE), int(f * 1.06 * 2**19 / SAMPLE_RATE)
        found = (low + int(np.argmax(spectrum[low:high]))) * SAMPLE_RATE / 2**19
        assert abs(1200 * np.log2(found / f)) < 8  # cents


def test_nearest_takes_the_lower_of_two() -> None:
    assert nearest(60, (11, 1)) == 59
