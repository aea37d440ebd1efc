"""What is heard: spoken lines, and the music and tone of each scene."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from studio.jobs.models import Job
from studio.media.models import Asset
from studio.projects.models import Project
from studio.script.models import Scene
from studio.world.models import Character


class VoiceConsent(models.Model):
    """What somebody agreed to about their voice (cloned), or what somebody states of one described in words (designed: that it imitates
    nobody). Never changed; that it holds no longer is a `ConsentWithdrawal`."""

    CLONED, DESIGNED = "cloned", "designed"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="voice_consents")
    number = models.IntegerField()
    kind = models.CharField(max_length=8, choices=[(CLONED, gettext_lazy("Cloned")), (DESIGNED, gettext_lazy("Designed"))])
    person = models.CharField(max_length=120)  # whose voice; of a designed one, what the voice is called
    words = models.TextField()  # what was agreed to, or what is stated
    scope = models.CharField(max_length=500)  # what the voice may be used for
    recording = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="+")  # the person saying that they agree
    sample = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="+")  # the voice that may be cloned
    seconds = models.FloatField(default=0.0)  # of the sample
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")  # who recorded it
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="voice_consent_once"),
            models.CheckConstraint(
                condition=models.Q(kind="designed") | models.Q(recording__isnull=False, sample__isnull=False), name="cloned_voice_is_heard"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.person}"

    @property
    def code(self) -> str:
        return f"C{self.number}"

    @property
    def withdrawn(self) -> ConsentWithdrawal | None:
        return getattr(self, "withdrawal", None)


class ConsentWithdrawal(models.Model):
    """From this moment on nothing new may be made under a consent. What was made stays, and says so."""

    consent = models.OneToOneField(VoiceConsent, on_delete=models.CASCADE, related_name="withdrawal")
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.consent} withdrawn"


class Voice(models.Model):
    """Who speaks for a character: an engine with its settings, and the consent it needs for that. A character without a row has the voice of
    their design."""

    character = models.OneToOneField(Character, on_delete=models.CASCADE, related_name="voice")
    engine = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    consent = models.ForeignKey(VoiceConsent, null=True, on_delete=models.PROTECT, related_name="voices")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.character} by {self.engine}"

    @property
    def engine_words(self) -> str:
        """The engine, and the model that it speaks by."""
        return f"{self.engine} ({self.params['model']})" if self.params.get("model") else self.engine


class Composer(models.Model):
    """What makes the music or the tones: of the whole film, or of one scene. Without a row they are previs's."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="composers")
    scene = models.ForeignKey(Scene, null=True, on_delete=models.CASCADE, related_name="composers")
    kind = models.CharField(max_length=5, choices=[("music", gettext_lazy("Music")), ("tone", gettext_lazy("Tone"))])
    engine = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "scene", "kind"], nulls_distinct=False, name="composer_once")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.engine}"


class Line(models.Model):
    """One stretch of speech. A long speech is several lines that follow each other. `seconds` is the time it was given."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="lines")
    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="lines")
    character = models.ForeignKey(Character, on_delete=models.RESTRICT, related_name="lines")
    text = models.TextField()
    direction = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, default="dialogue")  # dialogue, vo, os, lyric
    seconds = models.FloatField(default=1.0)
    take = models.ForeignKey("LineTake", null=True, on_delete=models.SET_NULL, related_name="+")
    removed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.character}: {self.text[:40]}"


class LineTake(models.Model):
    """One immutable recording of a line. `words` is [[text, start, end], …] in seconds."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="takes")
    number = models.IntegerField()
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    words = models.JSONField(default=list)
    seconds = models.FloatField()
    hurry = models.FloatField(default=1.0)  # how many times faster than the voice would have it, so that it fits its shot
    recipe = models.JSONField(default=dict)
    notes = models.JSONField(default=list)  # sentences about how it came to be
    consent = models.ForeignKey(VoiceConsent, null=True, on_delete=models.PROTECT, related_name="takes")  # whose voice it is, by their leave
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "number"], name="line_take_once")]

    def __str__(self) -> str:
        return f"T{self.number} of {self.line_id}"


class Cue(models.Model):
    """A scene's music, or its tone (the room, the weather, steps and doors)."""

    MUSIC, TONE = "music", "tone"

    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="cues")
    kind = models.CharField(max_length=5, choices=[(MUSIC, gettext_lazy("Music")), (TONE, gettext_lazy("Tone"))])
    mood = models.CharField(max_length=40, blank=True)
    tempo = models.IntegerField(default=90)
    key = models.CharField(max_length=20, default="D minor")
    gain = models.FloatField(default=0.0)  # dB
    take = models.ForeignKey("CueTake", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scene", "kind"], name="cue_once")]

    def __str__(self) -> str:
        return f"{self.kind} of scene {self.scene_id}"


class CueTake(models.Model):
    """One immutable recording for a scene, `frames` of the project long."""

    cue = models.ForeignKey(Cue, on_delete=models.CASCADE, related_name="takes")
    number = models.IntegerField()
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    frames = models.IntegerField()
    recipe = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cue", "number"], name="cue_take_once")]

    def __str__(self) -> str:
        return f"T{self.number} of {self.cue_id}"
