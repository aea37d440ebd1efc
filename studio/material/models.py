"""What was generated or brought in, with where it came from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from studio.jobs.models import Job
from studio.media.models import Asset
from studio.projects.models import Project
from studio.shots.models import Shot

PICTURE, CLIP, SOUND, TEXT, ADAPTER = "picture", "clip", "sound", "text", "adapter"


class Piece(models.Model):
    """One immutable piece of material, numbered within its project. `recipe` is the request it came from; empty for an upload, whose
    `title` is the name the file had. `data` is what the engine said about it."""

    MEDIA = [
        (PICTURE, gettext_lazy("Picture")),
        (CLIP, gettext_lazy("Clip")),
        (SOUND, gettext_lazy("Sound")),
        (TEXT, gettext_lazy("Text")),
        (ADAPTER, "LoRA"),
    ]

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="pieces")
    number = models.IntegerField()
    medium = models.CharField(max_length=8, choices=MEDIA)
    title = models.CharField(max_length=200, blank=True)
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    engine = models.CharField(max_length=60, blank=True)
    recipe = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    facts = models.JSONField(default=dict)  # of the main file: width, height, frames, seconds …
    seconds = models.FloatField(default=0.0)  # on the worker
    shot = models.ForeignKey(Shot, null=True, on_delete=models.SET_NULL, related_name="pieces")  # what it was made for
    parents = models.ManyToManyField("self", symmetrical=False, related_name="children")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="piece_once")]
        indexes = [models.Index(fields=["project", "medium", "-number"], name="piece_newest")]

    def __str__(self) -> str:
        return f"M{self.number} {self.title[:40]}".rstrip()

    @property
    def code(self) -> str:
        return f"M{self.number}"

    @property
    def uploaded(self) -> bool:
        return not self.recipe

    @property
    def params(self) -> dict[str, Any]:
        return dict(self.recipe.get("params", {}))
