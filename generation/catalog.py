"""Engines by name: every module of `generation.engines` that says `INFO` (or `INFOS`) about itself. Imports no torch and no numba, so that
the web process may ask; only `load` brings the machinery in."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from generation import engines as house
from generation import outside
from generation.contract import BadRequest, Endpoint, Engine, Format, Request
from generation.facts import PICTURE_TASKS, SOUND_TASKS, Checkpoint, Cost, EngineInfo, InputSpec, Limits

_found: dict[str, EngineInfo] = {}
_registered: dict[str, EngineInfo] = {}
_loaded: dict[str, Engine] = {}


def _engines() -> dict[str, EngineInfo]:
    """Looked for once, when somebody first asks. previs comes first, the others by name. Threads that ask at the same time see all or look
    themselves: a page's fragments once came with half of the engines."""
    if not _found:
        found: dict[str, EngineInfo] = {}
        modules = sorted((module.name for module in pkgutil.iter_modules(house.__path__)), key=lambda name: (name != "previs", name))
        for name in modules:
            module = importlib.import_module(f"{house.__name__}.{name}")
            for facts in getattr(module, "INFOS", None) or (module.INFO,):
                found[facts.name] = facts
        _found.update(found)
    return _found | _registered


def register(info: EngineInfo) -> Callable[[], None]:
    """Add an engine of one's own, or put another in the place of one with the same name. Returns what undoes it."""
    before = _registered.get(info.name)
    _registered[info.name] = info
    _loaded.pop(info.name, None)

    def undo() -> None:
        _loaded.pop(info.name, None)
        if before is None:
            _registered.pop(info.name, None)
        else:
            _registered[info.name] = before

    return undo


def engines() -> tuple[EngineInfo, ...]:
    return tuple(_engines().values())


def info(name: str) -> EngineInfo:
    """Raises `BadRequest` for an engine nobody knows."""
    known = _engines()
    try:
        return known[name]
    except KeyError:
        raise BadRequest(f"There is no engine “{name}”. Known are: {', '.join(sorted(known))}.") from None


def load(name: str) -> Engine:
    """The engine itself, made once a process so that it can keep models warm. Raises `BadRequest` where its extra is not installed."""
    if name not in _loaded:
        facts = info(name)
        module, _, attribute = facts.target.partition(":")
        try:
            factory = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            raise BadRequest(f"{facts.title} cannot run here: the Python module “{error.name}” is not installed.") from error
        _loaded[name] = cast(Engine, factory())
    return _loaded[name]


def together(request: Request) -> int:
    """How many takes of a request, which differ in their seed, a worker with this process' card can make at once; at least 1."""
    module, _, name = info(request.engine).together.partition(":")
    return max(1, int(getattr(importlib.import_module(module), name)(request))) if module else 1


def estimate_seconds(request: Request, measured_fps: float | None = None) -> float:
    return info(request.engine).estimate_seconds(request, measured_fps)


def parse_params(request: Request) -> BaseModel:
    """The params as the form of their engine and task. Raises `BadRequest` naming the first field that is wrong."""
    facts = info(request.engine)
    form = facts.forms.get(request.task)
    if form is None:
        raise BadRequest(f"{facts.title} cannot make a {request.task}. It can make: {', '.join(facts.tasks)}.")
    try:
        return form.model_validate(request.params)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "params"
        raise BadRequest(f"{facts.title}, {request.task}: “{where}” is wrong: {first['msg']}.") from error


def validate(request: Request) -> None:
    """Everything that can be known before a job is queued. Raises `BadRequest` with what to change."""
    facts = info(request.engine)
    parse_params(request)
    _check_inputs(facts, request)
    picture = request.format
    if picture is None:
        if request.task in PICTURE_TASKS | SOUND_TASKS:
            raise BadRequest(f"A {request.task} needs a format: its length, and for pictures its size.")
        return
    if request.task == "still" and picture.frames != 1:
        raise BadRequest(f"A still is one frame, not {picture.frames}.")
    if request.task in PICTURE_TASKS:
        _check_size(facts, picture)


def validate_endpoint(endpoint: Endpoint) -> dict[str, Any]:
    """Everything that can be known of another machine before it is called: whether an engine speaks to its kind, its address as it is written,
    its settings. Returns the settings as they are kept. Raises `BadRequest` with what to change."""
    facts = info(endpoint.kind)
    if facts.kind != "outside":
        raise BadRequest(f"{facts.title} works on our own machines and needs no address.")
    outside.judge(endpoint.url, own_network=endpoint.own_network)
    if facts.settings is None:
        return dict(endpoint.settings)
    try:
        return facts.settings.model_validate(endpoint.settings).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        raise BadRequest(f"“{where.replace('_', ' ')}” is wrong: {first['msg'].removeprefix('Value error, ').rstrip('.')}.") from error


def endpoint_choices(kind: str, settings: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """What the fields of an endpoint's settings can be chosen from, where that follows from the settings themselves."""
    module, _, name = info(kind).choices.partition(":")
    return dict(getattr(importlib.import_module(module), name)(settings)) if module else {}


def _check_inputs(facts: EngineInfo, request: Request) -> None:
    """Files of a role the task does not know, too many or too few of one."""
    specs = {spec.role: spec for spec in facts.takes(request.task)}
    counts = {role: sum(1 for item in request.inputs if item.role == role) for role in {*specs, *(item.role for item in request.inputs)}}
    for role, count in counts.items():
        spec = specs.get(role)
        if spec is None:
            known = ", ".join(specs) or "none"
            raise BadRequest(f"{facts.title} has no use for a file as “{role}” in a {request.task}. It takes: {known}.")
        if count < spec.least:
            least = str(spec.least) if spec.least > 1 else "a"
            raise BadRequest(f"{facts.title} needs {least} {spec.title.lower()} for a {request.task}; {count or 'none'} given.")
        if count > spec.most:
            raise BadRequest(f"{facts.title} takes at most {spec.most} of “{spec.title.lower()}”; {count} were given.")


def _check_size(facts: EngineInfo, picture: Format) -> None:
    limits = facts.limits
    if picture.width > limits.max_width or picture.height > limits.max_height:
        raise BadRequest(
            f"{facts.title} goes up to {limits.max_width}×{limits.max_height}; asked for was {picture.width}×{picture.height}. Choose a smaller size."
        )
    if picture.frames > limits.max_frames:
        raise BadRequest(f"{facts.title} goes up to {limits.max_frames} frames a shot; asked for were {picture.frames}. Split the shot.")
    step = limits.multiple_of
    if picture.width % step or picture.height % step:
        raise BadRequest(f"{facts.title} needs a width and height divisible by {step}; {picture.width}×{picture.height} is not.")


__all__ = [
    "Checkpoint", "Cost", "EngineInfo", "InputSpec", "Limits",
    "endpoint_choices", "engines", "estimate_seconds", "info", "load", "parse_params", "register", "together", "validate",
    "validate_endpoint",
]  # fmt: skip
