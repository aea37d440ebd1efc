from django.apps import AppConfig


class ScriptConfig(AppConfig):
    name = "studio.script"
    label = "script"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.script import kinds  # noqa: F401  (registers itself)
