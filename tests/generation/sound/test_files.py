"""Sound files and outlines: exact to the sample, and clear about what is no sound."""

from pathlib import Path

import av
import numpy as np
import pytest

from generation.contract import SAMPLE_RATE, BadRequest, Samples
from generation.media import waveform
from generation.media.sound import count_samples, read_blocks, read_sound, write_flac


def noise(samples: int, channels: int, seed: int = 1) -> Samples:
    return (np.random.default_rng(seed).normal(size=(samples, channels)) * 0.2).clip(-1, 1).astype(np.float32)


@pytest.mark.parametrize(("samples", "channels"), [(1, 1), (4607, 1), (48_001, 2), (123_457, 2)])
def test_what_is_written_is_read_to_the_sample(tmp_path: Path, samples: int, channels: int) -> None:
    sound = noise(samples, channels)
    path = tmp_path / "sound.flac"
    assert write_flac(path, sound) == samples
    back = read_sound(path)
    assert back.shape == (samples, channels) and back.dtype == np.float32
    assert float(np.abs(back - sound).max()) <= 0.51 / 2**23
    assert count_samples(path) == samples


def test_the_same_samples_give_the_same_bytes_in_blocks_or_at_once(tmp_path: Path) -> None:
    sound = noise(3 * SAMPLE_RATE, 2)
    write_flac(tmp_path / "a.flac", sound)
    write_flac(tmp_path / "b.flac", (sound[i : i + SAMPLE_RATE] for i in range(0, len(sound), SAMPLE_RATE)))
    assert (tmp_path / "a.flac").read_bytes() == (tmp_path / "b.flac").read_bytes()


def test_too_loud_is_clipped_and_never_wraps(tmp_path: Path) -> None:
    write_flac(tmp_path / "loud.flac", np.array([[2.0], [-2.0], [1.0]], dtype=np.float32))
    back = read_sound(tmp_path / "loud.flac")[:, 0]
    assert back[0] > 0.999 and back[1] == -1.0 and back[2] > 0.999


def test_another_rate_and_format_become_ours(tmp_path: Path) -> None:
    path = tmp_path / "old.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=44_100, layout="mono")
        t = np.arange(44_100) / 44_100
        frame = av.AudioFrame.from_ndarray((np.sin(2 * np.pi * 440 * t) * 16_000).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    sound = read_sound(path)
    assert sound.shape[1] == 1 and abs(len(sound) - SAMPLE_RATE) <= 1
    assert int(np.argmax(np.abs(np.fft.rfft(sound[:, 0])))) == pytest.approx(440, abs=1)


def test_a_long_file_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    write_flac(tmp_path / "long.flac", noise(3 * SAMPLE_RATE, 1))
    with pytest.raises(BadRequest, match="longer than 2 seconds"):
        read_sound(tmp_path / "long.flac", max_seconds=2)
    assert len(next(read_blocks(tmp_path / "long.flac"))) < SAMPLE_RATE


def test_what_is_no_sound_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("INT. BAR - NIGHT")
    (tmp_path / "empty.flac").write_bytes(b"")
    for name, words in (("notes.txt", "could not be read as sound"), ("empty.flac", "could not be read as sound"), ("gone.flac", "is not there")):
        with pytest.raises(BadRequest, match=words):
            read_sound(tmp_path / name)


def test_an_outline_holds_every_peak() -> None:
    sound = noise(SAMPLE_RATE + 100, 2)
    sound[777, 1], sound[-1, 0] = 1.0, -1.0
    pairs = np.frombuffer(waveform.peaks(sound), dtype=np.int8).reshape(-1, 2)
    assert len(pairs) == waveform.PER_SECOND + 1
    assert pairs[777 // 480, 1] == 127 and pairs[-1, 0] == -127
    for i in (0, 50, 99):
        part = sound[i * 480 : (i + 1) * 480]
        assert pairs[i, 0] / 127 <= part.min() and pairs[i, 1] / 127 >= part.max()
    assert waveform.peaks(sound[:0]) == b""
