"""The loops that draw many pixels at once: each says the same as the plain function that it is a faster form of."""

from __future__ import annotations

import numpy as np
import pytest

from generation.previs.geometry import RECORD, Soup
from generation.previs.light import PARTS, fragment
from generation.previs.packing import Packed, view_of
from generation.previs.patterns import NAMES, WATER
from generation.previs.raster import COLUMNS, sort
from generation.previs.shadow import BLOCK, WIDE, disc, extend, lit, survey
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


def test_every_band_has_its_triangles_in_order() -> None:
    rng = np.random.default_rng(3)
    rows, height, band = np.zeros((500, COLUMNS)), 90, 24
    rows[:, 1] = rng.uniform(-40, 100, 500)
    rows[:, 5] = rows[:, 1] + rng.uniform(0, 60, 500) ** 2 / 60
    starts, order = np.zeros(5, np.int32), np.zeros(0, np.int32)
    need = sort(rows, 500, band, height, starts, order)
    order = np.zeros(need, np.int32)
    assert sort(rows, 500, band, height, starts, order) == need
    for k in range(4):
        there = order[starts[k] : starts[k + 1]]
        assert list(there) == sorted(there)
        touching = np.flatnonzero((rows[:, 5] > k * band) & (rows[:, 1] < min(height, (k + 1) * band)))
        assert set(touching) <= set(there)


@pytest.mark.parametrize("parallel", [True, False], ids=["sun", "lamp"])
def test_the_survey_decides_only_what_the_taps_would(parallel: bool) -> None:
    size, blocks = 128, 128 // BLOCK
    rng = np.random.default_rng(5)
    near = np.full((size, size), -9.0 if parallel else 0.2, np.float32)
    near[40:75, 30:90] = -4.0 if parallel else 0.6
    view = np.array([0, 0, 6, 1, 0, 0, 0, 1, 0, 0, 0, -1, 12.0 if parallel else 60.0, 64, 64], np.float64)
    found = set()
    for spread in (1, 2, WIDE):
        tables = np.zeros((4, blocks, blocks), np.float32)
        survey(near, tables[0], tables[1], 0, blocks, 0, blocks)
        extend(tables[0], tables[1], spread, tables[2], tables[3], 0, blocks, 0, blocks)
        for _ in range(300):
            (x, y), z, points = rng.uniform(-4, 4, 2), rng.uniform(0, 1.5), disc(5)
            told, searched = (
                lit(near, tables[2], tables[3], view, parallel, 0.05, known, x, y, z, 0.0, 0.0, 1.0, points, 1.0, 0.0)
                for known in (float(spread * BLOCK), 0.0)
            )
            assert told == searched
            found.add(told)
    assert {0.0, 1.0} < found
