"""The sets of previs: `design_set` writes a place down once, `build_place` draws it for a scene."""

from generation.previs.sets.design import design_set
from generation.previs.sets.place import build_place

__all__ = ["build_place", "design_set"]
