"""The web process: pages through Django, sockets through Channels."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.core.asgi import get_asgi_application


def build() -> ProtocolTypeRouter:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.web.settings")
    pages = get_asgi_application()  # sets Django up: what follows may only be imported after it
    from channels.auth import AuthMiddlewareStack
    from django.conf import settings

    from studio.realtime.routing import websocket_urlpatterns
    from studio.web.preparing import sockets_when_prepared

    # A socket from another site's page would carry our visitor's cookie: its origin must be ours, and must be said.
    sockets = OriginValidator(sockets_when_prepared(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))), settings.CSRF_TRUSTED_ORIGINS)
    return ProtocolTypeRouter({"http": pages, "websocket": sockets})


application = build()
