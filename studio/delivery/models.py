"""Files made of a cut."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.jobs.models import Job
from studio.media.models import Asset
from studio.projects.models import Project
from studio.timeline.models import CutRevision


class Export(models.Model):
    """One movie file of one frozen cut revision. The row is made by the job that rendered it, once."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="exports")
    cut_revision = models.ForeignKey(CutRevision, on_delete=models.RESTRICT, related_name="exports")
    number = models.IntegerField()
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)
    facts = models.JSONField(default=dict)  # frames, seconds, loudness, encoded frames …
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="export_once")]

    def __str__(self) -> str:
        return self.name
