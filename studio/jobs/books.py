"""Whether the ledger and the jobs tell the same story. Two independent records: each job counts its own milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Sum

from studio.jobs.models import OPEN, Job, State
from studio.ledger import queries
from studio.ledger.models import Entry, Kind


def differences() -> Iterator[str]:
    """A line for each place where they differ; reads every job once. Run it while nothing works, or take what is under way for a difference."""
    for each in queries.differences():
        yield f"project {each.project_id}, {each.words}"
    actual = Entry.objects.filter(kind=Kind.ACTUAL)
    spent = dict(actual.order_by().values("job_id").annotate(ms=Sum("milliseconds")).values_list("job_id", "ms"))
    final = dict(actual.filter(outcome="succeeded").values_list("job_id", "milliseconds"))
    given_back = Entry.objects.filter(kind=Kind.RELEASE, job_id=OuterRef("job_id"), round=OuterRef("round"))
    reserved = set(Entry.objects.filter(~Exists(given_back), kind=Kind.RESERVE).values_list("job_id", flat=True))
    fields = ("pk", "state", "seconds", "spent_ms")
    for pk, state, seconds, spent_ms in Job.objects.order_by("pk").values_list(*fields).iterator(chunk_size=2000):
        if spent_ms != spent.get(pk, 0):
            yield f"job {pk}: it counted {spent_ms} ms, the ledger has {spent.get(pk, 0)}"
        if state == State.SUCCEEDED and pk in final and abs(final[pk] - seconds * 1000) > 1:
            yield f"job {pk}: its result took {seconds:.3f} s, the ledger has {final[pk] / 1000:.3f}"
        if state not in OPEN and pk in reserved:
            yield f"job {pk}: it has ended ({state}) and something is still set aside for it"
