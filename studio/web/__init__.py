"""Wiring only: settings, addresses, processes.

Importing the settings imports this package first, so the Celery app is the current one in every process that has
settings: without it `delay()` in the web process would look for a broker on localhost.
"""

from studio.web.celery import app as celery_app

__all__ = ["celery_app"]
