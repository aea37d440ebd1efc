"""Playlists, sessions, who attended them, and which notes were written there."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.projects.models import Project
from studio.review.models import Note
from studio.shots.models import Take
from studio.timeline.models import CutRevision

SILENCE = timedelta(seconds=25)
"""Whoever was not heard for so long is not there."""


def of_one_thing(name: str) -> models.CheckConstraint:
    one, other = models.Q(take__isnull=False, cut_revision__isnull=True), models.Q(take__isnull=True, cut_revision__isnull=False)
    return models.CheckConstraint(condition=one | other, name=name)


class Playlist(models.Model):
    """Takes and frozen revisions in an order somebody chose, played as one film. `revision` counts changes of it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="playlists")
    name = models.CharField(max_length=120)
    revision = models.IntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="playlist_named_once")]

    def __str__(self) -> str:
        return self.name


class Shown(models.Model):
    """One whole take, or one whole frozen revision: neither ever changes. `sounds` is what plays with a take, as it was when the take was put here
    (a plan's sounds from the take's first frame on); a revision holds its own."""

    take = models.ForeignKey(Take, null=True, on_delete=models.RESTRICT, related_name="+")
    cut_revision = models.ForeignKey(CutRevision, null=True, on_delete=models.RESTRICT, related_name="+")
    sounds = models.JSONField(default=list)

    class Meta:
        abstract = True


class PlaylistItem(Shown):
    playlist = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="items")
    order = models.FloatField()

    class Meta:
        ordering = ("order", "pk")
        constraints: ClassVar = [of_one_thing("playlist_item_is_one_thing")]

    def __str__(self) -> str:
        return f"{self.take or self.cut_revision} in {self.playlist_id}"


class Session(models.Model):
    """People who watch together, from when it was started until it is ended. What it shows are its own items, so that nothing that becomes of the
    playlist changes what is being watched."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="sessions")
    name = models.CharField(max_length=160)
    playlist = models.ForeignKey(Playlist, null=True, on_delete=models.SET_NULL, related_name="sessions")
    presenter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-started",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.ended is None


class SessionItem(Shown):
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="items")
    number = models.IntegerField()

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [
            of_one_thing("session_item_is_one_thing"),
            models.UniqueConstraint(fields=["session", "number"], name="session_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.take or self.cut_revision} in {self.session_id}"


class Attendance(models.Model):
    """One person at one session, however many windows and connections that took. `heard` is when one of them last said that it is there, `left` when
    one said goodbye after that; `present` the time in which they were there, without what lay between. `due` is when the summary is next tried to be
    mailed to them, `mailed` when it was."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    joined = models.DateTimeField(default=timezone.now)
    heard = models.DateTimeField(default=timezone.now)
    left = models.DateTimeField(null=True)
    present = models.DurationField(default=timedelta)
    due = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    mailed = models.DateTimeField(null=True)

    class Meta:
        ordering = ("joined", "pk")
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="attendance_once")]
        indexes = [models.Index(fields=["due"], name="attendance_due", condition=models.Q(due__isnull=False))]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.session_id}"

    @property
    def is_here(self) -> bool:
        return self.left is None and self.heard > timezone.now() - SILENCE


class SessionNote(models.Model):
    """A note that was written in a session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="written")
    note = models.OneToOneField(Note, on_delete=models.CASCADE, related_name="written_in")

    def __str__(self) -> str:
        return f"{self.note_id} in {self.session_id}"
