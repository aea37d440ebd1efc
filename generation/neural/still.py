"""What the engines for pictures have in common: a form, the files they take, and one picture painted and cut to its format."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter
from pydantic import Field

from generation.contract import BadRequest, Context, Format, Pixels, Request
from generation.facts import InputSpec
from generation.neural import loras, pipelines
from generation.neural.params import DenoiseParams
from generation.neural.pictures import Plan, cover, cut, read, read_mask
from generation.neural.steps import Steps
from generation.neural.tuning import StepCache

REFERENCES = InputSpec(role="reference", title="References", medium="picture", most=4, help="People, things and places as they are to look.")
PICTURE = InputSpec(role="picture", title="Picture to change", medium="picture")
MASK = InputSpec(role="mask", title="Mask", medium="mask", help="White where the picture is painted anew; the rest is kept.")


class StillParams(DenoiseParams):
    """A picture. `strength` and `feather` count where a picture is changed."""

    strength: float = Field(0.8, gt=0, le=1, description="How far a changed picture may go from what it was.")
    feather: int = Field(8, ge=0, le=128, description="Pixels over which the mask's edge is softened.")


@dataclass(frozen=True)
class Given:
    """The files of one request, read and scaled to the plan."""

    picture: Image.Image | None
    mask: Image.Image | None
    references: list[Image.Image]

    @property
    def mode(self) -> str:
        base = "inpaint" if self.mask else "change" if self.picture else "words"
        return f"{base}, references" if self.references else base


def given(context: Context, plan: Plan, feather: int) -> Given:
    """Raises `BadRequest` for a mask without a picture."""
    picture, mask = context.inputs("picture"), context.inputs("mask")
    if mask and not picture:
        raise BadRequest("A mask says which part of a picture is painted anew. Give the picture to change too.")
    soft = None
    if mask:
        soft = read_mask(mask[0], plan.width, plan.height)
        soft = soft.filter(ImageFilter.GaussianBlur(feather / 2)) if feather else soft
    return Given(
        cover(read(picture[0]), plan.width, plan.height) if picture else None,
        soft,
        [read(path) for path in context.inputs("reference")],
    )


def seen(image: Image.Image, least: int = 64) -> Image.Image:
    """A reference large enough for a model that looks at `least` pixels a side at least."""
    scale = least / min(image.size)
    return image.resize((math.ceil(image.width * scale), math.ceil(image.height * scale)), Image.Resampling.LANCZOS) if scale > 1 else image


def wanted(request: Request, params: StillParams, multiple: int) -> tuple[Format, Plan]:
    """The format and what the model paints. Raises `BadRequest` for a request without format or words."""
    if request.format is None or not params.words():
        raise BadRequest("A picture needs a size and words: give a prompt, or at least a place, a subject or an action.")
    return request.format, Plan.of(request.format, multiple=multiple)


def paint(
    context: Context,
    loaded: pipelines.Loaded,
    pipe: Any,
    params: StillParams,
    arguments: dict[str, Any],
    plan: Plan,
    picture: Format,
    *,
    unpack: Callable[[Any], Any] | None = None,
    mode: str = "words",
    more: tuple[str, ...] = (),
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Run the pipeline with these arguments and hand the picture over. `unpack` turns packed latents into a grid for the preview."""

    def preview(latents: Any) -> Pixels | None:
        if loaded.preview is None or latents is None:
            return None
        return loaded.preview(unpack(latents) if unpack is not None else latents)

    shortened = "strength" in arguments and arguments["strength"] is not None
    steps = max(1, int(params.steps * params.strength)) if shortened else params.steps
    watch = Steps(pipe, arguments, context, steps, preview)
    with loras.applied(pipe, params.loras), StepCache(pipe, loaded.settings) as cache, watch:
        painted = pipelines.call(pipe, {**arguments, "output_type": "np"}).images
    pixels = np.asarray(pipelines.finite(np.asarray(painted, np.float32)))[0]
    context.frames(iter([cut(pixels, picture.width, picture.height)]), deferrable=True)
    data = {**loaded.facts(), "pipeline": type(pipe).__name__, "mode": mode, "prompt": params.words(), "made": plan.made()}
    return data, (*plan.notes(picture), *more, *loaded.notes, *cache.notes)


def content(paths: list[Path]) -> tuple[str, ...]:
    """What a cached prompt depends on where pictures are part of it."""
    return tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
