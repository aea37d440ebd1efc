"""LTX-2: a clip and its sound, denoised together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import numpy as np

from generation.contract import SAMPLE_RATE, BadRequest, Context, Format, Pixels, Request, Samples, Stage
from generation.engines.ltx2 import LtxParams
from generation.engines.ltx2.upsampler import LEAST, SIDE, STEP, decoded, enlarged, upsampler
from generation.neural import lazy, loras, pipelines, prompts
from generation.neural.params import Lora
from generation.neural.pictures import Plan, cover, crop, read, read_clip
from generation.neural.steps import Steps
from generation.neural.tuning import StepCache

KINDS = ("LTX2Pipeline", "LTX2ImageToVideoPipeline", "LTX2ConditionPipeline")
WORDS = 1024  # tokens of a prompt
REFINE = 3  # steps of the second stage
STG_BLOCK = {True: 28 / 48, False: 29 / 48}  # where in the network structure is disturbed: LTX-2.3 and newer, LTX-2.0


class Ltx2:
    """Same seed, same bytes on the same card and versions, also when a job goes on after its first stage."""

    name = "ltx2"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = LtxParams.model_validate(request.params), request.format
        if picture is None or not params.words():
            raise BadRequest("A clip needs a format and words: give a prompt, or at least a place, a subject or an action.")
        if params.scheduler not in ("", "flow euler"):
            raise BadRequest(f"LTX-2 denoises picture and sound on one schedule and knows “flow euler” only, not “{params.scheduler}”.")
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        shot = _Shot(pipelines.load(params, needs=KINDS), params, request, picture, context)
        latents, voices = shot.denoised()
        if params.with_sound:
            context.sound(shot.heard(voices))
        context.frames(shot.seen(latents), deferrable=shot.loaded.deferrable)
        return shot.data(), shot.notes()


class _Shot:
    """One request. `size` is the picture the model makes in the end, `base` that of its first stage."""

    def __init__(self, loaded: pipelines.Loaded, params: LtxParams, request: Request, picture: Format, context: Context) -> None:
        self.loaded, self._params, self._request, self._picture, self._context = loaded, params, request, picture, context
        self._pipe = loaded.reset("", loaded.as_class("LTX2ConditionPipeline"))
        self._pipe.vae.enable_tiling()
        self._own_sound_scheduler = self._pipe.__dict__.setdefault("_firstcut_sound_scheduler", getattr(self._pipe, "audio_scheduler", None))
        if self._own_sound_scheduler is not None:
            self._pipe.audio_scheduler = type(self._own_sound_scheduler).from_config(self._own_sound_scheduler.config)
        self._said: list[str] = []
        self._clip: list[Any] = []
        self._stages: list[tuple[str, ...]] = []
        self.mode = self._mode()
        self._kept = len(self._clip) if self.mode == "continue" else 0
        room = {"frames": picture.frames + self._kept, "width": max(picture.width, LEAST), "height": max(picture.height, LEAST)}
        whole = picture.model_copy(update=room)
        self._size = Plan.of(whole, multiple=SIDE * (2 if params.upscale else 1), step=STEP)
        self._base = Plan(self._size.width // 2, self._size.height // 2, self._size.frames) if params.upscale else self._size
        self._embeds = self._encoded()

    def _mode(self) -> str:
        """What is done, from what was given. Reads a clip and keeps what of it is used."""
        given = {role: self._context.inputs(role) for role in ("first_frame", "last_frame", "video")}
        if given["video"] and (given["first_frame"] or given["last_frame"]):
            raise BadRequest("Give a clip, or a first and a last frame, not both.")
        if given["last_frame"] and self._picture.frames == 1:
            raise BadRequest("A clip of one frame has no end to meet. Leave the last frame out, or ask for more frames.")
        if given["last_frame"] and (self._picture.frames - 1) % STEP:
            near = -(-(self._picture.frames - 1) // STEP) * STEP + 1
            self._said.append(f"The clip is cut before it meets its last frame fully: ask for {near} frames.")
        if not given["video"]:
            found = [name for role, name in (("first_frame", "first frame"), ("last_frame", "last frame")) if given[role]]
            return {0: "words", 1: "".join(found), 2: "first and last frame"}[len(found)]
        clip = read_clip(given["video"][0], self._picture.frames if self._params.clip_use == "restyle" else None)
        if self._params.clip_use == "continue":
            kept = (min(len(clip), self._params.context) - 1) // STEP * STEP + 1
            self._clip = clip[-kept:]
            self._said.append(f"Goes on from the clip's last {kept} frames, which are not in the new clip.")
        else:
            self._clip = clip
            if len(clip) < self._picture.frames:
                self._said.append(f"The clip was {self._picture.frames - len(clip)} frames too short: its last frame was held.")
        if self._params.with_sound:
            self._said.append("The sound is made anew; the clip's own was not listened to.")
        return self._params.clip_use

    @property
    def _newer(self) -> bool:
        """LTX-2.3 and newer, which differ from 2.0 in how the noise of the sound reaches the picture."""
        return bool(self._pipe.transformer.config.cross_attn_mod)

    @property
    def _guided(self) -> bool:
        return not self._params.distilled and max(self._params.guidance, self._params.sound_guidance) > 1

    def _encoded(self) -> dict[str, Any]:
        """The words as the text encoder says them, kept between jobs."""
        pipe, params, loaded, guided = self._pipe, self._params, self.loaded, self._guided
        length = int(min(WORDS, pipe.tokenizer_max_length))
        words, without = params.words(), params.negative if guided else ""
        key = ("ltx2", loaded.name, str(loaded.folder), loaded.settings.precision, words, without, guided, length)

        def encode() -> dict[str, Any]:
            with lazy.torch().inference_mode():
                found = pipe.encode_prompt(
                    prompt=words,
                    negative_prompt=without,
                    do_classifier_free_guidance=guided,
                    device=pipe._execution_device,
                    max_sequence_length=length,
                )
            names = ("prompt_embeds", "prompt_attention_mask", "negative_prompt_embeds", "negative_prompt_attention_mask")
            return dict(zip(names, found, strict=True))

        return prompts.encoded(key, pipe._execution_device, encode)

    # Denoising

    def denoised(self) -> tuple[Any, Any]:
        """Latents of picture and sound, as their decoders take them. A finished first stage is kept, so that a later attempt begins after it."""
        steps = len(self._schedule()) if self._params.distilled or self.mode == "restyle" else self._params.steps
        self._total = steps + (REFINE if self._params.upscale else 0)
        if not self._params.upscale:
            return self._stage(self._base, "denoising", 0, self._first_stage(), self._params.loras)
        larger = upsampler(self._params.upsampler, self.loaded.folder, self.loaded.settings)  # missing, it is said before an hour's work
        begun = self._context.remembered()
        torch_files = lazy.module("safetensors.torch")
        if begun is not None and begun.name == "base":
            kept = torch_files.load_file(str(begun.files["latents"]))
            latents, voices = (kept[name].to(self._pipe._execution_device) for name in ("picture", "sound"))
        else:
            latents, voices = self._stage(self._base, "first stage", 0, self._first_stage(), self._params.loras)
            path = self._context.workdir / "base.safetensors"
            torch_files.save_file({"picture": latents.contiguous().cpu(), "sound": voices.contiguous().cpu()}, str(path))
            self._context.remember(Stage(name="base", files={"latents": path}))
        self._context.progress(steps, self._total, unit="steps", stage="enlarging")
        latents = enlarged(self._pipe.vae, larger, latents)
        if tuple(latents.shape[-2:]) != (self._size.height // SIDE, self._size.width // SIDE):
            raise BadRequest("This latent upsampler does not double the picture. Choose one that does (×2).")
        refine = lazy.module("diffusers.pipelines.ltx2.utils").STAGE_2_DISTILLED_SIGMA_VALUES
        given = {**_without_guidance(), "latents": latents, "audio_latents": voices, "sigmas": list(refine), "num_inference_steps": len(refine)}
        distilled = [Lora(model=self._params.refine_lora)] if self._params.refine_lora else []
        if not distilled and not self._params.distilled:
            self._said.append("Refined without a distilled LoRA: three steps of a model that is not distilled may leave it soft.")
        self._plain_schedule()
        return self._stage(self._size, "second stage", steps, given, (*self._params.loras, *distilled), seed=1)

    def _first_stage(self) -> dict[str, Any]:
        params, transformer = self._params, self._pipe.transformer
        given: dict[str, Any] = {"num_inference_steps": params.steps}
        if params.distilled:
            given |= _without_guidance()
        else:
            block = min(round(STG_BLOCK[self._newer] * transformer.config.num_layers), transformer.config.num_layers - 1)
            given |= {
                "guidance_scale": params.guidance, "audio_guidance_scale": params.sound_guidance,
                "modality_scale": params.together, "audio_modality_scale": params.together,
                "stg_scale": params.structure, "audio_stg_scale": params.structure, "spatio_temporal_guidance_blocks": [block],
                "guidance_rescale": params.rescale, "audio_guidance_rescale": params.rescale,
            }  # fmt: skip
        if params.distilled or self.mode == "restyle":
            given["sigmas"] = self._schedule()
            given["num_inference_steps"] = len(given["sigmas"])
            self._plain_schedule()
        if self.mode == "restyle":
            given["latents"], given["audio_latents"] = self._encoded_clip(), self._silence()
        return given

    def _schedule(self) -> list[float]:
        """How noisy each step begins (0…1): a distilled model's own eight, or the model's schedule; of a restyled clip only the end."""
        if self._params.distilled:
            noises = [float(value) for value in lazy.module("diffusers.pipelines.ltx2.utils").DISTILLED_SIGMA_VALUES]
        else:
            steps, own = self._params.steps, self.loaded.own_scheduler
            fresh = type(own).from_config(own.config)
            shift = lazy.module("diffusers.pipelines.ltx2.pipeline_ltx2_condition").calculate_shift
            tokens = math.prod(self._grid(self._base))
            limits = (("base_image_seq_len", 1024), ("max_image_seq_len", 4096), ("base_shift", 0.95), ("max_shift", 2.05))
            fresh.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), mu=shift(tokens, *(own.config.get(name, value) for name, value in limits)))
            noises = [float(value) for value in fresh.sigmas[:-1]]
        if self.mode != "restyle":
            return noises
        return noises[-max(1, round(len(noises) * self._params.strength)) :]

    def _plain_schedule(self) -> None:
        """Schedulers that take the noises they are given as they are. Some models have one of their own for the sound."""
        for name, own in (("scheduler", self.loaded.own_scheduler), ("audio_scheduler", self._own_sound_scheduler)):
            if own is not None:
                plain = type(own).from_config(own.config, use_dynamic_shifting=False, shift=1.0, shift_terminal=None)
                setattr(self._pipe, name, plain)

    def _stage(self, plan: Plan, name: str, done: int, given: dict[str, Any], adapters: tuple[Lora, ...], seed: int = 0) -> tuple[Any, Any]:
        guided = given.get("guidance_scale", 1) > 1 or given.get("audio_guidance_scale", 1) > 1
        embeds = {name: value for name, value in self._embeds.items() if guided or not name.startswith("negative")}
        arguments: dict[str, Any] = {
            **embeds,
            **given,
            "conditions": self._conditions(plan) or None,
            "width": plan.width,
            "height": plan.height,
            "num_frames": plan.frames,
            "use_cross_timestep": self._newer,
            "frame_rate": float(self._picture.rate.fps),
            "generator": pipelines.generator(self._request.seed + seed),
            "output_type": "latent",
        }
        watch = Steps(self._pipe, arguments, self._context, self._total, self._preview(plan), stage=name, done=done)
        with loras.applied(self._pipe, adapters), StepCache(self._pipe, self.loaded.settings) as cache, watch:
            made = pipelines.call(self._pipe, arguments)
        self._stages.append(cache.notes)
        return made.frames, made.audio

    def _conditions(self, plan: Plan) -> list[Any]:
        """What is held: frames by their place in latents (the last is −1), or the end of a clip at the beginning."""
        held = lazy.module("diffusers.pipelines.ltx2.pipeline_ltx2_condition").LTX2VideoCondition
        if self.mode == "continue":
            return [held([cover(frame, plan.width, plan.height) for frame in self._clip], 0, 1.0)]
        ends = (("first_frame", 0), ("last_frame", -1))
        return [held(cover(read(path), plan.width, plan.height), at, 1.0) for role, at in ends for path in self._context.inputs(role)]

    def _encoded_clip(self) -> Any:
        plan, vae = self._base, self._pipe.vae
        clip = [cover(frame, plan.width, plan.height) for frame in self._clip]
        clip += [clip[-1]] * (plan.frames - len(clip))
        pixels = self._pipe.video_processor.preprocess_video(clip, height=plan.height, width=plan.width)
        with lazy.torch().inference_mode():
            return vae.encode(pixels.to(self._pipe._execution_device, vae.dtype)).latent_dist.mode().float()

    def _silence(self) -> Any:
        """Latents of the sound of a clip to restyle: what is average, from which the noise of the first step leaves room for any sound."""
        pipe, torch = self._pipe, lazy.torch()
        a_second = pipe.audio_sampling_rate / pipe.audio_hop_length / pipe.audio_vae_temporal_compression_ratio
        length = round(self._picture.rate.seconds(self._base.frames) * a_second)
        bins = pipe.audio_mel_bins // pipe.audio_vae_mel_compression_ratio
        flat = torch.zeros((1, length, pipe.audio_latent_channels * bins), device=pipe._execution_device)
        mean = pipe._denormalize_audio_latents(flat, pipe.audio_vae.latents_mean, pipe.audio_vae.latents_std)
        return pipe._unpack_audio_latents(mean, length, num_mel_bins=bins)

    def _grid(self, plan: Plan) -> tuple[int, int, int]:
        return (plan.frames - 1) // STEP + 1, plan.height // SIDE, plan.width // SIDE

    def _preview(self, plan: Plan) -> Any:
        """Shows the clip from latents in a row, behind which held frames may follow."""
        show, pipe, grid = self.loaded.preview, self._pipe, self._grid(plan)

        def preview(packed: Any) -> Pixels | None:
            if show is None or packed is None:
                return None
            config = pipe.transformer.config
            latents = pipe._unpack_latents(packed[:, : math.prod(grid)], *grid, config.patch_size, config.patch_size_t)
            return show(pipe._denormalize_latents(latents, pipe.vae.latents_mean, pipe.vae.latents_std, pipe.vae.config.scaling_factor))

        return preview

    # What came of it

    def heard(self, voices: Any) -> Samples:
        """The sound at 48 kHz, exactly as long as the picture."""
        pipe, torch, rate = self._pipe, lazy.torch(), self._picture.rate
        with torch.inference_mode():
            wave = pipe.vocoder(pipe.audio_vae.decode(voices.to(pipe.audio_vae.dtype), return_dict=False)[0])
        samples = np.asarray(pipelines.finite(wave[0].float().cpu().numpy()).T, np.float32)
        own = int(pipe.vocoder.config.output_sampling_rate)
        if own != SAMPLE_RATE:
            shared = math.gcd(own, SAMPLE_RATE)
            samples = lazy.module("scipy.signal").resample_poly(samples, SAMPLE_RATE // shared, own // shared, axis=0).astype(np.float32)
        start, end = rate.samples(self._kept), rate.samples(self._kept + self._picture.frames)
        part = samples[start:end]
        lacking = end - start - len(part)
        return np.clip(np.pad(part, ((0, max(0, lacking)), (0, 0))), -1, 1)

    def seen(self, latents: Any) -> Iterator[Pixels]:
        frames = decoded(self._pipe.vae, latents)
        for _ in range(self._kept):
            next(frames)
        return crop(frames, self._picture)

    def data(self) -> dict[str, Any]:
        return {
            **self.loaded.facts(),
            "pipeline": "LTX2ConditionPipeline",
            "mode": self.mode,
            "prompt": self._params.words(),
            "made": self._size.made(),
            "stages": 2 if self._params.upscale else 1,
        }

    def notes(self) -> tuple[str, ...]:
        whole = self._picture.model_copy(update={"frames": self._picture.frames + self._kept})
        distilled = "A distilled model takes its own eight steps without guidance: steps, guidance and negative prompt were not used."
        if self._params.negative and not self._guided and not self._params.distilled:
            self._said.append("Without guidance the negative prompt was not used.")
        said = [*self._size.notes(whole), *([distilled] if self._params.distilled else []), *self._said, *self.loaded.notes]
        return (*said, *(note for notes in self._stages for note in notes))


def _without_guidance() -> dict[str, Any]:
    scales = {"guidance_scale": 1.0, "modality_scale": 1.0, "stg_scale": 0.0, "guidance_rescale": 0.0}
    return {**scales, **{f"audio_{name}": value for name, value in scales.items()}}
