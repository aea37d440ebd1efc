"""What is said of a shot, as it is read: days and the film's own words in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext

from studio.projects.days import day
from studio.work.models import name_words


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


def told_words(data: dict[str, Any]) -> str:
    """What an automation tells of a shot or a scene, from its event; those of earlier days say it in English alone."""
    facts = {**data.get("facts", {})}
    if "status" in facts:
        facts["status"] = name_words(facts["status"])
    return gettext(data["says"]).format_map(facts) if "says" in data else str(data.get("words", ""))
