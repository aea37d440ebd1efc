from django.apps import AppConfig


class ShelfConfig(AppConfig):
    name = "studio.shelf"
    label = "shelf"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.shelf import words  # noqa: F401  (tells what workers say of models)
