"""Rooms, weathers and what happens in them."""

import numpy as np
import pytest

from generation.contract import SAMPLE_RATE, BadRequest, MusicParams, Samples
from generation.media import loudness
from generation.previs.filters import rng_for
from generation.previs.tone import beds, layers_for, make_tone
from generation.previs.tone.effects import cloth, effect_for


def names(**place: object) -> set[str]:
    return {layer.__name__ for layer, _ in layers_for(MusicParams.model_validate(place))}


def level(sound: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(sound))))


@pytest.mark.parametrize("samples", [0, 1, 700, 96_001])
def test_it_is_exactly_as_long_as_asked_for_and_repeats(samples: int) -> None:
    params = MusicParams(place="KITCHEN", weather="rain", events=((0.0, "switch"),))
    sound = make_tone(params, samples, 4)
    assert sound.shape == (samples, 2) and sound.dtype == np.float32 and np.isfinite(sound).all()
    assert np.array_equal(sound, make_tone(params, samples, 4))


@pytest.mark.parametrize(("params", "low", "high"), [
    (MusicParams(place="BEDROOM", interior=True), -47.5, -43),
    (MusicParams(place="HARBOUR", interior=False), -45, -40),
    (MusicParams(place="MOUNTAIN PASS", interior=False, weather="storm"), -41, -33),
])  # fmt: skip
def test_beds_lie_quietly_under_everything(params: MusicParams, low: float, high: float) -> None:
    assert low < loudness.integrated(make_tone(params, 3 * SAMPLE_RATE, 1)) < high


def test_places_hours_and_weathers_have_their_own_sounds() -> None:
    assert {"sea", "gulls"} <= names(place="BEACH", interior=False)
    assert "gulls" not in names(place="BEACH", interior=False, time="night")
    assert all(
        "sea" in names(place=place, interior=False) for place in ("OPEN SEA", "SEASIDE", "HIGH SEAS", "THE SANDS", "BOAT", "SHIP'S DECK", "RAFT")
    )
    assert "sea" not in names(place="BOAT CABIN") and "lapping" in names(place="BOAT CABIN")
    assert "crowd" in names(place="THE OLD BAR") and "clock" in names(place="STUDY")
    assert "rain_on_window" in names(place="ATTIC", weather="heavy rain") and "rain" in names(place="ROAD", interior=False, weather="rain")
    assert "birds" in names(place="FOREST", interior=False, time="morning")
    assert {"crickets", "owl"} <= names(place="FOREST", interior=False, time="night")
    assert not {"crickets", "birds"} & names(place="FOREST", interior=False, time="night", weather="storm")
    assert names(place="NOWHERE AT ALL") == {"room"}


def test_an_event_is_heard_on_its_second_and_not_before() -> None:
    plain = MusicParams(place="HALL")
    with_knock = MusicParams(place="HALL", events=((2.0, "a knock at the door"), (99.0, "thunder"), (-1.0, "thud")))
    difference = make_tone(with_knock, 4 * SAMPLE_RATE, 2) - make_tone(plain, 4 * SAMPLE_RATE, 2)
    assert not difference[: 2 * SAMPLE_RATE].any()
    onset = np.flatnonzero(np.abs(difference[:, 0]) > 0.1 * np.abs(difference).max())[0] / SAMPLE_RATE
    assert onset == pytest.approx(2.0, abs=0.03)
    assert -33 < loudness.integrated(difference[2 * SAMPLE_RATE : 3 * SAMPLE_RATE]) < -22


def test_steps_sound_of_their_floor() -> None:
    def bright(words: str) -> float:
        sound = effect_for(words)(rng_for(1), words)
        power = np.abs(np.fft.rfft(sound)) ** 2
        hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
        return float(power[hertz > 1500].sum() / power.sum())

    assert bright("steps on gravel") > 5 * bright("steps on carpet")


@pytest.mark.parametrize("words", [
    "steps", "running", "door opens", "door slams", "knock", "glass", "glass breaks", "phone rings", "mobile buzzes", "thunder", "splash", "pour",
    "paper", "switch", "thud", "church bell", "foghorn", "dog barks", "keys", "typing", "engine", "match", "shot", "chair creaks", "zorble",
])  # fmt: skip
def test_every_effect_is_a_sound_that_begins_at_once_and_ends(words: str) -> None:
    sound = effect_for(words)(rng_for("x"), words)
    assert sound.ndim == 1 and sound.dtype == np.float32 and np.isfinite(sound).all()
    assert 0.05 * SAMPLE_RATE < len(sound) < 8 * SAMPLE_RATE
    peak = float(np.abs(sound).max())
    assert peak > 0 and float(np.abs(sound[-20:]).max()) < 0.15 * peak
    assert (effect_for(words) is cloth) == (words == "zorble")


_HELPERS = ("noise", "pan", "scatter", "distant")
_LAYERS = [f for name, f in vars(beds).items() if getattr(f, "__module__", "") == beds.__name__ and not name.startswith("_") and name not in _HELPERS]


@pytest.mark.parametrize("layer", _LAYERS, ids=lambda f: str(f.__name__))
def test_every_layer_fills_its_length(layer: beds.Layer) -> None:
    sound = layer(rng_for(layer.__name__), SAMPLE_RATE + 11)
    assert sound.shape == (SAMPLE_RATE + 11, 2) and np.isfinite(sound).all() and sound.dtype == np.float32


def test_more_than_half_an_hour_is_refused() -> None:
    with pytest.raises(BadRequest, match="Split the scene"):
        make_tone(MusicParams(), 31 * 60 * SAMPLE_RATE, 0)
