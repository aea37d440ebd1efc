"""A shot's words in the reader's language: every word that a row can hold has one, and rows keep their English."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from django.conf import settings
from django.utils import translation

from generation.contract import Angle, Easing, Move, Size, Speed
from studio.projects.models import Project
from studio.shots import saying
from studio.shots.listing import CHANGED, CUT
from studio.shots.models import SIZES, Shot
from studio.sound.actions import cue_order
from studio.sound.models import Cue


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language that puts everything marked in brackets."""
    real: Any = translation._trans  # type: ignore[attr-defined]
    gettext, pgettext = real.gettext, real.pgettext
    monkeypatch.setattr(real, "gettext", lambda text: f"<{gettext(text)}>")
    monkeypatch.setattr(real, "pgettext", lambda context, text: f"<{pgettext(context, text)}>")


def test_every_word_of_a_camera_has_a_translation(pretended: None) -> None:
    words = [word for kind in (Size, Angle, Move, Speed, Easing) for word in get_args(kind)]
    assert [saying.camera_word(word) for word in words] == [f"<{word}>" for word in words]
    assert saying.camera_word("from an engine of tomorrow") == "from an engine of tomorrow"
    assert str(dict(SIZES)["close-up"]) == "<close-up>"


def test_choices_are_capitalised_and_made_when_they_are_shown() -> None:
    label = dict(SIZES)["medium close-up"]
    assert str(label) == "Medium close-up"


def test_every_reason_of_the_breakdown_is_marked() -> None:
    tree = ast.parse((settings.BASE_DIR / Path("studio/script/breakdown/coverage.py")).read_text("utf-8"))
    why: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "why":
            why |= _texts(node.value)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = zip(target.elts, node.value.elts, strict=True) if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple) else ()
                for name, value in [(target, node.value), *pairs]:
                    if (isinstance(name, ast.Attribute) and name.attr == "why") or (isinstance(name, ast.Name) and name.id == "why"):
                        why |= _texts(value)
    assert why == set(saying.WHYS)


def _texts(value: ast.expr) -> set[str]:
    if isinstance(value, ast.IfExp):
        return _texts(value.body) | _texts(value.orelse)
    return {value.value} if isinstance(value, ast.Constant) and isinstance(value.value, str) else set()


def test_why_a_shot_is_stale_is_read_in_ones_language_and_stored_in_english(pretended: None) -> None:
    assert saying.stale_words("MARA looks different since its take was made.") == "<MARA looks different since its take was made.>"
    assert saying.stale_words("Its words changed in revision 12.") == "<Its words changed in revision 12.>"
    assert saying.stale_words(f"{CUT} in revision 3.") == f"<{CUT} in revision 3.>"
    assert saying.stale_words(CHANGED) == f"<{CHANGED}>"
    assert Shot(stale=CHANGED).stale == CHANGED


def test_a_shots_history_is_told_in_words(pretended: None) -> None:
    data = {"before": {"size": "wide", "characters": []}, "after": {"size": "close-up", "characters": ["MARA", "TOM"]}}
    assert saying.history_words("shot.changed", data) == "<size>: <wide> → <close-up><, ><characters>:  → MARA<, >TOM"
    assert saying.history_words("shot.moved", {"before": "1.2", "after": "1.3"}) == "<moved from 1.2 to 1.3>"
    assert saying.history_words("shot.removed", {"code": "1.2"}) == "<set aside>"


@pytest.mark.django_db
def test_a_jobs_title_is_stored_in_english(pretended: None, project: Project, people: SimpleNamespace) -> None:
    from studio.script.models import Scene

    scene = Scene(project=project, number="4", place="A ROOM", interior=True)
    assert cue_order(Cue(scene=scene, kind=Cue.MUSIC), scene, 48, composers={}).title == "Music, scene 4"
