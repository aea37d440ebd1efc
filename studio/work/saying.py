"""What is said of a shot, as it is read: days and the film's own words in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format, get_format
from django.utils.translation import get_language, gettext

from studio.work.models import name_words


def day(on: date) -> str:
    """As in "24 December 2026"."""
    return date_format(on, "j F Y" if _english() else get_format("DATE_FORMAT"))


def short_day(on: date) -> str:
    """As in "24 Dec"."""
    return date_format(on, "j M" if _english() else get_format("MONTH_DAY_FORMAT"))


def _english() -> bool:
    return (get_language() or "en").startswith("en")


def said_of(after: dict[str, Any]) -> str:
    """What a change said, from the event's `after`: "to Final, for Ann, due 24 December 2026"."""
    said = []
    if "status" in after:
        said.append(gettext("to %(status)s") % {"status": name_words(after["status"] or "")})
    if "assigned" in after:
        said.append(gettext("for %(name)s") % {"name": after["assigned"]} if after["assigned"] else gettext("for nobody"))
    if "due" in after:
        said.append(gettext("due %(day)s") % {"day": day(date.fromisoformat(after["due"]))} if after["due"] else gettext("without a date"))
    return ", ".join(said)
