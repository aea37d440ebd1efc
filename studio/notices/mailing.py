"""Mail: gathering notices into mails, and sending each at most once unless the server certainly refused it.

Order of things: the server is reached; the mail's row becomes SENDING and is committed; the mail is handed over; the row becomes SENT. A process
that dies between leaves SENDING behind: after `STUCK` the row is IN_DOUBT, is shown so, and is not sent again. A server that cannot be reached
has certainly taken nothing.
"""

from __future__ import annotations

import smtplib
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Min
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_noop, ngettext

from studio.accounts.models import Person
from studio.jobs.models import Job, State
from studio.notices.models import ByMail, Choice, Mail, Notice
from studio.notices.rules import GATHERED
from studio.notices.signing import unsubscribe_address
from studio.projects.models import Membership
from studio.projects.policies import TEAM

PATIENCE = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]
ROUND = 120.0
"""Seconds after which a round begins no more mails: so long its `now` is good for."""
STUCK = timedelta(minutes=10)
EVERY = {ByMail.ONCE: timedelta(), ByMail.HOURLY: timedelta(hours=1), ByMail.DAILY: timedelta(days=1)}
LONGEST_WORK = timedelta(hours=1)
"""How long mail "at once" about takes and failures waits at most for the rest of what was ordered."""
MOST = 50
"""Mails in one round, and notices in one mail."""
OPEN = (State.QUEUED, State.RUNNING, State.CANCELLING)


def gather(now: datetime | None = None) -> int:
    """Make mails of the notices whose time has come: one for a person and project, when the oldest has waited as long as was chosen."""
    now = now or timezone.now()
    heaps = list(Notice.objects.filter(mailed=False).order_by().values_list("person_id", "project_id").annotate(oldest=Min("since")))
    choices = {(choice.person_id, choice.project_id): choice.mail for choice in Choice.objects.filter(person__in={who for who, *_ in heaps})}
    made = 0
    for person, project, oldest in heaps:
        mail = choices.get((person, project), ByMail.OFF)
        if mail == ByMail.OFF or oldest + EVERY[ByMail(mail)] <= now:
            made += _gather_one(person, project, ByMail(mail), now)
    return made


@transaction.atomic
def _gather_one(person: uuid.UUID, project: uuid.UUID, mail: ByMail, now: datetime) -> bool:
    """Whether a mail was made. Rows that another clerk holds are its own."""
    held = Notice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("person", "project")
    rows = list(held.filter(person=person, project=project, mailed=False).order_by("since"))
    if mail == ByMail.ONCE and _works_on(person, project):
        rows = [row for row in rows if row.topic not in GATHERED or row.since + LONGEST_WORK <= now]
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(mailed=True)
    unread = [row for row in rows if row.read is None]
    if mail == ByMail.OFF or not unread:
        return False
    with translation.override(language_of(unread[0].person)):
        count = len(unread)
        subject = unread[0].said if count == 1 else ngettext("%(count)d notice", "%(count)d notices", count) % {"count": count}
    subject = " ".join(f"{unread[0].project.name}: {subject}".split())[:200]
    made = Mail.objects.create(person=unread[0].person, project=unread[0].project, address=unread[0].person.email, subject=subject, due=now)
    made.notices.set(unread)
    return True


def _works_on(person: uuid.UUID, project: uuid.UUID) -> bool:
    """Whether something is being made that they ordered."""
    return Job.objects.filter(project=project, requested_by=person, state__in=OPEN).exists()


def send_due(now: datetime | None = None, enough: Callable[[], bool] = lambda: False) -> int:
    """Send the mails that are due, one after another over one connection, until `enough`; how many were sent."""
    if not settings.EMAIL_ENABLED:
        return 0
    now = now or timezone.now()
    Mail.objects.filter(state=Mail.State.SENDING, began__lt=now - STUCK).update(
        state=Mail.State.IN_DOUBT, error=gettext_noop("The process ended while it was being sent. It may have arrived.")
    )
    due = list(Mail.objects.filter(state=Mail.State.WAITING, due__lte=now).order_by("due").values_list("pk", flat=True)[:MOST])
    line, sent, began = get_connection(), 0, time.monotonic()
    try:
        for number, pk in enumerate(due):
            if enough() or time.monotonic() - began > ROUND:
                break
            try:
                line.open()
            except (smtplib.SMTPException, OSError) as problem:  # nothing was sent; what is wrong is wrong for all of them
                for mail in Mail.objects.filter(pk__in=due[number:], state=Mail.State.WAITING):
                    _later(mail, problem, now)
                break
            sent += _send(pk, line, now)
    finally:
        _hang_up(line)
    return sent


def _hang_up(line: Any) -> None:
    with suppress(smtplib.SMTPException, OSError):
        line.close()


def _send(pk: int, line: Any, now: datetime) -> bool:
    mail = Mail.objects.select_related("person", "project").filter(pk=pk).first()
    if mail is None:
        return False  # its film was deleted meanwhile
    wanted = Choice.objects.filter(person=mail.person, project=mail.project).exclude(mail=ByMail.OFF).exists()
    member = Membership.objects.filter(person=mail.person, project=mail.project, role__in=TEAM, person__is_active=True).exists()
    waiting = Mail.objects.filter(pk=pk, state=Mail.State.WAITING)
    if not wanted or not member:
        waiting.update(state=Mail.State.FAILED, error=gettext_noop("They are no longer in the team, or want no mail."))
        return False
    mail.address = mail.person.email  # what it is now
    if not waiting.update(state=Mail.State.SENDING, began=now, address=mail.address):
        return False  # another clerk has it
    try:
        line.send_messages([letter(mail)])
    except (ValueError, smtplib.SMTPNotSupportedError) as problem:  # the address or the subject cannot be said to this server
        _hang_up(line)
        return _end(mail, Mail.State.FAILED, problem)
    except (smtplib.SMTPException, OSError) as problem:
        _hang_up(line)
        return _after(mail, problem, now)
    return _end(mail, Mail.State.SENT)


def letter(mail: Mail) -> EmailMultiAlternatives:
    """The mail in its reader's language, as words and as simple HTML, with the headers by which a mail program stops it in one click (RFC 2369,
    RFC 8058) and no machine answers it (RFC 3834)."""
    stop, base = unsubscribe_address(mail.person_id, mail.project_id), settings.FIRSTCUT_URL.rstrip("/")
    notices = list(mail.notices.order_by("-made")[: MOST + 1])
    with translation.override(language_of(mail.person)):
        shown = [(row.said, base + row.address) for row in notices[:MOST]]
        facts = {"mail": mail, "notices": shown, "more": len(notices) > MOST, "all": f"{base}/notices/", "stop": stop}
        words, page = (render_to_string(f"notices/mail.{kind}", facts) for kind in ("txt", "html"))
    host = urlsplit(settings.FIRSTCUT_URL).hostname or "localhost"
    headers = {
        "Message-ID": f"<notices.{mail.pk}.{mail.project_id.hex}@{host}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    made = EmailMultiAlternatives(mail.subject, words, None, [mail.address], headers=headers)
    made.attach_alternative(page, "text/html")
    return made


def language_of(person: Person) -> str:
    """The language that somebody chose for their account."""
    return person.language or "en"


def _after(mail: Mail, problem: smtplib.SMTPException | OSError, now: datetime) -> bool:
    """A server that said no certainly has no mail; one that went away in the midst may have."""
    codes = [code for code, _ in problem.recipients.values()] if isinstance(problem, smtplib.SMTPRecipientsRefused) else []
    codes += [problem.smtp_code] if isinstance(problem, smtplib.SMTPResponseException) else []
    if not codes:
        return _end(mail, Mail.State.IN_DOUBT, problem)
    if all(400 <= code < 500 for code in codes):
        return _later(mail, problem, now)
    return _end(mail, Mail.State.FAILED, problem)


def _later(mail: Mail, problem: Exception, now: datetime) -> bool:
    if mail.attempts >= len(PATIENCE):
        return _end(mail, Mail.State.FAILED, problem)
    due = now + PATIENCE[mail.attempts]
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.WAITING, due=due, attempts=mail.attempts + 1, error=_words(problem))
    return False


def _end(mail: Mail, state: str, problem: Exception | None = None) -> bool:
    sent = timezone.now() if state == Mail.State.SENT else None
    Mail.objects.filter(pk=mail.pk).update(state=state, sent=sent, attempts=mail.attempts + 1, error=_words(problem) if problem else "")
    return sent is not None


def _words(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}".replace("\x00", "")[:500]
