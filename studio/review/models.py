"""Notes, annotations and approvals. Frames are whole frames of what a note was made on, counted from 0; a range has its last frame in it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from studio.jobs.models import Job
from studio.media.models import Asset
from studio.projects.models import Project
from studio.script.models import ScriptRevision
from studio.shots.models import Shot, Take
from studio.storyboard.models import Panel
from studio.timeline.models import CutRevision


class Audience(models.TextChoices):
    TEAM = "team", gettext_lazy("Internal")
    CLIENT = "client", gettext_lazy("Client may see")


class Verdict(models.TextChoices):
    APPROVED = "approved", gettext_lazy("Approved")
    WITH_NOTES = "with notes", gettext_lazy("Approved with notes")
    CHANGES = "changes", gettext_lazy("Changes requested")


class Note(models.Model):
    """What somebody says about a frame, a range, a panel, a shot or a line of the script; or an answer to that (`parent`).

    `subject` says which: a note on a cut names its revision and frames, and where these fall in one shot also that shot, its take and the
    take's frames, so that the note is found again in the next revision. One on the script names its revision and the line of that text, from 0, on
    which the paragraph or speech begins (`script.following` finds it in newer ones); clients never see it. Who may see a note is settled when it is
    made and never changes: a conversation that began inside the team cannot be shown to a client by a switch. Answers are seen by whoever sees what
    they answer.
    """

    class Subject(models.TextChoices):
        CUT = "cut", gettext_lazy("Cut")
        TAKE = "take", gettext_lazy("Take")
        SHOT = "shot", gettext_lazy("Shot")
        PANEL = "panel", gettext_lazy("Panel")
        LINE = "line", gettext_lazy("Script line")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="notes")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="answers")
    subject = models.CharField(max_length=5, choices=Subject.choices)
    cut_revision = models.ForeignKey(CutRevision, null=True, on_delete=models.RESTRICT, related_name="notes")
    first = models.IntegerField(null=True)
    last = models.IntegerField(null=True)
    shot = models.ForeignKey(Shot, null=True, on_delete=models.RESTRICT, related_name="notes")
    take = models.ForeignKey(Take, null=True, on_delete=models.RESTRICT, related_name="review_notes")
    take_first = models.IntegerField(null=True)
    take_last = models.IntegerField(null=True)
    panel = models.ForeignKey(Panel, null=True, on_delete=models.RESTRICT, related_name="notes")
    script_revision = models.ForeignKey(ScriptRevision, null=True, on_delete=models.RESTRICT, related_name="review_notes")
    script_line = models.IntegerField(null=True)
    audience = models.CharField(max_length=6, choices=Audience.choices, default=Audience.TEAM)
    text = models.TextField(max_length=4000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField(default=timezone.now)
    edited = models.DateTimeField(null=True)
    assigned = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="assigned_notes")
    resolved = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    retake = models.UUIDField(null=True)
    """The job of the retake that was ordered with this note's words."""

    class Meta:
        ordering = ("first", "at")
        constraints = [
            models.CheckConstraint(condition=models.Q(first__isnull=True) | models.Q(first__gte=0, last__gte=models.F("first")), name="note_frames"),
            models.CheckConstraint(
                condition=models.Q(take_first__isnull=True) | models.Q(take_first__gte=0, take_last__gte=models.F("take_first")),
                name="note_take_frames",
            ),
            models.CheckConstraint(
                condition=~models.Q(subject="line") | models.Q(audience="team", script_revision__isnull=False, script_line__gte=0),
                name="note_script_line",
            ),
        ]
        indexes = [models.Index(fields=["project", "at"], name="note_project"), models.Index(fields=["cut_revision", "first"], name="note_cut")]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"

    @property
    def is_open(self) -> bool:
        return self.resolved is None


class Annotation(models.Model):
    """One stroke or shape drawn on a note's frames, in its own order. `shape` is what `shapes.as_data` gives; it is held from the note's frame for
    `hold` frames."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="annotations")
    number = models.IntegerField()
    shape = models.JSONField()
    hold = models.IntegerField(default=1)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["note", "number"], name="annotation_once"),
            models.CheckConstraint(condition=models.Q(hold__gte=1), name="annotation_is_held"),
        ]

    def __str__(self) -> str:
        return f"{self.shape.get('kind')} of {self.note_id}"


class Mention(models.Model):
    """Somebody named in a note with @."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "person"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.note_id}"


class Attachment(models.Model):
    """A picture, a film or a sound that came with a note; `spoken`, if it was said instead of written. `asset` is a worker's copy of it, there
    once its job is done."""

    class Medium(models.TextChoices):
        PICTURE = "picture"
        FILM = "film"
        SOUND = "sound"

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="attachments")
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="+")
    medium = models.CharField(max_length=7, choices=Medium.choices, blank=True)
    name = models.CharField(max_length=160)
    spoken = models.BooleanField(default=False)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name

    @property
    def renditions(self) -> dict[str, str]:
        """What can be shown of it, by name: "rendition" and "poster" of a film, "waveform" of a sound."""
        return {row.name: row.asset_id for row in self.asset.renditions.all()} if self.asset else {}


class Sheet(models.Model):
    """The notes of a revision as a PDF with their frames, as they stood `at` that time. The row is made by the job that drew it."""

    cut_revision = models.ForeignKey(CutRevision, on_delete=models.CASCADE, related_name="sheets")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    notes = models.IntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.notes} notes of {self.cut_revision_id}"


class Rule(models.Model):
    """What makes a revision of this film approved, and what waits until one is.

    Approved is a revision when at least `quorum` persons and every named approver approved these very bytes, with or without notes, and nobody's
    last word on them asks for changes. `before_export`: only an approved cut is exported. `above_money` (in the installation's currency) and
    `above_seconds` (on graphics cards): orders that cost more wait for an approved revision; empty, they do not.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="approval_rule")
    quorum = models.IntegerField(default=1)
    before_export = models.BooleanField(default=False)
    above_money = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    above_seconds = models.IntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(quorum__gte=1, quorum__lte=50), name="rule_quorum")]

    def __str__(self) -> str:
        return f"{self.quorum} of {self.project_id}"


class Approver(models.Model):
    """Somebody whose approval a film needs, by the address they sign with: a member's, or a client's proved by a code."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="approvers")
    email = models.EmailField()

    class Meta:
        ordering = ("email",)
        constraints = [models.UniqueConstraint(fields=["project", "email"], name="approver_once")]

    def __str__(self) -> str:
        return self.email


class Approval(models.Model):
    """One verdict, for ever: the application's database role may add rows and neither change nor delete one.

    `hash` is the content hash of the cut revision as it was worked out anew at that moment; `statement` the words that were signed, as shown, in
    `language`; `email` is the address, `verified` when the person last proved that they read its mail (a member's is that of their account).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="approvals")
    cut_revision = models.ForeignKey(CutRevision, on_delete=models.PROTECT, related_name="approvals")
    hash = models.CharField(max_length=64)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals")
    name = models.CharField(max_length=80)
    email = models.EmailField()
    verified = models.DateTimeField(null=True)
    words = models.TextField(max_length=4000, blank=True)
    statement = models.TextField()
    language = models.CharField(max_length=10, default="en")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at",)
        indexes = [models.Index(fields=["cut_revision", "at"], name="approval_of_cut")]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.name}"
