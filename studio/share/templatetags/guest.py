"""What a client's page needs beside the rest: the languages there are."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import get_language_info

register = template.Library()


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """(code, its own name) of each."""
    return [(code, capfirst(str(get_language_info(code)["name_local"]))) for code, _ in settings.LANGUAGES]
