"""One row for every change anybody made. Rows are never updated or deleted; the application's database role may not."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

INSTALLATION = uuid.UUID(int=0)


class Event(models.Model):
    """What happened, in the past tense. Actor, project and subject are plain ids, so that an event outlives what it speaks of.

    Events of one project form a chain (`seq` 1, 2, 3 …) in which each carries the hash of the one before; what concerns no
    project is in the installation's chain.
    """

    id = models.BigAutoField(primary_key=True)
    chain = models.UUIDField()
    seq = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    project_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="event_chain_seq")]
        indexes = [models.Index(fields=["project_id", "-id"], name="event_project_newest")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.seq}"


class Cursor(models.Model):
    """How far one subscriber has read one chain."""

    subscriber = models.CharField(max_length=120)
    chain = models.UUIDField()
    seq = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "chain"], name="cursor_subscriber_chain")]

    def __str__(self) -> str:
        return f"{self.subscriber} at {self.seq}"
