"""What a card has drawn while an attempt ran, where its driver counts it (NVML's total energy, in millijoules, since the driver was loaded)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from studio.jobs import machine


@dataclass
class _Share:
    """Of what the card draws: so much already, and since the meter stood there, what it draws divided among so many."""

    meter: int
    drawn: float = 0.0
    among: int = 1

    def read(self, meter: int) -> float:
        """In millijoules; a meter that began anew says nothing of what was before."""
        return self.drawn + max(0, meter - self.meter) / self.among


_begun: dict[uuid.UUID, _Share] = {}


def begin(token: uuid.UUID) -> None:
    """An attempt begins in this process."""
    at = _meter()
    if at is not None:
        _begun[token] = _Share(at)


def divide(tokens: Iterable[uuid.UUID | None]) -> None:
    """What the card draws from now on is drawn for these attempts alike."""
    if (at := _meter()) is None:
        return
    shares = [_begun[token] for token in tokens if token in _begun]
    for share in shares:
        share.meter, share.drawn, share.among = at, share.read(at), len(shares)


def joules(token: uuid.UUID) -> float | None:
    """What the card has drawn since the attempt began; None if nobody can say, or it did not begin in this process. What else ran on the card
    meanwhile is in it."""
    begun = _begun.pop(token, None)
    now = _meter() if begun is not None else None
    return begun.read(now) / 1000 if begun is not None and now is not None and now >= begun.meter else None


def _meter() -> int | None:
    nvml, card = machine.driver(), machine.own_card()
    if card is None:
        return None
    try:
        return int(nvml.nvmlDeviceGetTotalEnergyConsumption(card))
    except nvml.NVMLError:
        return None
