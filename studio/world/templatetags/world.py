"""Designs in words and colours, for templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import pgettext

from studio.world import describing

register = template.Library()


@register.filter
def design_facts(data: dict[str, Any]) -> list[tuple[str, str]]:
    return describing.facts(data)


@register.filter
def palette(data: dict[str, Any]) -> list[tuple[str, str]]:
    """At most eight (what has it, colour)."""
    return describing.palette(data)[:8]


@register.filter
def palette_names(data: dict[str, Any]) -> str:
    return pgettext("between things", ", ").join(label for label, _ in palette(data))
