from django.apps import AppConfig


class MaterialConfig(AppConfig):
    name = "studio.material"
    label = "material"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.material import kinds  # noqa: F401  (registers itself)
