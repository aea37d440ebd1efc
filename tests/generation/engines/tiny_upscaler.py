"""A tiny RealESRGAN Compact, as spandrel knows it: written as plain tensors, so that it needs no spandrel to be built."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from tests.generation.engines.tiny import torch


def compact(folder: Path, scale: int = 2, channels: int = 3) -> Path:
    """One .safetensors file in a folder of its own. Convolution, PReLU, convolution, PReLU, convolution to the pixels of a larger picture, to
    which the network adds the picture itself."""
    files: Any = importlib.import_module("safetensors.torch")
    torch.manual_seed(scale)
    sizes = {"0": (8, channels), "2": (8, 8), "4": (channels * scale * scale, 8)}
    state = {f"body.{name}.weight": torch.randn(out, into, 3, 3) * 0.05 for name, (out, into) in sizes.items()}
    state |= {f"body.{name}.bias": torch.zeros(out) for name, (out, _) in sizes.items()}
    state |= {f"body.{name}.weight": torch.full((8,), 0.25) for name in ("1", "3")}
    folder.mkdir(parents=True)
    files.save_file(state, str(folder / f"compact-x{scale}.safetensors"))
    return folder
