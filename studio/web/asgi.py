"""The web process: pages through Django, sockets through Channels."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.web.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
