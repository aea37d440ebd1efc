from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "studio.timeline"
    label = "timeline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.timeline import subscribers  # noqa: F401  (registers itself)
