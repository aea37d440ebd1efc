"""The screenplay: its text in revisions, and the scenes found in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.jobs.models import Job
from studio.projects.models import Project


class Script(models.Model):
    """A project's screenplay. `revision` is the newest revision's number, 0 while nothing was written."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="script")
    title = models.CharField(max_length=200, blank=True)
    revision = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.title or f"script of {self.project_id}"


class ScriptRevision(models.Model):
    """One immutable state of the text."""

    script = models.ForeignKey(Script, on_delete=models.CASCADE, related_name="revisions")
    number = models.IntegerField()
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    notes = models.JSONField(default=list)  # what the breakdown guessed, as sentences

    class Meta:
        constraints = [models.UniqueConstraint(fields=["script", "number"], name="script_revision_once")]

    def __str__(self) -> str:
        return f"revision {self.number}"


class Scene(models.Model):
    """A scene of the newest revision. It keeps its identity while its heading keeps its place; one that was cut is `removed`.

    `start` and `end` are offsets into the newest revision's text. `music` is {"mood", "tempo", "key"}.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="scenes")
    number = models.CharField(max_length=20)
    order = models.IntegerField()
    heading = models.CharField(max_length=300)
    place = models.CharField(max_length=200)
    interior = models.BooleanField()
    time = models.CharField(max_length=40, default="day")
    weather = models.CharField(max_length=20, default="clear")
    mood = models.CharField(max_length=40, default="calm")
    synopsis = models.TextField(blank=True)
    cast = models.JSONField(default=list)
    music = models.JSONField(default=dict)
    start = models.IntegerField(default=0)
    end = models.IntegerField(default=0)
    removed = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["project", "order"], name="scene_order")]

    def __str__(self) -> str:
        return f"{self.number} {self.heading}"


class Draft(models.Model):
    """A screenplay that a model proposes: part of the script only once somebody has made it a revision."""

    PROPOSED, ACCEPTED, ASIDE = "proposed", "accepted", "aside"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="drafts")
    number = models.IntegerField()
    brief = models.TextField()
    text = models.TextField()  # Fountain
    state = models.CharField(max_length=8, default=PROPOSED)
    revision = models.ForeignKey(ScriptRevision, null=True, on_delete=models.SET_NULL, related_name="drafts")  # what it became
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    recipe = models.JSONField(default=dict)
    engine = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft {self.number}"

    @property
    def model(self) -> str:
        """Who wrote it, as people say it."""
        told = self.data.get("model") if isinstance(self.data, dict) else None
        return str(told.get("name", "")) if isinstance(told, dict) else ""
