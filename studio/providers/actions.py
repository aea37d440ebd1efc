"""Adding, changing, checking, switching and removing other machines. Every change is an event; no event, page or log ever holds a key."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from pydantic import SecretStr

from generation import catalog, contract
from generation.contract import BadRequest
from studio.events.log import record
from studio.jobs import words
from studio.providers.models import Endpoint
from studio.providers.sealing import seal
from studio.providers.words import NOBODY_TOLD

log = logging.getLogger(__name__)


class Wrong(Exception):
    """What was typed cannot be kept; the message says why. Nothing was changed."""


class Conflict(Exception):
    """Somebody changed it meanwhile."""


@dataclass(frozen=True)
class Typed:
    """What an operator says of a machine. `key` is None where it stays what it is, empty where there is to be none."""

    name: str
    kind: str
    url: str
    key: str | None
    own_network: bool
    settings: dict[str, Any]


def _checked(typed: Typed) -> dict[str, Any]:
    """The settings as they are kept. Raises `Wrong`."""
    if typed.key is not None and (not typed.key.isascii() or not typed.key.isprintable() or len(typed.key) > 2000):
        raise Wrong(gettext("The key has characters in it that no key has. Paste it again."))
    key = SecretStr(typed.key or "")
    try:
        return catalog.validate_endpoint(
            contract.Endpoint(name=typed.name, kind=typed.kind, url=typed.url, key=key, settings=typed.settings, own_network=typed.own_network)
        )
    except BadRequest as problem:
        raise Wrong(words.said(str(problem))) from problem


def add_endpoint(typed: Typed, *, by: Any) -> Endpoint:
    """Keep a machine and have a look at it. Raises `Wrong`."""
    settings = _checked(typed)
    sealed = seal(typed.key) if typed.key else ""
    try:
        with transaction.atomic():
            row = Endpoint.objects.create(
                name=typed.name, kind=typed.kind, url=typed.url, sealed=sealed, settings=settings, own_network=typed.own_network, by=by
            )
            record("provider.added", actor=by, subject=row, data={"name": row.name, "kind": row.kind, "host": row.host, "own": row.own_network})
            ask_check(row)
    except IntegrityError:
        raise Wrong(gettext("There is a machine “%(name)s” already. Give this one another name.") % {"name": typed.name}) from None
    return row


def change_endpoint(row: Endpoint, typed: Typed, *, by: Any, revision: int) -> Endpoint:
    """Change a machine as it was at `revision`. A key that was sent to one host is not sent to another unasked: a new address asks for the
    key again. Raises `Wrong`, `Conflict`."""
    settings = _checked(typed)
    try:
        with transaction.atomic():
            held = Endpoint.objects.select_for_update().get(pk=row.pk)
            if held.revision != revision:
                said = gettext("“%(name)s” was changed by somebody else meanwhile. What stands here now is theirs.")
                raise Conflict(said % {"name": held.name})
            if typed.key is None and held.sealed and _origin(typed.url) != _origin(held.url):
                raise Wrong(
                    gettext("The address leads to another host now: enter the key for it, or tick that it has none. The old one is not sent there.")
                )
            new = {"name": typed.name, "url": typed.url, "own_network": typed.own_network, "settings": settings}
            changed = sorted(name for name, value in new.items() if getattr(held, name) != value)
            for name, value in new.items():
                setattr(held, name, value)
            if typed.key is not None:
                held.sealed = seal(typed.key) if typed.key else ""
                changed.append("key")
            if changed:
                held.revision += 1
                held.save()
                record("provider.changed", actor=by, subject=held, data={"name": held.name, "host": held.host, "changed": changed})
                ask_check(held)
    except IntegrityError:
        raise Wrong(gettext("There is a machine “%(name)s” already. Give this one another name.") % {"name": typed.name}) from None
    return held


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3]).lower()


@transaction.atomic
def switch_endpoint(row: Endpoint, *, by: Any, enabled: bool) -> Endpoint:
    """Switched off, it is offered to nobody, and jobs that would use it fail with that word. What is running goes on."""
    if Endpoint.objects.filter(pk=row.pk, enabled=not enabled).update(enabled=enabled):
        record("provider.enabled" if enabled else "provider.disabled", actor=by, subject=row, data={"name": row.name})
    row.enabled = enabled
    return row


@transaction.atomic
def remove_endpoint(row: Endpoint, *, by: Any) -> None:
    """Forget a machine and its key. Recipes keep its name."""
    record("provider.removed", actor=by, subject=row, data={"name": row.name, "kind": row.kind, "host": row.host})
    row.delete()


@transaction.atomic
def ask_check(row: Endpoint) -> None:
    """Have a worker look whether it answers; the row says what came of it."""
    now = timezone.now()
    Endpoint.objects.filter(pk=row.pk).update(check_state=Endpoint.ASKED, check_words="", checked=now)
    row.check_state, row.check_words, row.checked = Endpoint.ASKED, "", now
    transaction.on_commit(lambda: _send(row.pk, row.revision))


def _send(pk: int, revision: int) -> None:
    from studio.providers.tasks import check

    try:
        check.apply_async(args=[pk, revision], queue="desk", retry=False)
    except Exception as problem:  # the broker may be away; the page offers to ask again
        log.warning("nobody was told to check a provider: %s", problem)
        Endpoint.objects.filter(pk=pk, revision=revision).update(check_state=Endpoint.FAILED, check_words=NOBODY_TOLD)
