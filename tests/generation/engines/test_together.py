"""Several takes of one recipe at once: what each is, and what becomes of one that is cancelled."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generation import catalog
from generation.contract import BadRequest, Cancelled, Progress, Request, Result
from generation.neural import warm
from generation.neural.params import Tuning
from generation.neural.tuning import Card, room
from generation.runner import Running, prepare, run, work_together
from tests.generation.engines import tiny_images, tiny_wan
from tests.generation.engines.asking import ask, outputs, picture, shape_of

SEEDS = (5, 6, 7)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    root = tmp_path_factory.mktemp("together")
    return SimpleNamespace(
        zimage=str(tiny_images.zimage(root / "zimage")), text=str(tiny_wan.text(root / "text")), both=str(tiny_wan.both(root / "both")),
        pictures=str(tiny_wan.pictures(root / "pictures")), red=picture(root / "red.png"),
    )  # fmt: skip


def asked(engine: str, model: str, seed: int = 5, **more: Any) -> tuple[Request, dict[str, Path]]:
    task, frames = ("still", 1) if engine == "zimage" else ("shot", 5)
    return ask(engine, task, frames=frames, seed=seed, model=model, prompt="a fox crosses a harbour", steps=4, **more)


def all_of(folder: Path, engine: str, model: str, listeners: Any = None, cancelled: Any = None, **more: Any) -> list[Running]:
    takes = []
    for number, seed in enumerate(SEEDS):
        request, paths = asked(engine, model, seed, **more)
        tell = listeners[number] if listeners else lambda progress, image: None
        stop = cancelled if cancelled and number == 1 else lambda: False
        takes.append(prepare(request, folder / f"together{number}", paths, tell, stop))
    work_together(takes)
    return takes


def pixels(done: Result) -> Any:
    return np.asarray(Image.open(outputs(done)["still"].path)).astype(int)


@pytest.mark.parametrize("guidance", [0.0, 4.0])
def test_stills_made_at_once_are_those_made_alone_and_say_so(models: SimpleNamespace, tmp_path: Path, guidance: float) -> None:
    together = [take.finish() for take in all_of(tmp_path, "zimage", models.zimage, guidance=guidance)]
    for number, (seed, done) in enumerate(zip(SEEDS, together, strict=True)):
        alone = run(asked("zimage", models.zimage, seed, guidance=guidance)[0], tmp_path / f"alone{number}")
        assert np.abs(pixels(done) - pixels(alone)).max() <= 1, "the same picture, but for rounding"
        assert done.data["batch"] == {"takes": 3, "seeds": [5, 6, 7]} and "batch" not in alone.data
        assert any("Made in a batch of 3" in note for note in done.notes) and not any("batch" in note for note in alone.notes)
    assert len({outputs(done)["still"].sha256 for done in together}) == 3


def test_clips_made_at_once_are_those_made_alone(models: SimpleNamespace, tmp_path: Path) -> None:
    first = [("first_frame", models.red)]
    for name, files in (("text", []), ("both", []), ("both", first), ("pictures", first)):
        model, folder = getattr(models, name), tmp_path / f"{name}{len(files)}"
        takes = all_of(folder, "wan", model, files=files)
        assert all(take.deferred for take in takes), "each is decoded alone, beside what comes next"
        seen = []
        for number, take in enumerate(takes):
            alone = run(*_at(asked("wan", model, SEEDS[number], files=files), folder / f"alone{number}"))
            done = take.finish()
            assert shape_of(outputs(done)["master"]) == (5, 32, 64)
            assert np.abs(_poster(done) - _poster(alone)).mean() < 2
            seen.append(outputs(done)["master"].sha256)
        assert len(set(seen)) == 3


def _at(request: tuple[Request, dict[str, Path]], folder: Path) -> tuple[Request, Path, dict[str, Path]]:
    return request[0], folder, request[1]


def _poster(done: Result) -> Any:
    return np.asarray(Image.open(outputs(done)["poster"].path)).astype(int)


def test_each_hears_of_its_own_progress_and_sees_its_own_preview(models: SimpleNamespace, tmp_path: Path) -> None:
    told: list[list[Progress]] = [[], [], []]
    shown: list[list[bytes]] = [[], [], []]

    def listener(number: int) -> Any:
        def tell(progress: Progress, image: bytes | None) -> None:
            told[number].append(progress)
            shown[number].extend([image] if image else [])

        return tell

    takes = all_of(tmp_path, "zimage", models.zimage, [listener(number) for number in range(3)])
    assert [progress.done for progress in told[0] if progress.stage == "denoising"] == [0, 1, 2, 3]
    assert [each.done for each in told[0]] == [each.done for each in told[2]]
    assert len({images[0] for images in shown}) == 3, "a preview of its own noise each"
    for take in takes:
        take.finish()


def test_one_that_is_cancelled_is_dropped_and_the_others_go_on(models: SimpleNamespace, tmp_path: Path) -> None:
    reached = 0

    def tell(progress: Progress, image: bytes | None) -> None:
        nonlocal reached
        reached = max(reached, progress.done)

    nothing = lambda progress, image: None  # noqa: E731
    first, second, third = all_of(tmp_path, "zimage", models.zimage, [nothing, tell, nothing], lambda: reached >= 2)
    assert reached == 2, "it heard no more"
    with pytest.raises(Cancelled):
        second.finish()
    assert not (tmp_path / "together1").exists()
    alone = run(asked("zimage", models.zimage, 7)[0], tmp_path / "alone")
    assert first.finish().outputs and np.abs(pixels(third.finish()) - pixels(alone)).max() <= 1


def test_all_cancelled_stops_within_a_step_and_leaves_nothing(models: SimpleNamespace, tmp_path: Path) -> None:
    reached = 0

    def tell(progress: Progress, image: bytes | None) -> None:
        nonlocal reached
        reached = max(reached, progress.done)

    takes = [prepare(asked("zimage", models.zimage, seed)[0], tmp_path / str(seed), None, tell, lambda: reached >= 2) for seed in SEEDS]
    with pytest.raises(Cancelled):
        work_together(takes)
    assert reached == 2 and not list(tmp_path.iterdir())


def test_what_differs_in_more_than_its_seed_is_not_made_at_once(models: SimpleNamespace, tmp_path: Path) -> None:
    one, other = asked("zimage", models.zimage)[0], asked("zimage", models.zimage, 6, guidance=4.0)[0]
    with pytest.raises(ValueError, match="nothing but their seed"):
        work_together([prepare(one, tmp_path / "1"), prepare(other, tmp_path / "2")])


def test_how_many_fit_follows_from_the_card(models: SimpleNamespace) -> None:
    warm.drop_now()
    card = Card("cuda", "a card", 80 << 30, (9, 0))
    one = 2.0 * (1 << 30)
    assert room(Tuning(), 24 << 30, one, card) == 24
    assert room(Tuning(), 56 << 30, one, card) == 8
    assert room(Tuning(), 24 << 30, 100.0 * (1 << 30), card) == 1
    assert room(Tuning(offload="model"), 24 << 30, one, card) == 1
    assert catalog.together(asked("zimage", models.zimage)[0]) > 4
    assert catalog.together(asked("wan", models.both, files=[("video", models.red)])[0]) == 1
    assert catalog.together(ask("sdxl", "still", model=models.zimage, prompt="a fox")[0]) == 1
    with pytest.raises(BadRequest):
        catalog.together(asked("zimage", "/nowhere")[0])
