"""The language that a client chooses in a page's foot, and days as a language writes them."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, translation
from django.views.decorators.http import require_POST

LINK = re.compile(r"/c/([^/]{1,600})/")
CHOSEN_LASTS = 365 * 24 * 3600


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep a language in this browser, and back to the page it was chosen on. That page says where it is by its address alone: what a link that
    is over answers is the same, byte for byte, whatever the address."""
    link = LINK.match(urlsplit(request.headers.get("Referer", "")).path)
    answer = redirect(reverse("share:page", args=[link[1]]) if link else reverse("share:shared"))
    if (language := request.POST.get("language", "")) in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=CHOSEN_LASTS, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
    return answer


def day(at: datetime) -> str:
    """A day as the reader's language writes it: "27 November 2026"."""
    return formats.date_format(at, _day())


def moment(at: datetime, clock: str = "H:i") -> str:
    """A day and the hour: "27 November 2026, 14:05"."""
    return formats.date_format(at, f"{_day()}{'' if _dense() else ','} {clock}")


def _day() -> str:
    return "j F Y" if _language() == "en" else formats.get_format("DATE_FORMAT")


def _dense() -> bool:
    return _language().startswith(("ja", "zh"))


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE
