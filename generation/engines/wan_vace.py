"""Wan VACE: clips under control. The depth of a previs keeps where everybody stands and how the camera moves; masks say what may be painted;
reference pictures say what things look like; a first and a last frame hold the ends.

A shot longer than the model sees at once is made in windows: each begins with the last frames of the one before, which it keeps.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from importlib import metadata
from types import MappingProxyType
from typing import Any

import numpy as np
from PIL import Image
from pydantic import Field

from generation.contract import BadRequest, Context, Format, Pixels, Request, Stage
from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy, loras, pipelines, prompts
from generation.neural.params import DenoiseParams
from generation.neural.pictures import Plan, cover, cut, depth_clip, read, read_clip, read_frames, read_mask, write_frames
from generation.neural.steps import Steps
from generation.neural.tuning import StepCache

LICENCE = "https://huggingface.co/Wan-AI/Wan2.1-VACE-14B-diffusers/blob/main/README.md"
NEGATIVE = "blurry, low quality, overexposed, static, subtitles, watermark, deformed hands, deformed faces, extra fingers"
GREY = (127, 127, 127)  # what the model was trained to take for "nothing given here"


class VaceParams(DenoiseParams):
    """`control` is how strongly what is given holds (0: not at all). `window` and `overlap` are in frames, for shots longer than one window."""

    model: str = Field("Wan-AI/Wan2.1-VACE-1.3B-diffusers", max_length=1024)
    negative: str = Field(NEGATIVE, max_length=2000, title="Negative prompt")
    steps: int = Field(30, ge=1, le=100)
    guidance: float = Field(5.0, ge=0, le=20, description="1 or less: no guidance, twice as fast; for distilled models and lightning LoRAs.")
    guidance_2: float = Field(0.0, ge=0, le=20, title="Guidance, later steps", description="For models with two experts. 0: the same.")
    control: float = Field(1.0, ge=0, le=2, title="Strength of control")
    window: int = Field(81, ge=5, le=161, title="Frames at a time", description="81 as trained. Longer shots are made in windows of this many.")
    overlap: int = Field(9, ge=1, le=33, description="Frames that a window shares with the one before.")


INFO = EngineInfo(
    name="wan_vace",
    title="Wan VACE",
    description="Clips under control: by the depth of the previs, masks, reference pictures, a first and a last frame. Any length.",
    licence="Apache-2.0",
    kind="gpu",
    family="control",
    target="generation.engines.wan_vace:WanVace",
    forms=MappingProxyType({"shot": VaceParams}),
    inputs=MappingProxyType(
        {
            "shot": (
                InputSpec(role="depth", title="Guided by the previs of", medium="depth", help="Its depth holds the staging and the camera."),
                InputSpec(role="control", title="Control clip", medium="video", help="A ready depth, pose or line clip, instead of a previs."),
                InputSpec(role="video", title="Clip to change", medium="video", help="With a mask: only what the mask shows is painted anew."),
                InputSpec(role="mask", title="Mask", medium="mask", help="White where the model may paint."),
                InputSpec(role="reference", title="References", medium="picture", most=4, help="What people, things and places look like."),
                InputSpec(role="first_frame", title="First frame", medium="picture"),
                InputSpec(role="last_frame", title="Last frame", medium="picture"),
            )
        }
    ),
    limits=Limits(max_width=1920, max_height=1920, max_frames=2000),
    costs=MappingProxyType({"shot": Cost(fps=0.6, seconds=25.0)}),
    checkpoints=(
        Checkpoint(
            title="Wan 2.1 VACE 1.3B", hub="Wan-AI/Wan2.1-VACE-1.3B-diffusers", licence="Apache-2.0", licence_url=LICENCE, gib=29, memory_gib=16
        ),
        Checkpoint(
            title="Wan 2.1 VACE 14B", hub="Wan-AI/Wan2.1-VACE-14B-diffusers", licence="Apache-2.0", licence_url=LICENCE, gib=70, memory_gib=80
        ),
    ),
    classes=("diffusers.WanVACEPipeline",),
    loras=True,
    needs=("torch", "diffusers", "transformers"),
)


class WanVace:
    """Same seed, same bytes on the same card and versions, also when a job goes on after its worker died between two windows."""

    name = "wan_vace"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = VaceParams.model_validate(request.params), request.format
        if picture is None or not params.words():
            raise BadRequest("A clip needs a format and words: give a prompt, or at least a place, a subject or an action.")
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=("WanVACEPipeline",))
        pipe = loaded.pipe
        step = int(pipe.vae_scale_factor_temporal)
        plan = Plan.of(picture, multiple=pipelines.spatial_multiple(pipe), step=step)
        windows = windows_of(plan.frames, params.window, params.overlap, step)
        shot = _Shot(loaded, params, request, context, plan, windows)
        if len(windows) == 1:
            latents = shot.denoise(0, ())
            context.frames((frame for part in (latents,) for frame in shot.pixels(part, picture)), deferrable=loaded.deferrable)
        else:
            context.frames(shot.in_windows(picture))
        data = {**loaded.facts(), "mode": shot.mode, "prompt": params.words(), "made": plan.made(), "windows": len(windows)}
        said = [f"Made in {len(windows)} windows that share {params.overlap} frames."] if len(windows) > 1 else []
        return data, (*plan.notes(picture), *said, *shot.control.notes, *loaded.notes, *shot.notes)


def windows_of(frames: int, window: int, overlap: int, step: int) -> list[tuple[int, int]]:
    """[first frame, end) of each window, all of a length the model can make (step × n + 1); each begins `overlap` frames before the end of
    the one before, and the last ends where the shot does or after it."""
    length = (window - 1) // step * step + 1
    if frames <= length:
        return [(0, frames)]
    shared = min(overlap, length - 1)
    found = [(0, length)]
    while found[-1][1] < frames:
        start = found[-1][1] - shared
        rest = -(-(frames - start - 1) // step) * step + 1
        found.append((start, start + min(length, rest)))
    return found


class _Control:
    """What is given for every frame: a picture to be guided by or to keep, and where may be painted. Held at its end if it is shorter."""

    def __init__(self, context: Context, plan: Plan) -> None:
        self.notes: list[str] = []
        width, height, frames = plan.width, plan.height, plan.frames
        depth, ready, clip, masks = (context.inputs(role) for role in ("depth", "control", "video", "mask"))
        if len([1 for given in (depth, ready, clip) if given]) > 1:
            raise BadRequest("Give one of these: a previs to be guided by, a control clip, or a clip to change.")
        if masks and not clip:
            raise BadRequest("A mask says which part of a clip is painted anew. Give the clip to change too.")
        self.white = Image.new("L", (width, height), 255)
        self.black = Image.new("L", (width, height), 0)
        self.pictures = [Image.new("RGB", (width, height), GREY)] * frames
        self.masks = [self.white] * frames
        self.kind = "words"
        if depth:
            self.kind, self.pictures = "previs depth", depth_clip(depth[0], width, height, frames)
        elif ready or clip:
            self.kind = "control clip" if ready else "change of a clip"
            found = [cover(frame, width, height) for frame in read_clip((ready or clip)[0], frames)]
            if len(found) < frames:
                self.notes.append(f"The clip was {frames - len(found)} frames too short: its last frame was held.")
            self.pictures = found + [found[-1]] * (frames - len(found))
            if masks:
                self.masks = [read_mask(masks[0], width, height)] * frames
                grey = Image.new("RGB", (width, height), GREY)
                self.pictures = [Image.composite(grey, each, mask) for each, mask in zip(self.pictures, self.masks, strict=True)]
            elif clip:
                self.notes.append("Without a mask the whole clip guides the new one, as a control clip does.")
        for role, at in (("first_frame", 0), ("last_frame", frames - 1)):
            if given := context.inputs(role):
                self.keep(at, cover(read(given[0]), width, height))

    def keep(self, at: int, picture: Image.Image) -> None:
        if self.pictures and at < len(self.pictures):
            self.pictures[at : at + 1] = [picture]
            self.masks[at : at + 1] = [self.black]


class _Shot:
    """One request, window by window."""

    def __init__(
        self, loaded: pipelines.Loaded, params: VaceParams, request: Request, context: Context, plan: Plan, windows: list[tuple[int, int]]
    ) -> None:
        self._loaded, self._params, self._request, self._context, self._plan = loaded, params, request, context, plan
        self._windows = windows
        self._embeds = embedded(loaded, params)
        self.control = _Control(context, plan)
        self._references = [read(path) for path in context.inputs("reference")]
        self._so_far = context.workdir / "windows.zip"
        self.notes: tuple[str, ...] = ()
        self.mode = ", ".join([self.control.kind, *(["references"] if self._references else [])])

    def denoise(self, number: int, kept: Sequence[Pixels]) -> Any:
        """Latents of one window without its references; `kept` are the frames it begins with."""
        start, end = self._windows[number]
        params, plan, pipe = self._params, self._plan, self._loaded.reset(self._params.scheduler)
        video, masks = self.control.pictures[start:end], self.control.masks[start:end]
        short = end - start - len(video)
        video, masks = video + video[-1:] * short, masks + masks[-1:] * short
        for at, frame in enumerate(kept):
            video[at], masks[at] = Image.fromarray(frame), self.control.black
        arguments: dict[str, Any] = {
            **self._embeds,
            "video": video,
            "mask": masks,
            "reference_images": self._references or None,
            "conditioning_scale": params.control,
            "width": plan.width,
            "height": plan.height,
            "num_frames": end - start,
            "num_inference_steps": params.steps,
            "guidance_scale": params.guidance,
            "guidance_scale_2": params.guidance_2 or None if getattr(pipe, "transformer_2", None) is not None else None,
            "generator": pipelines.generator(self._request.seed + number),
            "output_type": "latent",
        }
        total = params.steps * len(self._windows)
        stage = f"window {number + 1} of {len(self._windows)}" if len(self._windows) > 1 else "denoising"
        watch = Steps(pipe, arguments, self._context, total, self._loaded.preview, stage=stage, done=params.steps * number)
        with loras.applied(pipe, params.loras), StepCache(pipe, self._loaded.settings) as cache, watch:
            latents = pipelines.call(pipe, arguments).frames
        self.notes = cache.notes
        return latents[:, :, len(self._references) :]

    def pixels(self, latents: Any, picture: Format) -> Iterator[Pixels]:
        for _, frame in zip(range(picture.frames), pipelines.clip_of(self._loaded.pipe, latents), strict=False):
            yield cut(frame, picture.width, picture.height)

    def in_windows(self, picture: Format) -> Iterator[Pixels]:
        """Every frame of the shot, as windows are made. A finished window is kept, so that a later attempt goes on after it."""
        begun = self._context.remembered()
        number, tail, shown = 0, list[Pixels](), 0
        if begun is not None and begun.name == "windows":
            number = int(begun.data["windows"])
            shutil.copy(begun.files["frames"], self._so_far)
            frames = list(read_frames(self._so_far))
            tail = frames[-self._params.overlap :]
            for frame in frames[: picture.frames]:
                yield cut(frame, picture.width, picture.height)
            shown = len(frames)
        while number < len(self._windows):
            start, end = self._windows[number]
            decoded = pipelines.clip_of(self._loaded.pipe, self.denoise(number, tail[-(shown - start) :] if number else ()))
            whole = [np.asarray(np.rint(frame * 255).clip(0, 255), np.uint8) for frame in decoded]
            fresh = whole[shown - start :]
            for frame in fresh[: max(0, picture.frames - shown)]:
                yield cut(frame, picture.width, picture.height)
            shown, number, tail = end, number + 1, [*tail, *fresh][-self._params.overlap :]
            if number < len(self._windows):
                self._keep(number, fresh)

    def _keep(self, number: int, fresh: Sequence[Pixels]) -> None:
        write_frames(self._so_far, fresh)
        self._context.remember(Stage(name="windows", data={"windows": number}, files={"frames": self._so_far}))


def embedded(loaded: pipelines.Loaded, params: DenoiseParams) -> dict[str, Any]:
    """The words as the text encoder says them, kept between jobs."""
    pipe, guided = loaded.pipe, params.guidance > 1
    key = ("wan", loaded.name, str(loaded.folder), loaded.settings.precision, params.words(), params.negative if guided else "", guided)

    def encode() -> dict[str, Any]:
        with lazy.torch().inference_mode():
            words, without = pipe.encode_prompt(
                prompt=params.words(), negative_prompt=params.negative, do_classifier_free_guidance=guided, device=pipe._execution_device
            )
        return {"prompt_embeds": words, "negative_prompt_embeds": without}

    return prompts.encoded(key, pipe._execution_device, encode)
