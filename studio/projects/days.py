"""Days and hours as the reader's language writes them."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import formats, timezone, translation


def day(at: date) -> str:
    """A day: "27 November 2026"."""
    return formats.date_format(_here(at), _day())


def moment(at: datetime, clock: str = "H:i") -> str:
    """A day and the hour: "27 November 2026, 14:05"."""
    return formats.date_format(_here(at), f"{_day()}{'' if _dense() else ','} {clock}")


def month_day(at: date) -> str:
    """A day of about now: "27 Nov"."""
    return formats.date_format(_here(at), "j M" if _language() == "en" else formats.get_format("MONTH_DAY_FORMAT"))


def hour(at: datetime, clock: str = "H:i") -> str:
    """A day of about now and the hour: "27 Nov 14:05"."""
    return f"{month_day(at)} {formats.date_format(_here(at), clock)}"


def _here(at: date) -> date:
    return timezone.localtime(at) if isinstance(at, datetime) and timezone.is_aware(at) else at


def _day() -> str:
    return "j F Y" if _language() == "en" else formats.get_format("DATE_FORMAT")


def _dense() -> bool:
    return _language().startswith(("ja", "zh"))


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE
