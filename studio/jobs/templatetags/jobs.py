"""Why a job ended, for whoever reads it."""

from __future__ import annotations

from django import template

from studio.jobs import words

register = template.Library()


@register.filter
def reason(stored: str) -> str:
    """A job's error, or a note on what it made, as it was stored."""
    return words.said(stored or "")
