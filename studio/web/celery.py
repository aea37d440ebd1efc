"""The Celery app: transport only. What is to be done, by whom and whether it was done stands in PostgreSQL."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.web.settings")

app = Celery("firstcut")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Celery would close the database connection around every message, and a new one costs more than the work of claiming a job.
app.conf["CELERY_DB_REUSE_MAX"] = 2**31


@task_prerun.connect  # type: ignore[untyped-decorator]
def _usable_connections(**_: Any) -> None:
    """Instead, Django's own way: one that has failed or is too old is closed, any other is asked whether it lives before its first use."""
    from django.db import close_old_connections

    close_old_connections()
