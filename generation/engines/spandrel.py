"""Upscalers and restorers that spandrel can read (ESRGAN, SPAN, DAT, HAT, SwinIR, NAFNet and two dozen more): one file on the shelf, a picture or
each frame of a clip. spandrel needs a torchvision that fits this machine's torch.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from PIL import Image
from pydantic import Field

from generation.contract import BadRequest, Context, Format, Pixels, Request
from generation.facts import Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy, store, warm
from generation.neural.params import ModelParams
from generation.neural.pictures import clip_frames, cover, read
from generation.neural.pipelines import finite
from generation.neural.tuning import Settings, card, decide

_kept: list[Any] = []
MARGIN = 16  # pixels that a tile sees beyond its own


class UpscaleParams(ModelParams):
    """`tile` is the longest side in pixels that is worked on at once; 0: whole pictures. Only the precision of `tuning` is used."""

    model: str = Field("", max_length=1024, description="A .safetensors file of an upscaler, or a folder with one.")
    tile: int = Field(512, ge=0, le=4096, description="Smaller needs less memory.")


PICTURE = InputSpec(role="picture", title="Picture", medium="picture")

INFO = EngineInfo(
    name="spandrel",
    title="Upscaler (spandrel)",
    description="Makes a picture or each frame of a clip larger or cleaner with any upscaler that spandrel reads. Frames are not matched.",
    licence="MIT (spandrel); each model has its own",
    kind="gpu",
    family="post",
    target="generation.engines.spandrel:Upscaler",
    forms=MappingProxyType({"upscale": UpscaleParams, "still": UpscaleParams}),
    inputs=MappingProxyType(
        {
            "upscale": (InputSpec(role="video", title="Clip", medium="video"), PICTURE),
            "still": (PICTURE.model_copy(update={"least": 1}),),
        }
    ),
    limits=Limits(max_width=7680, max_height=4320, max_frames=20_000),
    costs=MappingProxyType({"upscale": Cost(fps=8.0, seconds=6.0), "still": Cost(fps=8.0, seconds=6.0)}),
    classes=("spandrel.ModelLoader",),
    needs=("torch", "spandrel", "torchvision"),
)


class Upscaler:
    """No noise is drawn: the same picture gives the same bytes, whatever the seed."""

    name = "spandrel"

    @property
    def version(self) -> str:
        return f"1 (spandrel {_version('spandrel')}, torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = UpscaleParams.model_validate(request.params), request.format
        if picture is None:
            raise BadRequest("A picture needs a format: its size and number of frames.")
        clips, pictures = context.inputs("video"), context.inputs("picture")
        if len(clips) + len(pictures) != 1:
            raise BadRequest("Give a clip or a picture to make larger: one of them.")
        if pictures and picture.frames != 1:
            raise BadRequest(f"A picture is one frame, not {picture.frames}. Ask for one, or give a clip.")
        context.progress(0, picture.frames, stage="loading the model")
        folder = store.model_folder(params.model)
        settings = decide(params.tuning, store.weight_bytes(folder), card())
        work = _Work(_model(params.model, _file(folder), settings), params, picture)
        context.frames(work.frames(iter([read(pictures[0])]) if pictures else clip_frames(clips[0])))
        data = {
            "model": store.identity(params.model, folder),
            "architecture": work.model.architecture.name,
            "scale": work.model.scale,
            "settings": {"device": settings.device, "card": settings.card, "precision": str(work.model.dtype).removeprefix("torch.")},
            "made": work.made,
        }
        return data, work.notes()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def library() -> Any:
    """spandrel. Raises `BadRequest` where it, or a torchvision of this torch's version, is missing."""
    try:
        try:
            return importlib.import_module("spandrel")
        except RuntimeError as error:
            if "torchvision::" not in str(error):
                raise
            _declare_operators()
            return importlib.import_module("spandrel")
    except ModuleNotFoundError as error:
        raise BadRequest(
            f"This worker has no “{error.name}”, which upscalers need. On its machine: .venv/bin/pip install spandrel, with the torchvision that "
            "belongs to its torch."
        ) from error
    except (ImportError, RuntimeError, OSError) as error:
        raise BadRequest(
            f"spandrel cannot be loaded on this worker: {(str(error).splitlines() or ['?'])[0][:200]}. Its torchvision must belong to its torch "
            f"({metadata.version('torch')}): reinstall both together."
        ) from error


def _declare_operators() -> None:
    """torchvision's wheel on a machine without a card: its compiled operators do not load, and importing it fails at the two of them whose
    existence it takes for granted. Once their shapes are declared its Python part loads, which is all that spandrel uses of it."""
    operators = lazy.torch().library.Library("torchvision", "FRAGMENT")
    operators.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    operators.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _kept.append(operators)  # forgotten, they would be withdrawn


def _file(folder: Path) -> Path:
    found = [folder] if folder.is_file() else sorted(folder.glob("*.safetensors"))
    if len(found) != 1:
        raise BadRequest(f"An upscaler is one .safetensors file; in {folder} are {len(found) or 'none'}. Choose the file itself.")
    return found[0]


def _model(name: str, path: Path, settings: Settings) -> Any:
    spandrel = library()

    def loading() -> Any:
        try:
            model = spandrel.ModelLoader().load_from_file(path)
        except (spandrel.UnsupportedModelError, ValueError, KeyError, RuntimeError, OSError) as error:
            raise BadRequest(f"spandrel does not know the model in {path}: {(str(error).splitlines() or ['?'])[0][:200]} Choose another.") from error
        if not isinstance(model, spandrel.ImageModelDescriptor) or (model.input_channels, model.output_channels) != (3, 3):
            raise BadRequest(f"The model in {path} ({model.architecture.name}) does not make a colour picture of a colour picture. Choose another.")
        able = {"float32": True, "bfloat16": model.supports_bfloat16, "float16": model.supports_half}
        return model.to(settings.device).to(settings.dtype if able[settings.precision] else lazy.torch().float32).eval()

    return warm.hold(name, ("spandrel", str(path), settings.precision, settings.device), store.weight_bytes(path), card().memory, loading)


class _Work:
    """One picture or clip. `made` is the size that the model gave."""

    def __init__(self, model: Any, params: UpscaleParams, picture: Format) -> None:
        self.model, self._picture = model, picture
        self._whole = model.tiling.name != "SUPPORTED" or not params.tile
        self._tile = params.tile
        self._tiled = False
        self._asked = bool(params.tile)
        self._held = 0
        self.made: dict[str, int] = {}

    def frames(self, given: Iterator[Image.Image]) -> Iterator[Pixels]:
        self._held = self._picture.frames
        for _, frame in zip(range(self._picture.frames), given, strict=False):
            self._held -= 1
            last = self._enlarged(frame)
            yield last
        for _ in range(self._held):
            yield last

    def _enlarged(self, frame: Image.Image) -> Pixels:
        torch, scale = lazy.torch(), self.model.scale
        with torch.inference_mode():
            pixels = torch.from_numpy(np.array(frame)).to(self.model.device).permute(2, 0, 1)[None]
            pixels = pixels.to(self.model.dtype) / 255
            large = self.model(pixels) if self._whole else self._in_tiles(pixels)
            values = (finite(large)[0].float() * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
        self.made = {"width": frame.width * scale, "height": frame.height * scale}
        return np.asarray(cover(Image.fromarray(values), self._picture.width, self._picture.height))

    def _in_tiles(self, pixels: Any) -> Any:
        """Each tile is enlarged with some of what surrounds it, and cut out of that."""
        height, width = pixels.shape[-2:]
        tile, scale = self._tile, self.model.scale
        if max(height, width) <= tile:
            return self.model(pixels)
        self._tiled = True
        large = pixels.new_empty((1, 3, height * scale, width * scale))
        for top in range(0, height, tile):
            for left in range(0, width, tile):
                bottom, right = min(top + tile, height), min(left + tile, width)
                y, x = max(0, top - MARGIN), max(0, left - MARGIN)
                part = self.model(pixels[..., y : bottom + MARGIN, x : right + MARGIN])
                inner = part[..., (top - y) * scale : (bottom - y) * scale, (left - x) * scale : (right - x) * scale]
                large[..., top * scale : bottom * scale, left * scale : right * scale] = inner
        return large

    def notes(self) -> tuple[str, ...]:
        said = []
        wanted = {"width": self._picture.width, "height": self._picture.height}
        if self.made != wanted:
            made, size = f"{self.made['width']}×{self.made['height']}", f"{wanted['width']}×{wanted['height']}"
            more = ", beyond what the model can add" if wanted["width"] > self.made["width"] or wanted["height"] > self.made["height"] else ""
            said.append(f"The model makes it {self.model.scale} times as large, {made}; it was brought to {size}{more}.")
        if self._held:
            said.append(f"The clip was {self._held} frames too short: its last frame was held.")
        if self._tiled:
            said.append(f"Worked on in tiles of {self._tile} pixels.")
        if self._whole and self._asked:
            said.append("This model looks at whole pictures: no tiles were used.")
        return tuple(said)
