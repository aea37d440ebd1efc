"""What every template may ask about the installation."""

from django.conf import settings
from django.http import HttpRequest


def studio(request: HttpRequest) -> dict[str, object]:
    return {"mail": settings.EMAIL_ENABLED, "secure": settings.FIRSTCUT_URL.startswith("https://")}
