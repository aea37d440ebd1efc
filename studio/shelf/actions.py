"""What operators do with the shelf. Each writes its rows and its event in one transaction; workers see to the rest within seconds."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from studio.events.log import hold, record
from studio.jobs.models import Worker
from studio.shelf import queries
from studio.shelf.models import Command, Holding, Model, Source, State

HUB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,119}")
FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?")


class Refused(Exception):
    """It was not done; the message says why and what to do."""


def add_model(what: str, *, source: str, revision: str = "", by: Any = None) -> Model:
    """Want a model on every machine: by its hub id, or from a folder (a name in the models' folder, or an absolute path) that workers look for.

    One that is there already is wanted again: what failed is tried again, what was paused goes on, and another revision is fetched in its
    place. Raises `Refused`."""
    what, revision = what.strip(), revision.strip()
    name, place = _hub_id(what) if source == Source.HUB else _folder(what)
    if revision and (not REVISION.fullmatch(revision) or ".." in revision):
        words = gettext("“%(revision)s” is no revision. Give a branch, a tag or a commit, or nothing for the newest.")
        raise Refused(words % {"revision": revision[:60]})
    with transaction.atomic():
        hold(None)
        row = Model.objects.select_for_update().filter(name=name).first()
        if row is not None:
            return _want_again(row, source, place, revision, by)
        known = queries.checkpoints().get(name) if source == Source.HUB else None
        facts = {
            "licence": known.licence,
            "licence_url": known.licence_url,
            "territories": known.territories,
            "revenue": known.revenue,
            "gated": known.gated,
        } if known else {}  # fmt: skip
        row = Model.objects.create(name=name, source=source, place=place, revision=revision if source == Source.HUB else "", added_by=by, **facts)
        record("model.added", actor=by, subject=row, data={"name": name, "source": source, "revision": row.revision})
    return row


def _want_again(row: Model, source: str, place: str, revision: str, by: Any) -> Model:
    if not row.wanted:
        raise Refused(gettext("“%(model)s” is just being removed. Add it again when it has left the shelf.") % {"model": row.name})
    if (row.source, row.place) != (source, place):
        words = gettext("There is a model “%(model)s” on the shelf already, from another place. Remove that one first, or rename the folder.")
        raise Refused(words % {"model": row.name})
    if source == Source.HUB and revision != row.revision:
        row.revision, row.commit = revision, ""
        row.holdings.exclude(state=State.REMOVING).update(state=State.ABSENT, error="", tries=0, again=None, done=0, total=0)
    row.paused = False
    row.save(update_fields=["revision", "commit", "paused"])
    row.holdings.filter(state=State.FAILED).update(state=State.ABSENT, error="", tries=0, again=None, at=timezone.now())
    record("model.added", actor=by, subject=row, data={"name": row.name, "source": source, "revision": revision, "again": True})
    return row


def _hub_id(what: str) -> tuple[str, str]:
    if queries.hub_is_off():
        raise Refused(gettext("The hub is switched off here (FIRSTCUT_HUB=off). Put the model's folder on a worker's machine and add that."))
    if not HUB_ID.fullmatch(what) or ".." in what or "--" in what:
        words = gettext("“%(id)s” is no hub id. It has the form owner/name, as it stands on the model's page.")
        raise Refused(words % {"id": what[:120]})
    return what, ""


def _folder(what: str) -> tuple[str, str]:
    path = PurePosixPath(what)
    if not what or len(what) > 400 or ".." in path.parts or any(ord(letter) < 32 for letter in what):
        raise Refused(gettext("Give a folder in the models' folder by its name, or an absolute path on the workers' machine, without “..” in it."))
    name = path.name if path.is_absolute() else what.replace("--", "/", 1)
    if not FOLDER.fullmatch(name):
        words = gettext("The folder's name “%(name)s” cannot be a model's name. Use letters, digits, dots, dashes and underscores.")
        raise Refused(words % {"name": name[:80]})
    return name, str(path) if path.is_absolute() else ""


def _of(name: str) -> Model:
    """The row, locked; the installation's turn is held first, as for every change of the shelf."""
    hold(None)
    row = Model.objects.select_for_update().filter(name=name).first()
    if row is None:
        raise Refused(gettext("There is no model “%(model)s” on the shelf.") % {"model": name})
    if not row.wanted:
        raise Refused(gettext("“%(model)s” is just being removed.") % {"model": name})
    return row


@transaction.atomic
def pause_model(name: str, *, by: Any = None) -> Model:
    """Stop its downloads within seconds; what was fetched is kept."""
    row = _of(name)
    if not row.paused:
        row.paused = True
        row.save(update_fields=["paused"])
        record("model.paused", actor=by, subject=row, data={"name": name})
    return row


@transaction.atomic
def resume_model(name: str, *, by: Any = None) -> Model:
    """Go on with what was paused, and try again what failed."""
    row = _of(name)
    if row.source == Source.HUB and queries.hub_is_off():
        raise Refused(gettext("The hub is switched off here (FIRSTCUT_HUB=off), so nothing can be fetched."))
    row.paused = False
    row.save(update_fields=["paused"])
    again = row.holdings.filter(state__in=(State.FAILED, State.ABSENT, State.DOWNLOADING))
    again.update(state=State.ABSENT, error="", tries=0, again=None, at=timezone.now())
    record("model.resumed", actor=by, subject=row, data={"name": name})
    return row


@transaction.atomic
def remove_model(name: str, *, by: Any = None) -> None:
    """Take a model off the shelf and its files off every machine. Files of a folder that lay in the models' folder by itself stay.

    Raises `Refused` while a job that needs it runs or waits."""
    row = _of(name)
    busy = list(queries.jobs_with(name))
    if busy:
        raise Refused(_in_use(name, [title for _, title, _ in busy]))
    record("model.removed", actor=by, subject=row, data={"name": name, "sha256": row.sha256, "commit": row.commit})
    row.wanted = False
    row.save(update_fields=["wanted"])
    row.holdings.update(state=State.REMOVING, error="", again=None, at=timezone.now())
    _forget(row)


def _in_use(name: str, titles: list[str]) -> str:
    """Why a model stays that these jobs need."""
    count, named = len(titles), ", ".join(f"“{title}”" for title in titles[:3] if title)
    if named:
        words = ngettext(
            "“%(model)s” stays: %(count)d job runs or waits with it (%(jobs)s). Let them end or cancel them, then remove it.",
            "“%(model)s” stays: %(count)d jobs run or wait with it (%(jobs)s). Let them end or cancel them, then remove it.",
            count,
        )
    else:
        words = ngettext(
            "“%(model)s” stays: %(count)d job runs or waits with it. Let them end or cancel them, then remove it.",
            "“%(model)s” stays: %(count)d jobs run or wait with it. Let them end or cancel them, then remove it.",
            count,
        )
    return words % {"model": name, "count": count, "jobs": named}


def _forget(row: Model) -> bool:
    """Drop the row once no machine that was heard lately has anything of it."""
    alive = list(queries.live_hosts().values_list("name", flat=True))
    if Holding.objects.filter(model=row, host__in=alive).exists():
        return False
    row.delete()
    return True


@transaction.atomic
def forget_removed() -> int:
    """Rows of removed models whose machines have all answered, or are gone, go. Returns how many."""
    return sum(_forget(row) for row in Model.objects.select_for_update(skip_locked=True).filter(wanted=False))


@transaction.atomic
def command_worker(name: str, worker: str, what: str, *, by: Any = None) -> Command:
    """Ask one worker to load a model into its memory now, or to drop it. It obeys within seconds, or after the job it is at."""
    row = _of(name)
    if what not in (Command.WARM, Command.UNLOAD):
        raise Refused(gettext("A worker can be asked to warm or to unload a model."))
    known: Worker | None = queries.workers_with(row).filter(name=worker).first()
    if known is None:
        words = gettext("No worker “%(worker)s” that holds “%(model)s” was heard lately. Look at the page again.")
        raise Refused(words % {"worker": worker[:80], "model": name})
    open_ones = Command.objects.filter(worker=worker, model=row, what=what, state__in=(Command.SENT, Command.TAKEN))
    asked = open_ones.first()
    if asked is None:
        asked = Command.objects.create(worker=worker, model=row, what=what, by=by)
        record("model.commanded", actor=by, subject=row, data={"name": name, "worker": worker, "what": what})
    return asked
