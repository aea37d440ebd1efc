"""Whether a cut is approved: by whom, who is still waited for, and what waits for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext

from studio.jobs.kinds import Refused
from studio.jobs.models import Job
from studio.ledger.estimates import Foretold
from studio.ledger.models import CPU, OUTSIDE
from studio.projects.models import Project
from studio.review.models import Approval, Approver, Rule, Verdict
from studio.timeline.models import CutRevision


@dataclass(frozen=True)
class Standing:
    """Where a revision stands. `approved_by` and `against` are the last verdict of each person on these bytes; `lacking` are addresses whose
    approval the film needs and that have not given it."""

    quorum: int
    approved_by: tuple[Approval, ...] = ()
    against: tuple[Approval, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def approved(self) -> bool:
        return len(self.approved_by) >= self.quorum and not self.against and not self.lacking

    @property
    def words(self) -> str:
        """What is still missing, in a sentence; empty if nothing is."""
        said = []
        if self.against:
            said.append(gettext("%(names)s asked for changes") % {"names": _listed(row.name for row in self.against)})
        if self.lacking:
            said.append(gettext("the approval of %(names)s is missing") % {"names": _listed(self.lacking)})
        short = self.quorum - len(self.approved_by)
        if short > 0 and not self.lacking:
            if self.approved_by:
                words = ngettext("%(count)d more approval is needed", "%(count)d more approvals are needed", short)
            else:
                words = ngettext("%(count)d approval is needed", "%(count)d approvals are needed", short)
            said.append(words % {"count": short})
        return pgettext("between what is lacking", "; ").join(said)


def _listed(names: Any) -> str:
    *first, last = names
    if not first:
        return str(last)
    return gettext("%(names)s and %(last)s") % {"names": pgettext("between names", ", ").join(map(str, first)), "last": last}


def rule_of(project: Project) -> Rule:
    """The film's rule, or the one that holds where nobody set any: one approval, and nothing waits for it."""
    return Rule.objects.filter(project=project).first() or Rule(project=project)


def standings(project: Project) -> dict[str, Standing]:
    """By content hash: where each revision stands on which somebody gave a verdict. Three queries, however many."""
    rule = rule_of(project)
    needed = list(Approver.objects.filter(project=project).values_list("email", flat=True))
    last: dict[str, dict[Any, Approval]] = defaultdict(dict)
    for row in Approval.objects.filter(project=project).select_related("person").order_by("at"):
        last[row.hash][row.person_id] = row
    return {digest: _standing(rule, needed, list(rows.values())) for digest, rows in last.items()}


def standing(frozen: CutRevision) -> Standing:
    """Where this revision stands. A verdict on another one with the same fingerprint is of the same bytes, and counts."""
    project = frozen.cut.project
    needed = list(Approver.objects.filter(project=project).values_list("email", flat=True))
    return standings(project).get(frozen.hash) or _standing(rule_of(project), needed, [])


def _standing(rule: Rule, needed: Sequence[str], verdicts: Sequence[Approval]) -> Standing:
    for_it = tuple(row for row in verdicts if row.verdict != Verdict.CHANGES and _is_proved(row))
    signed = {row.email.casefold() for row in for_it}
    lacking = tuple(email for email in needed if email.casefold() not in signed)
    return Standing(rule.quorum, for_it, tuple(row for row in verdicts if row.verdict == Verdict.CHANGES), lacking)


def _is_proved(row: Approval) -> bool:
    """A guest is who they say only after reading a code that was mailed to them."""
    return row.verified is not None or not row.person.is_guest


def refuse_export(frozen: CutRevision) -> None:
    """Raise `Refused` if this film exports approved cuts only, and this is none."""
    if rule_of(frozen.cut.project).before_export and not (stands := standing(frozen)).approved:
        words = gettext(
            "This film exports approved cuts only, and the cut as it stands is not approved: %(lacking)s. Put it up for review, or change the "
            "rule on the review page. Nothing was ordered."
        )
        raise Refused(words % {"lacking": stands.words})


def refuse_dear(project: Project, jobs: Sequence[Job], told: Sequence[Foretold]) -> None:
    """Raise `Refused` if these jobs together cost more than this film spends before a revision of its cut is approved."""
    rule = Rule.objects.filter(project=project).first()
    if rule is None or (rule.above_money is None and rule.above_seconds is None):
        return
    money: dict[str, Decimal] = defaultdict(Decimal)
    seconds = 0.0
    for each in told:
        money[each.currency] += each.money
        seconds += each.seconds if each.card not in (CPU, OUTSIDE) else 0.0
    dear = [f"{cost:.2f} {currency}" for currency, cost in money.items() if rule.above_money is not None and cost > rule.above_money]
    if rule.above_seconds is not None and seconds > rule.above_seconds:
        minutes = round(seconds / 60)
        dear.append(ngettext("%(count)d minute on a graphics card", "%(count)d minutes on a graphics card", minutes) % {"count": minutes})
    if not dear:
        return
    newest = CutRevision.objects.select_related("cut__project").filter(cut__project=project).order_by("-at").first()
    if newest is not None and standing(newest).approved:
        return
    if newest is None:
        words = gettext(
            "This would take about %(much)s. Work as dear as that waits in this film until its cut is approved, and none is under review yet. "
            "Nothing was ordered."
        )
        raise Refused(words % {"much": _listed(dear)})
    words = gettext(
        "This would take about %(much)s. Work as dear as that waits in this film until its cut is approved, and revision %(number)d is not: "
        "%(lacking)s. Nothing was ordered."
    )
    raise Refused(words % {"much": _listed(dear), "number": newest.number, "lacking": standing(newest).words})
