from django.apps import AppConfig


class ScriptConfig(AppConfig):
    name = "studio.script"
    label = "script"
    default_auto_field = "django.db.models.BigAutoField"
