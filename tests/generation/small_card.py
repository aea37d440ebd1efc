"""An engine whose model does not fit on its card unless it is kept in the machine's memory: torch itself says so, and no card is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from generation.catalog import Cost, EngineInfo, register
from generation.contract import Context, Frozen, Request
from generation.neural.params import Tuning
from generation.neural.relief import fitted
from generation.neural.tuning import Card, decide

SMALL = Card("cuda", "Small", 8 << 30, (8, 0))


class SmallCardParams(Frozen):
    tuning: Tuning = Tuning()
    large: bool = False  # too large for the card in any way


class SmallCard:
    name = "small_card"
    version = "1"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = SmallCardParams.model_validate(request.params)
        settings = decide(params.tuning, 1 << 30, SMALL)
        fitted(settings)
        if settings.offload == "none" or params.large:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")
        assert request.format is not None
        context.frames(iter([np.full((request.format.height, request.format.width, 3), 90, np.uint8)]))
        return {"settings": settings.model_dump(mode="json")}, ()


def install() -> Callable[[], None]:
    return register(
        EngineInfo(
            name="small_card",
            title="Small card",
            description="Needs more memory than its card has.",
            licence="Apache-2.0",
            kind="gpu",
            target="tests.generation.small_card:SmallCard",
            forms={"still": SmallCardParams},
            costs={"still": Cost(fps=100, seconds=0)},
        )
    )
