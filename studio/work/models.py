"""Where the work on each shot stands, whose it is and by when; and what follows by itself when that changes.

A status is a word for the team, and never an approval: who approved which bytes is said by `review.Approval` alone, and no status makes one.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy, gettext_noop, pgettext_lazy

from studio.projects.models import Project
from studio.shots.models import Shot

NAMES = (
    gettext_noop("Ready to start"),
    gettext_noop("In progress"),
    gettext_noop("Pending review"),
    gettext_noop("Changes requested"),
    gettext_noop("Approved"),
    gettext_noop("Final"),
)
"""The statuses that every film begins with, in their order."""


def name_words(name: str) -> str:
    """A status's name as it is read, also where the log tells of one that is there no more."""
    return gettext(name) if name in NAMES else name


class Colour(models.TextChoices):
    """The studio's muted colours by name; the stylesheet gives each its value, and a status is never told by its colour alone."""

    SCRIPTED = "scripted", gettext_lazy("Grey")
    BOARDED = "boarded", gettext_lazy("Blue")
    TAKE = "take", gettext_lazy("Gold")
    ACCENT = "accent", gettext_lazy("Amber")
    CHANGES = "changes", gettext_lazy("Coral")
    LIVE = "live", gettext_lazy("Red")
    APPROVED = "approved", gettext_lazy("Green")


class Status(models.Model):
    """One word a shot can stand at in this film. Exactly one of a film's statuses `starts`: shots of which nobody has said anything stand there."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="statuses")
    name = models.CharField(max_length=40)
    short = models.CharField(max_length=8)
    colour = models.CharField(max_length=12, choices=Colour.choices, default=Colour.SCRIPTED)
    order = models.IntegerField(default=0)
    starts = models.BooleanField(default=False)
    done = models.BooleanField(default=False)
    """Nothing is left to do: such a shot is never overdue, and a further take leaves it where it is."""
    retake = models.BooleanField(default=False)
    """It goes back to whoever made it."""
    client_sees = models.BooleanField(default=False)
    client_sets = models.BooleanField(default=False)
    revision = models.IntegerField(default=1)

    class Meta:
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="status_once"),
            models.UniqueConstraint(fields=["project"], condition=Q(starts=True), name="status_starts_once"),
            models.CheckConstraint(condition=Q(client_sets=False) | Q(client_sees=True), name="status_set_is_seen"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """Its name as it is read: those that every film begins with in the reader's language, the film's own as somebody wrote them."""
        return name_words(self.name)

    @property
    def icon(self) -> str:
        """What says it without colour."""
        return "check" if self.done else "retry" if self.retake else ""


class Standing(models.Model):
    """Where one shot stands, whose it is and by when. A shot without a row stands where the film's statuses start and is nobody's.

    `since` is when it came to its status: for what followed from an event, when that happened. `revision` counts edits, as a shot's does.
    """

    shot = models.OneToOneField(Shot, on_delete=models.CASCADE, related_name="standing")
    status = models.ForeignKey(Status, on_delete=models.RESTRICT, related_name="standings")
    assigned = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    due = models.DateField(null=True)
    since = models.DateTimeField(default=timezone.now)
    revision = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.shot_id} at {self.status_id}"


class Automation(models.Model):
    """When something happens, something follows, in the same transaction and never in a circle (`following`)."""

    class Trigger(models.TextChoices):
        TAKE = "take", gettext_lazy("a take of a shot is made")
        CHOSEN = "chosen", gettext_lazy("another take of a shot is chosen for the cut")
        RETAKE = "retake", gettext_lazy("a retake is ordered with a note")
        NOTE = "note", gettext_lazy("a note is written on a shot")
        SHOT = "shot", gettext_lazy("a shot comes to")
        SCENE = "scene", gettext_lazy("all shots of a scene stand at")
        SCENE_DONE = "scene-done", gettext_lazy("all shots of a scene are done")

    class Effect(models.TextChoices):
        STATUS = "status", gettext_lazy("it comes to")
        ASSIGN = "assign", gettext_lazy("it is given to")
        TELL = "tell", pgettext_lazy("an automation", "tell")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="automations")
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    status = models.ForeignKey(Status, null=True, on_delete=models.CASCADE, related_name="starting")
    """What the trigger is about: the status that is reached; for takes and notes, where the shot must stand (none: anywhere)."""
    effect = models.CharField(max_length=8, choices=Effect.choices)
    to_status = models.ForeignKey(Status, null=True, on_delete=models.CASCADE, related_name="following")
    to_person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    """Who is told or given the shot; nobody is the owner and the producers for `TELL`."""
    active = models.BooleanField(default=True)
    order = models.IntegerField(default=0)

    class Meta:
        ordering = ("order", "pk")
        constraints = [
            models.CheckConstraint(condition=~Q(effect="status") | Q(to_status__isnull=False), name="automation_has_a_status"),
            models.CheckConstraint(condition=~Q(effect="assign") | Q(to_person__isnull=False), name="automation_has_a_person"),
            models.CheckConstraint(condition=~Q(trigger__in=["shot", "scene"]) | Q(status__isnull=False), name="automation_is_about_a_status"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def of_scene(self) -> bool:
        return self.trigger in (self.Trigger.SCENE, self.Trigger.SCENE_DONE)

    @property
    def words(self) -> str:
        """The rule as a sentence."""
        return gettext("When %(when)s, %(what)s.") % {"when": self._when(), "what": self._what()}

    def _when(self) -> str:
        when, status = str(self.get_trigger_display()), self.status.words if self.status else ""
        if self.trigger == self.Trigger.SHOT:
            return gettext("a shot comes to “%(status)s”") % {"status": status}
        if self.trigger == self.Trigger.SCENE:
            return gettext("all shots of a scene stand at “%(status)s”") % {"status": status}
        return gettext("%(when)s while it stands at “%(status)s”") % {"when": when, "status": status} if status else when

    def _what(self) -> str:
        match self.effect:
            case self.Effect.STATUS:
                words = gettext("they come to “%(status)s”") if self.of_scene else gettext("it comes to “%(status)s”")
                return words % {"status": self.to_status.words if self.to_status else ""}
            case self.Effect.ASSIGN:
                words = gettext("they are given to %(person)s") if self.of_scene else gettext("it is given to %(person)s")
                return words % {"person": self.to_person}
        return gettext("%(person)s is told") % {"person": self.to_person} if self.to_person else gettext("the owner and the producers are told")

    @property
    def stored(self) -> str:
        """The rule as the log keeps it: in English, which means one thing to everybody."""
        with translation.override("en"):
            return self.words
