"""Voices: real speech from real text, measured: pitch, loudness, where the words are, what direction does, what cannot be said."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest

from generation.contract import SAMPLE_RATE, BadRequest, Samples, VoiceParams, Word
from generation.media import loudness
from generation.previs.voice import speak
from generation.previs.voice.character import delivery_for, language_for, speaker_for
from generation.previs.voice.text import phrases_of, words_of

LINE = "The fox looked back once, and then the forest went quiet."
MARA = '{"gender": "female", "variant": "f2", "pitch": 48, "rate": 160, "timbre": 1.06}'
JONAS = '{"gender": "male", "age": "old", "variant": "m3", "pitch": 28, "rate": 145, "timbre": 0.9}'


@cache
def spoken(
    text: str = LINE, voice: str = MARA, direction: str = "", language: str = "en", within: float | None = None
) -> tuple[Samples, tuple[Word, ...]]:
    return speak(VoiceParams(text=text, character="MARA", voice=json.loads(voice), direction=direction, language=language, within_seconds=within))


def pitch_of(sound: Samples) -> float:
    """Median fundamental in Hz by autocorrelation of its louder 40 ms frames."""
    x, size = sound[::4, 0].astype(np.float64), 480
    found = []
    for start in range(0, len(x) - size, size // 2):
        frame = x[start : start + size] * np.hanning(size)
        if np.mean(np.square(frame)) < 0.1 * np.mean(np.square(x)):
            continue
        correlation = np.fft.irfft(np.abs(np.fft.rfft(frame, 4 * size)) ** 2)[:size]
        lag = 30 + int(np.argmax(correlation[30:200]))
        if correlation[lag] > 0.4 * correlation[0]:
            found.append(12_000 / lag)
    return float(np.median(found))


def rms(sound: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0


def test_a_line_is_the_writers_words_in_order_with_speech_in_each() -> None:
    sound, words = spoken()
    assert [w.text for w in words] == LINE.replace(",", "").replace(".", "").split()
    assert sound.dtype == np.float32 and sound.shape[1] == 1
    for word, after in zip(words, [*words[1:], None], strict=True):
        assert 0 <= word.start < word.end <= len(sound) / SAMPLE_RATE
        assert after is None or word.end <= after.start + 1e-6
        assert rms(sound[int(word.start * SAMPLE_RATE) : int(word.end * SAMPLE_RATE)]) > 0.3 * 0.02


def test_a_comma_is_a_pause() -> None:
    sound, words = spoken()
    once, and_ = words[4], words[5]
    assert and_.start - once.end > 0.1
    gap = sound[int((once.end + 0.05) * SAMPLE_RATE) : int((and_.start - 0.02) * SAMPLE_RATE)]
    assert rms(gap) < 0.05 * rms(sound)


def test_level_margins_and_edges() -> None:
    sound, _ = spoken()
    result = loudness.measure(sound)
    assert result.integrated == pytest.approx(-20, abs=0.3) and result.true_peak < -0.5
    assert np.abs(sound[:20]).max() < 1e-3 and np.abs(sound[-20:]).max() < 1e-3
    assert rms(sound[int(0.02 * SAMPLE_RATE) : int(0.15 * SAMPLE_RATE)]) > 0.005  # no more silence than asked for
    assert float(np.abs(np.diff(sound[:, 0])).max()) < 0.3  # a stop's burst, but no click


def test_the_same_line_is_the_same_samples() -> None:
    again, words = speak(VoiceParams(text=LINE, character="MARA", voice=json.loads(MARA)))
    assert np.array_equal(again, spoken()[0]) and words == spoken()[1]


def test_characters_are_told_apart_by_pitch_and_formants() -> None:
    mara, jonas = spoken()[0], spoken(voice=JONAS)[0]
    assert pitch_of(mara) > 1.5 * pitch_of(jonas)
    small = spoken(voice='{"variant": "f2", "pitch": 48, "timbre": 1.2}')[0]
    large = spoken(voice='{"variant": "f2", "pitch": 48, "timbre": 0.85}')[0]
    assert pitch_of(small) == pytest.approx(pitch_of(large), rel=0.12)  # the formants move, the pitch stays
    assert len(small) == pytest.approx(len(large), rel=0.12)  # and so does the pace

    def centroid(sound: Samples) -> float:
        power = np.abs(np.fft.rfft(sound[:, 0])) ** 2
        hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
        band = (hertz > 300) & (hertz < 6000)
        return float(np.exp((power * np.log(np.maximum(hertz, 1)))[band].sum() / power[band].sum()))

    assert centroid(small) > 1.12 * centroid(large)


def test_names_alone_make_different_voices() -> None:
    cast = [speaker_for(name, {}) for name in ("ANNA", "BERT", "CARLA", "DORA", "EMIL")]
    assert len({(s.variant, round(s.pitch), round(s.timbre, 2)) for s in cast}) == 5
    assert speaker_for("anna ", {}) == speaker_for("anna ", {}) and speaker_for("ANNA", {}).pitch == speaker_for("anna", {}).pitch


def test_a_whisper_has_no_pitch_and_a_shout_is_higher_and_brighter() -> None:
    whisper, plain = spoken(direction="whispering")[0], spoken()[0]

    def voiced(sound: Samples) -> float:
        low = np.abs(np.fft.rfft(sound[:, 0]))[: int(300 * len(sound) / SAMPLE_RATE)]
        return float(np.square(low).sum() / np.square(np.abs(np.fft.rfft(sound[:, 0]))).sum())

    assert voiced(whisper) < 0.5 * voiced(plain)
    assert loudness.integrated(whisper) < loudness.integrated(plain) - 1.5
    shout = spoken(direction="shouting over the wind")[0]
    assert pitch_of(shout) > 1.1 * pitch_of(plain)
    assert loudness.integrated(shout) > loudness.integrated(plain) + 1


def test_a_telephone_takes_lows_and_highs() -> None:
    sound = spoken(direction="(on the phone)")[0]
    power = np.abs(np.fft.rfft(sound[:, 0])) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    assert power[(hertz < 150) | (hertz > 6000)].sum() < 0.02 * power.sum()


def test_directions_add_up_and_unknown_ones_do_nothing() -> None:
    both = delivery_for("quickly, whispering")
    assert both.whisper and both.rate > 1
    assert delivery_for("to the parrot") == delivery_for("")
    assert delivery_for("flüsternd").whisper and delivery_for("en chuchotant").whisper and delivery_for("susurrando").whisper


def test_a_line_hurries_to_fit_but_never_beyond_what_can_be_understood() -> None:
    easy = len(spoken()[0]) / SAMPLE_RATE
    fitted, words = spoken(within=easy * 0.85)
    assert len(fitted) / SAMPLE_RATE <= easy * 0.85 + 0.02 and len(words) == 11
    rushed = len(spoken(within=0.5)[0]) / SAMPLE_RATE
    assert easy / 1.36 <= rushed < easy / 1.2
    assert np.array_equal(spoken(within=60.0)[0], spoken()[0])


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Größer als das Haus – und älter."), ("fr", "Où vas-tu, mon ami ?"), ("es", "¿Dónde está el niño?"), ("en-GB", "Not a chance.")],
)
def test_languages(language: str, text: str) -> None:
    sound, words = spoken(text=text, language=language)
    assert len(words) >= 3 and all(w.text in text for w in words)
    assert 0.5 < len(sound) / SAMPLE_RATE < 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>alert('hi')</script> & so on", ["script", "alert", "hi", "script", "so", "on"]),
        ("I *never* said 1,234.", ["I", "never", "said", "1,234"]),
        ("Привет, world 😀!", ["Привет", "world"]),
        ("STOP RIGHT THERE!", ["STOP", "RIGHT", "THERE"]),
        ("\x01200P\x00 well\u200b", ["200P", "well"]),
        ("a" * 300, ["a" * 300]),
    ],
)
def test_odd_text_is_spoken_as_well_as_it_can_be(text: str, expected: list[str]) -> None:
    sound, words = spoken(text=text)
    assert [w.text for w in words] == expected
    assert loudness.integrated(sound) > -24


@pytest.mark.parametrize(("text", "reason"), [("", "empty"), ("  \n", "empty"), ("😀 …!", "no words to say"), ("word " * 900, "Split it")])
def test_what_cannot_be_said_is_said_so(text: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        spoken(text=text)


@pytest.mark.parametrize("voice", [{"pitch": "high"}, {"rate": float("nan")}, {"timbre": True}])
def test_a_voice_of_nonsense_is_refused(voice: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="no number"):
        speaker_for("MARA", voice)
    assert speaker_for("MARA", {"pitch": 500, "variant": "../../etc/passwd"}).pitch == 99


def test_a_language_nobody_speaks_is_refused() -> None:
    with pytest.raises(BadRequest, match="tlhingan"):
        language_for("tlhingan")


def test_sentences_know_their_kind() -> None:
    phrases = phrases_of("Mr. Fox ran. Where to? Did he -- NOW? Run! I wonder… But—")
    assert [p.kind for p in phrases] == ["statement", "question", "question", "question", "exclamation", "trailing", "cut off"]
    assert [p.asks_wh for p in phrases[1:4]] == [True, False, False]
    assert phrases[0].spoken()[0] == "Mr Fox ran."
    assert [t.text for t in words_of("It was *so* quiet") if t.emphasised] == ["so"]


def test_the_synthesisers_process_starts_light() -> None:
    code = "import sys, generation.previs.voice_process; print(sorted(m for m in ('numpy', 'scipy', 'pydantic', 'av') if m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
