from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "studio.overview"
    label = "overview"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.overview import subscribers  # noqa: F401  (registers itself)
