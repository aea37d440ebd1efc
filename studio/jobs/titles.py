"""What a job is called. Its row keeps that in English, so that it means one thing to everybody; `shown` is it in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

from studio.jobs.words import INSIDE, pattern

TITLES = {
    "consent": gettext_noop("Consent of %(person)s"),
    "export": gettext_noop("Export of cut revision %(number)s"),
    "guide": gettext_noop("Guide of %(code)s"),
    "music": gettext_noop("Music, scene %(number)s"),
    "notes": gettext_noop("Notes of revision %(number)s"),
    "panel": gettext_noop("Panel %(code)s"),
    "piece": gettext_noop("%(engine)s: %(words)s"),
    "shot": gettext_noop("Shot %(code)s"),
    "take": gettext_noop("Shot %(code)s by %(engine)s"),
    "tone": gettext_noop("Tone, scene %(number)s"),
}
"""By the kind of job. Others are called what their subject is called: a name, a line, a file."""


def shown(kind: str, title: str) -> str:
    """A title as the reader reads it; what is not of the form of its kind stands as it was stored."""
    words = TITLES.get(kind)
    found = pattern(words).fullmatch(title) if words else None
    if words is None or found is None:
        return title
    return gettext(words) % {hole: INSIDE[hole](filling) if hole in INSIDE else filling for hole, filling in found.groupdict().items()}
