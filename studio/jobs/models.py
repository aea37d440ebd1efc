"""One row for each request for generation. The row is the truth; messages only say "look"."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from studio.projects.models import Project


class State(models.TextChoices):
    QUEUED = "queued", gettext_lazy("Queued")
    RUNNING = "running", gettext_lazy("Running")
    CANCELLING = "cancelling", gettext_lazy("Cancelling")
    SUCCEEDED = "succeeded", gettext_lazy("Done")
    FAILED = "failed", gettext_lazy("Failed")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


OPEN = (State.QUEUED, State.RUNNING, State.CANCELLING)
LEASED = (State.RUNNING, State.CANCELLING)

INTERACTIVE, BATCH, IDLE = 0, 1, 2


class Job(models.Model):
    """`spec` is what was asked and never changes; `request` is what the engine was given, made when the job is claimed.

    `waiting` counts dependencies that have not succeeded; a job is claimed only at 0. `units` is the size of the work in the
    kind's own measure (million pixels, seconds of sound), from which time is foretold.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="jobs")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    share = models.ForeignKey("PersonShare", null=True, on_delete=models.SET_NULL, related_name="jobs")  # on whose account it runs
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    queue = models.CharField(max_length=12, default="work")  # desk, work, or gpu: what kind of worker it takes
    engine = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=300, blank=True)  # the weights it works with, by their name on the shelf
    priority = models.SmallIntegerField(default=BATCH)
    spec = models.JSONField(default=dict)
    request = models.JSONField(null=True)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=120, blank=True)
    batch = models.UUIDField(null=True, db_index=True)
    waiting = models.IntegerField(default=0)
    attempt = models.IntegerField(default=0)
    max_attempts = models.IntegerField(default=3)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    together = models.PositiveSmallIntegerField(default=1)  # how many of one recipe its worker claimed with it: they share its seconds
    available = models.DateTimeField(default=timezone.now)
    created = models.DateTimeField(default=timezone.now)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    unit = models.CharField(max_length=8, default="frames")
    stage = models.CharField(max_length=60, blank=True)
    eta = models.FloatField(null=True)
    error = models.TextField(blank=True)
    failed_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    notes = models.JSONField(default=list)
    units = models.FloatField(default=1.0)
    estimate = models.FloatField(default=0.0)
    estimate_low = models.FloatField(default=0.0)
    estimate_high = models.FloatField(default=0.0)
    seconds = models.FloatField(default=0.0)
    spent_ms = models.BigIntegerField(default=0)  # of all its attempts, as the ledger has them
    lighter = models.JSONField(default=dict)  # of the engine's params: what was changed after a card's memory had been too small
    card_only = models.BooleanField(default=False)  # only for a worker that has a card
    checkpoint = models.JSONField(null=True)  # the last stage an attempt finished: name, data, files by hash

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=LEASED, lease_token__isnull=False) | (~Q(state__in=LEASED) & Q(lease_token__isnull=True)),
                name="leased_iff_running",
            ),
            models.CheckConstraint(condition=Q(waiting__gte=0), name="waiting_not_negative"),
        ]
        indexes = [
            models.Index(fields=["share", "queue", "priority", "created"], condition=Q(state="queued", waiting=0), name="job_ready"),
            models.Index(fields=["lease_until"], condition=Q(state__in=["running", "cancelling"]), name="job_lease"),
            models.Index(fields=["project", "-created"], name="job_newest"),
            models.Index(fields=["subject_kind", "subject_id", "-created"], name="job_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.title or self.subject_id} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def fraction(self) -> float:
        return self.done / self.total if self.total else 0.0


class Need(models.Model):
    """`job` cannot start before `needs` has succeeded."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="needs")
    needs = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="needed_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "needs"], name="need_once")]

    def __str__(self) -> str:
        return f"{self.job_id} needs {self.needs_id}"


class Share(models.Model):
    """How much of the workers' time a project has had (`used`, seconds), and what it may have: a `weight` among others, at most `limit` jobs
    at once, and `reserved` workers that others leave to it while it has work."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="share")
    used = models.FloatField(default=0.0)
    weight = models.FloatField(default=1.0)
    limit = models.IntegerField(null=True, blank=True)
    reserved = models.IntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(weight__gt=0, reserved__gte=0), name="share_sensible")]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.used:.0f} s"


class PersonShare(models.Model):
    """How much of its project's time a person has had, in seconds; the null person is whatever nobody asked for."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="person_shares")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    used = models.FloatField(default=0.0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="one_share_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.project_id}: {self.used:.0f} s"


class Worker(models.Model):
    """A worker process and what it has, as it told last. `wish` is what an operator wants of it; `wants` what else it was told to do."""

    name = models.CharField(max_length=80, primary_key=True)
    queues = models.JSONField(default=list)
    host = models.CharField(max_length=80, blank=True)
    pid = models.IntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)
    seen = models.DateTimeField(default=timezone.now)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    wish = models.CharField(max_length=8, blank=True, choices=[("", "Work"), ("drain", "Drain"), ("retire", "Retire")])
    card = models.JSONField(default=dict)  # name, memory and used (MiB), temperature (°C), watts, rated (W): what the driver tells
    versions = models.JSONField(default=dict)  # of Firstcut, torch, diffusers …: what it could run
    warm = models.JSONField(default=list)  # models in its memory, the last used last
    done = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """An attempt that failed: where, why, and the last of what its log said."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="failures")
    number = models.IntegerField()
    worker = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)
    reason = models.TextField()
    log = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="attempt_newest")]

    def __str__(self) -> str:
        return f"attempt {self.number} at {self.job_id}"
