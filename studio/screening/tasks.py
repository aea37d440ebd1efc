from __future__ import annotations

from celery import shared_task

from studio.screening import mailing


@shared_task(name="screening.send_summaries")  # type: ignore[untyped-decorator]
def send_summaries() -> None:
    mailing.send_due()
