from django.apps import AppConfig


class EnginesConfig(AppConfig):
    name = "studio.engines"
    label = "engines"
    default_auto_field = "django.db.models.BigAutoField"
