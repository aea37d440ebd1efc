from django.apps import AppConfig


class EnginesConfig(AppConfig):
    name = "studio.engines"
    label = "engines"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.engines import refusals, words  # noqa: F401  (tell what generation says)
