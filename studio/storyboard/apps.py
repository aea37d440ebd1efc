from django.apps import AppConfig


class StoryboardConfig(AppConfig):
    name = "studio.storyboard"
    label = "storyboard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.storyboard import kinds, subscribers  # noqa: F401  (registers itself)
