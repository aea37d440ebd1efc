"""What somebody was told, how they want to be told, and every mail and call that was made for it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from studio.notices import saying
from studio.projects.models import Project


class Topic(models.TextChoices):
    """What a notice is about; each can be switched off."""

    MENTIONED = "mentioned", gettext_lazy("Somebody mentions me")
    ASSIGNED = "assigned", gettext_lazy("A note or a shot is given to me")
    ANSWERED = "answered", gettext_lazy("My note is answered, resolved or opened again")
    TAKE = "take", gettext_lazy("A take that I ordered is ready")
    FAILED = "failed", gettext_lazy("Something that I ordered failed")
    EXPORT = "export", gettext_lazy("An export that I ordered is ready")
    REVISION = "revision", gettext_lazy("A revision waits for my verdict")
    JUDGED = "judged", gettext_lazy("A revision was judged")
    CLIENT = "client", gettext_lazy("A client comes, or writes a note")
    JOINED = "joined", gettext_lazy("Somebody joined")
    BUDGET = "budget", gettext_lazy("The budget runs out")
    HOOK = "hook", gettext_lazy("A webhook was switched off")
    WORK = "work", gettext_lazy("An automation tells me of a shot or a scene")


ICONS = {
    "take": "film",
    "failed": "failed",
    "export": "deliver",
    "revision": "clock",
    "judged": "eye",
    "joined": "people",
    "budget": "costs",
    "hook": "link",
    "work": "work",
}
"""Of the topics that are no notes."""


class ByMail(models.TextChoices):
    OFF = "off", gettext_lazy("Never")
    ONCE = "once", gettext_lazy("At once")
    HOURLY = "hourly", gettext_lazy("Once an hour")
    DAILY = "daily", gettext_lazy("Once a day")


class Notice(models.Model):
    """One thing one person is told, once for each event; or several of one kind, told together while nobody has read or mailed them."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="notices")
    event = models.BigIntegerField()
    """The newest of those it tells of."""
    topic = models.CharField(max_length=10, choices=Topic.choices)
    count = models.IntegerField(default=1)
    words = models.CharField(max_length=300)
    """In English."""
    says = models.CharField(max_length=300, blank=True, default="")
    """The words with holes, and `facts`, what stands in them: `said` puts them together. Empty in rows of earlier days."""
    facts = models.JSONField(default=dict)
    address = models.CharField(max_length=300)
    since = models.DateTimeField(default=timezone.now)
    """When the first of them was told: from then on a digest waits."""
    made = models.DateTimeField(default=timezone.now)
    read = models.DateTimeField(null=True)
    mailed = models.BooleanField(default=False)
    """Whether it is in a mail, or was left out of mail for good."""

    class Meta:
        ordering = ("-event",)
        constraints = [models.UniqueConstraint(fields=["person", "event"], name="notice_once_an_event")]
        indexes = [
            models.Index(fields=["person"], condition=models.Q(read=None), name="notice_unread"),
            models.Index(fields=["person", "project", "since"], condition=models.Q(mailed=False), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def said(self) -> str:
        """The words in the reader's language."""
        return saying.said(self.says, self.facts) if self.says else self.words

    @property
    def icon(self) -> str:
        return ICONS.get(self.topic, "review")


class Choice(models.Model):
    """How one person is told of one project. Without a row: on the page only. `muted` are topics they do not want at all."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    mail = models.CharField(max_length=6, choices=ByMail.choices, default=ByMail.OFF)
    muted = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "project"], name="choice_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.mail}"


class Mail(models.Model):
    """One mail and what became of it. SENDING that outlives its process is IN_DOUBT: it may have gone, and is not sent again."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting")
        SENDING = "sending", gettext_lazy("Being sent")
        SENT = "sent", gettext_lazy("Sent")
        FAILED = "failed", gettext_lazy("Given up")
        IN_DOUBT = "in doubt", gettext_lazy("In doubt")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    notices = models.ManyToManyField(Notice, related_name="mails")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    """Why it was not sent at the last try."""
    made = models.DateTimeField(default=timezone.now)
    due = models.DateTimeField(default=timezone.now)
    began = models.DateTimeField(null=True)
    sent = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made", "-pk")
        indexes = [models.Index(fields=["due"], condition=models.Q(state__in=["waiting", "sending"]), name="mail_due")]

    def __str__(self) -> str:
        return f"{self.subject} to {self.address}"


class Hook(models.Model):
    """Another program that hears of a project's events. The secret is sealed under the installation's own, and shown once."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="hooks")
    url = models.CharField(max_length=500)
    secret = models.TextField()
    """As `providers.sealing` seals it."""
    kinds = models.JSONField(default=list)
    """Kinds of event; empty: all."""
    active = models.BooleanField(default=True)
    own_network = models.BooleanField(default=False)
    """An operator said that it stands on the installation's own network."""
    why_off = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("made",)

    def __str__(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


class Delivery(models.Model):
    """One event for one hook: at least once, and known by the event's id on the other side."""

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.BigIntegerField()
    """0: a test."""
    kind = models.CharField(max_length=60)
    body = models.TextField()
    attempts = models.IntegerField(default=0)
    status = models.IntegerField(default=0)
    """What was answered last; 0: nothing."""
    excerpt = models.CharField(max_length=500, blank=True)
    due = models.DateTimeField(null=True, default=timezone.now)
    """When it is tried next; None: never."""
    done = models.DateTimeField(null=True)
    made = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-made", "-pk")
        constraints = [models.UniqueConstraint(fields=["hook", "event"], condition=models.Q(event__gt=0), name="delivery_once_an_event")]
        indexes = [models.Index(fields=["due"], condition=models.Q(done=None, due__isnull=False), name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.event} to {self.hook}"
