"""The mix: on its frames, ducked as the browser is told, at −16 LUFS under −1 dBTP, and never the whole film in memory."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from generation.contract import SAMPLE_RATE, BadRequest, Rate, Samples
from generation.media import loudness, mix
from generation.media.limiter import limit
from generation.media.mix import MixItem, MixPlan, duck_envelope
from generation.media.sound import write_flac

FILM = Rate(num=24_000, den=1001)


def steady(seconds: float, level: float = 0.1, hertz: float = 500.0, channels: int = 2) -> Samples:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.repeat((level * np.sin(2 * np.pi * hertz * t))[:, None], channels, axis=1).astype(np.float32)


def bursts(seconds: float, seed: int = 3) -> Samples:
    """Speech-like: noise in syllables, with peaks far above its mean."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.asarray(rng.laplace(size=(len(t), 1)) * 0.05 * np.clip(np.sin(2 * np.pi * 3 * t), 0, 1)[:, None] ** 2, dtype=np.float32)


def rms(sound: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(sound))))


def test_an_item_stands_on_its_frame_to_the_sample() -> None:
    click = np.ones((10, 2), dtype=np.float32) * 0.5
    plan = MixPlan(frames=240, rate=FILM, items=(MixItem(kind="effect", samples=click, start=101, length=1),), lufs=None)
    stems = mix.mix(plan)
    assert len(stems.full) == FILM.samples(240)
    heard = np.flatnonzero(stems.effects[:, 0])
    assert heard[0] == FILM.samples(101) and heard[-1] == FILM.samples(101) + 9
    assert not stems.dialogue.any() and not stems.music.any()


def test_offset_length_gain_and_fades() -> None:
    ramp = np.linspace(0, 0.5, 2 * SAMPLE_RATE, dtype=np.float32)[:, None].repeat(2, axis=1)
    item = MixItem(kind="effect", samples=ramp, start=24, offset=12, length=24, gain_db=-6.0, fade_in=6, fade_out=12)
    stems = mix.mix(MixPlan(frames=72, items=(item,), lufs=None))
    part = stems.effects[SAMPLE_RATE : 2 * SAMPLE_RATE, 0] / 10 ** (-6 / 20)
    source = ramp[SAMPLE_RATE // 2 : 3 * SAMPLE_RATE // 2, 0]
    assert np.allclose(part[SAMPLE_RATE // 4 : SAMPLE_RATE // 2], source[SAMPLE_RATE // 4 : SAMPLE_RATE // 2], atol=1e-6)
    assert part[0] == 0 and part[SAMPLE_RATE // 8] == pytest.approx(source[SAMPLE_RATE // 8] / 2, rel=0.01)
    assert part[3 * SAMPLE_RATE // 4] == pytest.approx(source[3 * SAMPLE_RATE // 4] / 2, rel=0.01)
    assert not stems.effects[:SAMPLE_RATE].any() and not stems.effects[2 * SAMPLE_RATE :].any()


def test_a_mono_line_is_as_loud_in_the_mix_as_alone() -> None:
    line = steady(2, channels=1)
    stems = mix.mix(MixPlan(frames=48, items=(MixItem(kind="dialogue", samples=line),), lufs=None))
    assert loudness.integrated(stems.dialogue) == pytest.approx(loudness.integrated(line), abs=0.05)


def test_the_envelope_falls_before_speech_and_comes_back_after() -> None:
    points = duck_envelope([(5.0, 6.0), (6.5, 7.0), (20.0, 21.0)], 30.0, -9.0)
    times, gains = zip(*points, strict=True)
    assert list(times) == sorted(times) and times[0] == 0.0
    at = [float(g) for g in np.interp([0, 4.75, 5.0, 6.3, 7.0, 8.05, 19.7, 20.5, 25], times, gains)]
    low = 10 ** (-9 / 20)
    assert at == pytest.approx([1, 1, low, low, low, 1, 1, low, 1], abs=1e-6)
    assert duck_envelope([], 10) == [(0.0, 1.0)]
    assert duck_envelope([(0.0, 1.0)], 10)[0][1] == pytest.approx(10 ** (mix.DUCK_DB["music"] / 20))
    assert duck_envelope([(3.0, 3.0), (40.0, 41.0)], 10) == [(0.0, 1.0)]


def test_music_ducks_under_lines_as_the_envelope_says_and_effects_do_not() -> None:
    bed = steady(10)
    items = (
        MixItem(kind="music", samples=bed),
        MixItem(kind="effect", samples=bed),
        MixItem(kind="dialogue", samples=bursts(2), start=96, length=48),
    )
    plan = MixPlan(frames=240, items=items, lufs=None)
    stems = mix.mix(plan)
    times, gains = zip(*duck_envelope(mix.speech_intervals(plan), 10.0), strict=True)
    expected = bed * np.interp(np.arange(len(bed)) / SAMPLE_RATE, times, gains)[:, None]
    assert np.allclose(stems.music, expected, atol=1e-5)
    assert np.array_equal(stems.effects, bed)
    assert rms(stems.music[5 * SAMPLE_RATE : 6 * SAMPLE_RATE]) / rms(bed) == pytest.approx(10 ** (-9 / 20), rel=0.01)


@pytest.fixture(scope="module")
def mastered() -> mix.Stems:
    items = (
        MixItem(kind="music", samples=steady(12, 0.03), fade_out=24),
        MixItem(kind="dialogue", samples=bursts(4), start=24),
        MixItem(kind="dialogue", samples=bursts(4, seed=9), start=150, gain_db=6),
        MixItem(kind="tone", samples=bursts(12, seed=5), gain_db=-25),
    )
    return mix.mix(MixPlan(frames=288, items=items))


def test_the_master_is_at_its_loudness_under_its_ceiling(mastered: mix.Stems) -> None:
    result = loudness.measure(mastered.full)
    assert result.integrated == pytest.approx(-16.0, abs=0.3)
    assert result.true_peak <= -1.0


def test_stems_add_up_to_the_full_mix_exactly_but_where_it_was_limited(mastered: mix.Stems) -> None:
    total = mastered.dialogue + mastered.music + mastered.effects
    same = (total == mastered.full).all(axis=1)
    assert 0.3 < same.mean() < 1.0
    ratio = np.abs(mastered.full) <= np.abs(total) + 1e-7
    assert ratio.all()


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    items = (MixItem(kind="dialogue", samples=bursts(8), gain_db=24), MixItem(kind="music", samples=steady(8)))
    plan = MixPlan(frames=200, rate=FILM, items=items, lufs=None)
    whole = mix.mix(plan)
    monkeypatch.setattr(mix, "BLOCK", SAMPLE_RATE + 7)
    pieces = list(mix.mix_blocks(plan))
    assert len(pieces) > 5
    assert np.allclose(np.concatenate([p.full for p in pieces]), whole.full, atol=2e-6)


def test_a_limited_sound_has_no_peak_above_and_untouched_parts_are_the_same_numbers() -> None:
    rng = np.random.default_rng(2)
    sound = (rng.normal(size=(2 * SAMPLE_RATE, 2)) * 0.05).astype(np.float32)
    sound[SAMPLE_RATE : SAMPLE_RATE + 3000] *= 30
    result = limit(sound, -1.0)
    assert loudness.measure(result).true_peak <= -1.0
    assert np.array_equal(result[: SAMPLE_RATE // 2], sound[: SAMPLE_RATE // 2])
    assert limit(result[: SAMPLE_RATE // 2]) is not None and np.array_equal(limit(sound[:1000]), sound[:1000])


def test_a_long_film_takes_no_more_memory_than_a_short_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mix, "BLOCK", SAMPLE_RATE)
    path = tmp_path / "score.flac"
    write_flac(path, (steady(1) for _ in range(15)))
    items = tuple(MixItem(kind="music", path=path, start=i * 360, length=360) for i in range(4))
    plan = MixPlan(frames=4 * 360, items=items, lufs=None)
    tracemalloc.start()
    total = sum(len(block.full) for block in mix.mix_blocks(plan))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == plan.samples
    assert peak < 12e6  # the whole would be 4 × 23 MB


def test_silence_and_nothing_stay_so() -> None:
    assert not mix.mix(MixPlan(frames=48)).full.any()
    assert len(mix.mix(MixPlan(frames=0)).full) == 0
    assert len(mix.mix(MixPlan(frames=1, rate=Rate(num=60_000, den=1001))).full) == 801


def test_missing_sounds_are_named(tmp_path: Path) -> None:
    plan = MixPlan(frames=48, items=(MixItem(kind="music", path=tmp_path / "lost.flac", length=10),))
    with pytest.raises(BadRequest, match=r"lost\.flac"):
        mix.check(plan)
    with pytest.raises(BadRequest, match=r"lost\.flac"):
        mix.mix(plan)
    with pytest.raises(ValidationError, match="one of them"):
        MixItem(kind="music")
