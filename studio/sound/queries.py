"""Lines and cues of a project, who speaks and composes them, and by whose leave."""

from __future__ import annotations

from django.db.models import QuerySet

from studio.projects.models import Project
from studio.sound.models import Composer, Cue, Line, Voice, VoiceConsent
from studio.world.models import Character


def lines_of(project: Project) -> QuerySet[Line]:
    return Line.objects.filter(project=project, removed=False).select_related("character", "take")


def cues_of(project: Project) -> QuerySet[Cue]:
    return Cue.objects.filter(scene__project=project).select_related("scene", "take")


def consents_of(project: Project) -> QuerySet[VoiceConsent]:
    """The newest first, withdrawn ones among them."""
    return VoiceConsent.objects.filter(project=project).select_related("withdrawal__by", "by", "sample", "recording").order_by("-number")


def standing(project: Project, kind: str) -> QuerySet[VoiceConsent]:
    return consents_of(project).filter(kind=kind, withdrawal=None)


def cloneable(project: Project) -> QuerySet[VoiceConsent]:
    """Whose voice may be cloned."""
    return standing(project, VoiceConsent.CLONED)


def voice_of(character: Character) -> Voice | None:
    """None for the voice of their design. No query where `character__voice` was selected with the rows."""
    return getattr(character, "voice", None)


VOICED = ("character__voice__consent__sample",)  # what `voice_spec` looks at, for `select_related` with lines

Composers = dict[tuple[int | None, str], Composer]


def composers_of(project: Project) -> Composers:
    """By scene (None: the whole film) and kind."""
    return {(row.scene_id, row.kind): row for row in Composer.objects.filter(project=project)}


def composer_of(cue: Cue, composers: Composers) -> Composer | None:
    """The scene's own, else the film's; None for previs."""
    return composers.get((cue.scene_id, cue.kind)) or composers.get((None, cue.kind))
