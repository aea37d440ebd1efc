"""One row for each machine that somebody else runs, or another of our own."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings as installation
from django.db import models
from django.utils import timezone

from generation import catalog


class Endpoint(models.Model):
    """Another machine that works for us. Recipes keep its name and nothing else of it.

    `kind` is the engine that speaks to it; `settings` are that engine's own. `sealed` is the key under the installation's secret
    (`providers.sealing`), empty where there is none. `check_state` is what the last look at it came to.
    """

    UNCHECKED, ASKED, FINE, FAILED = "", "asked", "fine", "failed"

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=60)
    url = models.CharField(max_length=2000)
    sealed = models.TextField(blank=True)
    settings = models.JSONField(default=dict)
    own_network = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    revision = models.IntegerField(default=1)  # an edit says which it was made on
    by = models.ForeignKey(installation.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    check_state = models.CharField(max_length=8, blank=True)
    check_words = models.TextField(blank=True)
    check_data = models.JSONField(default=dict)
    checked = models.DateTimeField(null=True)  # when it was asked, then when it answered

    def __str__(self) -> str:
        return self.name

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def title(self) -> str:
        """What kind of machine it is, as people call it."""
        return next((facts.title for facts in catalog.engines() if facts.name == self.kind), self.kind)

    @property
    def is_being_checked(self) -> bool:
        return self.check_state == self.ASKED
