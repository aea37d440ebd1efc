"""What must stand before a job of an engine is queued, whichever room asks: a right form, the machine it names, the models it needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from generation import catalog
from generation.contract import BadRequest, Request
from studio.jobs import words
from studio.jobs.kinds import Refused
from studio.providers.queries import lacking
from studio.shelf.queries import missing


def admit(request: Request) -> None:
    """Raises `Refused` with what to change, or the command that gets a model that is missing."""
    admit_all([request])


def admit_all(requests: Sequence[Request]) -> None:
    """The same for many: each machine and each model is asked for once."""
    for request in requests:
        try:
            catalog.validate(request)
        except BadRequest as problem:
            raise Refused(words.said(str(problem))) from problem
    outside = [request for request in requests if catalog.info(request.engine).kind == "outside"]
    for engine, endpoint in dict.fromkeys((request.engine, request.params.get("endpoint")) for request in outside):
        if why := lacking(engine, endpoint):
            raise Refused(why)
    needed = dict.fromkeys((request.engine, name) for request in requests for name in _models_of(request))
    for engine, name in needed:
        if said := missing(engine, name):
            raise Refused(said)


def _models_of(request: Request) -> list[str]:
    return models_of(request.engine, request.task, request.params, {given.role for given in request.inputs})


def models_of(engine: str, task: Any, params: dict[str, Any], roles: Collection[str]) -> list[str]:
    """The models a job needs, by their names on the shelf; an empty name is the engine's own."""
    facts = catalog.info(engine)
    if facts.kind != "gpu":
        return []
    form = facts.forms[task].model_fields
    beside = [("controlnet", {"depth", "control"}), ("ip_adapter", {"reference"})]
    more = [str(params.get(name) or form[name].default) for name, used_by in beside if name in form and set(roles) & used_by]
    adapters = [str(lora["model"]) for lora in params.get("loras", ()) if not str(lora["model"]).startswith("input:")]
    own = [str(params.get("model", ""))] if "model" in form else []
    own += [str(params.get("codec") or form["codec"].default)] if "codec" in form else []
    return [*own, *more, *adapters]
