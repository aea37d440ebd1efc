"""Stable Audio Open and Stable Audio 3: music, ambience and effects from words, 44.1 kHz stereo."""

from __future__ import annotations

import importlib.util
import json
import math
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field

from generation.contract import SAMPLE_RATE, BadRequest, Context, Request
from generation.facts import Checkpoint, Cost, EngineInfo
from generation.neural import lazy, pipelines, prompts, sounds, store
from generation.neural.steps import Steps
from generation.neural.tuning import StepCache

LICENCE = "Stability AI Community License"
REVENUE = "Commercial use only below 1,000,000 USD of revenue a year; above that with an enterprise licence of Stability AI."
LEAST = 1.0  # seconds
MOST_OF_3 = 380.0  # seconds Stable Audio 3 medium was made for; Open says its own

Solver = Literal["", "dpm++ 2m", "dpm++ 2m sde"]


class StableAudioParams(sounds.CueParams):
    """Steps and guidance of 0 are the model's own: 100 and 7 for Open, 8 and none for 3, 100 and none for the base of 3."""

    model: str = Field("stabilityai/stable-audio-open-1.0", max_length=1024, title="Model")
    negative: str = Field("", max_length=2000, title="Negative prompt", description="Heard only with guidance above 1.")
    steps: int = Field(0, ge=0, le=500, description="0: the model's own (100 for Open, 8 for 3, 100 for the base of 3).")
    guidance: float = Field(0.0, ge=0, le=20, description="0: the model's own (7 for Open, none for 3).")
    scheduler: Solver = Field("", description="For Stable Audio Open; empty: its own.")


INFO = EngineInfo(
    name="stable_audio",
    title="Stable Audio",
    description="Music, ambience and effects from words: Open up to 47 seconds at a time, 3 up to 6 minutes; 44.1 kHz, stereo.",
    licence=f"{LICENCE}: free below 1,000,000 USD of revenue a year",
    kind="gpu",
    family="music",
    target="generation.engines.stable_audio:StableAudio",
    forms=MappingProxyType({"music": StableAudioParams, "effect": StableAudioParams, "tone": StableAudioParams}),
    costs=MappingProxyType({task: Cost(fps=3.0, seconds=15.0) for task in ("music", "effect", "tone")}),
    checkpoints=tuple(
        Checkpoint(
            title=title,
            hub=f"stabilityai/{name}",
            licence=LICENCE,
            licence_url=f"https://huggingface.co/stabilityai/{name}",
            revenue=REVENUE,
            gib=0,
            memory_gib=0,
            gated=gated,
        )
        for title, name, gated in (
            ("Stable Audio Open 1.0", "stable-audio-open-1.0", True),
            ("Stable Audio 3 medium", "stable-audio-3-medium", True),
            ("Stable Audio 3 medium base", "stable-audio-3-medium-base", False),
        )
    ),
    classes=("diffusers.StableAudioPipeline", "diffusers.StableAudio3Pipeline"),
    needs=("torch", "diffusers", "transformers"),
)


class StableAudio:
    """Same seed, same bytes on the same card and versions."""

    name = "stable_audio"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, task = StableAudioParams.model_validate(request.params), request.task
        _, wanted = sounds.length_of(request)
        prompt = params.words(task)
        context.progress(0, params.steps or 100, unit="steps", stage="loading the model")
        own = _without_torchsde(params.model)
        loaded = pipelines.load(params, needs=("StableAudioPipeline", "StableAudio3Pipeline"), **own)
        pipe = loaded.reset()
        third = type(pipe).__name__ == "StableAudio3Pipeline"
        notes = list(params.unheard(task))
        if own and not params.scheduler:
            notes.append("This worker has no torchsde: the model's own solver drew its noise from a plain generator.")
        distilled = third and bool(pipe.scheduler.config.get("stochastic_sampling"))
        steps = params.steps or (8 if distilled else 100)
        guidance = params.guidance or (1.0 if third else 7.0)
        if distilled and guidance > 1:
            guidance = 1.0
            notes.append("This distilled model works without guidance; it was left out.")
        if params.negative and guidance <= 1:
            notes.append("Without guidance no negative prompt is heard; it was left out.")
        if params.scheduler:
            if third:
                raise BadRequest("Stable Audio 3 keeps to its own scheduler. Leave it empty.")
            pipe.scheduler = _solver(pipe.scheduler.config, sde=params.scheduler.endswith("sde"))
        arguments: dict[str, Any] = {
            "prompt": prompt,
            "negative_prompt": params.negative or None if guidance > 1 else None,
            "num_inference_steps": steps,
            "guidance_scale": guidance,
            "generator": pipelines.generator(request.seed),
        }
        if third:
            most = min(MOST_OF_3, float(pipe.duration_embedder.config.max_val))
            seconds = arguments["duration"] = min(max(wanted / SAMPLE_RATE, LEAST), most)
        else:
            most = pipe.transformer.config.sample_size * pipe.vae.hop_length / pipe.vae.config.sampling_rate
            seconds = arguments["audio_end_in_s"] = min(max(wanted / SAMPLE_RATE, min(LEAST, most)), most)
        key = ("stable_audio", loaded.name, str(loaded.folder), loaded.settings.precision)
        watch = Steps(pipe, arguments, context, steps)
        with prompts.keeping(pipe, key), StepCache(pipe, loaded.settings) as cache, watch:
            audio = pipelines.call(pipe, arguments).audios[0]
        measures, said = sounds.hand_over(context, audio.float().cpu().numpy().T, pipe.vae.config.sampling_rate, wanted, task)
        made = {"seconds": round(seconds, 3), "steps": steps, "guidance": guidance}
        return {**loaded.facts(), **measures, "prompt": prompt, "made": made}, (*notes, *said, *loaded.notes, *cache.notes)


def _without_torchsde(model: str) -> dict[str, Any]:
    """Open's solver takes its noise from torchsde. Where that is missing: how to load the model with the same solver and plain noise."""
    folder = store.model_folder(model)
    place = folder / "scheduler" / "scheduler_config.json"
    if importlib.util.find_spec("torchsde") is not None or not place.is_file():
        return {}
    config = _json(place)
    if config.get("_class_name") != "CosineDPMSolverMultistepScheduler":
        return {}
    return {"scheduler": None, "prepare": lambda pipe: pipe.register_modules(scheduler=_solver(config, sde=True))}


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise BadRequest(f"{path} cannot be read: {error}. Get the model again.") from error
    return found if isinstance(found, dict) else {}


_solvers: list[Any] = []


def _solver(config: Any, *, sde: bool) -> Any:
    """DPM-Solver++ 2M over the model's own noise levels. The network is told a level as atan(σ)·2/π (Stable Audio Open, v-prediction)."""
    if not _solvers:
        torch = lazy.torch()

        class CosineSolver(lazy.diffusers().EDMDPMSolverMultistepScheduler):  # type: ignore[misc, unused-ignore]
            def precondition_noise(self, sigma: Any) -> Any:
                level = sigma if isinstance(sigma, torch.Tensor) else torch.tensor([sigma])
                return torch.atan(level) / math.pi * 2

        _solvers.append(CosineSolver)
    return _solvers[0].from_config(dict(config), algorithm_type="sde-dpmsolver++" if sde else "dpmsolver++")
