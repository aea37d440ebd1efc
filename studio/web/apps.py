import os

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "studio.web"
    label = "web"

    def ready(self) -> None:
        if os.environ.get("FIRSTCUT_PART") == "clerk":
            from studio.web import clerk

            clerk.start()
