from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "studio.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.notices import subscribers  # noqa: F401  (registers itself)
