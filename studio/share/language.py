"""The language of a client's pages: what somebody chose in the page's foot, else what their browser asks for. The team's pages are English and stay
so: a language holds only while a request to one of these addresses is answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST

CLIENTS = re.compile(r"/(c|shared)/")
LINK = re.compile(r"/c/([^/]{1,600})/")
CHOSEN_LASTS = 365 * 24 * 3600


def client_language(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answers under a client's addresses are in the client's language, refusals and Django's own words on fields among them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not CLIENTS.match(request.path_info):
            return get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            answer = get_response(request)
        patch_vary_headers(answer, ("Accept-Language", "Cookie"))
        return answer

    return middleware


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep a language in this browser, and back to the page it was chosen on, which the browser names: what a link that is over answers must be the
    same, byte for byte, whatever its address."""
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
