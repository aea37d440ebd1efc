"""The parts of a form that neural engines have in common. An engine's own form adds to them and sets its own defaults."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generation.contract import Frozen
from generation.neural.schedulers import SCHEDULERS


class Lora(Frozen):
    """An adapter: a small change of a model's weights. `model` is its name on the shelf."""

    model: str = Field(min_length=1, max_length=300)
    weight: float = Field(1.0, ge=-4, le=4)
    trigger: str = Field("", max_length=200)  # words that call it up; added to the prompt where they are not in it


class Tuning(Frozen):
    """How the model is fitted to the card. "auto" is decided by the worker and written into the recipe's measures; a precision or a
    quantisation other than that changes the picture's bytes, an offload does not."""

    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field("auto", description="Auto: bfloat16 where the card has it.")
    offload: Literal["auto", "none", "model", "group", "sequential"] = Field(
        "auto", description="Weights wait in the machine's memory: slower, and needs less of the card. The picture stays the same."
    )
    quantisation: Literal["auto", "none", "fp8"] = Field("auto", description="fp8 halves the weights on the card and changes the picture a little.")
    step_cache: Literal["none", "first block"] = Field("none", description="Skips work in steps that change little: faster, less exact.")
    cache_threshold: float = Field(0.1, gt=0, le=1, description="Higher skips more.")
    compile: bool = Field(False, title="Compile", description="Pays from the second job of a size on.")


class ModelParams(Frozen):
    """Whatever works with a model from the shelf."""

    model: str = Field("", max_length=1024, title="Model")
    tuning: Tuning = Field(Tuning(), title="On the card")


class PromptParams(ModelParams):
    """What is asked in words. `prompt` wins; without one it is composed in the order place, subject, action, camera, style."""

    prompt: str = Field("", max_length=4000)
    place: str = Field("", max_length=1000)
    subject: str = Field("", max_length=1000)
    action: str = Field("", max_length=1000)
    camera: str = Field("", max_length=400)
    style: str = Field("", max_length=1000)
    loras: tuple[Lora, ...] = Field((), max_length=8, title="LoRAs")

    def words(self) -> str:
        """The prompt, with the trigger words of the adapters that are not in it yet."""
        parts = (self.place, self.subject, self.action, self.camera, self.style)
        said = self.prompt.strip() or ", ".join(part.strip().rstrip(".") for part in parts if part.strip())
        triggers = [lora.trigger.strip() for lora in self.loras if lora.trigger.strip() and lora.trigger.strip().lower() not in said.lower()]
        return ", ".join([*triggers, said]) if said else said


class DenoiseParams(PromptParams):
    """A model that denoises step by step. An engine that has no use for `negative` or `guidance` says so in its notes."""

    negative: str = Field("", max_length=2000, title="Negative prompt")
    steps: int = Field(20, ge=1, le=200)
    guidance: float = Field(5.0, ge=0, le=30)
    scheduler: str = Field("", max_length=60, json_schema_extra={"choices": list(SCHEDULERS)})  # empty: the model's own
