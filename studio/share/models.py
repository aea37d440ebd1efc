"""A client's link, who came by it, and what they watched. The database can let nobody in: of a token and of a code only hashes are kept."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.projects.models import Project
from studio.timeline.models import CutRevision


class ShareLink(models.Model):
    """One frozen cut for whoever has the link, within its rights and its time. A link's rights are not changed: another one is made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="share_links")
    cut_revision = models.ForeignKey(CutRevision, on_delete=models.RESTRICT, related_name="share_links")
    name = models.CharField(max_length=120)
    token_hash = models.CharField(max_length=64, unique=True)
    password = models.CharField(max_length=200, blank=True)  # Django's own encoding; empty: none is asked for
    not_before = models.DateTimeField(null=True)
    expires = models.DateTimeField()
    max_views = models.IntegerField(null=True)
    views = models.IntegerField(default=0)
    may_note = models.BooleanField(default=True)
    may_approve = models.BooleanField(default=False)
    see_others = models.BooleanField(default=False)  # guests see each other's notes
    domains = models.JSONField(default=list)  # of addresses that may approve; empty: any
    watermark = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made = models.DateTimeField(default=timezone.now)
    revoked = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made",)

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """In words; only what is "open" lets anybody in."""
        now = timezone.now()
        if self.revoked is not None:
            return "revoked"
        if self.expires <= now:
            return "expired"
        if self.not_before is not None and self.not_before > now:
            return "not open yet"
        return "open"


class Guest(models.Model):
    """Somebody who came by a link and gave a name: known again by a signed cookie and by nothing else, whatever name another one types."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="guests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits")
    name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    verified = models.DateTimeField(null=True)
    """When they last proved that they read this address's mail."""
    since = models.DateTimeField(default=timezone.now)
    seen = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "person"], name="guest_once")]

    def __str__(self) -> str:
        return self.name


class EmailCode(models.Model):
    """Six digits, sent to an address, good for a quarter of an hour and one right answer."""

    guest = models.ForeignKey(Guest, on_delete=models.CASCADE, related_name="codes")
    email = models.EmailField()
    code_hash = models.CharField(max_length=64)
    expires = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code for {self.email}"


class Watched(models.Model):
    """Frames that a guest was shown, [first, last] both in it; ranges of one sitting that touch are one row."""

    guest = models.ForeignKey(Guest, on_delete=models.CASCADE, related_name="watched")
    first = models.IntegerField()
    last = models.IntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(first__gte=0, last__gte=models.F("first")), name="watched_frames")]

    def __str__(self) -> str:
        return f"{self.guest_id} [{self.first}, {self.last}]"
