"""Shots of a place, with nobody meant: the place is seen, not the back of a house that stands before it."""

from __future__ import annotations

import pytest

from generation.contract import CameraPlan
from generation.previs.contact_sheet import shot
from generation.previs.sets.plan import KINDS
from generation.previs.whereabouts import Grounds, contains, crosses, point


@pytest.mark.parametrize("kind", sorted(kind.name for kind in KINDS.values() if not kind.interior))
@pytest.mark.parametrize(("size", "lens", "move"), [("extreme wide", 20, "crane down"), ("wide", 24, "static")])
def test_nothing_stands_between_the_camera_and_a_place(kind: str, size: str, lens: int, move: str) -> None:
    made = shot(kind, False, "night", CameraPlan.model_validate({"size": size, "lens": lens, "move": move}))
    grounds = Grounds.of(made.stage)
    for index in (0, 42, 83):
        eye, aim = point(made.camera(index).eye), point(made.camera(index).target)
        houses = [box for box in made.place.obstacles if min(box.high[k] - box.low[k] for k in range(3)) > 2.0]
        assert not any(crosses(box, eye, aim) and not contains(box, aim, 0.12) for box in houses), f"frame {index}: a house stands before the lens"
        assert grounds.trespass(eye, ()) == 0.0
