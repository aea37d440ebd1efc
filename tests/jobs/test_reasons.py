"""Why a job ended, as it is stored and as it is read."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.template import Context, Template

from studio.jobs import words


@pytest.fixture(autouse=True)
def in_brackets() -> Iterator[None]:
    """A language that puts what it translates in brackets."""
    with patch("studio.jobs.words.gettext", lambda english: f"[{english}]"):
        yield


def test_a_reason_of_ours_is_read_in_the_readers_language() -> None:
    assert words.said(words.STOPPED_RUNNING) == "[Cancelled while it ran.]"
    assert words.said("The worker died 3 times while it worked on this. Look at its memory and its log, then retry.") == (
        "[The worker died 3 times while it worked on this. Look at its memory and its log, then retry.]"
    )


def test_a_reason_within_a_reason_is_read_so_too_and_names_stay() -> None:
    stored = words.NEEDED_FAILED % {"title": "Shot 0010: “a”, which failed", "reason": f"The card is too small: 12 GiB.\n{words.ONCE_MORE}"}
    assert words.said(stored).startswith("[It needs “Shot 0010: “a”, which failed”, which failed: [The card is too small")
    stored = words.NEEDED_FAILED % {"title": "Shot 0010", "reason": f"It is too large. {words.ONCE_MORE}"}
    assert words.said(stored) == f"[It needs “Shot 0010”, which failed: [It is too large.] [{words.ONCE_MORE}]]"


def test_pages_read_it_as_a_filter_and_keep_markup_out() -> None:
    template = Template("{% load jobs %}{{ error|reason }}")
    assert template.render(Context({"error": words.UNEXPECTED % {"error": "ValueError: <b>"}})) == "[An unexpected error: ValueError: &lt;b&gt;]"
    assert template.render(Context({"error": ""})) == "[]"
