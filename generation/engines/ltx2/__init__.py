"""LTX-2 and what belongs to it: clips with their sound, and its latent upsamplers, which make clips larger or smoother."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

from pydantic import Field

from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec, Limits
from generation.neural.params import DenoiseParams, ModelParams

LICENCE = "LTX-2 Community License"
LICENCE_URL = "https://github.com/Lightricks/LTX-2/blob/main/LICENSE-2"
LICENCE_2X = "LTX-2.x Community License"
LICENCE_2X_URL = "https://github.com/Lightricks/LTX-2/blob/main/LICENSE-2_x"
REVENUE = "A company with a yearly revenue of 10 million US dollars or more needs a paid licence of Lightricks."
NEGATIVE = "blurry, low contrast, flickering, jittery movement, distorted proportions, extra limbs, subtitles, watermark, distorted voice, echo"


class LtxParams(DenoiseParams):
    """`guidance` is the picture's, `sound_guidance` the sound's. `context` is in frames. With `distilled` the model's own eight steps are taken
    and there is no guidance of any kind."""

    model: str = Field("Lightricks/LTX-2", max_length=1024)
    negative: str = Field(NEGATIVE, max_length=2000, title="Negative prompt")
    steps: int = Field(30, ge=1, le=100)
    guidance: float = Field(3.0, ge=0, le=20)
    sound_guidance: float = Field(7.0, ge=0, le=20, title="Guidance of the sound")
    together: float = Field(3.0, ge=1, le=10, title="Picture and sound together", description="How closely they keep to each other. 1: off, faster.")
    structure: float = Field(1.0, ge=0, le=10, title="Structure", description="Steers away from what falls apart (STG). 0: off, faster.")
    rescale: float = Field(0.7, ge=0, le=1, title="Guidance rescale", description="Keeps strong guidance from overexposing.")
    distilled: bool = Field(False, title="Distilled model", description="For distilled models and LoRAs: eight steps of their own, no guidance.")
    scheduler: str = Field("", max_length=60, json_schema_extra={"choices": ["flow euler"]})
    with_sound: bool = Field(True, title="With sound")
    clip_use: Literal["restyle", "continue"] = Field("restyle", title="A given clip is", description="What becomes of the clip, if one is given.")
    strength: float = Field(0.7, gt=0, le=1, description="How far a restyled clip may go from what it was.")
    context: int = Field(17, ge=1, le=121, title="Frames to go on from", description="Of the clip's end; more keeps its movement better.")
    upscale: bool = Field(
        False, title="Two stages", description="Made at half the size, doubled by the latent upsampler, and refined in three steps."
    )
    upsampler: str = Field("", max_length=1024, title="Latent upsampler", description="Empty: the one in the model's own folder.")
    refine_lora: str = Field("", max_length=300, title="LoRA to refine with", description="The distilled LoRA, for models that are not distilled.")


class UpsamplerParams(ModelParams):
    """`window` and `overlap` are in frames: long clips are worked on in windows, and each sees the end of the one before."""

    model: str = Field("Lightricks/LTX-2", max_length=1024, description="For its picture coder.")
    upsampler: str = Field("", max_length=1024, title="Latent upsampler", description="Empty: the one in the model's own folder.")
    window: int = Field(97, ge=9, le=257, title="Frames at a time")
    overlap: int = Field(8, ge=0, le=64, description="Frames that a window shares with the one before.")


def _checkpoint(title: str, hub: str, licence: str = LICENCE, url: str = LICENCE_URL, *, gated: bool = False, base: bool = True) -> Checkpoint:
    """Sizes are not stated on the models' cards."""
    return Checkpoint(title=title, hub=hub, licence=licence, licence_url=url, revenue=REVENUE, gib=0, memory_gib=0, gated=gated, base=base)


CHECKPOINTS = (
    _checkpoint("LTX-2 19B", "Lightricks/LTX-2"),
    _checkpoint("LTX-2.3 22B", "diffusers/LTX-2.3-Diffusers"),
    _checkpoint("LTX-2.3 22B distilled", "diffusers/LTX-2.3-Distilled-Diffusers"),
    _checkpoint("LTX-2.5 22B", "Lightricks/LTX-2.5-Diffusers", LICENCE_2X, LICENCE_2X_URL, gated=True),
    _checkpoint("Latent upsampler ×2 for LTX-2.3", "rootonchair/LTX-2.3-spatial-upscaler-x2-v1.1-Diffusers", base=False),
)

SHOT = EngineInfo(
    name="ltx2",
    title="LTX-2",
    description="Clips with their sound, from words, a first frame, a last frame or both, or another clip (LTX-2, 2.3, 2.5).",
    licence=f"{LICENCE}: free below 10 million US dollars of yearly revenue",
    kind="gpu",
    family="video",
    target="generation.engines.ltx2.shot:Ltx2",
    forms=MappingProxyType({"shot": LtxParams}),
    inputs=MappingProxyType(
        {
            "shot": (
                InputSpec(role="first_frame", title="First frame", medium="picture"),
                InputSpec(role="last_frame", title="Last frame", medium="picture", help="Alone, or together with a first frame."),
                InputSpec(role="video", title="Clip", medium="video", help="To restyle, or to go on from its end."),
            )
        }
    ),
    limits=Limits(max_width=3840, max_height=2176, max_frames=505),
    costs=MappingProxyType({"shot": Cost(fps=1.0, seconds=40.0)}),
    checkpoints=CHECKPOINTS,
    classes=("diffusers.LTX2ConditionPipeline", "diffusers.LTX2LatentUpsamplePipeline"),
    loras=True,
    needs=("torch", "diffusers", "transformers"),
)

CLIP = InputSpec(role="video", title="Clip", medium="video", least=1)

UPSAMPLER = EngineInfo(
    name="ltx2_upscale",
    title="LTX-2 latent upsampler",
    description="Makes a clip twice as large, or twice as smooth, in the latents of LTX-2; fine detail is invented anew by its decoder.",
    licence=f"{LICENCE}: free below 10 million US dollars of yearly revenue",
    kind="gpu",
    family="post",
    target="generation.engines.ltx2.upscale:Ltx2Upsampler",
    forms=MappingProxyType({"upscale": UpsamplerParams, "interpolate": UpsamplerParams}),
    inputs=MappingProxyType({"upscale": (CLIP,), "interpolate": (CLIP,)}),
    limits=Limits(max_width=3840, max_height=2176, max_frames=2000),
    costs=MappingProxyType({"upscale": Cost(fps=12.0, seconds=15.0), "interpolate": Cost(fps=24.0, seconds=15.0)}),
    checkpoints=CHECKPOINTS,
    classes=("diffusers.LTX2LatentUpsamplePipeline", "diffusers.AutoencoderKLLTX2Video"),
    needs=("torch", "diffusers"),
)

INFOS = (SHOT, UPSAMPLER)
