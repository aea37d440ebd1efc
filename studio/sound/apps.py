from django.apps import AppConfig


class SoundConfig(AppConfig):
    name = "studio.sound"
    label = "sound"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.sound import kinds  # noqa: F401  (registers itself)
