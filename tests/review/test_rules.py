"""What makes a cut approved, and what waits for it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.delivery.actions import request_export
from studio.jobs.kinds import Refused
from studio.jobs.models import Job
from studio.ledger.actions import set_rate, set_terms
from studio.projects.models import Project
from studio.review.approving import give_verdict, set_rule
from studio.review.models import Approver, Rule
from studio.review.standing import standing
from studio.shots.actions import request_takes
from studio.timeline.actions import trim_clip, undo
from studio.timeline.freeze import freeze_cut
from studio.timeline.models import CutRevision
from tests.films import FRAMES, Film, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(project: Project, people: SimpleNamespace) -> Film:
    return fill(project, people.owner)


@pytest.fixture
def frozen(film: Film, people: SimpleNamespace) -> CutRevision:
    return freeze_cut(film.cut, by=people.owner)


def ruled(film: Film, people: SimpleNamespace, **more: Any) -> Rule:
    told = {"quorum": 1, "approvers": [], "before_export": False, "above_money": None, "above_seconds": None, **more}
    return set_rule(film.project, by=people.owner, **told)


def test_one_approval_is_enough_where_nobody_set_a_rule(frozen: CutRevision, people: SimpleNamespace) -> None:
    assert standing(frozen).words == "1 approval is needed" and not standing(frozen).approved
    give_verdict(frozen, "with notes", by=people.reviewer, signed="R")
    assert standing(frozen).approved and standing(frozen).words == ""


def test_a_quorum_counts_persons_and_not_verdicts(film: Film, frozen: CutRevision, people: SimpleNamespace) -> None:
    ruled(film, people, quorum=2)
    for _ in range(2):
        give_verdict(frozen, "approved", by=people.reviewer, signed="R")
    assert standing(frozen).words == "1 more approval is needed"
    give_verdict(frozen, "approved", by=people.producer, signed="P")
    assert standing(frozen).approved
    give_verdict(frozen, "changes", by=people.producer, signed="P", words="The ending.")
    assert standing(frozen).words == "P asked for changes; 1 more approval is needed", "one's last word counts"


def test_a_named_approver_is_waited_for_and_a_guest_must_have_proved_the_address(film: Film, frozen: CutRevision, people: SimpleNamespace) -> None:
    ruled(film, people, approvers=["Client@Example.com"])
    give_verdict(frozen, "approved", by=people.owner, signed="O")
    assert standing(frozen).words == "the approval of client@example.com is missing"
    guest = people.client
    guest.is_guest = True
    guest.save()
    give_verdict(frozen, "approved", by=guest, signed="C", email="client@example.com")
    assert not standing(frozen).approved, "anybody can type an address"
    give_verdict(frozen, "approved", by=guest, signed="C", email="CLIENT@example.com", verified=timezone.now())
    assert standing(frozen).approved


def test_an_approval_is_of_the_bytes_and_comes_back_with_them(film: Film, frozen: CutRevision, people: SimpleNamespace) -> None:
    give_verdict(frozen, "approved", by=people.reviewer, signed="R")
    trim_clip(film.cut, film.clips[0].pk, source_in=4, source_out=FRAMES, base=0, by=people.artist)
    second = freeze_cut(film.cut, by=people.artist)
    assert not standing(second).approved
    undo(film.cut, by=people.artist)
    third = freeze_cut(film.cut, by=people.artist)
    assert third.number == 3 and third.hash == frozen.hash and standing(third).approved


def test_an_export_waits_for_approval_if_the_film_says_so(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    ruled(film, people, before_export=True)
    answer = client_for(people.artist).post(reverse("delivery:exports", args=[film.project.slug]))
    assert answer.status_code == 409 and "exports approved cuts only" in answer.content.decode()
    assert not Job.objects.filter(kind="export").exists() and not CutRevision.objects.exists(), "nothing is half done"
    give_verdict(freeze_cut(film.cut, by=people.artist), "approved", by=people.reviewer, signed="R")
    request_export(film.project, by=people.artist)
    trim_clip(film.cut, film.clips[0].pk, source_in=4, source_out=FRAMES, base=0, by=people.artist)
    with pytest.raises(Refused, match="1 approval is needed"):
        request_export(film.project, by=people.artist)


def test_dear_work_waits_for_approval_and_cheap_work_does_not(film: Film, people: SimpleNamespace) -> None:
    set_terms(by=people.owner, currency="EUR", per_kwh=None)
    set_rate(by=people.owner, card="cpu", per_hour=Decimal(3600))
    ruled(film, people, above_money=Decimal("0.01"))
    with pytest.raises(Refused, match=r"about \d+\.\d\d EUR.*none is under review yet"):
        request_takes(film.shots[0], by=people.artist)
    assert not Job.objects.exists()
    frozen = freeze_cut(film.cut, by=people.artist)
    with pytest.raises(Refused, match="revision 1 is not: 1 approval is needed"):
        request_takes(film.shots[0], by=people.artist)
    give_verdict(frozen, "approved", by=people.reviewer, signed="R")
    request_takes(film.shots[0], by=people.artist)
    ruled(film, people, above_money=Decimal(1_000_000))
    give_verdict(frozen, "changes", by=people.reviewer, signed="R", words="No.")
    request_takes(film.shots[1], by=people.artist)


def test_a_rule_is_said_back_and_a_bad_one_is_not_kept(film: Film, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    producer, where = client_for(people.producer), reverse("review:rules", args=[film.project.slug])
    good = {"quorum": "2", "approvers": "client@example.com, Boss@Example.com", "before_export": "on", "above_minutes": "30"}
    assert producer.post(where, good).status_code == 204
    rule = Rule.objects.get()
    assert (rule.quorum, rule.before_export, rule.above_money, rule.above_seconds) == (2, True, None, 1800)
    for bad, words in (
        ({"quorum": "0"}, "greater than or equal to 1"),
        ({"quorum": "9999999999999999999999"}, "less than or equal to 50"),
        ({"approvers": "client@"}, "“client@” is not an e-mail address."),
        ({"above_money": "NaN"}, "Enter a number."),
    ):
        answer = producer.post(where, {**good, **bad})
        assert answer.status_code == 422 and words in answer.content.decode(), bad
    assert list(Approver.objects.values_list("email", flat=True)) == ["boss@example.com", "client@example.com"]
    freeze_cut(film.cut, by=people.owner)
    page = producer.get(reverse("review:page", args=[film.project.slug])).content.decode()
    assert "Approved is a cut with 2 approvals, boss@example.com, client@example.com among them; only such a cut is exported" in page
    assert producer.post(where, {"quorum": "1"}).status_code == 204
    assert not Approver.objects.exists(), "who is not named any more is not waited for"
