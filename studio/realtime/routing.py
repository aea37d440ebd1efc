from django.urls import re_path

from studio.realtime.consumers import ProjectSocket

websocket_urlpatterns = [re_path(r"^projects/(?P<project>[-\w]+)/live$", ProjectSocket.as_asgi())]
