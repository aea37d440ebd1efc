"""The web process: pages through Django, sockets through Channels."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.web.settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings

from studio.realtime.routing import websocket_urlpatterns

# A socket from another site's page would carry our visitor's cookie: its origin must be ours, and must be said.
sockets = OriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)), settings.CSRF_TRUSTED_ORIGINS)
application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
