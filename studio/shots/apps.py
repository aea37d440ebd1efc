from django.apps import AppConfig


class ShotsConfig(AppConfig):
    name = "studio.shots"
    label = "shots"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.shots import guides, kinds, staleness, subscribers  # noqa: F401  (registers itself)
