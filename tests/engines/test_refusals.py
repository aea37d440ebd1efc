"""That what `generation` refuses in fixed words can be translated: `studio.engines.refusals` lists its sentences."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

import generation
from generation import catalog
from generation.contract import BadRequest, Format, Request
from studio.engines import refusals
from studio.jobs import words

FAILURES = ("BadRequest", "Transient", "CutOff")
LEFT = {  # made of parts that are no sentences, or repeating what another said
    ("“", "” is ", ", ", ""),
    ("", " It is tried again by itself; what was fetched is kept."),
    ("", " Set FIRSTCUT_HUB_TOKEN to a token that may."),
    ("", " ", ". It is asked again by itself; what was fetched is kept."),
}
Parts = tuple[str, ...]
"""What stands between the holes of a sentence."""


def raised(module: str) -> Iterator[Parts]:
    tree = ast.parse((Path(generation.__path__[0]) / module).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAILURES and node.args:
            said = node.args[0]
            if isinstance(said, ast.Constant):
                yield (str(said.value),)
            elif isinstance(said, ast.JoinedStr):
                yield tuple("".join(part.value if isinstance(part, ast.Constant) else "\0" for part in said.values).split("\0"))  # type: ignore[misc]


def test_every_sentence_of_these_modules_can_be_translated_and_none_is_left_over() -> None:
    listed = {tuple(re.split(r"%\(\w+\)s", each)): each for each in (*refusals.REQUESTS, *refusals.MACHINES, *refusals.MODELS)}
    said = {parts for module in refusals.MODULES for parts in raised(module)} - LEFT
    assert not [" … ".join(parts) for parts in said - set(listed)], "add these to studio/engines/refusals.py"
    assert not [listed[parts] for parts in set(listed) - said], "nothing says this any more; take it out"


def test_a_refusal_is_read_in_the_readers_language_with_its_own_figures() -> None:
    with pytest.raises(BadRequest) as refused:
        catalog.validate(Request(engine="zimage", task="still", format=Format(width=1920, height=1080, frames=3), params={"prompt": "A fox"}))
    with patch.object(words, "gettext", lambda english: f"[{english}]"):
        assert words.said(str(refused.value)) == "[A still is one frame, not 3.]"
        assert words.said("A voice elsewhere goes up to 9 frames a shot; asked for were 12. Split the shot.") == (
            "[[A voice elsewhere] goes up to 9 frames a shot; asked for were 12. Split the shot.]"
        )
