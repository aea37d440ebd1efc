"""Frames between frames, by optical flow: a classical method, not a neural one. Movement is measured both ways between two frames; each
new frame is drawn from both along that movement, and from one alone where the other cannot see it. Cuts are found and kept.

The flow is the combined local–global method (Bruhn, Weickert, Schnörr 2005) on a pyramid, with robust weights; all of it is gathering, so that
the same clip gives the same bytes on a card too.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import Field

from generation.contract import BadRequest, Context, Format, Frozen, Pixels, Request
from generation.facts import Cost, EngineInfo, InputSpec, Limits
from generation.neural import lazy
from generation.neural.pictures import clip_frames, cover
from generation.neural.tuning import card

COARSEST = 12  # pixels of the shorter side on the top of the pyramid
FINEST = 640  # pixels of the longer side that movement is measured in
WARPS, ROUNDS = 3, 16  # how often a level looks again, and spreads what it found
# The exchanges that bring the middle of nine to the middle (J. L. Smith, "Implementing median filters in XC4000E FPGAs", 1996).
MEDIAN = (
    (1, 2), (4, 5), (7, 8), (0, 1), (3, 4), (6, 7), (1, 2), (4, 5), (7, 8), (0, 3), (5, 8), (4, 7), (3, 6), (1, 4), (2, 5), (4, 7), (4, 2), (6, 4),
    (4, 2),
)  # fmt: skip
SAME = 0.02  # of full scale: a difference that is noise


class InterpolateParams(Frozen):
    """`evenness` is how alike the movement of neighbouring places is taken to be; `cut` is the difference (0…1) from which two frames are
    two shots."""

    evenness: float = Field(0.2, ge=0.001, le=1, description="More for large even areas, less for many small things that move on their own.")
    cut: float = Field(
        0.4, ge=0.05, le=1, title="Threshold of a cut", description="Neighbouring frames that differ more belong to two shots. 1: no cuts."
    )


INFO = EngineInfo(
    name="interpolate",
    title="Frame interpolation (optical flow)",
    description="More frames from a clip, by measured movement; not a neural model. Keeps cuts. Best for movement that is not too large.",
    licence="Apache-2.0",
    kind="gpu",
    family="post",
    target="generation.engines.interpolate:Interpolate",
    forms=MappingProxyType({"interpolate": InterpolateParams}),
    inputs=MappingProxyType({"interpolate": (InputSpec(role="video", title="Clip", medium="video", least=1),)}),
    limits=Limits(max_width=3840, max_height=2160, max_frames=20_000),
    costs=MappingProxyType({"interpolate": Cost(fps=2.0, seconds=4.0)}),
    classes=("torch.nn.functional.grid_sample",),
    needs=("torch",),
)


class Interpolate:
    """No noise is drawn: the same clip gives the same bytes, whatever the seed. Frames of the clip that fall on a new frame are kept as
    they are."""

    name = "interpolate"

    @property
    def version(self) -> str:
        return f"1 (torch {metadata.version('torch')})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params, picture = InterpolateParams.model_validate(request.params), request.format
        if picture is None:
            raise BadRequest("A clip needs a format: its size and number of frames.")
        context.progress(0, picture.frames, stage="reading the clip")
        path = context.inputs("video")[0]
        count = sum(1 for _ in clip_frames(path))
        work = _Work(path, places(count, picture.frames), params, picture)
        context.frames(work.frames())
        data = {
            "method": "optical flow",
            "device": work.device,
            "from": count,
            "cuts": work.cuts,
            "followed": round(float(np.mean(work.followed)), 3) if work.followed else 1.0,
        }
        return data, work.notes(count)


def places(count: int, wanted: int) -> list[Fraction]:
    """Where in a clip of `count` frames each of the `wanted` new ones is. Its length in time stays; from the first frame to the last, if that
    divides evenly (5 → 9) and twice, three or four times as many do not."""
    if count == 1 or wanted == 1:
        return [Fraction(0)] * wanted
    from_end_to_end = wanted % count != 0 and (wanted - 1) % (count - 1) == 0
    step = Fraction(count - 1, wanted - 1) if from_end_to_end else Fraction(count, wanted)
    return [min(number * step, Fraction(count - 1)) for number in range(wanted)]


class _Work:
    def __init__(self, path: Path, places: list[Fraction], params: InterpolateParams, picture: Format) -> None:
        self._path, self._places, self._params, self._picture = path, places, params, picture
        self.device = card().device
        self.cuts: list[int] = []
        self.followed: list[float] = []
        self._size: tuple[int, int] | None = None

    def frames(self) -> Iterator[Pixels]:
        clip = self._read()
        before = next(clip)
        after = next(clip, before)
        at, pair = 0, None  # `before` is frame `at`; `after` the next one, or the same at the end
        for place in self._places:
            while place >= at + 1:
                before, at, pair = after, at + 1, None
                after = next(clip, before)
            moment = float(place - at)
            if place == at or after is before:
                yield before
                continue
            pair = pair or _Pair(before, after, self._params, self.device)
            if not pair.measured:
                self._measure(pair, at)
            yield pair.between(moment)

    def _measure(self, pair: _Pair, at: int) -> None:
        pair.measure()
        if pair.cut:
            self.cuts.append(at + 1)
        else:
            self.followed.append(pair.followed)

    def _read(self) -> Iterator[Pixels]:
        for frame in clip_frames(self._path):
            self._size = frame.size
            yield np.asarray(cover(frame, self._picture.width, self._picture.height))

    def notes(self, count: int) -> tuple[str, ...]:
        said = [f"{count} frames became {self._picture.frames}."]
        if self.cuts:
            said.append(f"Nothing was drawn across {len(self.cuts)} cut{'s' if len(self.cuts) > 1 else ''} (before frame {_list(self.cuts)}).")
        if self._size and self._size != (self._picture.width, self._picture.height):
            said.append(f"The clip is {self._size[0]}×{self._size[1]}; it was brought to {self._picture.width}×{self._picture.height}.")
        if self.followed and np.mean(self.followed) < 0.5:
            said.append(f"Only {np.mean(self.followed):.0%} of the picture could be followed from frame to frame: look for ghosts.")
        if self._picture.frames < count:
            said.append("Fewer frames were asked for than the clip has: it was made shorter in frames, not smoother.")
        return tuple(said)


def _list(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:8])) + (" …" if len(numbers) > 8 else "")


class _Pair:
    """Two frames and the movement between them. `followed` is the part of the picture (0…1) that was found in the other frame."""

    def __init__(self, before: Pixels, after: Pixels, params: InterpolateParams, device: str) -> None:
        self._before, self._after, self._params, self._device = before, after, params, device
        self.measured = self.cut = False
        self.followed = 1.0

    def measure(self) -> None:
        torch = lazy.torch()
        self.measured = True
        with torch.inference_mode():
            pair = torch.from_numpy(np.stack([self._before, self._after])).to(self._device).permute(0, 3, 1, 2).float() / 255
            self._pair = pair
            self.cut = _difference(pair) > self._params.cut
            if self.cut:
                return
            self._flows = _flow(pair, pair.flip(0), self._params.evenness)
            there, back = self._flows
            self._seen = torch.stack([_agreement(there, back), _agreement(back, there)])  # 1: what is here is there too
            self.followed = float((self._seen > 0.5).float().mean())

    def between(self, moment: float) -> Pixels:
        """The frame at `moment` (0…1). Across a cut, the nearer one."""
        if self.cut:
            return self._before if moment < 0.5 else self._after
        torch = lazy.torch()
        with torch.inference_mode():
            before, after = self._pair[:1], self._pair[1:]
            there, back = self._flows[:1], self._flows[1:]
            # The movement through each place of the new frame, as either frame tells it; the one that fits both pictures better is taken.
            ahead, behind = there, -back
            for _ in range(4):
                ahead, behind = _warp(there, -moment * ahead), -_warp(back, (1 - moment) * behind)
            errors = [
                _smooth((_warp(before, -moment * way) - _warp(after, (1 - moment) * way)).abs().mean(1, keepdim=True)) for way in (ahead, behind)
            ]
            way = torch.where(errors[0] <= errors[1], ahead, behind)
            old, new = -moment * way, (1 - moment) * way
            # What is not in the other frame is taken from this one alone.
            from_old = (1 - moment) * (0.02 + _warp(self._seen[1:], new))
            from_new = moment * (0.02 + _warp(self._seen[:1], old))
            drawn = (from_old * _warp(before, old) + from_new * _warp(after, new)) / (from_old + from_new)
            found: Pixels = (drawn[0].clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
            return np.ascontiguousarray(found)


def _difference(pair: Any) -> float:
    """How unlike two frames are (0…1), whatever moved: the part of their colours that has no counterpart."""
    torch = lazy.torch()
    small = torch.nn.functional.interpolate(pair, size=(72, 128), mode="area")
    levels = (small * 15.999).long()
    codes = (levels[:, 0] // 2 * 8 + levels[:, 1] // 2) * 8 + levels[:, 2] // 2
    first, second = (torch.bincount(code.flatten().cpu(), minlength=512).float() / code.numel() for code in codes)
    blur = torch.tensor([0.25, 0.5, 0.25])
    first, second = (_blurred(counts.view(8, 8, 8), blur) for counts in (first, second))
    return float((first - second).abs().sum() / 2)


def _blurred(counts: Any, kernel: Any) -> Any:
    """Spread to neighbouring colours, so that a little more light is no cut."""
    torch = lazy.torch()
    for axis in range(3):
        line = torch.nn.functional.pad(counts.transpose(axis, 2).reshape(64, 1, 8), (1, 1), mode="replicate")
        counts = torch.nn.functional.conv1d(line, kernel.view(1, 1, 3)).view(8, 8, 8).transpose(axis, 2)
    return counts


def _flow(first: Any, second: Any, evenness: float) -> Any:
    """(n, 2, h, w): by how many pixels to the right and down what is in `first` has moved in `second`."""
    torch = lazy.torch()
    height, width = first.shape[-2:]
    scale = min(1.0, FINEST / max(height, width))
    sizes = []
    while True:
        sizes.append((max(COARSEST, round(height * scale)), max(COARSEST, round(width * scale))))
        if min(sizes[-1]) < 2 * COARSEST:
            break
        scale /= 2
    way = torch.zeros((first.shape[0], 2, *sizes[-1]), device=first.device)
    for size in reversed(sizes):
        way = _resized(way, size)
        one, two = (torch.nn.functional.interpolate(each, size=size, mode="area") for each in (first, second))
        for _ in range(WARPS):
            way = _improved(one, two, way, evenness)
    return _resized(way, (height, width))


def _improved(first: Any, second: Any, way: Any, evenness: float) -> Any:
    torch = lazy.torch()
    moved = _warp(second, way)
    middle, change = (first + moved) / 2, moved - first
    right, down = _slopes(middle)
    weight = 1 / torch.sqrt(change.square().mean(1, keepdim=True) + SAME**2)
    products = [right * right, right * down, down * down, right * change, down * change]
    rr, rd, dd, rc, dc = (_smooth(weight * product.mean(1, keepdim=True)) for product in products)
    step = torch.zeros_like(way)
    across = (rr + evenness) * (dd + evenness) - rd * rd
    for _ in range(ROUNDS):
        pull = evenness * (_around(way + step) - way)
        one, two = pull[:, :1] - rc, pull[:, 1:] - dc
        step = torch.cat([((dd + evenness) * one - rd * two) / across, ((rr + evenness) * two - rd * one) / across], 1)
    return _median(way + step.clamp(-1.5, 1.5))


def _slopes(picture: Any) -> tuple[Any, Any]:
    padded = lazy.torch().nn.functional.pad(picture, (1, 1, 1, 1), mode="replicate")
    return (padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]) / 2, (padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]) / 2


def _summed(values: Any, reach: int) -> Any:
    """The sum over a square of 2 × `reach` + 1 a side; adding rows and columns is several times as fast as pooling on a plain processor."""
    padded = lazy.torch().nn.functional.pad(values, (reach,) * 4, mode="replicate")
    height, width = values.shape[-2:]
    rows = sum(padded[..., n : n + width] for n in range(2 * reach + 1))
    return sum(rows[..., n : n + height, :] for n in range(2 * reach + 1))


def _smooth(values: Any) -> Any:
    return _summed(values, 2) / 25


def _around(way: Any) -> Any:
    return (_summed(way, 1) - way) / 8


def _median(way: Any) -> Any:
    """Each place like the middle one of its neighbours: borders between movements stay sharp."""
    torch = lazy.torch()
    height, width = way.shape[-2:]
    padded = torch.nn.functional.pad(way, (1, 1, 1, 1), mode="replicate")
    near = [padded[..., y : y + height, x : x + width] for y in range(3) for x in range(3)]
    for low, high in MEDIAN:
        near[low], near[high] = torch.minimum(near[low], near[high]), torch.maximum(near[low], near[high])
    return near[4]


def _resized(way: Any, size: tuple[int, int]) -> Any:
    torch = lazy.torch()
    height, width = way.shape[-2:]
    if (height, width) == size:
        return way
    factor = torch.tensor([size[1] / width, size[0] / height], device=way.device).view(1, 2, 1, 1)
    return torch.nn.functional.interpolate(way, size=size, mode="bilinear", align_corners=False) * factor


def _warp(values: Any, way: Any) -> Any:
    """`values` as seen from places moved by `way` (pixels); beyond the edge, the edge."""
    torch = lazy.torch()
    height, width = values.shape[-2:]
    x = torch.arange(width, device=values.device) + way[:, 0]
    y = torch.arange(height, device=values.device).view(-1, 1) + way[:, 1]
    grid = torch.stack([2 * x / max(1, width - 1) - 1, 2 * y / max(1, height - 1) - 1], -1)
    return torch.nn.functional.grid_sample(values, grid, mode="bilinear", padding_mode="border", align_corners=True)


def _agreement(there: Any, back: Any) -> Any:
    """(1, h, w), 1 where going there and back ends where it began, 0 where it does not (Sundaram, Brox, Keutzer 2010)."""
    torch = lazy.torch()
    returned = _warp(back[None], there[None])[0]
    miss = (there + returned).square().sum(0, keepdim=True)
    allowed = 0.01 * (there.square() + returned.square()).sum(0, keepdim=True) + 1.0
    return torch.sigmoid(4 * (1 - miss / allowed))
