"""Loading a diffusers pipeline from the shelf, fitted to this worker's card and kept warm; and other pipelines over the same parts."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from generation.contract import BadRequest, Failure
from generation.neural import lazy, relief, schedulers, store, warm
from generation.neural.params import ModelParams
from generation.neural.previews import LatentPreview, as_decoded
from generation.neural.tuning import Settings, card, decide, fit

BROKEN = (OSError, ValueError, TypeError, AttributeError, KeyError, ImportError)


@dataclass
class Loaded:
    """A pipeline on its device. `own_scheduler` is the one it was loaded with; jobs get fresh copies."""

    name: str
    folder: Path
    pipe: Any
    settings: Settings
    notes: tuple[str, ...]
    preview: LatentPreview | None = None
    others: dict[str, Any] = field(default_factory=dict)  # other pipelines over the same parts, by class name
    own_scheduler: Any = None

    def as_class(self, class_name: str, **more: Any) -> Any:
        """The same weights in another pipeline class ("WanImageToVideoPipeline"), made once. `more` are parts this model's folder has not.
        Raises `BadRequest` if the class needs parts that are neither."""
        if type(self.pipe).__name__ == class_name:
            return self.pipe
        if class_name not in self.others or more:
            found = getattr(lazy.diffusers(), class_name)
            parts = {**{name: part for name, part in self.pipe.components.items() if part is not None}, **more}
            wanted = inspect.signature(found.__init__).parameters
            given = {name: part for name, part in parts.items() if name in wanted}
            plain = {name: value for name, value in self.pipe.config.items() if not isinstance(value, (tuple, list))}
            settings = {name: value for name, value in plain.items() if name in wanted and name not in given}
            lacking = [n for n, p in wanted.items() if n not in ("self",) and p.default is p.empty and n not in given and n not in settings]
            if lacking:
                raise BadRequest(f"The model {self.name} lacks {', '.join(lacking)}, which {class_name} needs. Choose a model made for this task.")
            made = found(**{**settings, **given})
            made.set_progress_bar_config(disable=True)
            if more:
                return made
            self.others[class_name] = made
        return self.others[class_name]

    def facts(self) -> dict[str, Any]:
        """What the recipe's measures keep: pipeline, model, and how it was fitted to which card."""
        model = store.identity(self.name, self.folder)
        return {"pipeline": type(self.pipe).__name__, "model": model, "settings": self.settings.model_dump(mode="json")}

    @property
    def deferrable(self) -> bool:
        """Whether frames may be decoded beside the next job: not where hooks move the parts of the pipeline between memories."""
        return self.settings.offload == "none"

    def reset(self, scheduler: str = "", pipe: Any = None) -> Any:
        """The pipeline (or another over the same parts) with a fresh scheduler of that name."""
        pipe = pipe or self.pipe
        if self.own_scheduler is not None:
            pipe.scheduler = self.own_scheduler
            pipe.scheduler = schedulers.chosen(pipe, scheduler)
        return pipe


def load(
    params: ModelParams, class_name: str = "", *, needs: tuple[str, ...] = (), prepare: Callable[[Any], None] | None = None, **more: Any
) -> Loaded:
    """The pipeline of `params.model`, warm or loaded now, as its folder says it is or as `class_name`. `needs` are the classes accepted;
    `prepare` is called once after loading, before it goes to its device; `more` goes to `from_pretrained`.

    Raises `BadRequest` for a model that is missing, broken, or of another kind. Nothing is downloaded and no code of a model is run.
    """
    folder = store.model_folder(params.model)
    here, weights = card(), store.weight_bytes(folder)
    settings = decide(params.tuning, weights, here)
    relief.fitted(settings)
    mark = folder / "model_index.json"
    stamp = mark.stat().st_mtime_ns if mark.exists() else 0
    key = ("pipeline", str(folder), stamp, class_name, settings)

    def check(kind: str) -> None:
        if needs and kind not in needs:
            raise BadRequest(f"The model {params.model} is a {kind}; this engine works with {' or '.join(needs)}. Choose another model.")

    def loading() -> Loaded:
        diffusers = lazy.diffusers()
        found = getattr(diffusers, class_name) if class_name else diffusers.DiffusionPipeline
        try:
            pipe = found.from_pretrained(str(folder), dtype=settings.dtype, local_files_only=True, use_safetensors=True, **more)
        except BROKEN as error:
            raise BadRequest(
                f"The model in {folder} cannot be loaded: {(str(error).splitlines() or [type(error).__name__])[0][:300]} "
                "It must be a whole folder as save_pretrained writes it, with safetensors weights."
            ) from error
        check(type(pipe).__name__)
        pipe.set_progress_bar_config(disable=True)
        if prepare is not None:
            prepare(pipe)
        _one_at_a_time(getattr(pipe, "vae", None))
        notes = fit(pipe, settings)
        offloaded = settings.offload != "none"
        preview = None if offloaded else LatentPreview.fitted(getattr(pipe, "vae", None))
        return Loaded(params.model, folder, pipe, settings, notes, preview, own_scheduler=getattr(pipe, "scheduler", None))

    in_memory = weights * (2 if settings.precision == "float32" else 1) // (2 if settings.quantisation == "fp8" else 1)
    loaded: Loaded = warm.hold(params.model, key, in_memory if settings.offload == "none" else 0, here.memory, loading)
    check(type(loaded.pipe).__name__)  # another engine may have loaded it
    return loaded


def part(
    name: str, class_name: str, loaded: Loaded, *, subfolder: str = "", library: str = "diffusers", make: Callable[[Path], Any] | None = None
) -> Any:
    """One network that works beside a model (a control network, an image encoder), on its device and kept warm. `name` is on the shelf;
    `make` loads one that is not in the library's own layout. Raises `BadRequest` for one that is missing or of another kind."""
    folder = store.model_folder(name)
    place = folder / subfolder if subfolder else folder
    weights = store.weight_bytes(place)

    def loading() -> Any:
        found = getattr(lazy.diffusers() if library == "diffusers" else lazy.transformers(), class_name)
        try:
            if make is not None:
                network = make(place)
            else:
                network = found.from_pretrained(str(place), dtype=loaded.settings.dtype, local_files_only=True, use_safetensors=True)
        except (*BROKEN, RuntimeError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0][:300]
            raise BadRequest(f"{name} cannot be loaded as a {class_name}: {reason}") from error
        return network.to(loaded.settings.device).eval()

    return warm.hold(name, ("part", str(place), place.stat().st_mtime_ns, class_name, loaded.settings.precision), weights, card().memory, loading)


def _one_at_a_time(vae: Any) -> None:
    """A video VAE keeps caches while it works. The decoding of one job and the encoding of the next, on two threads, take turns."""
    lock = threading.RLock()
    for name in ("encode", "decode"):
        own = getattr(vae, name, None)
        if own is not None:
            setattr(vae, name, _locked(own, lock))


def _locked(call: Callable[..., Any], lock: threading.RLock) -> Callable[..., Any]:
    @wraps(call)
    def one(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return call(*args, **kwargs)

    return one


def clip_of(pipe: Any, latents: Any) -> Any:
    """A clip's latents (1, c, f, h, w), as the denoiser has them, decoded: float32 0…1, (frames, h, w, 3)."""
    torch = lazy.torch()
    with torch.inference_mode():
        ready = as_decoded(pipe.vae, latents.to(pipe.vae.dtype))
        pixels = pipe.vae.decode(ready.to(pipe.vae.dtype), return_dict=False)[0]
        return finite(pipe.video_processor.postprocess_video(pixels, output_type="np")[0])


def generators(seeds: Sequence[int]) -> Any:
    """One for one seed; a list for several takes at once, each of which begins from the noise it would begin from alone."""
    return generator(seeds[0]) if len(seeds) == 1 else [generator(seed) for seed in seeds]


def generator(seed: int) -> Any:
    """Noise from the CPU wherever the model runs: the same seed gives the same noise on every card."""
    return lazy.torch().Generator("cpu").manual_seed(seed)


def call(pipe: Any, arguments: dict[str, Any]) -> Any:
    """Run a pipeline with those of the arguments that it knows and that are not None."""
    known = inspect.signature(pipe.__call__).parameters
    with lazy.torch().inference_mode():
        return pipe(**{name: value for name, value in arguments.items() if name in known and value is not None})


def finite(frames: Any) -> Any:
    """Raises `Failure` for pixels or samples that are no numbers."""
    torch = lazy.torch()
    fine = torch.isfinite(frames).all() if isinstance(frames, torch.Tensor) else __import__("numpy").isfinite(frames).all()
    if not fine:
        raise Failure("The model gave values that are no numbers. Try another seed, fewer steps, or run it in a higher precision.")
    return frames


def spatial_multiple(pipe: Any) -> int:
    """Pixels a side that one token of the model covers."""
    scale = int(getattr(pipe, "vae_scale_factor_spatial", 0) or getattr(pipe, "vae_scale_factor", 8) or 8)
    network = getattr(pipe, "transformer", None)
    if network is None:
        return scale
    patch = getattr(network.config, "patch_size", 1)
    side = int(patch[-1] if isinstance(patch, (tuple, list)) else patch)
    # FLUX packs 2 × 2 latents into a token before the transformer sees them, whose own patch size is 1.
    return scale * max(side, 2)
