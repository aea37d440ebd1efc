"""Why a job ended or waits. Its row keeps the English, which means the same to everybody; `said` is that in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from django.utils.translation import gettext, gettext_noop

STOPPED_WAITING = gettext_noop("Cancelled before it began.")
STOPPED_RUNNING = gettext_noop("Cancelled while it ran.")
STOPPED_DEAD = gettext_noop("Cancelled; its worker had died.")
BEGINS_AGAIN = gettext_noop("The worker died; it starts again.")
NO_MEMORY = gettext_noop("The worker ran out of memory. Choose a smaller picture or fewer workers, then retry.")
ONCE_MORE = gettext_noop("It is tried once more, slower, with its model kept mostly in main memory.")
LIGHTER_ALREADY = gettext_noop("Its model was kept mostly in main memory already.")
MAY_FIT = gettext_noop(
    "Or let it be tried once more with its model kept mostly in main memory (Settings, “When a card runs out of memory”), then retry."
)
MADE_LIGHTER = gettext_noop("The card's memory was too small at first: made at the second try, with the model kept mostly in main memory.")
DIED_OFTEN = gettext_noop("The worker died %(count)s times while it worked on this. Look at its memory and its log, then retry.")
UNEXPECTED = gettext_noop("An unexpected error: %(error)s")
NEEDED_FAILED = gettext_noop("It needs “%(title)s”, which failed: %(reason)s")
NEEDED_CANCELLED = gettext_noop("It needs “%(title)s”, which was cancelled.")

_known = [NEEDED_FAILED, NEEDED_CANCELLED, DIED_OFTEN, UNEXPECTED]  # the first that fits counts: what holds another reason stands before it
ADDED = (ONCE_MORE, LIGHTER_ALREADY, MAY_FIT)  # after the reason itself


def also(*words: str) -> None:
    """Let `said` know what later rooms store, in English with holes ("%(name)s"). Sentences without holes need not be told."""
    _known.extend(each for each in words if each not in _known)


def said(reason: str) -> str:
    """A reason as it was stored, in the reader's language as far as it is one of ours; what an engine or a program said stays as it is."""
    for words in _known:
        if found := pattern(words).fullmatch(reason):
            return gettext(words) % {hole: INSIDE[hole](filling) if hole in INSIDE else filling for hole, filling in found.groupdict().items()}
    for words in ADDED:
        if reason.endswith(f" {words}"):
            return f"{said(reason.removesuffix(f' {words}'))} {gettext(words)}"
    return gettext(reason)


@cache
def pattern(words: str) -> re.Pattern[str]:
    """What fits the words, whatever stands in their holes."""
    parts = re.split(r"%\((\w+)\)s", words)
    return re.compile("".join(f"(?P<{part}>.*?)" if index % 2 else re.escape(part) for index, part in enumerate(parts)), re.DOTALL)


# What stands in these holes has words of its own.
INSIDE: dict[str, Callable[[str], str]] = {"reason": said, "engine": lambda title: gettext(title)}
