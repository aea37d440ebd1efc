"""Whose voice may be used: asked before a job is queued, and again before it is begun."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext, gettext_noop

from generation import catalog
from generation.facts import EngineInfo, InputSpec
from studio.jobs import words
from studio.jobs.kinds import Refused
from studio.projects.days import day
from studio.projects.models import Project
from studio.sound.models import VoiceConsent

CLONES = gettext_noop(
    "%(engine)s clones a voice, which needs a recorded consent. An owner or producer records one in the World, under Consents. Nothing was queued."
)
DESIGNS = gettext_noop(
    "%(engine)s makes a voice from words, which needs a recorded consent. An owner or producer records one in the World, under Consents. "
    "Nothing was queued."
)
IMITATES = gettext_noop(
    "%(engine)s is to imitate somebody, which needs a recorded consent. An owner or producer records one in the World, under Consents. "
    "Nothing was queued."
)
WITHDRAWN = gettext_noop("%(person)s withdrew the consent %(code)s on %(when)s: nothing new may be made with this voice. Choose another.")
words.also(CLONES, DESIGNS, IMITATES, WITHDRAWN)
"""Said of an order at once, and stored of a job that was queued before its consent went."""


def unconsented(
    project: Project, engine: str, task: Any, params: dict[str, Any], inputs: Sequence[dict[str, Any]], designed: int | None = None
) -> str:
    """Why this may not be made for want of a consent, with what to do; empty if nothing stands against it. Entries of `inputs` that are
    somebody's voice name their `consent`; `designed` is that of a voice that comes of the params: described in words, or said to be somebody's."""
    facts = catalog.info(engine)
    voices = {spec.role: spec for spec in facts.takes(task) if spec.consent}
    for entry in inputs:
        if entry["role"] in voices and (said := _without(project, facts.title, entry.get("consent"), VoiceConsent.CLONED, entry.get("sha256"))):
            return said
    if any(params.get(name) for name in facts.designs):
        return _without(project, facts.title, designed, VoiceConsent.DESIGNED)
    if any(params.get(name) for name in facts.imitates) or (facts.imitates and designed is not None):
        return _without(project, facts.title, designed, VoiceConsent.CLONED, lacking=IMITATES)
    return ""


def kind_needed(facts: EngineInfo, task: Any) -> tuple[str, bool]:
    """Which kind of consent an engine is used under, and whether always; ("", False) if under none. Only where somebody is imitated: not always."""
    if any(spec.consent for spec in facts.takes(task)):
        return VoiceConsent.CLONED, True
    if facts.designs:
        return VoiceConsent.DESIGNED, True
    return (VoiceConsent.CLONED, False) if facts.imitates else ("", False)


def _without(project: Project, title: str, pk: Any, kind: str, sha256: str | None = None, lacking: str = "") -> str:
    row = VoiceConsent.objects.filter(pk=pk, project=project, kind=kind).select_related("withdrawal").first() if isinstance(pk, int) else None
    if row is None or (sha256 is not None and row.sample_id != sha256):
        lacking = lacking or (CLONES if kind == VoiceConsent.CLONED else DESIGNS)
        return gettext(lacking) % {"engine": gettext(title)}
    if row.withdrawn is not None:
        when = day(row.withdrawn.at)
        return gettext(WITHDRAWN) % {"person": row.person, "code": row.code, "when": when}
    return ""


def sample_of(project: Project, spec: InputSpec, pk: int) -> dict[str, Any]:
    """The sample of a consent as an entry of a job's spec. Raises `Refused` where there is none, or it was withdrawn."""
    row = VoiceConsent.objects.filter(pk=pk, project=project, kind=VoiceConsent.CLONED).select_related("sample", "withdrawal").first()
    if row is None or row.sample is None:
        said = gettext(
            "“%(input)s” must be the sample of a recorded consent. An owner or producer records one in the World, under Consents. Nothing was queued."
        )
        raise Refused(said % {"input": gettext(spec.title)})
    if row.withdrawn is not None:
        said = gettext("%(person)s withdrew the consent %(code)s: nothing new may be made with this voice. Choose another.")
        raise Refused(said % {"person": row.person, "code": row.code})
    return {"role": spec.role, "sha256": row.sample_id, "media_type": row.sample.media_type, "consent": row.pk}
