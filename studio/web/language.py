"""The language of a page. A client's pages: what somebody chose in the page's foot, else what their browser asks for. The studio's own: what the
person chose for their account, else what their browser asks for, of the languages that the whole studio speaks (`settings.STUDIO_LANGUAGES`). A
language holds only while a request is answered."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

CLIENTS = re.compile(r"/(c|shared)/")


def in_their_language(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answers are in their reader's language, refusals and Django's own words on fields among them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with translation.override(_language(request)):
            answer = get_response(request)
        if CLIENTS.match(request.path_info):
            patch_vary_headers(answer, ("Accept-Language", "Cookie"))
        return answer

    return middleware


def _language(request: HttpRequest) -> str:
    asked = translation.get_language_from_request(request)
    if CLIENTS.match(request.path_info):
        return asked
    chosen = request.user.language if request.user.is_authenticated else ""
    chosen = chosen or asked
    return chosen if chosen in settings.STUDIO_LANGUAGES else settings.LANGUAGE_CODE
