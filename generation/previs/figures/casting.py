"""From a stored design to a figure that can act."""

from __future__ import annotations

from typing import Any

from generation.contract import BadRequest, FigureParams
from generation.previs.figures.design import SCHEMA, design_figure
from generation.previs.figures.figure import Figure


def figure_from(name: str, design: dict[str, Any]) -> Figure:
    """The figure of a design; what a person left out of it is filled in from the name. Raises `BadRequest` if it cannot be read."""
    if design.get("schema", SCHEMA) != SCHEMA:
        raise BadRequest(f"The design of {name} was written by a newer Firstcut (schema {design.get('schema')}); this one reads {SCHEMA}.")
    whole = (
        {**design_figure(FigureParams(name=name), 0)[0], **design, "name": name}
        if design.get("kind", "person") == "person"
        else {**design, "name": name}
    )
    try:
        if whole["kind"] == "animal":
            from generation.previs.figures.animal import Animal

            return Animal(whole)
        return Figure(whole)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BadRequest(f"The design of {name} cannot be read ({type(error).__name__}: {error}). Design the figure again.") from error
