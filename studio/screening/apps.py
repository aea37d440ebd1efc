from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "studio.screening"
    label = "screening"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.screening import subscribers  # noqa: F401  (registers itself)
