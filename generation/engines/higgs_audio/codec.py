"""The half of Higgs Audio's codec that speaks: from codes to samples. The half that listens is not loaded, for this engine clones nobody; it
would also need torchaudio, which transformers' whole `HiggsAudioV2TokenizerModel` asks for at import.

Codes go to the model in a delay pattern (Copet et al., 2023: "Simple and Controllable Music Generation"): codebook k is k frames late, what is
before its first code says "begin", what is after its last says "end".
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from generation.contract import Samples
from generation.neural import lazy

DECODER, QUANTIZER = "acoustic_decoder.", "quantizer.quantizers.{}."


class Codec:
    """Residual codebooks, a projection and DAC's decoder. `frame_rate` is in codes a second, `rate` in samples a second."""

    def __init__(self, folder: Path, codebooks: int, device: str) -> None:
        """Raises `OSError`, `ValueError`, `KeyError` or `RuntimeError` for a folder with something else in it."""
        torch, transformers = lazy.torch(), lazy.transformers()
        config = transformers.HiggsAudioV2TokenizerConfig.from_pretrained(str(folder), local_files_only=True)
        self.rate, self.frame_rate, self.device = int(config.sample_rate), float(config.frame_rate), device
        weights = _weights(folder, (DECODER, "fc2.", *(QUANTIZER.format(k) for k in range(codebooks))))
        self._books = [weights[QUANTIZER.format(k) + "codebook.embed"].to(device) for k in range(codebooks)]
        self._projections = [_linear(weights, QUANTIZER.format(k) + "project_out.", device) for k in range(codebooks)]
        self._out = _linear(weights, "fc2.", device)
        self._decoder = lazy.module("transformers.models.dac.modeling_dac").DacDecoder(config.acoustic_model_config)
        for part in self._decoder.modules():  # where Higgs Audio's DAC differs from transformers' own
            if isinstance(part, torch.nn.ConvTranspose1d):
                part.output_padding = (part.stride[0] % 2,)
        self._decoder.tanh = torch.nn.Identity()
        own = {name.removeprefix(DECODER): value for name, value in weights.items() if name.startswith(DECODER)}
        self._decoder.load_state_dict(own)
        self._decoder.to(device).eval()

    def decode(self, codes: Any) -> Samples:
        """Codes (frames, codebooks) as samples (n,)."""
        torch = lazy.torch()
        functional, columns = torch.nn.functional, codes.T.to(self.device)
        with torch.inference_mode():
            heard = sum(
                functional.linear(functional.embedding(column, book), *projection)
                for column, book, projection in zip(columns, self._books, self._projections, strict=True)
            )
            samples = self._decoder(functional.linear(heard, *self._out).T[None])
        return np.asarray(samples.float().cpu().numpy().reshape(-1), np.float32)


def delayed(codes: Any, begin: int, end: int) -> Any:
    """Codes (frames, codebooks) as rows of the delay pattern (frames + codebooks + 1, codebooks), with "begin" and "end" round them."""
    frames, books = codes.shape
    rows = codes.new_full((frames + books + 1, books), end)
    for k in range(books):
        rows[: k + 1, k] = begin
        rows[k + 1 : k + 1 + frames, k] = codes[:, k]
    return rows


def undelayed(rows: Any, begin: int, end: int) -> Any:
    """Rows that were generated, back to codes (frames, codebooks), up to where every codebook has ended. No frames for what said nothing."""
    over = (rows == end).all(dim=-1).nonzero()
    rows = rows[1 : int(over[0, 0]) if len(over) else len(rows)]
    frames, books = max(0, len(rows) - rows.shape[1] + 1), rows.shape[1]
    columns = [rows[k : k + frames, k : k + 1] for k in range(books)]
    return lazy.torch().cat(columns, dim=1).clip(0, begin - 1).clone()


def _weights(folder: Path, wanted: tuple[str, ...]) -> dict[str, Any]:
    """The tensors whose names begin so, in float32; the others are not read."""
    opened = lazy.module("safetensors").safe_open
    index = folder / "model.safetensors.index.json"
    files = sorted({*json.loads(index.read_text())["weight_map"].values()}) if index.is_file() else ["model.safetensors"]
    found: dict[str, Any] = {}
    for file in files:
        with opened(str(folder / file), framework="pt") as tensors:
            found |= {name: tensors.get_tensor(name).float() for name in tensors.keys() if name.startswith(wanted)}  # noqa: SIM118 (no mapping)
    return found


def _linear(weights: dict[str, Any], prefix: str, device: str) -> tuple[Any, Any]:
    return weights[f"{prefix}weight"].to(device), weights[f"{prefix}bias"].to(device)
