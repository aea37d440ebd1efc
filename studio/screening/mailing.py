"""The summary of a session by mail, to everybody who attended and is still of the film. Once each: an attendance says when it is due and
when it was sent.

A mail is sent inside the transaction that notes it; only a process that dies between the two sends one twice, under the same Message-ID, which mail
programs show once.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from email.utils import parseaddr
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from studio.projects.models import Role
from studio.projects.queries import role_in
from studio.screening.models import Attendance, Session
from studio.screening.queries import summary_of

log = logging.getLogger(__name__)
MOST_TRIES = 8
FIRST_WAIT = timedelta(minutes=1)


def make_due(session: Session) -> int:
    """Every summary of an ended session that was neither sent nor is due. Nothing where this studio sends no mail."""
    if not settings.EMAIL_ENABLED or session.ended is None:
        return 0
    return session.attendances.filter(mailed=None, due=None, tries=0).update(due=timezone.now())


def send_due() -> int:
    """Send what is due, each in a transaction of its own; how many were sent. What fails is tried again, later each time, some eight times."""
    sent = 0
    while True:
        with transaction.atomic():
            rows = Attendance.objects.select_for_update(skip_locked=True, of=("self",)).select_related("session__project", "person")
            row = rows.filter(due__lte=timezone.now(), mailed=None).order_by("due").first()
            if row is None:
                return sent
            sent += _send(row)


def _send(row: Attendance) -> bool:
    role = role_in(row.session.project, row.person)
    if role is None or not row.person.is_active:  # no longer of the film: nothing of it reaches them
        row.due = None
        row.save(update_fields=["due"])
        return False
    try:
        message_for(row, role).send()
    except (SMTPException, OSError) as problem:
        row.tries += 1
        row.due = timezone.now() + FIRST_WAIT * 2**row.tries if row.tries < MOST_TRIES else None
        row.save(update_fields=["tries", "due"])
        log.warning("the summary of session %s did not go out (try %s): %s", row.session_id, row.tries, problem)
        return False
    row.mailed, row.due = timezone.now(), None
    row.save(update_fields=["mailed", "due"])
    return True


def message_for(row: Attendance, role: str) -> EmailMessage:
    """The summary in the language of whoever it is for."""
    session, client = row.session, role == Role.CLIENT
    link = "" if client else settings.FIRSTCUT_URL.rstrip("/") + reverse("screening:session", args=[session.project.slug, session.pk])
    with translation.override(row.person.language or "en"):
        told = {"summary": summary_of(session, client=client), "project": session.project, "person": row.person, "link": link}
        words = render_to_string("screening/summary.txt", told)
        said = gettext("%(film)s: what was said of %(name)s") % {"film": session.project.name, "name": session.name}
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    host = sender.rpartition("@")[2] or urlsplit(settings.FIRSTCUT_URL).hostname or "localhost"
    subject = " ".join(said.split())
    return EmailMessage(subject, words, None, [row.person.email], headers={"Message-ID": f"<session.{session.pk}.{row.pk}@{host}>"})
