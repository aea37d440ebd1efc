"""A shot's words in the reader's language, for templates."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from studio.events.models import Event
from studio.shots import saying
from studio.shots.models import Take

register = template.Library()
register.filter("camera_word", saying.camera_word)


@register.filter
def shot_history(event: Event) -> str:
    return saying.history_words(event.kind, event.data)


@register.filter
def take_link(take: Take) -> SafeString:
    """ "Take 3", to begin a sentence with; leads to where it stands on the page."""
    return format_html('<a href="#take-{}"><strong>{}</strong></a>', take.pk, gettext("Take %(number)d") % {"number": take.number})
