"""A job's title is stored in English and shown in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import translation

from studio.jobs.titles import TITLES, shown


@pytest.fixture
def backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language that puts a sign before every text."""
    real: Callable[[str], str] = translation._trans.gettext  # type: ignore[attr-defined]
    monkeypatch.setattr(translation._trans, "gettext", lambda text: f"*{real(text)}")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        ("shot", "Shot 3.2"),
        ("take", "Shot 3.2 by Wan 2.2"),
        ("panel", "Panel 3.2"),
        ("guide", "Guide of 3.2"),
        ("music", "Music, scene 4"),
        ("tone", "Tone, scene 4"),
        ("consent", "Consent of A. Voice"),
        ("export", "Export of cut revision 7"),
        ("notes", "Notes of revision 7"),
    ],
)
def test_a_title_is_said_in_the_readers_language(backwards: None, kind: str, stored: str) -> None:
    assert kind in TITLES
    assert shown(kind, stored) == ("*Shot 3.2 by *Wan 2.2" if kind == "take" else f"*{stored}")


def test_what_is_called_as_its_subject_is_called_stays(backwards: None) -> None:
    assert shown("voice", "Shot 3.2") == "Shot 3.2"
    assert shown("shot", "An old title") == "An old title"
