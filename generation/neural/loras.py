"""Adapters on a pipeline, for one job. They are loaded by name and weighted, never fused: unfusing leaves residue in the weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from generation.contract import BadRequest
from generation.neural import lazy
from generation.neural.params import Lora
from generation.neural.store import model_folder

KEPT = 8  # adapters that stay loaded on one pipeline


@contextmanager
def applied(pipe: Any, loras: Sequence[Lora]) -> Iterator[None]:
    """The pipeline with these adapters at their weights, and afterwards as it was. Loaded ones stay loaded, switched off.

    Raises `BadRequest` for an adapter that is not there or does not fit the model."""
    # Remembered with the network they change, which several pipelines share.
    owner = next((part for name in ("transformer", "unet", "transformer_2") if (part := getattr(pipe, name, None)) is not None), pipe)
    if not loras:
        if owner.__dict__.get("_firstcut_loras"):
            pipe.disable_lora()
        yield
        return
    if not hasattr(pipe, "load_lora_weights"):
        raise BadRequest(f"{type(pipe).__name__} takes no LoRAs. Leave them out, or choose another model.")
    lazy.module("peft")
    loaded: dict[str, str] = owner.__dict__.setdefault("_firstcut_loras", {})
    if len(loaded) + len(loras) > KEPT:
        pipe.delete_adapters(list(loaded.values()))
        loaded.clear()
    for lora in loras:
        if lora.model not in loaded:
            path = model_folder(lora.model)
            name = f"lora{len(loaded)}"
            try:
                where = {"weight_name": path.name} if path.is_file() else {}
                place = str(path.parent if path.is_file() else path)
                given = {"adapter_name": name, "local_files_only": True, "use_safetensors": True, **where}
                pipe.load_lora_weights(place, **given)
                if getattr(pipe, "transformer_2", None) is not None:  # an expert for each half of the steps: both are changed
                    pipe.load_lora_weights(place, load_into_transformer_2=True, **given)
            except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
                raise BadRequest(f"The LoRA “{lora.model}” does not fit this model: {str(error).splitlines()[0][:200]}") from error
            loaded[lora.model] = name
    pipe.enable_lora()
    pipe.set_adapters([loaded[lora.model] for lora in loras], [lora.weight for lora in loras])
    try:
        yield
    finally:
        pipe.disable_lora()


def identity(loras: Sequence[Lora]) -> str:
    """What of the adapters an encoded prompt depends on."""
    return "|".join(f"{lora.model}@{lora.weight}" for lora in loras)
