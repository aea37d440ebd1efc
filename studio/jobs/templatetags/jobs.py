"""How far a job is and why it ended, for whoever reads it."""

from __future__ import annotations

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from studio.jobs import titles, words
from studio.jobs.models import Job

register = template.Library()


@register.filter
def reason(stored: str) -> str:
    """A job's error, or a note on what it made, as it was stored."""
    return words.said(stored or "")


@register.filter
def title_words(job: Job) -> str:
    return titles.shown(job.kind, job.title)


@register.filter
def counting(done: int) -> SafeString:
    """How far a job is, within a sentence: `<job-tray>` keeps it up to date."""
    return format_html('<span class="num" data-job-done>{}</span>', done)


@register.filter
def progress(job: Job) -> SafeString:
    """How far it is: "3 of 30 steps"."""
    if job.unit == "steps":
        words = gettext("%(done)s of %(total)s steps") if job.total else gettext("%(done)s steps")
    else:
        words = gettext("%(done)s of %(total)s frames") if job.total else gettext("%(done)s frames")
    return SafeString(escape(words) % {"done": counting(job.done), "total": figure(job.total)})


@register.filter
def figure(value: object) -> SafeString:
    """A number within a sentence, in figures of one width."""
    return format_html('<span class="num">{}</span>', value)
