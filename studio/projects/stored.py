"""Sentences that stand in rows in English, so that they mean one thing to everybody, said again in a reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from django.utils.translation import gettext

_HOLE = re.compile(r"%\((\w+)\)([sd])")


def said(text: str, sentences: Iterable[str]) -> str:
    """`text` in the reader's language if it is one of these sentences, which are marked with `gettext_noop` and may have holes
    ("%(name)s", "%(count)d"); as it stands otherwise."""
    for sentence in sentences:
        if found := _pattern(sentence).fullmatch(text):
            filled = found.groupdict()
            return gettext(sentence) % {name: int(filled[name]) if kind == "d" else filled[name] for name, kind in _HOLE.findall(sentence)}
    return text


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """How a sentence looks once its holes are filled."""
    parts, at = [], 0
    for hole in _HOLE.finditer(sentence):
        parts += [re.escape(sentence[at : hole.start()]), rf"(?P<{hole[1]}>{'[0-9]+' if hole[2] == 'd' else '.+?'})"]
        at = hole.end()
    return re.compile("".join([*parts, re.escape(sentence[at:])]), re.DOTALL)
