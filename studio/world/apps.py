from django.apps import AppConfig


class WorldConfig(AppConfig):
    name = "studio.world"
    label = "world"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.world import kinds, subscribers  # noqa: F401  (registers itself)
