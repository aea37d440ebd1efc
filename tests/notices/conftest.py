"""A language made up for a test, since what is new here is translated only at a release."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import translation


@pytest.fixture
def dreamt(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """English to German, as a test fills it in; everything else says what it says."""
    words: dict[str, str] = {}
    real = translation._trans  # type: ignore[attr-defined]

    def dreaming(name: str) -> Callable[..., str]:
        says = getattr(real, name)

        def said(*given: str) -> str:
            english = given[-1] if name != "ngettext" else given[0 if given[2] == 1 else 1]  # type: ignore[comparison-overlap]
            return words.get(english) or says(*given) if translation.get_language() == "de" else says(*given)

        return said

    for name in ("gettext", "pgettext", "ngettext"):
        monkeypatch.setattr(real, name, dreaming(name))
    return words
