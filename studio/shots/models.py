"""The unit of work: one continuous image between two cuts, and everything made of it."""

from __future__ import annotations

from typing import Self, get_args

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

from generation.contract import Angle, CameraPlan, Easing, Move, Size, Speed
from studio.jobs.models import Job
from studio.media.models import Asset
from studio.projects.models import Project
from studio.script.models import Scene
from studio.shots.saying import camera_label, stale_words
from studio.sound.models import Line


def _choices(literal: object) -> list[tuple[str, str]]:
    return [(word, camera_label(word)) for word in get_args(literal)]


SIZES, ANGLES, MOVES, SPEEDS, EASINGS = (_choices(literal) for literal in (Size, Angle, Move, Speed, Easing))
LENSES = (14, 18, 21, 24, 28, 35, 40, 50, 65, 75, 85, 100, 135, 200)


class Shots(models.QuerySet["Shot"]):
    def in_film(self, project: Project) -> Self:
        """The shots a film has, in its order: those nobody set aside, also of a scene that was cut from the script since."""
        return self.filter(project=project, removed=False).order_by("scene__order", "scene_id", "position", "pk")


class Shot(models.Model):
    """`position` orders a scene's shots and may be fractional; `code` is what people call it ("3.2"). `events` are [seconds, sound].

    `source_scene` and `source_index` say which shot of the newest breakdown it came from; empty for one a person added. `revision`
    counts edits: an edit carries the revision it was made on.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="shots")
    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="shots")
    position = models.FloatField()
    code = models.CharField(max_length=24)
    size = models.CharField(max_length=20, choices=SIZES, default="wide")
    angle = models.CharField(max_length=12, choices=ANGLES, default="eye level")
    lens = models.IntegerField(default=35)
    move = models.CharField(max_length=16, choices=MOVES, default="static")
    speed = models.CharField(max_length=8, choices=SPEEDS, default="normal")
    easing = models.CharField(max_length=16, choices=EASINGS, default="ease in and out")
    subjects = models.JSONField(default=list)
    over = models.CharField(max_length=120, blank=True)
    characters = models.JSONField(default=list)
    action = models.TextField(blank=True)
    why = models.CharField(max_length=200, blank=True)
    events = models.JSONField(default=list)
    frames = models.IntegerField()
    seed = models.IntegerField(default=0)
    source_scene = models.CharField(max_length=20, blank=True)
    source_index = models.IntegerField(null=True)
    stale = models.CharField(max_length=300, blank=True)  # why its takes no longer say what the shot says; empty: they do
    removed = models.BooleanField(default=False)
    revision = models.IntegerField(default=1)
    take_count = models.IntegerField(default=0)
    version = models.ForeignKey("Version", null=True, on_delete=models.SET_NULL, related_name="+")
    lines = models.ManyToManyField(Line, through="ShotLine", related_name="shots")

    objects = Shots.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(frames__gte=1), name="shot_has_frames")]
        indexes = [models.Index(fields=["project", "scene", "position"], name="shot_order")]

    def __str__(self) -> str:
        return self.code

    @property
    def stale_words(self) -> str:
        """Why its takes no longer say what it says, in the reader's language."""
        return stale_words(self.stale)

    @property
    def why_words(self) -> str:
        """Why it is there, in the reader's language."""
        return gettext(self.why)

    @property
    def camera(self) -> CameraPlan:
        return CameraPlan.model_validate(
            {
                "size": self.size,
                "angle": self.angle,
                "lens": self.lens,
                "move": self.move,
                "speed": self.speed,
                "easing": self.easing,
                "subjects": tuple(self.subjects),
                "over": self.over,
            }
        )


class ShotLine(models.Model):
    """A line inside a shot, `start` frames after its first frame."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="shot_lines")
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="shot_lines")
    start = models.IntegerField(default=0)

    class Meta:
        ordering = ["start", "pk"]

    def __str__(self) -> str:
        return f"{self.line_id} in {self.shot_id} at {self.start}"


class Take(models.Model):
    """One immutable result of a shot, with its whole recipe. `seconds` is what it cost on the worker."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="takes")
    number = models.IntegerField()
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    frames = models.IntegerField()
    recipe = models.JSONField()
    told = models.JSONField(default=dict)  # the shot as it stood when the take was asked for
    measures = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    seconds = models.FloatField(default=0.0)
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shot", "number"], name="take_once")]

    def __str__(self) -> str:
        return f"{self.shot.code} T{self.number}"


class Version(models.Model):
    """What was published of a shot: a take and the decision for it. Versions are never changed; the newest one stands."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    take = models.ForeignKey(Take, on_delete=models.RESTRICT, related_name="versions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shot", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.shot.code} v{self.number:03}"


class Guide(models.Model):
    """What the previs of a shot tells a neural engine, for one state of the shot (`key`: the hash of what it was told), size and length.
    `depth`: a zip of 16 bit PNGs in millimetres; `camera`: its path as JSON; `picture`: the previs itself."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="guides")
    key = models.CharField(max_length=64)
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    picture = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    depth = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    camera = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    width = models.IntegerField()
    height = models.IntegerField()
    frames = models.IntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shot", "key"], name="guide_once")]

    def __str__(self) -> str:
        return f"guide of {self.shot_id}, {self.frames} f"
