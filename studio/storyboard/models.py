"""One storyboard panel per shot, and every drawing ever made for it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.jobs.models import Job
from studio.media.models import Asset
from studio.shots.models import Shot


class Panel(models.Model):
    """A panel shows its shot at one moment: `at` is 0 at its first frame, 1 at its last."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="panels")
    order = models.IntegerField(default=0)
    at = models.FloatField(default=0.5)
    drawing = models.ForeignKey("Drawing", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shot", "order"], name="panel_order_once")]

    def __str__(self) -> str:
        return f"panel {self.order} of {self.shot_id}"


class Drawing(models.Model):
    """One immutable picture of a panel, with its recipe."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="drawings")
    number = models.IntegerField()
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    recipe = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["panel", "number"], name="drawing_once")]

    def __str__(self) -> str:
        return f"drawing {self.number} of {self.panel_id}"
