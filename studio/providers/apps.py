from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "studio.providers"
    label = "providers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.jobs.outside import found_by
        from studio.providers.queries import endpoint_named

        found_by(endpoint_named)
