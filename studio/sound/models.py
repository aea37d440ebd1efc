"""What is heard: spoken lines, and the music and tone of each scene."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.jobs.models import Job
from studio.media.models import Asset
from studio.projects.models import Project
from studio.script.models import Scene
from studio.world.models import Character


class Line(models.Model):
    """One stretch of speech. A long speech is several lines that follow each other. `seconds` is the time it was given."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="lines")
    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="lines")
    character = models.ForeignKey(Character, on_delete=models.RESTRICT, related_name="lines")
    text = models.TextField()
    direction = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, default="dialogue")  # dialogue, vo, os, lyric
    seconds = models.FloatField(default=1.0)
    take = models.ForeignKey("LineTake", null=True, on_delete=models.SET_NULL, related_name="+")
    removed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.character}: {self.text[:40]}"


class LineTake(models.Model):
    """One immutable recording of a line. `words` is [[text, start, end], …] in seconds."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="takes")
    number = models.IntegerField()
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    words = models.JSONField(default=list)
    seconds = models.FloatField()
    recipe = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "number"], name="line_take_once")]

    def __str__(self) -> str:
        return f"T{self.number} of {self.line_id}"


class Cue(models.Model):
    """A scene's music, or its tone (the room, the weather, steps and doors)."""

    MUSIC, TONE = "music", "tone"

    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="cues")
    kind = models.CharField(max_length=5, choices=[(MUSIC, "Music"), (TONE, "Tone")])
    mood = models.CharField(max_length=40, blank=True)
    tempo = models.IntegerField(default=90)
    key = models.CharField(max_length=20, default="D minor")
    gain = models.FloatField(default=0.0)  # dB
    take = models.ForeignKey("CueTake", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scene", "kind"], name="cue_once")]

    def __str__(self) -> str:
        return f"{self.kind} of scene {self.scene_id}"


class CueTake(models.Model):
    """One immutable recording for a scene, `frames` of the project long."""

    cue = models.ForeignKey(Cue, on_delete=models.CASCADE, related_name="takes")
    number = models.IntegerField()
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    frames = models.IntegerField()
    recipe = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cue", "number"], name="cue_take_once")]

    def __str__(self) -> str:
        return f"T{self.number} of {self.cue_id}"
