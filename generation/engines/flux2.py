"""FLUX.2 klein: stills from words, edits in words of a picture and with several reference pictures, and painting anew what a mask shows.

The distilled models take four steps and no guidance; the base models take about fifty and guidance. The KV model looks at its references
once, in the first step, and remembers them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from types import MappingProxyType
from typing import Any

from pydantic import Field

from generation.contract import BadRequest, Context, Pixels, Request
from generation.facts import Checkpoint, Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy, loras, pipelines, prompts
from generation.neural.pictures import cover, read
from generation.neural.steps import Steps
from generation.neural.still import Canvas, StillParams, only, picture_of, steps_of

LICENCE = "https://huggingface.co/black-forest-labs/FLUX.2-klein-4B/blob/main/LICENSE.md"
NON_COMMERCIAL = "https://huggingface.co/black-forest-labs/FLUX.2-klein-9B/blob/main/LICENSE.md"
REVENUE = "Not for commercial use without a licence from Black Forest Labs."
TRAINED = (0.2, 4.2)  # megapixels
SCHEDULERS = ("flow euler", "unipc")  # the only ones that take this pipeline's own noise levels
LEAST_SIDE, LONGEST = 64, 8  # pixels, and times the shorter side, of a picture that is looked at
KV, INPAINT = "Flux2KleinKVPipeline", "Flux2KleinInpaintPipeline"


class Flux2Params(StillParams):
    """`strength` matters with a mask only: an edit in words decides by itself how far it goes."""

    model: str = Field("black-forest-labs/FLUX.2-klein-4B", max_length=1024)
    negative: str = Field("", max_length=2000, title="Negative prompt", description="Base models only.")
    steps: int = Field(4, ge=1, le=100, description="4 for distilled models, about 50 for base models.")
    guidance: float = Field(1.0, ge=0, le=20, description="For base models: about 4. Distilled models go without.")
    strength: float = Field(1.0, gt=0, le=1, description="With a mask: how far what it shows may go from what it was. 1: it is painted anew.")
    scheduler: str = Field("", max_length=60, json_schema_extra={"choices": list(SCHEDULERS)})


INFO = EngineInfo(
    name="flux2",
    title="FLUX.2 klein",
    description="Stills in four steps: from words, edited in words, with up to four reference pictures, or painted anew where a mask shows.",
    licence="Apache-2.0 (4B); FLUX non-commercial (9B)",
    kind="gpu",
    family="image",
    target="generation.engines.flux2:Flux2",
    forms=MappingProxyType({"still": Flux2Params}),
    inputs=MappingProxyType(
        {
            "still": (
                InputSpec(role="picture", title="Picture to edit", medium="picture", help="The prompt says what becomes of it."),
                InputSpec(role="reference", title="References", medium="picture", most=4, help="People, things and looks, as “image 2” in words."),
                InputSpec(role="mask", title="Mask", medium="mask", help="White where the picture is painted anew; also beyond its old edge."),
            )
        }
    ),
    limits=Limits(max_width=2048, max_height=2048, max_frames=1),
    costs=MappingProxyType({"still": Cost(fps=1.0, seconds=8.0)}),
    checkpoints=(
        Checkpoint(
            title="FLUX.2 klein 4B", hub="black-forest-labs/FLUX.2-klein-4B", licence="Apache-2.0", licence_url=LICENCE, gib=15, memory_gib=18
        ),
        Checkpoint(
            title="FLUX.2 klein base 4B", hub="black-forest-labs/FLUX.2-klein-base-4B", licence="Apache-2.0", licence_url=LICENCE, gib=15,
            memory_gib=18,
        ),
        Checkpoint(
            title="FLUX.2 klein 9B", hub="black-forest-labs/FLUX.2-klein-9B", licence="FLUX non-commercial", licence_url=NON_COMMERCIAL,
            revenue=REVENUE, gib=34, memory_gib=38, gated=True,
        ),
        Checkpoint(
            title="FLUX.2 klein 9B KV", hub="black-forest-labs/FLUX.2-klein-9b-kv", licence="FLUX non-commercial", licence_url=NON_COMMERCIAL,
            revenue=REVENUE, gib=34, memory_gib=38, gated=True,
        ),
    ),
    classes=("diffusers.Flux2KleinPipeline", "diffusers.Flux2KleinInpaintPipeline", "diffusers.Flux2KleinKVPipeline"),
    loras=True,
    needs=("torch", "diffusers", "transformers"),
)  # fmt: skip


class Flux2:
    """Same seed, same bytes on the same card and versions."""

    name = "flux2"

    @property
    def version(self) -> str:
        return f"1 (diffusers {metadata.version('diffusers')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = Flux2Params.model_validate(request.params), request.format
        if picture is None or not params.words():
            raise BadRequest("A still needs a format and words: give a prompt, or at least a place, a subject or an action.")
        context.progress(0, params.steps, unit="steps", stage="loading the model")
        loaded = pipelines.load(params, needs=("Flux2KleinPipeline", KV))
        canvas = Canvas.read(params, picture, context, multiple=pipelines.spatial_multiple(loaded.pipe))
        references = [_seen(read(path)) for path in context.inputs("reference")]
        kind = type(loaded.pipe).__name__
        if canvas.mask is not None and kind == KV:
            raise BadRequest("The KV model edits in words and paints nothing through a mask. Choose FLUX.2 klein 4B or 9B, or leave the mask out.")
        only(params.scheduler, SCHEDULERS if canvas.mask is None else SCHEDULERS[:1], "FLUX.2" if canvas.mask is None else "FLUX.2 with a mask")
        pipe = loaded.reset(params.scheduler, loaded.as_class(INPAINT) if canvas.mask is not None else None)
        given = _given(pipe, canvas, references, params)
        steps = steps_of(params.steps, params.strength) if canvas.mask is not None else params.steps
        guided = params.guidance > 1 and kind != KV and not pipe.config.get("is_distilled")
        arguments: dict[str, Any] = {
            **given,
            "width": canvas.width,
            "height": canvas.height,
            "num_inference_steps": params.steps,
            "guidance_scale": params.guidance if guided else 1.0,
            "generator": pipelines.generator(request.seed),
            "output_type": "latent",
        }
        watch = Steps(pipe, arguments, context, steps, _unpacked(loaded, canvas))
        with loras.applied(loaded.pipe, params.loras), watch:
            arguments |= _embedded(loaded, params, guided)
            latents = pipelines.call(pipe, arguments).images
        context.frames((canvas.finish(picture_of(pipe, part)) for part in (latents,)), deferrable=loaded.deferrable)
        data = {**loaded.facts(), "pipeline": type(pipe).__name__, "mode": canvas.mode(references), "prompt": params.words(), "made": canvas.made()}
        return data, (*canvas.told(TRAINED, "FLUX.2"), *_notes(params, guided, loaded, kind), *loaded.notes)


def _given(pipe: Any, canvas: Canvas, references: list[Any], params: Flux2Params) -> dict[str, Any]:
    """The pipeline's own arguments."""
    if canvas.mask is None:
        pictures = [*([_seen(canvas.image)] if canvas.image is not None else []), *references]
        return {"image": pictures} if pictures else {}
    # The pipeline would shrink a large picture to a megapixel; one that is encoded already keeps the canvas' size.
    torch = lazy.torch()
    with torch.inference_mode():
        pixels = pipe.image_processor.preprocess(canvas.image, height=canvas.height, width=canvas.width)
        encoded = pipe.vae.encode(pixels.to(pipe._execution_device, pipe.vae.dtype)).latent_dist.mode()
        given: dict[str, Any] = {"image": pipe._patchify_latents(encoded), "mask_image": canvas.mask, "strength": params.strength}
    if references:  # taken as one batch, so all of one size
        given["image_reference"] = [cover(reference, *references[0].size) for reference in references]
    return given


def _seen(image: Any) -> Any:
    """A picture as the model accepts it: a very small one enlarged. Raises `BadRequest` for a very long one."""
    short, long = sorted(image.size)
    if long > LONGEST * short:
        raise BadRequest(f"A picture given is {image.width}×{image.height}: FLUX.2 looks at none more than {LONGEST} times as long as wide. Cut it.")
    scale = max(1, -(-LEAST_SIDE // short))
    return image.resize((image.width * scale, image.height * scale)) if scale > 1 else image


def _embedded(loaded: pipelines.Loaded, params: Flux2Params, guided: bool) -> dict[str, Any]:
    """The words as the text encoder says them, kept between jobs."""
    pipe = loaded.pipe
    kept = ("flux2", str(loaded.folder), loaded.settings.precision)

    def encode(words: str) -> dict[str, Any]:
        def now() -> dict[str, Any]:
            with lazy.torch().inference_mode():
                return {"embeds": pipe.encode_prompt(prompt=words)[0]}

        return prompts.encoded((*kept, words), pipe._execution_device, now)

    found = {"prompt_embeds": encode(params.words())["embeds"]}
    return found | ({"negative_prompt_embeds": encode(params.negative)["embeds"]} if guided else {})


def _unpacked(loaded: pipelines.Loaded, canvas: Canvas) -> Callable[[Any], Pixels | None] | None:
    """The preview, of latents that come as a row of tokens, four to a token and normalised."""
    if loaded.preview is None:
        return None
    pipe, preview = loaded.pipe, loaded.preview
    side = pipe.vae_scale_factor * 2
    high, wide = canvas.height // side, canvas.width // side

    def shown(latents: Any) -> Pixels | None:
        norm = pipe.vae.bn
        mean, spread = norm.running_mean, (norm.running_var + pipe.vae.config.batch_norm_eps).sqrt()
        tokens = latents[:, : high * wide].float() * spread.to(latents.device).float() + mean.to(latents.device).float()
        return preview(pipe._unpatchify_latents(tokens.transpose(1, 2).reshape(1, -1, high, wide)))

    return shown


def _notes(params: Flux2Params, guided: bool, loaded: pipelines.Loaded, kind: str) -> list[str]:
    said = []
    distilled = kind == KV or bool(loaded.pipe.config.get("is_distilled"))
    if params.guidance > 1 and not guided:
        said.append("This model was distilled: it goes without guidance.")
    if params.negative and not guided:
        said.append("The negative prompt was not used: it needs a base model and a guidance over 1.")
    if not distilled and params.steps < 20:
        said.append(f"This is a base model: {params.steps} steps are few for it. About 50, and a guidance of 4, is what it was made for.")
    if params.tuning.step_cache != "none":  # diffusers' hook expects all blocks of one kind; FLUX.2 has two
        said.append("FLUX.2 cannot use the first-block cache; every step was computed.")
    return said
