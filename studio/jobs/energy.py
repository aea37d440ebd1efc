"""What a card has drawn while an attempt ran, where its driver counts it (NVML's total energy, in millijoules, since the driver was loaded)."""

from __future__ import annotations

import uuid

from studio.jobs import machine

_begun: dict[uuid.UUID, int] = {}


def begin(token: uuid.UUID) -> None:
    """An attempt begins in this process."""
    at = _meter()
    if at is not None:
        _begun[token] = at


def joules(token: uuid.UUID) -> float | None:
    """What the card has drawn since the attempt began; None if nobody can say, or it did not begin in this process. What else ran on the card
    meanwhile is in it."""
    begun, now = _begun.pop(token, None), None
    if begun is not None:
        now = _meter()
    return (now - begun) / 1000 if begun is not None and now is not None and now >= begun else None


def _meter() -> int | None:
    nvml, card = machine.driver(), machine.own_card()
    if card is None:
        return None
    try:
        return int(nvml.nvmlDeviceGetTotalEnergyConsumption(card))
    except nvml.NVMLError:
        return None
