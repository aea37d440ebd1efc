"""Contact sheets of what previs draws, for people to look at: `python -m generation.previs.contact_sheet docs/films`.

`moves.jpg` shows the beginning, middle and end of every camera move, `scenes.jpg` every kind of place by day and by night.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from PIL import Image, ImageDraw

from generation.contract import Beat, CameraPlan, FigureParams, Format, Move, SceneFacts, SetParams, ShotParams
from generation.previs.figures.design import design_figure
from generation.previs.render import Quality, Renderer
from generation.previs.sets import design_set
from generation.previs.sets.plan import KINDS
from generation.previs.shot import Shot

WIDTH, HEIGHT, LABEL = 320, 134, 14  # pixels of one picture, and of the line of words above it
FRAMES = 84
ADA, TOM = "ADA", "TOM"
LOOKS = {ADA: "ADA (30s) with short red hair, in a green jacket and a scarf.", TOM: "TOM (50s), bearded, in a grey coat and a flat cap."}
# Moves that show what they are only when something happens, or only at some size.
ACTIONS: dict[str, str] = {"tracking": "Ada walks over to the door.", "handheld": "Ada laughs."}
SIZES = {"crane up": "wide", "crane down": "wide", "tracking": "full", "whip pan": "close-up", "rack focus": "over the shoulder", "tilt up": "medium"}
Picture = tuple[str, Image.Image]


def shot(kind: str, interior: bool, time: str, camera: CameraPlan, action: str = "") -> Shot:
    """Two people in a place of a kind."""
    design, _ = design_set(SetParams(name=kind.upper(), interior=interior), 7)
    people = [FigureParams(name=name, texts=(text,), others=tuple(LOOKS), index=index) for index, (name, text) in enumerate(LOOKS.items())]
    figures = {one.name: design_figure(one, 7)[0] for one in people}
    beats = (Beat(action=action, characters=(ADA, TOM), speakers=(ADA, TOM)),)
    facts = SceneFacts(place=kind, interior=interior, time=time, cast=(ADA, TOM), beats=beats)
    params = ShotParams(set_design=design, figures=figures, scene=facts, camera=camera)
    return Shot(params, Format(width=WIDTH, height=HEIGHT, frames=FRAMES), FRAMES, 7)


def moves(renderer: Renderer) -> Iterator[Picture]:
    """Three pictures of each move, in the order of the contract."""
    for index, move in enumerate(get_args(Move)):
        kind, interior = (("harbour", False), ("living room", True), ("park", False))[index % 3]
        camera = CameraPlan.model_validate({
            "move": move, "size": SIZES.get(move, "medium"), "lens": 24 if SIZES.get(move) == "wide" else 40,
            "subjects": (ADA, TOM), "over": TOM if move == "rack focus" else "",
        })  # fmt: skip
        made = shot(kind, interior, "day", camera, ACTIONS.get(move, ""))
        for words, at in ((move, 0.03), ("", 0.5), ("", 0.97)):
            yield words, Image.fromarray(made.frame(renderer, round(at * (FRAMES - 1))).rgb)


def scenes(renderer: Renderer) -> Iterator[Picture]:
    """Each kind of place twice: day and night."""
    for kind in sorted(KINDS.values(), key=lambda one: (not one.interior, one.name)):
        for time in ("day", "night"):
            camera = CameraPlan(size="wide", lens=24, subjects=() if kind.interior else (ADA,))
            made = shot(kind.name, kind.interior, time, camera)
            yield f"{kind.name}, {time}", Image.fromarray(made.frame(renderer, FRAMES // 2).rgb)


def sheet(pictures: list[Picture], columns: int) -> Image.Image:
    """All pictures in rows, each under its words."""
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (columns * WIDTH, rows * (HEIGHT + LABEL)), "#14161a")
    pen = ImageDraw.Draw(page)
    for index, (words, picture) in enumerate(pictures):
        x, y = index % columns * WIDTH, index // columns * (HEIGHT + LABEL)
        pen.text((x + 4, y + 1), words, fill="#e8e4da")
        page.paste(picture, (x, y + LABEL))
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=re.sub(r"\s+", " ", (__doc__ or "").split("\n")[0]))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quality", choices=("draft", "film"), default="film")
    asked = parser.parse_args()
    quality: Quality = asked.quality
    renderer = Renderer(WIDTH, HEIGHT, quality)
    asked.folder.mkdir(parents=True, exist_ok=True)
    for name, pictures, columns in (("moves", moves(renderer), 6), ("scenes", scenes(renderer), 4)):
        page = sheet(list(pictures), columns)
        page.save(asked.folder / f"{name}.jpg", quality=72, optimize=True)
        print(f"{asked.folder / name}.jpg · {page.width}×{page.height}")


if __name__ == "__main__":
    main()
