"""Models that the studio's workers are to have, and what each machine has of them. What stands here is wanted; workers make it so."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy


class Source(models.TextChoices):
    HUB = "hub", gettext_lazy("Hub")
    FOLDER = "folder", gettext_lazy("Folder")


class Model(models.Model):
    """One model on the shelf. `name` is its id on the hub, or its own for one from a folder; jobs ask for it by this name.

    `revision` is what was asked for (a branch, a tag, empty for the newest); `commit` is what the first worker found it to be, and every
    other worker takes the same. `wanted` false: it is being taken away everywhere and the row goes last.
    """

    name = models.CharField(max_length=200, unique=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    place = models.CharField(max_length=500, blank=True)  # of a folder: as the operator named it
    revision = models.CharField(max_length=120, blank=True)
    commit = models.CharField(max_length=40, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    licence_url = models.CharField(max_length=500, blank=True)
    territories = models.TextField(blank=True)
    revenue = models.TextField(blank=True)
    gated = models.BooleanField(default=False)
    size = models.BigIntegerField(default=0)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)  # of the weights
    left_out = models.JSONField(default=dict)  # {file: why}
    paused = models.BooleanField(default=False)
    wanted = models.BooleanField(default=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Host(models.Model):
    """A machine with workers, as its keeper of models last told it. `found` are models in its folder, on the shelf or not."""

    name = models.CharField(max_length=80, primary_key=True)
    root = models.CharField(max_length=500)
    free = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    found = models.JSONField(default=list)
    fetches = models.BooleanField(default=False)  # it has the hub's client
    seen = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    ABSENT = "absent", gettext_lazy("Waiting")
    DOWNLOADING = "downloading", gettext_lazy("Downloading")
    CHECKING = "checking", gettext_lazy("Checking")
    HELD = "held", gettext_lazy("Held")
    FAILED = "failed", gettext_lazy("Failed")
    REMOVING = "removing", gettext_lazy("Removing")


class Holding(models.Model):
    """What one machine has of one model. `again` is when a try that failed for now is made once more."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="holdings")
    host = models.CharField(max_length=80)
    folder = models.CharField(max_length=700, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ABSENT)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    pace = models.FloatField(default=0.0)  # bytes a second, lately
    file = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    tries = models.IntegerField(default=0)
    again = models.DateTimeField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "host"], name="holding_once_a_host"),
            models.CheckConstraint(condition=Q(done__gte=0, total__gte=0), name="holding_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.model_id} on {self.host} ({self.state})"

    @property
    def percent(self) -> int:
        return int(100 * self.done / self.total) if self.total else 0

    @property
    def seconds_left(self) -> float | None:
        return (self.total - self.done) / self.pace if self.pace > 0 and self.state == State.DOWNLOADING else None


class Command(models.Model):
    """Something one worker is asked to do with one model, and what it answered."""

    WARM, UNLOAD = "warm", "unload"
    SENT, TAKEN, DONE, REFUSED = "sent", "taken", "done", "refused"

    worker = models.CharField(max_length=80)
    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="commands")
    what = models.CharField(max_length=8, choices=[(WARM, gettext_lazy("Warm")), (UNLOAD, gettext_lazy("Unload"))])
    state = models.CharField(max_length=8, default=SENT)
    answer = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["worker"], condition=Q(state="sent"), name="command_sent")]

    def __str__(self) -> str:
        return f"{self.what} {self.model_id} on {self.worker} ({self.state})"
