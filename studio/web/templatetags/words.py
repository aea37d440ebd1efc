"""What every page needs of its reader's language."""

from __future__ import annotations

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from studio.web import script_words

register = template.Library()


@register.simple_tag(name="script_words")
def words_of_scripts(client: bool = False) -> SafeString:
    """The JSON that static/js/lib/words.js reads; nothing in English."""
    words = script_words.script_words(client=client)
    return json_script(words, "words") if words else SafeString("")
