"""The edit. A clip's place in time follows from those before it: the picture track has no gaps."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.projects.models import Project
from studio.shots.models import Shot, Take


class Cut(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cuts")
    name = models.CharField(max_length=120, default="Cut 1")
    revision = models.IntegerField(default=0)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="cut_named_once")]

    def __str__(self) -> str:
        return self.name


class Clip(models.Model):
    """The use of a take in a cut: source frames [source_in, source_out), at the place `order` gives it. A clip without a take plays
    its shot's panel. `revision` is the cut's revision that last changed it; a clip taken out is `removed`, so that undo is a flip. `own_sound` is
    the gain in dB of the sound that its take may have of its own, None where that is left out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cut = models.ForeignKey(Cut, on_delete=models.CASCADE, related_name="clips")
    shot = models.ForeignKey(Shot, on_delete=models.RESTRICT, related_name="clips")
    take = models.ForeignKey(Take, null=True, on_delete=models.RESTRICT, related_name="clips")
    order = models.FloatField()
    source_in = models.IntegerField(default=0)
    source_out = models.IntegerField()
    removed = models.BooleanField(default=False)
    own_sound = models.FloatField(null=True, default=0.0)
    revision = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(source_out__gt=models.F("source_in"), source_in__gte=0), name="clip_has_frames"),
        ]
        indexes = [models.Index(fields=["cut", "order"], name="clip_order")]

    def __str__(self) -> str:
        return f"{self.shot_id} [{self.source_in}, {self.source_out})"

    @property
    def frames(self) -> int:
        return self.source_out - self.source_in


class Operation(models.Model):
    """One edit: which fields of which clips went from what to what. Undo is the same turned round, as a new operation."""

    cut = models.ForeignKey(Cut, on_delete=models.CASCADE, related_name="operations")
    number = models.IntegerField()
    kind = models.CharField(max_length=12)  # trim, move, remove, restore, level; undo, redo; place, swap, length, order
    changes = models.JSONField()  # {clip id: {field: [before, after]}}
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    turns = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="turned_by")
    undone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cut", "number"], name="operation_once")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.number}"


class CutRevision(models.Model):
    """One frozen state of a cut: `data` is canonical JSON of its clips and sounds, `hash` its SHA-256."""

    cut = models.ForeignKey(Cut, on_delete=models.CASCADE, related_name="revisions")
    number = models.IntegerField()
    data = models.JSONField()
    hash = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cut", "number"], name="cut_revision_once")]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.cut_id}"
