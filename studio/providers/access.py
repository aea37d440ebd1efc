"""Who may see and change other machines: operators, who are people of the installation and not of a project."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from studio.projects.access import sign_in_first

View = Callable[..., HttpResponseBase]


def operator_view(view: View) -> View:
    """Anonymous people are sent to sign in; whoever is no operator is refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if not request.user.is_operator:
            raise PermissionDenied("Other machines and their keys are kept by operators. Ask one of them.")
        return view(request, *args, **kwargs)

    return guarded
