"""What the browser draws and what Pillow draws are one picture: counted in pixels, for each shape alone and for all together, at two sizes."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

from studio.review.drawing import drawn
from studio.review.shapes import parse
from tests.browser.player.site import Site
from tests.review.drawings import fifty_five

pytestmark = pytest.mark.browser
SIZES = ((640, 360), (1920, 1080))
DRAW = """async ([groups, width, height]) => {
  const { drawShape, fontReady } = await import("/static/js/lib/shapes.js");
  await fontReady();
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  const pictures = [];
  for (const shapes of groups) {
    context.clearRect(0, 0, width, height);
    for (const shape of shapes) drawShape(context, shape, width, height);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    pictures.push(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
  }
  return pictures;
}"""
Group = list[dict[str, Any]]


@pytest.fixture
def in_browser(tab: Page, web: Site) -> Callable[[list[Group], tuple[int, int]], list[Image.Image]]:
    tab.goto(f"{web.url}/drawing/")
    return lambda groups, size: [Image.open(io.BytesIO(base64.b64decode(one))) for one in tab.evaluate(DRAW, [groups, *size])]


def premultiplied(picture: Image.Image) -> NDArray[np.float32]:
    """Colours as they count over black, and the cover beside them: what is alike here is alike over every picture."""
    pixels = np.asarray(picture.convert("RGBA")).astype(np.float32)
    pixels[..., :3] *= pixels[..., 3:] / 255
    return pixels


def unlike(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """The share of pixels that differ by more than 32/255 in a colour or in cover: of all pixels, and of those that either side painted."""
    a, b = premultiplied(one), premultiplied(other)
    differs = np.abs(a - b).max(axis=-1) > 32
    painted = (a[..., 3] > 0) | (b[..., 3] > 0)
    return float(differs.mean()), float(differs[painted].mean()) if painted.any() else 0.0


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_browser_and_pillow_draw_one_picture(in_browser: Callable[..., list[Image.Image]], size: tuple[int, int]) -> None:
    shapes = fifty_five()
    groups = [*([shape] for shape in shapes), shapes]
    by_kind: dict[str, list[tuple[float, float]]] = {}
    for group, theirs in zip(groups, in_browser(groups, size), strict=True):
        ours = drawn([parse(shape) for shape in group], size)
        by_kind.setdefault(group[0]["kind"] if len(group) == 1 else "all together", []).append(unlike(theirs, ours))
    for kind, shares in by_kind.items():
        of_all, of_painted = (100 * max(column) for column in zip(*shares, strict=True))
        mean = 100 * sum(share for _, share in shares) / len(shares)
        print(f"{size[0]}x{size[1]} {kind}: at most {of_all:.3f} % of all pixels, {of_painted:.2f} % of the painted ones ({mean:.2f} % on average)")
    every = [share for shares in by_kind.values() for share in shares]
    assert max(of_all for of_all, _ in every) < 0.01
    assert max(of_painted for _, of_painted in by_kind["all together"]) < 0.02
    assert max(of_painted for _, of_painted in every) < 0.06, "one shape is drawn otherwise, however small its share of the picture"


def test_the_count_sees_what_differs(in_browser: Callable[..., list[Image.Image]]) -> None:
    """A stroke a little thicker, a text one line lower, another colour: each is counted, so that the test above can fail."""
    for shape in fifty_five()[:5]:
        other = {
            "pen": lambda s: {**s, "width": s["width"] * 1.6},
            "arrow": lambda s: {**s, "to": (s["to"][0] + 0.004, s["to"][1])},
            "box": lambda s: {**s, "from": (s["from"][0] - 0.004, s["from"][1])},
            "ellipse": lambda s: {**s, "width": s["width"] * 1.6},
            "text": lambda s: {**s, "text": s["text"] + "."},
        }[shape["kind"]](shape)
        [theirs] = in_browser([[other]], SIZES[0])
        assert unlike(theirs, drawn([parse(shape)], SIZES[0]))[1] > 0.02, shape
