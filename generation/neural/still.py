"""Where a model paints a still, and how what it painted becomes the picture asked for: the model's own size, a given picture laid under it, a
mask that says what is painted anew, and the way back with everything outside the mask as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter
from pydantic import Field

from generation.contract import BadRequest, Context, Format, Pixels
from generation.neural import lazy, pipelines
from generation.neural.params import DenoiseParams
from generation.neural.pictures import cover, cut, read, read_mask
from generation.neural.previews import as_decoded

LEAST_BOX = 128  # pixels a side that are painted at least around a small mask
MARGIN = 0.25  # of a mask's longer side, painted around it so that the model sees where it is


class StillParams(DenoiseParams):
    """`feather` is in pixels of the picture asked for; `megapixels` of the model's own picture."""

    strength: float = Field(
        0.75, gt=0, le=1, description="How far a given picture, or what the mask shows of it, may go from what it was. 1: it is painted anew."
    )
    feather: int = Field(8, ge=0, le=200, description="Over how many pixels outside the mask the new blends into the old.")
    beyond: bool = Field(
        False, title="Paint beyond the picture's edges", description="A picture of other proportions is kept whole, and what is missing is painted."
    )
    zoom: bool = Field(False, title="Paint only around the mask", description="At the size below: more detail in a small place.")
    megapixels: float = Field(
        0.0, ge=0, le=4.2, title="Paint at (megapixels)", description="Scaled from there to the size asked for. 0: painted at the size asked for."
    )


@dataclass(frozen=True)
class Canvas:
    """`box` is the part of the picture asked for that is painted: left, top, right, bottom. It is painted at `paint`, in the middle of the
    model's `width` × `height`."""

    picture: Format
    box: tuple[int, int, int, int]
    paint: tuple[int, int]
    width: int
    height: int
    image: Image.Image | None = None  # what was given, at the model's size
    mask: Image.Image | None = None  # white where the model paints, at the model's size
    under: Pixels | None = None  # what was given, at the size asked for
    alpha: Any = None  # how much of the new shows at each pixel of that, 0…1
    notes: tuple[str, ...] = ()

    @classmethod
    def read(cls, params: StillParams, picture: Format, context: Context, *, multiple: int) -> Canvas:
        """For what was given in the roles "picture" and "mask". Raises `BadRequest` for a mask without a picture or one that shows nothing."""
        given, masks = context.inputs("picture"), context.inputs("mask")
        if masks and not given:
            raise BadRequest("A mask says which part of a picture is painted anew. Give the picture too.")
        notes = []
        whole = (0, 0, picture.width, picture.height)
        source: Image.Image | None = None
        mask: Image.Image | None = None
        if given:
            source = read(given[0])
            other = source.width * picture.height != source.height * picture.width
            if params.beyond and other:
                source, mask = _whole(source, masks[0] if masks else None, picture)
                if params.strength < 1:
                    notes.append("Beyond the edges the model began from their drawn-out colours: a strength of 1 begins from nothing.")
            elif other:
                notes.append(f"The picture given ({source.width}×{source.height}) has other proportions: its middle was used.")
            elif params.beyond:
                notes.append("The picture given has the very proportions asked for: there is nothing beyond its edges.")
            source = cover(source, picture.width, picture.height)
        if masks and mask is None:
            mask = read_mask(masks[0], picture.width, picture.height)
        if mask is not None:
            found = mask.point(lambda grey: 255 if grey >= 128 else 0).getbbox()
            if found is None:
                raise BadRequest("The mask is black everywhere: nothing would be painted. Make white what is to change.")
            box = _around(found, picture) if params.zoom else whole
        else:
            box = whole
            if params.zoom:
                notes.append("There is no mask to paint around: the whole picture was painted.")
        wide, high = box[2] - box[0], box[3] - box[1]
        scale = (params.megapixels * 1e6 / (wide * high)) ** 0.5 if params.megapixels else 1.0
        paint = (max(multiple, round(wide * scale)), max(multiple, round(high * scale))) if params.megapixels else (wide, high)
        bare = cls(picture, box, paint, -(-paint[0] // multiple) * multiple, -(-paint[1] // multiple) * multiple)
        if source is None:
            return cls(picture, box, paint, bare.width, bare.height, notes=tuple(notes))
        return cls(
            picture, box, paint, bare.width, bare.height, image=bare.place(source), mask=bare.place(mask) if mask is not None else None,
            under=np.asarray(source) if mask is not None else None, alpha=_alpha(mask, params.feather) if mask is not None else None,
            notes=tuple(notes),
        )  # fmt: skip

    def place(self, image: Image.Image) -> Image.Image:
        """A picture (of any size, filling the one asked for) as the model sees it: its box, scaled, its edges drawn out to the model's size."""
        if image.size != (self.picture.width, self.picture.height):
            image = cover(image, self.picture.width, self.picture.height)
        part = image.crop(self.box)
        if part.size != self.paint:
            part = part.resize(self.paint, Image.Resampling.LANCZOS if image.mode == "RGB" else Image.Resampling.BILINEAR)
        left, top = (self.width - self.paint[0]) // 2, (self.height - self.paint[1]) // 2
        pad = ((top, self.height - self.paint[1] - top), (left, self.width - self.paint[0] - left))
        pixels = np.asarray(part)
        return Image.fromarray(np.pad(pixels, pad + ((0, 0),) * (pixels.ndim - 2), mode="edge"))

    def finish(self, painted: Any) -> Pixels:
        """What the model painted (float 0…1, (h, w, 3)) as the picture asked for. Outside the mask and its feather it is the one given, bit
        for bit."""
        part = cut(painted, *self.paint)
        left, top, right, bottom = self.box
        if self.paint != (right - left, bottom - top):
            part = np.asarray(Image.fromarray(part).resize((right - left, bottom - top), Image.Resampling.LANCZOS))
        if self.under is None:
            return part
        new = self.under.copy()
        new[top:bottom, left:right] = part
        mixed = self.alpha * new + (1 - self.alpha) * self.under
        return np.asarray(np.rint(mixed), np.uint8)

    def told(self, trained: tuple[float, float], name: str) -> tuple[str, ...]:
        """Sentences about the size. `trained` is between how many megapixels the model was trained."""
        said = list(self.notes)
        wide, high = self.box[2] - self.box[0], self.box[3] - self.box[1]
        if self.paint != (wide, high):
            said.append(f"Painted at {self.paint[0]}×{self.paint[1]} and scaled to {wide}×{high}.")
        if (self.width, self.height) != self.paint:
            said.append(f"The model paints {self.width}×{self.height}; the middle {self.paint[0]}×{self.paint[1]} was kept.")
        area = self.width * self.height / 1e6
        if not trained[0] <= area <= trained[1]:
            said.append(f"{name} was trained at {trained[0]:g} to {trained[1]:g} megapixels; this was {area:.2g}. “Paint at” brings it there.")
        return tuple(said)

    def mode(self, references: Sequence[Any] = (), control: str = "") -> str:
        """What is done, in words."""
        base = "inpaint" if self.mask is not None else "change" if self.image is not None else "words"
        return ", ".join([base, *(["references"] if references else []), *([control] if control else [])])

    def made(self) -> dict[str, int]:
        return {"width": self.width, "height": self.height, "frames": 1}


def _whole(source: Image.Image, mask: Path | None, picture: Format) -> tuple[Image.Image, Image.Image]:
    """The picture in the middle of the format as large as it fits, its edges drawn out; and a mask that is white there, and where the one given
    (placed like the picture) is."""
    scale = min(picture.width / source.width, picture.height / source.height)
    wide, high = (max(1, min(most, round(side * scale))) for side, most in zip(source.size, (picture.width, picture.height), strict=True))
    left, top = (picture.width - wide) // 2, (picture.height - high) // 2
    pad = ((top, picture.height - high - top), (left, picture.width - wide - left), (0, 0))
    drawn = np.pad(np.asarray(source.resize((wide, high), Image.Resampling.LANCZOS)), pad, mode="edge")
    white = Image.new("L", (picture.width, picture.height), 255)
    white.paste(read_mask(mask, wide, high) if mask is not None else 0, (left, top, left + wide, top + high))
    return Image.fromarray(drawn), white


def _around(found: tuple[int, int, int, int], picture: Format) -> tuple[int, int, int, int]:
    """A mask's box with room around it, inside the picture."""
    margin = round(MARGIN * max(found[2] - found[0], found[3] - found[1]))

    def span(start: int, end: int, whole: int) -> tuple[int, int]:
        length = min(whole, max(end - start + 2 * margin, LEAST_BOX))
        first = min(max(0, (start + end - length) // 2), whole - length)
        return first, first + length

    left, right = span(found[0], found[2], picture.width)
    top, bottom = span(found[1], found[3], picture.height)
    return left, top, right, bottom


def _alpha(mask: Image.Image, feather: int) -> Any:
    """1 inside the mask, falling to 0 within `feather` pixels outside it. The blur of an edge is a half on the edge: doubled, it is whole there."""
    hard = mask.point(lambda grey: 255 if grey >= 128 else 0)
    if feather:
        hard = hard.filter(ImageFilter.GaussianBlur(feather / 2))
        return np.clip(np.asarray(hard, np.float32)[..., None] / 127.5, 0, 1)
    return np.asarray(hard, np.float32)[..., None] / 255


def only(scheduler: str, fit: tuple[str, ...], name: str) -> None:
    """Raises `BadRequest` for a scheduler that does not work with this model in this way."""
    if scheduler and scheduler not in fit:
        raise BadRequest(f"{name} does not work with the scheduler “{scheduler}”. Choose {' or '.join(fit)}, or leave it empty.")


def steps_of(steps: int, strength: float, *, floor: bool = False) -> int:
    """Steps a picture is really denoised for at a strength: what a pipeline leaves of them, rounded up (flow matching) or down (`floor`).
    Raises `BadRequest` where none is left."""
    left = min(int(steps * strength), steps) if floor else steps - int(max(steps - min(steps * strength, steps), 0))
    if left < 1:
        raise BadRequest(f"A strength of {strength:g} leaves none of {steps} steps. Raise the strength or the steps.")
    return left


def picture_of(pipe: Any, latents: Any) -> Any:
    """A picture's latents (1, c, h, w) or (1, c, 1, h, w), as the denoiser has them, decoded: float32 0…1, (h, w, 3)."""
    torch = lazy.torch()
    vae = pipe.vae
    narrow = vae.dtype == torch.float16 and bool(getattr(vae.config, "force_upcast", False))  # this decoder overflows in half precision
    with torch.inference_mode():
        if narrow:
            vae.to(torch.float32)
        pixels = vae.decode(as_decoded(vae, latents.to(vae.dtype)), return_dict=False)[0]
        if narrow:
            vae.to(torch.float16)
        flat = pipelines.finite(pixels[:, :, 0] if pixels.ndim == 5 else pixels)[0]
        return (flat.float() / 2 + 0.5).clamp(0, 1).permute(1, 2, 0).cpu().numpy()
