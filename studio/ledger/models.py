"""Prices, the ledger and what a project may spend. Money is always decimal, time whole milliseconds."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils import timezone

from studio.projects.models import Project

GPU = "gpu"  # the measure of time on graphics cards, in seconds; every other measure is a currency
CPU, OUTSIDE = "cpu", "outside"  # what stands for a card where work takes none
PROVIDER_JOB = 200  # characters kept of what a provider calls a job


class Terms(models.Model):
    """What the whole installation counts in, from a time on. Rows are only ever added."""

    since = models.DateTimeField(default=timezone.now)
    currency = models.CharField(max_length=3)  # ISO 4217
    per_kwh = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-since"], name="terms_newest")]

    def __str__(self) -> str:
        return f"{self.currency} since {self.since:%Y-%m-%d %H:%M}"


class Rate(models.Model):
    """What an hour of a worker costs whose card's name matches `card` (with * and ?), from a time on. Rows are only ever added: the newest of a
    pattern holds, one without a price withdraws it. A rate in another currency than the terms of its time does not hold."""

    since = models.DateTimeField(default=timezone.now)
    card = models.CharField(max_length=120)
    per_hour = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    currency = models.CharField(max_length=3)
    watts = models.IntegerField(null=True)  # what it draws at work, where it cannot be read
    by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["card", "-since"], name="rate_newest")]

    def __str__(self) -> str:
        return f"{self.card}: {self.per_hour} {self.currency}"


class Kind(models.TextChoices):
    RESERVE = "reserve", "Reserved"
    ACTUAL = "actual", "Spent"
    RELEASE = "release", "Released"


class Entry(models.Model):
    """One line of the ledger; never changed. Projects, jobs and people are plain ids: the line outlives them.

    An `actual` is one attempt, known by the token of its lease. A `reserve` is one time a job was asked for (`round` 1, 2 …), a `release`
    takes the whole of one back when the job has ended.
    """

    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    project_id = models.UUIDField()
    job_id = models.UUIDField()
    round = models.IntegerField(null=True)
    token = models.UUIDField(null=True)
    attempt = models.IntegerField(default=0)
    person_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=120, blank=True)  # of the job, as it was called then
    engine = models.CharField(max_length=60, blank=True)
    version = models.CharField(max_length=60, blank=True)  # of the engine, as its result says
    task = models.CharField(max_length=20)
    card = models.CharField(max_length=120)
    outcome = models.CharField(max_length=12, blank=True)  # succeeded, failed, cancelled, died, given back
    amount = models.FloatField(default=0.0)  # how much work it was, in the measure of its task
    milliseconds = models.BigIntegerField(default=0)
    joules = models.FloatField(null=True)
    measured = models.BooleanField(default=False)  # the joules were read from the card
    money = models.DecimalField(max_digits=18, decimal_places=6, default=Decimal(0))
    currency = models.CharField(max_length=3, blank=True)
    provider = models.BooleanField(default=False)  # the money is a provider's own price
    provider_job = models.CharField(max_length=PROVIDER_JOB, blank=True, default="")  # as the provider calls it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token"], condition=Q(kind="actual"), name="one_actual_an_attempt"),
            models.UniqueConstraint(fields=["kind", "job_id", "round"], condition=~Q(kind="actual"), name="one_reserve_a_round"),
            models.CheckConstraint(
                condition=Q(kind="actual", token__isnull=False, round__isnull=True) | (~Q(kind="actual") & Q(round__isnull=False)),
                name="entry_of_an_attempt_or_a_round",
            ),
            models.CheckConstraint(condition=Q(milliseconds__gte=0, money__gte=0), name="entry_not_negative"),
        ]
        indexes = [
            models.Index(fields=["project_id", "-at"], name="entry_project"),
            models.Index(fields=["job_id"], name="entry_job"),
            models.Index(fields=["engine", "task", "card", "-at"], condition=Q(kind="actual", outcome="succeeded"), name="entry_pace"),
            models.Index(fields=["engine", "task", "-at"], condition=Q(kind="actual", outcome="succeeded"), name="entry_pace_any_card"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.milliseconds} ms, {self.money} {self.currency} of {self.job_id}"

    @property
    def on_a_card(self) -> bool:
        return self.card not in (CPU, OUTSIDE)


class Balance(models.Model):
    """Where a project stands in one measure (a currency, or seconds on graphics cards), and what it may spend; the sums of its entries, kept with
    them. `warned`: that four fifths are used has been said."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="balances")
    measure = models.CharField(max_length=4)
    spent = models.DecimalField(max_digits=24, decimal_places=6, default=Decimal(0))
    reserved = models.DecimalField(max_digits=24, decimal_places=6, default=Decimal(0))
    budget = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    warned = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "measure"], name="one_balance_a_measure"),
            models.CheckConstraint(condition=Q(spent__gte=0, reserved__gte=0), name="balance_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.spent} + {self.reserved} {self.measure}"

    @property
    def left(self) -> Decimal | None:
        """What may still be ordered, never below zero; None without a budget."""
        return None if self.budget is None else max(Decimal(0), self.budget - self.spent - self.reserved)

    @property
    def used(self) -> float:
        """Spent and reserved as a part of the budget; 0 without one."""
        if self.budget is None:
            return 0.0
        return float((self.spent + self.reserved) / self.budget) if self.budget else 1.0

    @property
    def spent_part(self) -> float:
        return 0.0 if self.budget is None else min(1.0, float(self.spent / self.budget)) if self.budget else 1.0

    @property
    def is_time(self) -> bool:
        return self.measure == GPU
