"""What the bell in the shell shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from studio.notices.queries import unread_count


def bell(request: HttpRequest) -> dict[str, Any]:
    """Asked for only by templates that draw it."""

    def unread_notices() -> int:
        return unread_count(request.user) if request.user.is_authenticated else 0

    return {"unread_notices": unread_notices}
