"""A notice in its reader's language. Rows keep the English sentence with its holes, and what stands in them; where it is read both are put
together."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext

from studio.jobs.words import said as reason_words
from studio.projects.models import role_words
from studio.work.models import name_words
from studio.work.saying import said_of

LONGEST = 300
HOLE = re.compile(r"\{(\w+)\}")
IN_WORDS: dict[str, Callable[[str], str]] = {
    "role": role_words,
    "reason": reason_words,
    "why": gettext,
    "status": name_words,
}
"""Facts that are English in the log and of a fixed set."""


def fill(words: str, facts: dict[str, Any]) -> str:
    """Each {name} by its fact, once: what stands in a fact is nobody's name."""
    return HOLE.sub(lambda found: str(facts.get(found[1], found[0])), words)[:LONGEST]


def kept(words: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Of the facts those that the words have holes for, to be kept with them."""
    found = {name: facts[name] for name in HOLE.findall(words) if name in facts}
    return found | {"after": facts["after"]} if "said" in found and facts.get("after") else found


def said(words: str, facts: dict[str, Any]) -> str:
    """The sentence in the reader's language."""
    shown = {name: IN_WORDS[name](str(value)) if value and name in IN_WORDS else value for name, value in facts.items()}
    if "after" in facts:
        shown["said"] = said_of(facts["after"])
    return fill(gettext(words), shown)
