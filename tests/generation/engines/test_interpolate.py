"""Frames between frames: places, measured movement, what is hidden, cuts; through the engine with real clips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from generation.contract import BadRequest, Cancelled, Format
from generation.engines.interpolate import InterpolateParams, _Pair, places
from generation.media.encode import MasterProfile, RenditionProfile
from generation.media.picture import PictureFiles
from generation.runner import run
from tests.generation.engines.asking import RATE, ask, hashes, outputs, result, shape_of

WIDTH, HEIGHT = 160, 96


def texture(seed: int, shift: float = 0.0, tint: tuple[float, float, float] = (1, 1, 1)) -> Any:
    """Soft waves, moved right by `shift` pixels, exact at any fraction of one."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    x = x - shift
    total = sum(np.sin(x * a + y * b + c) for a, b, c in rng.uniform((-0.5, -0.5, 0), (0.5, 0.5, 6.28), (12, 3)))
    return np.clip(128 + 18 * total, 0, 255)[..., None] * np.array(tint) / max(tint)


def frame(moment: float) -> Any:
    """A disc of one pattern that goes right by 8 pixels before another that goes left by 2."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    inside = (x - 60 - 8 * moment) ** 2 + (y - 48) ** 2 < 24**2
    return np.where(inside[..., None], texture(1, 8 * moment, (1, 0.6, 0.3)), texture(2, -2 * moment)).round().astype(np.uint8)


def stored(folder: Path, frames: list[Any]) -> Path:
    folder.mkdir()
    picture = Format(width=WIDTH, height=HEIGHT, rate=RATE, frames=len(frames))
    files = PictureFiles(folder, picture, MasterProfile(), RenditionProfile())
    for pixels in frames:
        files.add(pixels)
    return next(Path(output.path) for output in files.finish() if output.name == "master")


def decoded(path: str) -> list[Any]:
    with av.open(path) as container:
        return [found.to_ndarray(format="rgb24").astype(float) for found in container.decode(video=0)]


@pytest.mark.parametrize(
    ("count", "wanted", "found"),
    [
        (4, 8, [0, 0.5, 1, 1.5, 2, 2.5, 3, 3]),
        (3, 12, [n / 4 for n in range(8)] + [2] * 4),
        (5, 9, [n / 2 for n in range(9)]),
        (4, 10, [n / 3 for n in range(10)]),
        (4, 6, [0, 2 / 3, 4 / 3, 2, 8 / 3, 3]),
        (4, 2, [0, 2]),
        (1, 3, [0, 0, 0]),
    ],
)
def test_places_keep_the_length_or_go_from_end_to_end(count: int, wanted: int, found: list[float]) -> None:
    assert [float(place) for place in places(count, wanted)] == pytest.approx(found)


def test_a_new_frame_is_drawn_along_the_movement_and_not_from_what_is_hidden() -> None:
    pair = _Pair(frame(0), frame(1), InterpolateParams(), "cpu")
    pair.measure()
    assert not pair.cut and pair.followed > 0.8
    for moment in (0.25, 0.5):
        truth, new = frame(moment).astype(float), pair.between(moment).astype(float)
        mixed = (1 - moment) * frame(0) + moment * frame(1)
        assert np.abs(new - truth).mean() < 0.4 * np.abs(mixed - truth).mean()
        assert np.abs(new - truth).mean() < 1.5


def test_a_clip_gets_exactly_the_frames_asked_for_and_keeps_its_own(tmp_path: Path) -> None:
    path = stored(tmp_path / "clip", [frame(n / 2) for n in range(3)])
    given: dict[str, Any] = {"files": [("video", path)], "size": (WIDTH, HEIGHT)}
    done = result(tmp_path / "twice", "interpolate", "interpolate", frames=6, **given)
    assert shape_of(outputs(done)["master"]) == (6, HEIGHT, WIDTH)
    assert done.data["from"] == 3 and done.data["cuts"] == [] and done.notes == ("3 frames became 6.",)
    old, new = decoded(str(path)), decoded(outputs(done)["master"].path)
    for number in range(3):
        assert np.abs(old[number] - new[2 * number]).mean() < 3, "the clip's own frames, stored once more"
    assert np.abs(new[1] - frame(0.25)).mean() < 4
    again = result(tmp_path / "again", "interpolate", "interpolate", frames=6, seed=9, **given)
    assert hashes(again) == hashes(done)


def test_two_shots_are_not_blended(tmp_path: Path) -> None:
    shots = [frame(0), frame(0.5), *(texture(3, n, (0.2, 0.4, 1)).round().astype(np.uint8) for n in range(2))]
    path = stored(tmp_path / "cut", shots)
    given: dict[str, Any] = {"files": [("video", path)], "size": (WIDTH, HEIGHT), "frames": 16}
    done = result(tmp_path / "kept", "interpolate", "interpolate", **given)
    assert done.data["cuts"] == [2] and "across 1 cut (before frame 2)" in done.notes[1]
    new = decoded(outputs(done)["master"].path)
    assert [int(np.abs(shown - shots[1]).mean() < np.abs(shown - shots[2]).mean()) for shown in new[4:9]] == [1, 1, 0, 0, 0]
    assert all(min(np.abs(shown - shots[1]).mean(), np.abs(shown - shots[2]).mean()) < 5 for shown in new[4:9])
    assert result(tmp_path / "mixed", "interpolate", "interpolate", cut=1.0, **given).data["cuts"] == []


def test_what_is_odd_is_said_or_refused_and_it_stops_within_a_frame(tmp_path: Path) -> None:
    path = stored(tmp_path / "clip", [frame(n / 4) for n in range(4)])
    given: dict[str, Any] = {"files": [("video", path)], "frames": 2, "size": (80, 48)}
    notes = " ".join(result(tmp_path / "small", "interpolate", "interpolate", **given).notes)
    assert "brought to 80×48" in notes and "shorter in frames" in notes
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no clip")
    with pytest.raises(BadRequest, match="cannot be read"):
        result(tmp_path / "x", "interpolate", "interpolate", files=[("video", broken)], frames=4)
    with pytest.raises(BadRequest, match="needs a clip"):
        result(tmp_path / "x", "interpolate", "interpolate", frames=4)
    request, paths = ask("interpolate", "interpolate", files=[("video", path)], frames=12, size=(80, 48))
    asked = 0

    def enough() -> bool:
        nonlocal asked
        asked += 1
        return asked == 5

    with pytest.raises(Cancelled):
        run(request, tmp_path / "stopped", paths, cancelled=enough)
    assert asked == 5 and not (tmp_path / "stopped").exists()
