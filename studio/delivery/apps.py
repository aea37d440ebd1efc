from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "studio.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.delivery import kinds  # noqa: F401  (registers itself)
