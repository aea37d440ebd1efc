"""A production and its people."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from fractions import Fraction

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext


class Role(models.TextChoices):
    OWNER = "owner", gettext_lazy("Owner")
    PRODUCER = "producer", gettext_lazy("Producer")
    WRITER = "writer", gettext_lazy("Writer")
    ARTIST = "artist", gettext_lazy("Artist")
    REVIEWER = "reviewer", gettext_lazy("Reviewer")
    CLIENT = "client", gettext_lazy("Client")


_IN_WORDS: dict[str, Callable[[], str]] = {
    Role.OWNER: lambda: pgettext("a role, within a sentence", "owner"),
    Role.PRODUCER: lambda: pgettext("a role, within a sentence", "producer"),
    Role.WRITER: lambda: pgettext("a role, within a sentence", "writer"),
    Role.ARTIST: lambda: pgettext("a role, within a sentence", "artist"),
    Role.REVIEWER: lambda: pgettext("a role, within a sentence", "reviewer"),
    Role.CLIENT: lambda: pgettext("a role, within a sentence", "client"),
}


def role_words(role: str) -> str:
    """A role within a sentence, in the reader's language: "producer"."""
    return _IN_WORDS[role]() if role in _IN_WORDS else role


class OnMemory(models.TextChoices):
    STOP = "stop", gettext_lazy("Stop and say so")
    AGAIN = "again", gettext_lazy("Try once more, slower")


class Project(models.Model):
    """One production with its rate, resolution and aspect. The rate is two integers; `drop_frame` changes labels, never frames."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    logline = models.CharField(max_length=300, blank=True)
    rate_num = models.IntegerField(default=24)
    rate_den = models.IntegerField(default=1)
    drop_frame = models.BooleanField(default=False)
    width = models.IntegerField(default=1280)
    height = models.IntegerField(default=720)
    created = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="projects")
    is_sample = models.BooleanField(default=False)
    on_memory = models.CharField(max_length=8, choices=OnMemory.choices, default=OnMemory.STOP)  # when a card's memory is too small for a job

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(rate_num__gt=0, rate_den__gt=0), name="project_rate_positive"),
            models.CheckConstraint(condition=models.Q(width__gte=16, height__gte=16), name="project_size_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def fps(self) -> Fraction:
        return Fraction(self.rate_num, self.rate_den)

    def seconds(self, frames: int) -> float:
        return frames * self.rate_den / self.rate_num


class Membership(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="one_role_a_person")]

    def __str__(self) -> str:
        return f"{self.person} is {self.role} of {self.project}"


class Invitation(models.Model):
    """A link that makes whoever opens it a member. Only the token's SHA-256 is stored."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=12, choices=Role.choices)
    email = models.EmailField(blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation to {self.project} as {self.role}"

    @property
    def is_open(self) -> bool:
        return self.accepted is None and self.revoked is None and self.expires > timezone.now()
