"""The film's memory: everything that must look the same in every shot."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.jobs.models import Job
from studio.projects.models import Project


class Character(models.Model):
    """Somebody of the film. `texts` is what the script says of them; `notes` is what a person says, and is stronger."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="characters")
    name = models.CharField(max_length=120)
    order = models.IntegerField(default=0)
    aliases = models.JSONField(default=list)
    texts = models.JSONField(default=list)
    age = models.CharField(max_length=40, blank=True)
    seen = models.BooleanField(default=True)
    notes = models.TextField(blank=True)
    design = models.ForeignKey("Design", null=True, on_delete=models.SET_NULL, related_name="+")
    removed = models.BooleanField(default=False)
    revision = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="character_name_once")]

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place of the film; the inside and the outside of one name are two."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="locations")
    name = models.CharField(max_length=200)
    interior = models.BooleanField()
    order = models.IntegerField(default=0)
    texts = models.JSONField(default=list)
    notes = models.TextField(blank=True)
    design = models.ForeignKey("Design", null=True, on_delete=models.SET_NULL, related_name="+")
    removed = models.BooleanField(default=False)
    revision = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name", "interior"], name="location_name_once")]

    def __str__(self) -> str:
        return f"{'INT.' if self.interior else 'EXT.'} {self.name}"


class Design(models.Model):
    """One immutable design of a character (body, clothes, voice) or a place (its set), as an engine understands it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="designs")
    character = models.ForeignKey(Character, null=True, on_delete=models.CASCADE, related_name="designs")
    location = models.ForeignKey(Location, null=True, on_delete=models.CASCADE, related_name="designs")
    number = models.IntegerField()
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    data = models.JSONField()
    recipe = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(character__isnull=False, location__isnull=True) | models.Q(character__isnull=True, location__isnull=False),
                name="design_of_one_thing",
            ),
            models.UniqueConstraint(fields=["character", "number"], name="character_design_once"),
            models.UniqueConstraint(fields=["location", "number"], name="location_design_once"),
        ]

    def __str__(self) -> str:
        return f"design {self.number} of {self.character or self.location}"
