"""What a client's page needs: days as its language writes them, the words of its scripts, and the languages there are."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.conf import settings
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language_info

from studio.share import language
from studio.share.script_words import script_words as words_of_scripts

register = template.Library()
register.filter("day", language.day)


@register.filter
def moment(at: datetime) -> str:
    return language.moment(at)


@register.filter
def within(words: object) -> str:
    """Words that began a line, within one: their first letter small."""
    said = str(words)
    return said[:1].lower() + said[1:]


@register.simple_tag
def script_words() -> SafeString:
    """The JSON that static/js/lib/words.js reads; nothing in English."""
    words = words_of_scripts()
    return json_script(words, "words") if words else SafeString("")


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """(code, its own name) of each."""
    return [(code, capfirst(str(get_language_info(code)["name_local"]))) for code, _ in settings.LANGUAGES]
