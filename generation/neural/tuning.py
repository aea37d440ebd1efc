"""From "auto" to what a card can do, and onto a pipeline: precision, offload, quantisation, step caching, compilation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from generation.contract import BadRequest, Frozen
from generation.neural import lazy, warm
from generation.neural.params import Tuning

HEADROOM = 1.35  # weights to what a run needs: activations, the decoder, the allocator's waste
FULL = 0.9  # of the memory, for weights and what is denoised at once


@dataclass(frozen=True)
class Card:
    """What the models run on. `memory` is what is there in all, in bytes; for a plain processor the machine's."""

    device: Literal["cuda", "cpu"]
    name: str
    memory: int
    capability: tuple[int, int] = (0, 0)

    @property
    def bf16(self) -> bool:
        return self.device == "cuda" and self.capability >= (8, 0)

    @property
    def fp8(self) -> bool:
        return self.device == "cuda" and self.capability >= (8, 9)


def card() -> Card:
    """The device this process sees. Touches CUDA: never in a process that forks workers."""
    torch = lazy.torch()
    if torch.cuda.is_available():
        facts = torch.cuda.get_device_properties(0)
        return Card("cuda", facts.name, facts.total_memory, (facts.major, facts.minor))
    psutil = lazy.module("psutil")  # accelerate brings it
    return Card("cpu", "cpu", int(psutil.virtual_memory().total))


class Settings(Frozen):
    """What was decided; kept in the measures of what was made."""

    device: str
    card: str
    precision: Literal["float32", "bfloat16", "float16"]
    offload: Literal["none", "model", "group", "sequential"]
    quantisation: Literal["none", "fp8"]
    step_cache: Literal["none", "first block"]
    cache_threshold: float
    compile: bool

    @property
    def dtype(self) -> Any:
        return getattr(lazy.torch(), self.precision)


def decide(tuning: Tuning, weights: int, here: Card) -> Settings:
    """Honest defaults: bfloat16 where the card has it, float32 on a plain processor (half precision is slower there); all on the card where
    it fits with headroom, else weights in fp8 where the card can, else one part of the model at a time, else a layer at a time.
    `weights` is their size in bytes as stored (mostly 16 bit). Raises `BadRequest` for what this device cannot do."""
    cuda = here.device == "cuda"
    precision = tuning.precision
    if precision == "auto":
        precision = "bfloat16" if here.bf16 else "float16" if cuda else "float32"
    if precision == "float16" and not cuda:
        raise BadRequest("float16 needs a graphics card; this worker has none. Choose bfloat16, float32 or auto.")
    wide = 2 if precision == "float32" else 1
    need = weights * wide * HEADROOM
    quantisation = tuning.quantisation
    if quantisation == "fp8" and not here.fp8:
        raise BadRequest(f"fp8 needs a card of compute capability 8.9 or newer; {here.name} is none. Choose “none” or auto.")
    if quantisation == "auto":
        quantisation = "fp8" if here.fp8 and need > here.memory and need / 2 <= here.memory else "none"
    if quantisation == "fp8":
        need /= 2
    offload = tuning.offload
    if offload == "auto":
        offload = "none" if not cuda or need <= here.memory else "model" if need / 2 <= here.memory else "group"
    if offload != "none" and not cuda:
        raise BadRequest("Offloading moves weights between a graphics card and the machine's memory; this worker has no card. Choose “none” or auto.")
    return Settings(
        device=here.device, card=here.name, precision=precision, offload=offload, quantisation=quantisation, step_cache=tuning.step_cache,
        cache_threshold=tuning.cache_threshold, compile=tuning.compile,
    )  # fmt: skip


def room(tuning: Tuning, weights: int, one: float, here: Card) -> int:
    """How many pictures or clips can be denoised at once beside `weights` bytes, if each takes `one` bytes of activations at 16 bit. One, where
    not all weights stay on the card."""
    settings = decide(tuning, weights, here)
    if settings.offload != "none":
        return 1
    wide, narrow = (2 if settings.precision == "float32" else 1), (2 if settings.quantisation == "fp8" else 1)
    free = here.memory * FULL - max(weights * wide / narrow, warm.held())
    return max(1, int(free // (one * wide)))


def denoiser(pipe: Any) -> list[Any]:
    """The networks a pipeline calls at every step: one, or two where a model has an expert for each half."""
    names = ("transformer", "transformer_2", "unet", "dit")
    return [part for part in (getattr(pipe, name, None) for name in names) if part is not None and hasattr(part, "parameters")]


def fit(pipe: Any, settings: Settings) -> tuple[str, ...]:
    """Put a loaded pipeline on its device as decided. Returns sentences about what could not be done and was left out."""
    torch = lazy.torch()
    notes: list[str] = []
    if settings.quantisation == "fp8":
        for network in denoiser(pipe):
            network.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=settings.dtype)
    match settings.offload:
        case "none":
            pipe.to(settings.device)
        case "model":
            pipe.enable_model_cpu_offload()
        case "sequential":
            pipe.enable_sequential_cpu_offload()
        case "group":
            pipe.enable_group_offload(
                onload_device=torch.device(settings.device), offload_device=torch.device("cpu"), offload_type="leaf_level", use_stream=True
            )
    if settings.compile:
        for network in denoiser(pipe):
            if hasattr(network, "compile_repeated_blocks") and getattr(network, "_repeated_blocks", None):
                network.compile_repeated_blocks()
            else:
                notes.append(f"{type(network).__name__} has no repeated blocks to compile; it ran as it is.")
    return tuple(notes)


class StepCache:
    """Skips the later blocks of a network in steps that change little (diffusers' first-block cache), for one run; counts what was skipped."""

    def __init__(self, pipe: Any, settings: Settings) -> None:
        self._networks = denoiser(pipe) if settings.step_cache == "first block" else []
        self._threshold = settings.cache_threshold
        self._hooks: list[Any] = []
        self._calls = self._blocks = 0
        self._on: list[Any] = []
        self._refused: list[str] = []

    def __enter__(self) -> StepCache:
        hooks = lazy.module("diffusers.hooks") if self._networks else None
        for network in self._networks:
            blocks = getattr(network, "transformer_blocks", None) or getattr(network, "blocks", None)
            if not blocks or len(blocks) < 2:
                self._refused.append(type(network).__name__)
                continue
            try:
                network.enable_cache(hooks.FirstBlockCacheConfig(threshold=self._threshold))  # type: ignore[union-attr]
            except (AttributeError, ValueError, KeyError, NotImplementedError):
                self._refused.append(type(network).__name__)
                continue
            self._on.append(network)
            self._hooks.append(network.register_forward_pre_hook(self._called))
            self._hooks.append(self._norm_of(blocks[-1]).register_forward_pre_hook(self._reached))
        return self

    @staticmethod
    def _norm_of(block: Any) -> Any:
        """A part inside the last block: the block's own forward is replaced by the cache, what it calls is not."""
        return next(part for name, part in block.named_modules() if name)

    def _called(self, *_: Any) -> None:
        self._calls += 1

    def _reached(self, *_: Any) -> None:
        self._blocks += 1

    def __exit__(self, *error: object) -> None:
        for hook in self._hooks:
            hook.remove()
        for network in self._on:
            network.disable_cache()

    @property
    def notes(self) -> tuple[str, ...]:
        said = [f"{name} cannot use the first-block cache; every step was computed." for name in self._refused]
        if self._on:
            skipped = max(0, self._calls - self._blocks)
            said.append(f"The first-block cache answered {skipped} of {self._calls} passes through the network.")
        return tuple(said)
