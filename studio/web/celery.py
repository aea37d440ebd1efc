"""The Celery app: transport only. What is to be done, by whom and whether it was done stands in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.web.settings")

app = Celery("firstcut")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
