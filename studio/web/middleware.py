"""Headers every answer carries, whatever made it: a page, a file, a refusal or a failure."""

import re
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

# Nothing here needs a sensor or a payment; full screen is the player's.
PERMISSIONS = "camera=(), geolocation=(), microphone=(self), payment=(), usb=(), fullscreen=(self)"


def sessions_given_back(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """The session with the database goes back to the pool when an answer is ready, not when its last byte was taken: whoever pauses a
    film in the middle of its download would otherwise hold one, and a pool's worth of them the whole studio."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not connection.in_atomic_block:  # as it is when a test calls from within a transaction of its own
            connection.close_if_unusable_or_obsolete()
        return response

    return middleware


def security_headers(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response

    return middleware


def a_page_for_405(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Somebody who reloads or comes back to the address a refused form was sent to gets a page with a way on, not an empty answer."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code != 405 or request.method != "GET" or "text/html" not in request.headers.get("Accept", ""):
            return response
        film = re.match("/projects/[-a-z0-9]+/", request.path)
        page = render(request, "405.html", {"film": film[0] if film else ""}, status=405)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page

    return middleware
