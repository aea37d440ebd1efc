"""The language that a client chooses in a page's foot."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
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
