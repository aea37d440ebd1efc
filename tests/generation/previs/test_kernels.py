"""The loops that draw many pixels at once: each says the same as the plain function that it is a faster form of."""

from __future__ import annotations

import numpy as np
import pytest

from generation.previs.geometry import RECORD, Soup
from generation.previs.light import PARTS, fragment
from generation.previs.packing import Packed, view_of
from generation.previs.patterns import NAMES, WATER
from generation.previs.sky import decay
from generation.previs.spans import CLOSE, GROUP, LANES, NX, ROWS, SUM, span
from tests.generation.previs import made_scenes


def test_decay_is_the_exponential() -> None:
    for x in np.linspace(0.0, 12.0, 200):
        assert decay(float(x)) == pytest.approx(np.exp(-x), rel=3e-4, abs=1e-6)
    assert 0.0 <= decay(1e9) < 1e-6


@pytest.mark.parametrize("moving", [False, True], ids=["still", "moving"])
@pytest.mark.parametrize("name", [name for number, name in enumerate(NAMES) if number != WATER])
def test_a_run_of_pixels_has_the_light_of_each_alone(name: str, moving: bool) -> None:
    scene = made_scenes.kitchen()
    packed, view, soup = Packed.of(scene), view_of(made_scenes.KITCHEN_WIDE, 640, 360), Soup(scene.still)
    material = packed.materials[1].copy()
    material[3:8] = 0.3, 0.4, NAMES.index(name), 0.7, 0.2
    record = soup.records[0]
    assert record.shape == (RECORD,)
    lanes, alone = np.zeros(ROWS * LANES), np.zeros((PARTS, LANES), np.float32)
    x, y, n = 100, 300, 3 * GROUP
    lanes[CLOSE * LANES :][:n] = np.linspace(0.2, 0.5, n)
    closeness = lanes[CLOSE * LANES :][:n].copy()
    span(lanes, n, record, view, material, packed.lights, packed.spot, packed.air, moving, x, y)
    for i in range(n):
        at = (x + i + 0.5, y + 0.5)
        normal = fragment(alone, i, 0, closeness[i], *at, view, soup.records, material, packed.lights, packed.spot, packed.air, moving)
        assert lanes.reshape(ROWS, LANES)[NX : NX + 3, i] == pytest.approx(normal, abs=1e-6)
    assert lanes.reshape(ROWS, LANES)[SUM : SUM + PARTS, :n] == pytest.approx(alone[:, :n], rel=1e-5, abs=1e-6)
