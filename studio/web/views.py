"""Pages that belong to no room: is it alive, and what is said when something is refused or fails."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def healthy(request: HttpRequest) -> JsonResponse:
    """Answers when the database does; a load balancer's and the supervisor's question. Until the tables are ready `preparing` answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ok": False, "reason": "The database does not answer."}, status=503)
    return JsonResponse({"ok": True})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came too late or from elsewhere. What was typed is still in the page behind it."""
    answer = render(request, "403_csrf.html", status=403)
    answer["X-Form-Late"] = "1"  # so that a page can tell it from a right that is lacking
    return answer
