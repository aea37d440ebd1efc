"""Files are named by what is in them. A project may serve a file if it holds it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from studio.projects.models import Project


class Asset(models.Model):
    """One immutable file in the store; its name is the SHA-256 of its bytes."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    created = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.media_type} {self.sha256[:12]}"


class Holding(models.Model):
    """A project's right to an asset: the only road by which media is served."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="holdings")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="holdings")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "asset"], name="holding_once")]

    def __str__(self) -> str:
        return f"{self.project_id} holds {self.asset_id}"


class Rendition(models.Model):
    """A playable or visible derivative of an asset: "rendition", "light", "poster", "filmstrip", "waveform". It can be made again.

    `meta` says how to use it: a rendition's segment index, a filmstrip's number of pictures, a waveform's buckets.
    """

    source = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="renditions")
    name = models.CharField(max_length=40)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    meta = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="rendition_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.source_id}"
