"""How lengths are written: frames as timecode or minutes, seconds as people say them."""

from __future__ import annotations

import json
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import get_language, gettext

from studio.projects import days
from studio.projects.models import Project, role_words
from studio.projects.rates import timecode as smpte

register = template.Library()
register.filter("day", days.day)
register.filter("month_day", days.month_day)
register.filter("role_words", role_words)


@register.filter
def moment(at: datetime) -> str:
    return days.moment(at)


@register.filter
def hour(at: datetime) -> str:
    return days.hour(at)


@register.filter
def within(words: object) -> str:
    """Words that began a line, within one: their first letter small, unless it is a German noun's."""
    said = str(words)
    return said if get_language() == "de" else said[:1].lower() + said[1:]


@register.simple_tag
def timecode(project: Project, frame: int) -> str:
    return smpte(int(frame or 0), project.rate_num, project.rate_den, project.drop_frame)


@register.simple_tag
def length(project: Project, frames: int) -> str:
    """Minutes and seconds of so many frames: "2:14"."""
    return minutes(project.seconds(int(frames or 0)))


@register.filter
def minutes(seconds: float) -> str:
    whole = round(float(seconds or 0))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@register.filter
def about(seconds: float) -> str:
    """A time to wait, no more exact than it is known: "≈ 40 s", "≈ 4 min"."""
    value = float(seconds or 0)
    if value < 1:
        return gettext("about a second")
    if value < 90:
        return f"≈ {value:.0f} s"
    if value < 5400:
        return f"≈ {value / 60:.0f} min"
    return f"≈ {value / 3600:.1f} h"


@register.filter
def rate(project: Project) -> str:
    """Frames per second as the field writes them: "24", "23.976", "29.97 DF"."""
    value = project.rate_num / project.rate_den
    words = f"{value:.3f}".rstrip("0").rstrip(".") if project.rate_den == 1 or project.rate_num == 24000 else f"{value:.2f}"
    return f"{words} DF" if project.drop_frame else words


@register.filter
def get(mapping: dict[object, object], key: object) -> object:
    """An entry of a dictionary by a variable key (also as text)."""
    return mapping.get(key) or mapping.get(str(key))


@register.filter
def as_json(value: object) -> str:
    """For a data attribute; the template escapes it."""
    return json.dumps(value, separators=(",", ":"))


@register.filter
def ago(at: datetime) -> str:
    """How long ago, in the least words: "now", "12 min", "3 h", then the day."""
    seconds = (timezone.now() - at).total_seconds()
    if seconds < 60:
        return gettext("now")
    if seconds < 3600:
        return gettext("%(count)d min") % {"count": seconds // 60}
    if seconds < 86_400:
        return gettext("%(count)d h") % {"count": seconds // 3600}
    return days.month_day(at)
