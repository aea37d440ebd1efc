"""Mail: gathering notices into mails, and sending each at most once unless the server certainly refused it.

Order of things: the mail's row becomes SENDING and is committed, the server is spoken to, the row becomes SENT. A process that dies between leaves
SENDING behind: after `STUCK` the row is IN_DOUBT, is shown so, and is not sent again.
"""

from __future__ import annotations

import smtplib
from collections import defaultdict
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from studio.notices.models import ByMail, Choice, Mail, Notice
from studio.notices.signing import unsubscribe_address
from studio.projects.models import Membership
from studio.projects.policies import TEAM

PATIENCE = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]
STUCK = timedelta(minutes=10)
EVERY = {ByMail.ONCE: timedelta(), ByMail.HOURLY: timedelta(hours=1), ByMail.DAILY: timedelta(days=1)}
MOST = 50


def gather(now: datetime | None = None) -> int:
    """Make mails of the notices whose time has come: one for a person and project, when the oldest has waited as long as was chosen."""
    now = now or timezone.now()
    with transaction.atomic():
        rows = (
            Notice.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(mailed=False)
            .order_by("made")
            .select_related("person", "project")[:1000]
        )
        heaps: dict[tuple[object, object], list[Notice]] = defaultdict(list)
        for row in rows:
            heaps[(row.person_id, row.project_id)].append(row)
        choices = {(choice.person_id, choice.project_id): choice for choice in Choice.objects.filter(person__in={who for who, _ in heaps})}
        made = 0
        for key, heap in heaps.items():
            choice = choices.get(key)  # type: ignore[arg-type]
            if choice is None or choice.mail == ByMail.OFF:
                Notice.objects.filter(pk__in=[row.pk for row in heap]).update(mailed=True)
            elif heap[0].made + EVERY[ByMail(choice.mail)] <= now:
                made += _mail_of(heap, now)
        return made


def _mail_of(heap: list[Notice], now: datetime) -> int:
    Notice.objects.filter(pk__in=[row.pk for row in heap]).update(mailed=True)
    unread = [row for row in heap if row.read is None]
    if not unread:
        return 0
    first = unread[0]
    subject = first.words if len(unread) == 1 else f"{len(unread)} notices"
    mail = Mail.objects.create(
        person=first.person, project=first.project, address=first.person.email, subject=_one_line(f"{first.project.name}: {subject}")[:200], due=now
    )
    mail.notices.set(unread)
    return 1


def _one_line(text: str) -> str:
    return " ".join(text.split())


def send_due(now: datetime | None = None) -> int:
    """Send the mails that are due, one after another; how many were sent."""
    if not settings.EMAIL_ENABLED:
        return 0
    now = now or timezone.now()
    Mail.objects.filter(state=Mail.State.SENDING, began__lt=now - STUCK).update(
        state=Mail.State.IN_DOUBT, error="The process ended while it was being sent. It may have arrived."
    )
    due = Mail.objects.filter(state=Mail.State.WAITING, due__lte=now).order_by("due").values_list("pk", flat=True)[:MOST]
    return sum(_send(pk, now) for pk in list(due))


def _send(pk: int, now: datetime) -> bool:
    if not Mail.objects.filter(pk=pk, state=Mail.State.WAITING).update(state=Mail.State.SENDING, began=now):
        return False  # another clerk has it
    mail = Mail.objects.select_related("person", "project").get(pk=pk)
    wanted = Choice.objects.filter(person=mail.person, project=mail.project).exclude(mail=ByMail.OFF).exists()
    if not wanted or not Membership.objects.filter(person=mail.person, project=mail.project, role__in=TEAM).exists():
        return _end(mail, Mail.State.FAILED, "They are no longer in the team, or want no mail.")
    line, reached = get_connection(), False
    try:
        line.open()
        reached = True
        line.send_messages([letter(mail)])
    except (smtplib.SMTPException, OSError) as problem:
        return _after(mail, problem, now, reached=reached)
    finally:
        line.close()
    Mail.objects.filter(pk=pk).update(state=Mail.State.SENT, sent=timezone.now(), attempts=mail.attempts + 1, error="")
    return True


def letter(mail: Mail) -> EmailMultiAlternatives:
    """The mail as words and as simple HTML, with the headers by which a mail program stops it in one click (RFC 2369, RFC 8058)."""
    stop = unsubscribe_address(mail.person_id, mail.project_id)
    base = settings.FIRSTCUT_URL.rstrip("/")
    facts = {"mail": mail, "notices": [(row.words, base + row.address) for row in mail.notices.order_by("made")], "stop": stop}
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Message-ID": f"<notice-{mail.pk}@firstcut>"}
    made = EmailMultiAlternatives(mail.subject, render_to_string("notices/mail.txt", facts), None, [mail.address], headers=headers)
    made.attach_alternative(render_to_string("notices/mail.html", facts), "text/html")
    return made


def _after(mail: Mail, problem: Exception, now: datetime, *, reached: bool) -> bool:
    """A server that said no certainly has no mail; one that went away in the midst may have."""
    told = f"{type(problem).__name__}: {problem}"[:500]
    if reached and not isinstance(problem, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
        return _end(mail, Mail.State.IN_DOUBT, told)
    if not _temporary(problem) or mail.attempts >= len(PATIENCE):
        return _end(mail, Mail.State.FAILED, told)
    due = now + PATIENCE[mail.attempts]
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.WAITING, due=due, attempts=mail.attempts + 1, error=told)
    return False


def _temporary(problem: Exception) -> bool:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _ in problem.recipients.values())
    if isinstance(problem, smtplib.SMTPResponseException):
        return 400 <= problem.smtp_code < 500
    return not isinstance(problem, smtplib.SMTPNotSupportedError)


def _end(mail: Mail, state: str, told: str) -> bool:
    Mail.objects.filter(pk=mail.pk).update(state=state, attempts=mail.attempts + 1, error=told)
    return False
