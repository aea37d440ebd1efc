"""Kernels said in GLSL: the same numbers as numba gives, and a refusal of what cannot be said."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes.util import find_library
from typing import Any

import numpy as np
import pytest

from generation.previs import patterns
from generation.previs.gl.context import device
from generation.previs.gl.programs import SHADERS
from generation.previs.gl.translate import Array, Kernels

WHOLE = (SHADERS / "whole.glsl").read_text()


@pytest.fixture(autouse=True)
def egl() -> None:
    if find_library("EGL") is None:
        pytest.skip("no EGL on this machine")


def answers(kernels: Kernels, expression: str, count: int = 64) -> np.ndarray[Any, Any]:
    """`expression` of GLSL for `n` = 0 … count − 1, worked out on the device."""
    context = device().context
    vertex = "#version 330\nvoid main() { gl_Position = vec4(float((gl_VertexID & 1) * 4 - 1), float((gl_VertexID >> 1) * 4 - 1), 0.0, 1.0); }"
    fragment = f"#version 330\nout float answer;\n{WHOLE}{kernels.source}\nvoid main() {{ int n = int(gl_FragCoord.x); answer = {expression}; }}"
    into = context.framebuffer([context.texture((count, 1), 1, dtype="f4")])
    into.use()
    context.enable_only(context.NOTHING)
    context.vertex_array(context.program(vertex_shader=vertex, fragment_shader=fragment), []).render(vertices=3)
    return np.frombuffer(into.read(components=1, dtype="f4"), np.float32)


def test_hashes_are_the_same_bit_for_bit() -> None:
    wanted = np.array([patterns.hash2(n * 7 - 200, 11 - 3 * n) for n in range(64)], np.float32)
    assert np.array_equal(answers(Kernels({}).add(patterns.hash2), "k_hash2(n * 7 - 200, 11 - 3 * n)"), wanted)


@pytest.mark.parametrize("kind", range(len(patterns.NAMES)), ids=patterns.NAMES)
def test_patterns_are_the_same_on_every_side_of_the_origin(kind: int) -> None:
    made = Kernels({}).add(patterns.pattern)
    place = "float(n) * 0.173 - 6.0, 3.1 - float(n) * 0.097, float(n) * 0.031 - 1.0, 0.1, 0.2, 0.9, 1.3, 0.002, false"
    points = [(n * 0.173 - 6.0, 3.1 - n * 0.097, n * 0.031 - 1.0) for n in range(64)]
    wanted = np.array([patterns.pattern(kind, *point, 0.1, 0.2, 0.9, 1.3, 0.002, False) for point in points])
    for channel in (0, 1):
        off = np.abs(answers(made, f"k_pattern({kind}, {place})[{channel}]") - wanted[:, channel])
        assert np.quantile(off, 0.9) < 2e-3, "only points on a border of two stones may differ"


def _swapped(a: float, b: float) -> float:
    a, b = b, a
    return a * 10.0 + b


def _wrapped(n: int) -> float:
    return float((n - 5) % 3 * 100 + (n - 5) // 3)


def _summed(row: Any) -> float:
    total = 0
    for k in range(2, 5):
        if k == 3:
            continue
        total += row[k] * 2.0
    return total


def _opens(n: int) -> float:
    with open(str(n)) as file:
        return float(file.read())


def numbered(function: Any) -> Iterator[float]:
    yield from (function(n) for n in range(64))


def test_all_values_are_worked_out_before_any_is_put_away() -> None:
    assert answers(Kernels({}).add(_swapped), "k_swapped(1.0, 2.0)")[0] == 21.0


def test_whole_numbers_divide_downwards_as_in_python() -> None:
    assert np.array_equal(answers(Kernels({}).add(_wrapped), "k_wrapped(n)"), np.array(list(numbered(_wrapped)), np.float32))


def test_a_variable_that_begins_whole_and_becomes_a_fraction_is_one_throughout() -> None:
    made = Kernels({"row": Array("float({0} * {0})")}).add(_summed)
    assert answers(made, "k_summed() + 0.5")[0] == 40.5


def test_what_cannot_be_said_is_refused_when_the_program_is_made() -> None:
    with pytest.raises(SyntaxError, match="cannot be said in GLSL"):
        Kernels({}).add(_opens)
    with pytest.raises(SyntaxError, match="nothing says what the array"):
        Kernels({}).add(_summed)
