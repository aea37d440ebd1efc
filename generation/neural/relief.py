"""What is left to try where a card's memory was too small: the same request, its model kept in the machine's memory."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from generation.neural.tuning import Settings

STRONGEST = ("group", "sequential")  # one layer at a time is on the card: there is less to have only in a smaller picture
FITTED: ContextVar[Settings | None] = ContextVar("how the model of this request was fitted to its card", default=None)


def fitted(settings: Settings) -> None:
    """An engine says how it is about to put its model on its device; before it does, so that it is known if that fails."""
    FITTED.set(settings)


def lighter(settings: Settings | None) -> dict[str, Any]:
    """What of the params to change so that the request takes less of the card and gives the same picture; {} where nothing is known to."""
    if settings is None or settings.device != "cuda" or settings.offload in STRONGEST:
        return {}
    return {"tuning": {"offload": STRONGEST[0]}}


def with_changes(params: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`params` with `changes` laid over them, part by part."""
    laid = {name: {**params.get(name, {}), **value} if isinstance(value, dict) else value for name, value in changes.items()}
    return {**params, **laid}
