"""Helios: clips of any length, made chunk after chunk; each chunk remembers the ones before it.

From words, from a first frame, or on from the end of a clip. A chunk is 33 frames as trained; a finished one is kept, so that a job whose
worker died goes on after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import metadata
from types import MappingProxyType
from typing import Any

from pydantic import Field

from generation.contract import BadRequest, Context, Pixels, Request, Stage
from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy, loras, pipelines, prompts
from generation.neural.params import DenoiseParams
from generation.neural.pictures import Plan, cover, cut, read, read_clip
from generation.neural.steps import Steps
from generation.neural.tuning import StepCache

LICENCE_URL = "https://github.com/PKU-YuanGroup/Helios/blob/main/LICENSE"
NEGATIVE = "overexposed, static, blurred details, subtitles, low quality, extra fingers, poorly drawn hands, poorly drawn faces, still picture"
PLAIN, PYRAMID = "HeliosPipeline", "HeliosPyramidPipeline"
CHUNK = 9  # latents of a chunk
HISTORY = 19  # latents that a chunk looks back on
WORDS = 512  # tokens of a prompt
FRAME_NOISE, CLIP_NOISE = (0.111, 0.135), (0.111, 0.135)  # mixed into what is given, as in training


class HeliosParams(DenoiseParams):
    """`steps` are those of one chunk; models that paint in several sizes share them out among these. A distilled model takes no guidance."""

    model: str = Field("BestWishYsh/Helios-Distilled", max_length=1024)
    negative: str = Field(NEGATIVE, max_length=2000, title="Negative prompt")
    steps: int = Field(6, ge=1, le=100, title="Steps a chunk", description="As trained: Base 50, Mid 30 to 60, Distilled 6.")
    guidance: float = Field(5.0, ge=0, le=20, description="1 or less: none, twice as fast. Distilled models have none.")
    scheduler: str = Field("", max_length=60, json_schema_extra={"choices": []})
    firm_start: bool = Field(True, title="Firm start", description="Distilled models take twice the steps in the first chunk.")


def _checkpoint(title: str, name: str) -> Checkpoint:
    """6 GiB are with the weights moved in layer by layer, as its authors measured."""
    return Checkpoint(title=title, hub=f"BestWishYsh/{name}", licence="Apache-2.0", licence_url=LICENCE_URL, gib=0, memory_gib=6)


INFO = EngineInfo(
    name="helios",
    title="Helios",
    description="Long clips, up to minutes, made chunk by chunk: from words, a first frame, or on from the end of a clip.",
    licence="Apache-2.0",
    kind="gpu",
    family="video",
    target="generation.engines.helios:Helios",
    forms=MappingProxyType({"shot": HeliosParams}),
    inputs=MappingProxyType(
        {
            "shot": (
                InputSpec(role="first_frame", title="First frame", medium="picture"),
                InputSpec(role="video", title="Clip to go on from", medium="video", help="At least 33 frames of it are needed."),
            )
        }
    ),
    limits=Limits(max_width=1920, max_height=1920, max_frames=4000),
    costs=MappingProxyType({"shot": Cost(fps=2.0, seconds=30.0)}),
    checkpoints=(
        _checkpoint("Helios Distilled 14B", "Helios-Distilled"),
        _checkpoint("Helios Base 14B", "Helios-Base"),
        _checkpoint("Helios Mid 14B", "Helios-Mid"),
    ),
    classes=(f"diffusers.{PLAIN}", f"diffusers.{PYRAMID}"),
    loras=True,
    needs=("torch", "diffusers", "transformers"),
)


class Helios:
    """Same seed, same bytes on the same card and versions, also when a job goes on after its worker died between two chunks."""

    name = "helios"

    @property
    def version(self) -> str:
        return f"2 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = HeliosParams.model_validate(request.params), request.format
        if picture is None or not params.words():
            raise BadRequest("A clip needs a format and words: give a prompt, or at least a place, a subject or an action.")
        if params.scheduler:
            raise BadRequest(f"Helios has a scheduler of its own, and cannot use “{params.scheduler}”. Leave it empty.")
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        shot = _Shot(pipelines.load(params, needs=(PLAIN, PYRAMID), prepare=_exact), params, request, context)
        context.frames(shot.frames())
        return shot.data(), shot.notes()


def _exact(pipe: Any) -> None:
    """The decoder in full precision, as its authors advise: its faults would be seen at every border of chunks. And the noise that a larger size
    begins with."""
    pipe.vae.to(lazy.torch().float32)
    if type(pipe).__name__ == PYRAMID:
        pipe.sample_block_noise = partial(_block_noise, pipe)


def _block_noise(
    pipe: Any, batch: int, channels: int, frames: int, height: int, width: int, patch: tuple[int, ...] = (1, 2, 2), device: Any = None,
    generator: Any = None,
) -> Any:  # fmt: skip
    """Noise (batch, channels, frames, height, width) whose values within one patch sum to nearly nothing, as the pipeline draws it. Its own
    factorises that covariance in single precision, where it is singular: whether that fails is up to the processor."""
    torch = lazy.torch()
    generator = generator[0] if isinstance(generator, list) else generator
    high, wide = patch[1:]
    count, gamma = high * wide, pipe.scheduler.config.gamma
    covariance = torch.eye(count, dtype=torch.float64) * (1 + gamma + 1e-8) - gamma
    factor = torch.linalg.cholesky(covariance).float()
    blocks = batch * channels * frames * (height // high) * (width // wide)
    noise = torch.randn(blocks, count, generator=generator, device=generator.device if generator else device).to(device) @ factor.T.to(device)
    grid = noise.view(batch, channels, frames, height // high, width // wide, high, wide)
    return grid.permute(0, 1, 2, 3, 5, 4, 6).reshape(batch, channels, frames, height, width)


class _Shot:
    """One request, chunk by chunk."""

    def __init__(self, loaded: pipelines.Loaded, params: HeliosParams, request: Request, context: Context) -> None:
        assert request.format is not None
        self._loaded, self._params, self._request, self._context, self._picture = loaded, params, request, context, request.format
        pipe = self._pipe = loaded.reset()
        self._stages = int(pipe.scheduler.config.stages) if type(pipe).__name__ == PYRAMID else 1
        self._distilled = self._stages > 1 and bool(pipe.config.is_distilled)
        self._length = (CHUNK - 1) * pipe.vae_scale_factor_temporal + 1
        multiple = pipelines.spatial_multiple(pipe) * 2 ** (self._stages - 1)
        chunks = -(-self._picture.frames // self._length)
        # CFG-Zero* compares two answers of the network, and needs two tokens a side in the smallest of its sizes.
        least = multiple * (2 if pipe.config.get("is_cfg_zero_star") else 1)
        room = {"width": max(self._picture.width, least), "height": max(self._picture.height, least)}
        plan = Plan.of(self._picture.model_copy(update=room), multiple=multiple)
        self._plan = Plan(plan.width, plan.height, chunks * self._length)
        self._each = [max(1, params.steps // self._stages)] * self._stages
        self._steps = [sum(self._each) * (2 if self._distilled and params.firm_start and n == 0 else 1) for n in range(chunks)]
        self._guided = params.guidance > 1 and not self._distilled
        self._embeds = self._encoded()
        self._cached: tuple[str, ...] = ()
        self.mode = "words"

    def _encoded(self) -> dict[str, Any]:
        """The words as the text encoder says them, kept between jobs."""
        pipe, params, loaded, guided = self._pipe, self._params, self._loaded, self._guided
        negative = params.negative if guided else ""
        key = ("helios", loaded.name, str(loaded.folder), loaded.settings.precision, params.words(), negative, guided)

        def encode() -> dict[str, Any]:
            with lazy.torch().inference_mode():
                words, without = pipe.encode_prompt(
                    prompt=params.words(), negative_prompt=negative, do_classifier_free_guidance=guided, device=pipe._execution_device,
                    max_sequence_length=WORDS,
                )[:2]  # fmt: skip
            return {"prompt_embeds": words, "negative_prompt_embeds": without}

        return prompts.encoded(key, pipe._execution_device, encode)

    def frames(self) -> Iterator[Pixels]:
        """Every frame of the shot, as chunks are made."""
        torch, files = lazy.torch(), lazy.module("safetensors.torch")
        first, past = self._given()  # latents of the frame to keep in mind, and of what came before
        made: list[Any] = []
        begun = self._context.remembered()
        if begun is not None and begun.name == "chunks":
            kept = files.load_file(str(begun.files["latents"]))
            made = [part.to(self._pipe._execution_device) for part in kept["chunks"].split(CHUNK, dim=2)]
            first = kept["first"].to(self._pipe._execution_device)
        shown = 0
        for number in range(len(self._steps)):
            if number < len(made):
                pixels = self._decoded(made[number])
            else:
                history = torch.cat([*past, *made], dim=2)[:, :, -HISTORY:] if past or made else None
                pixels, latents = self._chunk(number, first, history)
                made.append(latents)
                first = latents[:, :, :1] if first is None else first
                if number + 1 < len(self._steps):
                    path = self._context.workdir / "chunks.safetensors"
                    files.save_file({"chunks": torch.cat(made, dim=2).cpu(), "first": first.contiguous().cpu()}, str(path))
                    self._context.remember(Stage(name="chunks", data={"chunks": number + 1}, files={"latents": path}))
            for frame in pixels[: self._picture.frames - shown]:
                yield cut(frame, self._picture.width, self._picture.height)
            shown += len(pixels)

    def _chunk(self, number: int, first: Any, history: Any) -> tuple[Any, Any]:
        """(frames, latents) of one chunk after `history`."""
        params, plan = self._params, self._plan
        pipe = self._loaded.reset()
        arguments: dict[str, Any] = {
            **self._embeds,
            "image_latents": first,
            "video_latents": history,
            "add_noise_to_image_latents": False,
            "add_noise_to_video_latents": False,
            "width": plan.width,
            "height": plan.height,
            "num_frames": self._length,
            "num_inference_steps": params.steps,
            "pyramid_num_inference_steps_list": self._each,
            "is_amplify_first_chunk": self._distilled and params.firm_start and number == 0,
            "guidance_scale": params.guidance if self._guided else 1.0,
            "max_sequence_length": WORDS,
            "generator": pipelines.generator(self._request.seed + number),
            "output_type": "np",
        }

        stage = f"chunk {number + 1} of {len(self._steps)}" if len(self._steps) > 1 else "denoising"
        watch = Steps(pipe, arguments, self._context, sum(self._steps), self._loaded.preview, stage=stage, done=sum(self._steps[:number]))
        with loras.applied(pipe, params.loras), StepCache(pipe, self._loaded.settings) as cache, watch:
            pixels = pipelines.call(pipe, arguments).frames[0]
        self._cached = cache.notes
        return pipelines.finite(pixels), watch.latents.float()

    def _given(self) -> tuple[Any, list[Any]]:
        """Latents of the frame that every chunk keeps in mind, and of what came before the first; a little noise is in them, as in training."""
        frames, clips = self._context.inputs("first_frame"), self._context.inputs("video")
        if frames and clips:
            raise BadRequest("Give a clip to go on from or a first frame, not both.")
        if not (frames or clips):
            return None, []
        pipe, plan, torch = self._pipe, self._plan, lazy.torch()
        device, dice = pipe._execution_device, pipelines.generator(self._request.seed)
        mean, std = (torch.tensor(values).view(1, -1, 1, 1, 1).to(device, pipe.vae.dtype) for values in _spread(pipe.vae.config))
        given = {"latents_mean": mean, "latents_std": 1 / std, "num_latent_frames_per_chunk": CHUNK, "dtype": torch.float32, "device": device}
        with torch.inference_mode():
            if frames:
                self.mode = "first frame"
                picture = pipe.video_processor.preprocess(cover(read(frames[0]), plan.width, plan.height), height=plan.height, width=plan.width)
                first, past = pipe.prepare_image_latents(picture, generator=dice, **given)
            else:
                self.mode = "continue"
                clip = read_clip(clips[0])
                if len(clip) < self._length:
                    raise BadRequest(f"Helios goes on from {self._length} frames or more; the clip has {len(clip)}. Give a longer one.")
                small = [cover(frame, plan.width, plan.height) for frame in clip[-self._length * 3 :]]
                pixels = pipe.video_processor.preprocess_video(small, height=plan.height, width=plan.width)
                first, past = pipe.prepare_video_latents(pixels, generator=dice, **given)
            return _noisy(first, FRAME_NOISE, dice), [_noisy(past, CLIP_NOISE, dice)]

    def _decoded(self, latents: Any) -> Any:
        """The frames of a chunk that was made before, as the pipeline decoded them then."""
        pipe, torch = self._pipe, lazy.torch()
        with torch.inference_mode():
            mean, std = (torch.tensor(values).view(1, -1, 1, 1, 1).to(latents.device, pipe.vae.dtype) for values in _spread(pipe.vae.config))
            pixels = pipe.vae.decode(latents.to(pipe.vae.dtype) / (1.0 / std) + mean, return_dict=False)[0]
            return pipelines.finite(pipe.video_processor.postprocess_video(pixels, output_type="np")[0])

    def data(self) -> dict[str, Any]:
        made = {"made": self._plan.made(), "chunks": len(self._steps)}
        return {**self._loaded.facts(), "mode": self.mode, "prompt": self._params.words(), **made}

    def notes(self) -> tuple[str, ...]:
        params, used = self._params, sum(self._each)
        said = [f"{params.steps} steps cannot be shared out among {self._stages} sizes; {used} were taken."] if used != params.steps else []
        if self._distilled:
            said.append("A distilled model has no guidance: guidance and negative prompt were not used.")
        elif params.negative and not self._guided:
            said.append("Without guidance the negative prompt was not used.")
        return (*self._plan.notes(self._picture), *said, *self._loaded.notes, *self._cached)


def _spread(config: Any) -> tuple[Any, Any]:
    return config.latents_mean, config.latents_std


def _noisy(latents: Any, limits: tuple[float, float], dice: Any) -> Any:
    """A different amount of noise within the limits for each latent frame."""
    torch = lazy.torch()
    low, high = limits
    amount = (torch.rand(latents.shape[2], generator=dice) * (high - low) + low).view(1, 1, -1, 1, 1)
    noise = torch.randn(latents.shape, generator=dice)
    return latents * (1 - amount.to(latents.device)) + (noise * amount).to(latents.device, latents.dtype)
