"""AudioLDM 2: effects, ambience and sketches of music from words, 16 kHz mono."""

from __future__ import annotations

from importlib import metadata
from types import MappingProxyType
from typing import Any

from pydantic import Field

from generation.contract import SAMPLE_RATE, Context, Request
from generation.facts import Checkpoint, Cost, EngineInfo
from generation.neural import pipelines, prompts, sounds
from generation.neural.schedulers import SCHEDULERS
from generation.neural.steps import Steps

LICENCE = "CC-BY-NC-SA-4.0"
REVENUE = "Not for commercial use."
LEAST, MOST = 5.0, 30.0  # seconds made at once: it was trained on 10


class AudioLdm2Params(sounds.CueParams):
    """`negative` is heard only with guidance above 1."""

    model: str = Field("cvssp/audioldm2", max_length=1024, title="Model")
    negative: str = Field("Low quality.", max_length=2000, title="Negative prompt")
    steps: int = Field(200, ge=1, le=500)
    guidance: float = Field(3.5, ge=0, le=20)
    scheduler: str = Field("", max_length=60, json_schema_extra={"choices": [name for name in SCHEDULERS if not name.startswith("flow")]})


INFO = EngineInfo(
    name="audioldm2",
    title="AudioLDM 2",
    description="Effects, ambience and sketches of music from words, up to 30 seconds at a time; 16 kHz, mono.",
    licence=f"{LICENCE}: not for commercial films",
    kind="gpu",
    family="music",
    target="generation.engines.audioldm2:AudioLdm2",
    forms=MappingProxyType({"effect": AudioLdm2Params, "tone": AudioLdm2Params, "music": AudioLdm2Params}),
    costs=MappingProxyType({task: Cost(fps=0.7, seconds=15.0) for task in ("effect", "tone", "music")}),
    checkpoints=(
        Checkpoint(
            title="AudioLDM 2",
            hub="cvssp/audioldm2",
            licence=LICENCE,
            licence_url="https://huggingface.co/cvssp/audioldm2",
            revenue=REVENUE,
            gib=0,
            memory_gib=0,
        ),
        Checkpoint(
            title="AudioLDM 2 large",
            hub="cvssp/audioldm2-large",
            licence=LICENCE,
            licence_url="https://huggingface.co/cvssp/audioldm2-large",
            revenue=REVENUE,
            gib=0,
            memory_gib=0,
        ),
    ),
    classes=("diffusers.AudioLDM2Pipeline",),
    needs=("torch", "diffusers", "transformers"),
)


class AudioLdm2:
    """Same seed, same bytes on the same card and versions."""

    name = "audioldm2"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, task = AudioLdm2Params.model_validate(request.params), request.task
        _, wanted = sounds.length_of(request)
        prompt = params.words(task)
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=("AudioLDM2Pipeline",))
        pipe = loaded.reset(params.scheduler)
        notes = list(params.unheard(task))
        guided = params.guidance > 1
        if params.negative and not guided:
            notes.append("Without guidance no negative prompt is heard; it was left out.")
        seconds = min(max(wanted / SAMPLE_RATE, LEAST), MOST)
        arguments: dict[str, Any] = {
            "prompt": prompt,
            "negative_prompt": params.negative or None if guided else None,
            "audio_length_in_s": seconds,
            "num_inference_steps": params.steps,
            "guidance_scale": params.guidance,
            "generator": pipelines.generator(request.seed),
            "output_type": "np",
        }
        key = ("audioldm2", loaded.name, str(loaded.folder), loaded.settings.precision)
        with prompts.keeping(pipe, key), Steps(pipe, arguments, context, params.steps):
            audio = pipelines.call(pipe, arguments).audios[0]
        measures, said = sounds.hand_over(context, audio, pipe.vocoder.config.sampling_rate, wanted, task)
        return {**loaded.facts(), **measures, "prompt": prompt, "made": {"seconds": seconds}}, (*notes, *said, *loaded.notes)
