"""The catalog answers before anything is queued, and without the machinery."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generation import catalog
from generation.contract import BadRequest, Format, Input, Rate, Request
from generation.engines.diffusion import DiffusionParams
from tests.generation import numbers_engine

SECOND = Format(width=640, height=360, frames=24)
ROOT = Path(catalog.__file__).parents[1]


def ask(engine: str = "diffusers", task: Any = "shot", picture: Format | None = SECOND, **params: Any) -> Request:
    return Request(engine=engine, task=task, format=picture, params={"model": "/models/wan", "prompt": "a fox"} | params)


def test_asking_the_catalog_imports_neither_torch_nor_numba_nor_codecs() -> None:
    code = (
        "import sys; from generation import catalog; catalog.engines(); catalog.info('previs').form_schema('shot');"
        "print([name for name in ('torch', 'numba', 'diffusers', 'av', 'scipy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout.strip() == "[]"


def test_previs_says_that_it_is_no_neural_render() -> None:
    assert "Not a neural render" in catalog.info("previs").description
    assert set(catalog.info("previs").tasks) == {"set", "figure", "still", "shot", "voice", "music", "tone"}


def test_every_form_can_be_drawn() -> None:
    for info in catalog.engines():
        assert set(info.costs) == set(info.tasks)
        for task in info.tasks:
            assert info.form_schema(task)["type"] == "object"


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (ask(engine="nobody"), "no engine “nobody”"),
        (ask(task="voice"), "cannot make a voice"),
        (ask(steps=0), "“steps” is wrong"),
        (ask(colour="red"), "“colour” is wrong"),
        (ask(picture=None), "needs a format"),
        (ask(task="still"), "one frame, not 24"),
        (ask(picture=Format(width=4096, height=2048, frames=2)), "Choose a smaller size"),
        (ask(picture=Format(width=640, height=360, frames=5000)), "Split the shot"),
    ],
)
def test_a_wrong_request_is_refused_with_what_to_change(request_: Request, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        catalog.validate(request_)


def test_a_right_request_passes() -> None:
    catalog.validate(ask())
    catalog.validate(Request(engine="previs", task="music", format=Format(frames=240, rate=Rate(num=24)), params={"mood": "calm"}))


def test_the_estimate_grows_with_the_work_and_follows_what_was_measured() -> None:
    short, long = ask(), ask(picture=Format(width=640, height=360, frames=240))
    assert catalog.estimate_seconds(long) > catalog.estimate_seconds(short) > 0
    cost = catalog.info("diffusers").costs["shot"].seconds
    assert catalog.estimate_seconds(long, measured_fps=24.0) == pytest.approx(cost + 10)
    assert catalog.estimate_seconds(ask(steps=40)) > catalog.estimate_seconds(short)


def test_words_become_a_prompt_in_one_order() -> None:
    params = DiffusionParams(model="m", action="runs.", subject="a fox", place="a harbour")
    assert params.words() == "a harbour, a fox, runs"
    assert DiffusionParams(model="m", prompt="only this", subject="a fox").words() == "only this"


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        (("reference",), None),
        (("reference", "reference"), "at most 1 of “reference”; 2 were given"),
        (("depth",), "no use for a file as “depth” in a shot. It takes: reference"),
    ],
)
def test_files_of_a_wrong_kind_or_number_are_refused(roles: tuple[str, ...], says: str | None) -> None:
    undo = numbers_engine.install()
    files = tuple(Input(name=f"f{n}", role=role, sha256="0" * 64, media_type="image/png") for n, role in enumerate(roles))
    request = Request(engine="numbers", task="shot", format=SECOND, inputs=files)
    try:
        if says is None:
            catalog.validate(request)
        else:
            with pytest.raises(BadRequest, match=says):
                catalog.validate(request)
    finally:
        undo()
