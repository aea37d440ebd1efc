"""Which machines there are, and one of them with its key for whoever is about to call it."""

from __future__ import annotations

from django.db.models import QuerySet
from pydantic import SecretStr

from generation import contract
from generation.contract import BadRequest
from studio.engines.fields import Group
from studio.providers.models import Endpoint
from studio.providers.sealing import Unreadable, unseal


def endpoints() -> QuerySet[Endpoint]:
    return Endpoint.objects.select_related("by").order_by("name")


def names(kind: str) -> list[str]:
    """The machines that an engine may be asked to use."""
    return list(Endpoint.objects.filter(kind=kind, enabled=True).order_by("name").values_list("name", flat=True))


def lacking(kind: str, name: object) -> str:
    """Why an engine cannot be asked to use the machine of that name, as a sentence; empty if it can."""
    row = Endpoint.objects.filter(name=name).only("kind", "enabled").first() if isinstance(name, str) else None
    if row is None:
        return f"There is no machine “{name}”. An operator adds one under Providers."
    if row.kind != kind:
        return f"“{name}” is of another kind. Choose a machine that this engine speaks to."
    return "" if row.enabled else f"“{name}” was switched off by an operator. Choose another, or ask for it to be switched on."


def endpoint_named(name: str) -> contract.Endpoint:
    """The machine with its key. Raises `BadRequest` for one that is not there, is switched off, or whose key cannot be read any more."""
    row = Endpoint.objects.filter(name=name).first()
    if row is None:
        raise BadRequest(f"There is no machine “{name}” any more. An operator adds one under Providers.")
    if not row.enabled:
        raise BadRequest(f"“{name}” was switched off by an operator. Choose another, or ask for it to be switched on.")
    return as_contract(row)


def as_contract(row: Endpoint) -> contract.Endpoint:
    """Raises `BadRequest` if the key cannot be read."""
    try:
        key = unseal(row.sealed) if row.sealed else ""
    except Unreadable:
        raise BadRequest(
            f"The key of “{row.name}” cannot be read here: the installation's secret was changed, or this worker has another SECRET_KEY. "
            "An operator enters the key again, or gives the worker the same secret."
        ) from None
    return contract.Endpoint(name=row.name, kind=row.kind, url=row.url, key=SecretStr(key), settings=row.settings, own_network=row.own_network)


def with_machines(groups: list[Group], kind: str) -> list[Group]:
    """An engine's form with the machines it may use to choose from."""
    for field in (field for group in groups for field in group.fields if field.kind == "endpoint"):
        known = names(kind)
        field.kind, field.choices = "choice", tuple((name, name) for name in known)
        if not known:
            field.help = "There is none yet. An operator adds one under Providers."
    return groups
