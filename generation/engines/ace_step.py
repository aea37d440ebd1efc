"""ACE-Step 1.5: music from words, tempo and key, and songs from lyrics."""

from __future__ import annotations

from importlib import metadata
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field

from generation.contract import SAMPLE_RATE, Context, Request
from generation.facts import Checkpoint, Cost, EngineInfo
from generation.neural import loras, pipelines, prompts, sounds
from generation.neural.params import Lora
from generation.neural.steps import Steps
from generation.neural.tuning import StepCache

LEAST, MOST = 10.0, 600.0  # seconds the model was made for
INSTRUMENTAL = "[Instrumental]"  # what stands for lyrics where nobody sings


class AceStepParams(sounds.CueParams):
    """The turbo models take 8 steps and no guidance; base and SFT models take guidance 7 and gain from more steps."""

    model: str = Field("ACE-Step/acestep-v15-xl-turbo-diffusers", max_length=1024, title="Model")
    lyrics: str = Field("", max_length=4000, description="With [verse] and [chorus] above their lines. Empty: nobody sings.")
    language: str = Field("en", max_length=10, title="Language of the lyrics")
    metre: Literal["", "2", "3", "4", "6"] = Field("", title="Beats in a bar")
    steps: int = Field(8, ge=1, le=200)
    guidance: float = Field(7.0, ge=0, le=20, description="1 or less: none. Turbo models have none in any case.")
    shift: float = Field(3.0, ge=1, le=10, description="Higher spends more of the steps on the large form.")
    loras: tuple[Lora, ...] = Field((), max_length=8, title="LoRAs")


INFO = EngineInfo(
    name="ace_step",
    title="ACE-Step 1.5",
    description="Music from words, tempo and key, as long as the cue; songs from lyrics. Seconds a minute of music on a card.",
    licence="MIT (ACE-Step 1.5); the XL models by their cards",
    kind="gpu",
    family="music",
    target="generation.engines.ace_step:AceStep",
    forms=MappingProxyType({"music": AceStepParams}),
    costs=MappingProxyType({"music": Cost(fps=5.0, seconds=20.0)}),
    checkpoints=(
        Checkpoint(
            title="1.5 XL turbo",
            hub="ACE-Step/acestep-v15-xl-turbo-diffusers",
            licence="",
            licence_url="https://huggingface.co/ACE-Step/acestep-v15-xl-turbo-diffusers",
            gib=0,
            memory_gib=0,
        ),
        Checkpoint(
            title="1.5 XL base",
            hub="ACE-Step/acestep-v15-xl-base-diffusers",
            licence="",
            licence_url="https://huggingface.co/ACE-Step/acestep-v15-xl-base-diffusers",
            gib=0,
            memory_gib=0,
        ),
    ),
    classes=("diffusers.AceStepPipeline",),
    loras=True,
    needs=("torch", "diffusers", "transformers"),
)


class AceStep:
    """Same seed, same bytes on the same card and versions."""

    name = "ace_step"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = AceStepParams.model_validate(request.params)
        _, wanted = sounds.length_of(request)
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=("AceStepPipeline",))
        pipe = loaded.reset()
        notes = list(params.unheard("music"))
        guidance = params.guidance
        if pipe.is_turbo and guidance > 1:
            guidance = 1.0
            notes.append("This turbo model works without guidance; it was left out.")
        triggers = [lora.trigger.strip() for lora in params.loras if lora.trigger.strip() and lora.trigger.lower() not in params.prompt.lower()]
        prompt = ", ".join([*triggers, params.words("music", measures=False)])
        seconds = min(max(wanted / SAMPLE_RATE, LEAST), MOST)
        arguments: dict[str, Any] = {
            "prompt": prompt,
            "lyrics": params.lyrics.strip() or INSTRUMENTAL,
            "vocal_language": params.language,
            "audio_duration": seconds,
            "bpm": params.tempo,
            "keyscale": params.key.strip() or None,
            "timesignature": params.metre or None,
            "num_inference_steps": params.steps,
            "guidance_scale": guidance,
            "shift": params.shift,
            "generator": pipelines.generator(request.seed),
        }
        key = ("ace_step", loaded.name, str(loaded.folder), loaded.settings.precision)
        watch = Steps(pipe, arguments, context, params.steps)
        with prompts.keeping(pipe, key), loras.applied(pipe, params.loras), StepCache(pipe, loaded.settings) as cache, watch:
            audio = pipelines.call(pipe, arguments).audios[0]
        measures, said = sounds.hand_over(context, audio.float().cpu().numpy().T, pipe.sample_rate, wanted, "music")
        data = {**loaded.facts(), **measures, "prompt": prompt, "sung": bool(params.lyrics.strip()), "made": {"seconds": seconds}}
        return data, (*notes, *said, *loaded.notes, *cache.notes)
