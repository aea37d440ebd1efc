"""Verdicts: what is signed, and that it is of exactly these bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext

from studio.events.log import hold, record
from studio.projects.models import Project
from studio.review.models import Approval, Approver, Rule, Verdict
from studio.timeline.freeze import content_hash
from studio.timeline.models import CutRevision


class VerdictRefused(Exception):
    """No verdict was recorded; the message says why and what to do."""


def statement(frozen: CutRevision, verdict: str, *, name: str, email: str) -> str:
    """The words somebody signs, shown before they do, in the language that they read."""
    frames = sum(clip["source_out"] - clip["source_in"] for clip in frozen.data["clips"])
    num, den = frozen.data["rate"]
    facts = {
        "number": frozen.number,
        "cut": frozen.cut.name,
        "film": frozen.cut.project.name,
        "frames": frames,
        "rate": f"{num}/{den}",
        "hash": frozen.hash,
        "name": name,
        "email": email,
    }
    match Verdict(verdict):
        case Verdict.APPROVED:
            words = gettext(
                "I approve revision %(number)s of “%(cut)s” of the film “%(film)s”: %(frames)s frames at %(rate)s frames a second, "
                "with the fingerprint %(hash)s. Signed: %(name)s, %(email)s."
            )
        case Verdict.WITH_NOTES:
            words = gettext(
                "I approve, with the notes I have given, revision %(number)s of “%(cut)s” of the film “%(film)s”: %(frames)s frames at %(rate)s "
                "frames a second, with the fingerprint %(hash)s. Signed: %(name)s, %(email)s."
            )
        case Verdict.CHANGES:
            words = gettext(
                "I ask for changes to revision %(number)s of “%(cut)s” of the film “%(film)s”: %(frames)s frames at %(rate)s frames a second, "
                "with the fingerprint %(hash)s. Signed: %(name)s, %(email)s."
            )
    return words % facts


@transaction.atomic
def give_verdict(
    frozen: CutRevision,
    verdict: str,
    *,
    by: Any,
    signed: str,
    words: str = "",
    email: str = "",
    verified: datetime | None = None,
    via: dict[str, Any] | None = None,
) -> Approval:
    """Record one verdict. `signed` is the name that was typed, or that the button was held under; `verified` when the address (a guest's is given,
    a member's is that of their account) was last proved.

    Raises `VerdictRefused` if the frozen cut no longer has its fingerprint, if there is no name, or if changes are asked for without a word.
    """
    project = frozen.cut.project
    hold(project.pk)
    if content_hash(frozen.data) != frozen.hash:
        raise VerdictRefused(gettext("This revision does not have the fingerprint it was frozen with. Nothing was recorded; tell the studio."))
    if not (name := signed.strip()):
        raise VerdictRefused(gettext("A verdict is signed with a name. Type yours."))
    if verdict == Verdict.CHANGES and not words.strip() and not frozen.notes.filter(author=by).exists():
        raise VerdictRefused(gettext("Say what should change, in a note or in a sentence here."))
    given = Approval.objects.create(
        project=project,
        cut_revision=frozen,
        hash=frozen.hash,
        verdict=verdict,
        person=by,
        name=name[:80],
        email=email or by.email,
        verified=verified,
        words=words.strip()[:4000],
        statement=statement(frozen, verdict, name=name[:80], email=email or by.email),
        language=get_language() or "en",
        at=timezone.now(),
    )
    data = {"verdict": verdict, "revision": frozen.number, "hash": frozen.hash, **(via or {})}
    record("cut.judged", actor=by, project=project, subject=given, data=data)
    return given


@transaction.atomic
def set_rule(
    project: Project, *, by: Any, quorum: int, approvers: Sequence[str], before_export: bool, above_money: Decimal | None, above_seconds: int | None
) -> Rule:
    """What makes a revision approved, and what waits for it. `approvers` are addresses, `quorum` is 1 to 50."""
    hold(project.pk)
    facts = {"quorum": quorum, "before_export": before_export, "above_money": above_money, "above_seconds": above_seconds}
    rule, _ = Rule.objects.update_or_create(project=project, defaults=facts)
    wanted = {email.casefold() for email in approvers}
    Approver.objects.filter(project=project).exclude(email__in=wanted).delete()
    Approver.objects.bulk_create([Approver(project=project, email=email) for email in sorted(wanted)], ignore_conflicts=True)
    data = {**facts, "above_money": str(above_money) if above_money is not None else None, "approvers": len(wanted)}
    record("approval.ruled", actor=by, project=project, subject=project, data=data)
    return rule
