"""Which machines there are, and one of them with its key for whoever is about to call it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext
from pydantic import SecretStr

from generation import contract
from generation.contract import BadRequest
from studio.engines.fields import Group
from studio.providers.models import Endpoint
from studio.providers.sealing import Unreadable, unseal
from studio.providers.words import GONE, KEY_UNREADABLE, SWITCHED_OFF


def endpoints() -> QuerySet[Endpoint]:
    return Endpoint.objects.select_related("by").order_by("name")


def names(kind: str) -> list[str]:
    """The machines that an engine may be asked to use."""
    return list(Endpoint.objects.filter(kind=kind, enabled=True).order_by("name").values_list("name", flat=True))


def lacking(kind: str, name: object) -> str:
    """Why an engine cannot be asked to use the machine of that name, as a sentence; empty if it can."""
    row = Endpoint.objects.filter(name=name).only("kind", "enabled").first() if isinstance(name, str) else None
    if row is None:
        return gettext("There is no machine “%(name)s”. An operator adds one under Providers.") % {"name": name}
    if row.kind != kind:
        return gettext("“%(name)s” is of another kind. Choose a machine that this engine speaks to.") % {"name": name}
    return "" if row.enabled else gettext(SWITCHED_OFF) % {"name": name}


def endpoint_named(name: str) -> contract.Endpoint:
    """The machine with its key. Raises `BadRequest` for one that is not there, is switched off, or whose key cannot be read any more."""
    row = Endpoint.objects.filter(name=name).first()
    if row is None:
        raise BadRequest(GONE % {"name": name})
    if not row.enabled:
        raise BadRequest(SWITCHED_OFF % {"name": name})
    return as_contract(row)


def as_contract(row: Endpoint) -> contract.Endpoint:
    """Raises `BadRequest` if the key cannot be read."""
    try:
        key = unseal(row.sealed) if row.sealed else ""
    except Unreadable:
        raise BadRequest(KEY_UNREADABLE % {"name": row.name}) from None
    return contract.Endpoint(name=row.name, kind=row.kind, url=row.url, key=SecretStr(key), settings=row.settings, own_network=row.own_network)


def with_machines(groups: list[Group], kind: str) -> list[Group]:
    """An engine's form with the machines it may use to choose from."""
    for field in (field for group in groups for field in group.fields if field.kind == "endpoint"):
        known = names(kind)
        field.kind, field.choices = "choice", tuple((name, name) for name in known)
        if not known:
            field.help = gettext("There is none yet. An operator adds one under Providers.")
    return groups
