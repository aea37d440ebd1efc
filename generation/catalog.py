"""Engines by name: what each can do, its form, its limits, its licence and what it costs. Imports no torch and no numba, so that the
web process may ask; only `load` brings the machinery in."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generation.contract import (
    BadRequest,
    Engine,
    FigureParams,
    Format,
    Frozen,
    MusicParams,
    Request,
    SetParams,
    ShotParams,
    Task,
    VoiceParams,
)

REFERENCE_PIXELS = 640 * 360
PICTURE_TASKS: frozenset[Task] = frozenset({"still", "shot"})
SOUND_TASKS: frozenset[Task] = frozenset({"music", "tone"})


class DiffusionParams(Frozen):
    """`Request.params` of the engine "diffusers". `model` is a folder as written by `save_pretrained`; nothing is ever downloaded.

    `prompt` wins; without one it is composed from the other words in the order place, subject, action, camera, style.
    """

    model: str = Field(min_length=1, max_length=1024)
    prompt: str = Field("", max_length=4000)
    place: str = Field("", max_length=1000)
    subject: str = Field("", max_length=1000)
    action: str = Field("", max_length=1000)
    camera: str = Field("", max_length=400)
    style: str = Field("", max_length=1000)
    negative: str = Field("", max_length=2000)
    steps: int = Field(20, ge=1, le=200)
    guidance: float = Field(5.0, ge=0, le=30)

    def words(self) -> str:
        parts = (self.place, self.subject, self.action, self.camera, self.style)
        return self.prompt.strip() or ", ".join(part.strip().rstrip(".") for part in parts if part.strip())


class Limits(Frozen):
    max_width: int = 3840
    max_height: int = 2160
    max_frames: int = 20_000
    multiple_of: int = 2  # of width and height


class Cost(Frozen):
    """Guesses until a machine was measured: `fps` is frames a second at 640×360; `seconds` is once a job."""

    fps: float = Field(gt=0)
    seconds: float = Field(ge=0)


class EngineInfo(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    name: str
    title: str
    description: str  # one honest line for whoever chooses
    licence: str
    kind: Literal["cpu", "gpu"]
    target: str  # "module:Class" of the Engine
    forms: Mapping[Task, type[BaseModel]]  # what `Request.params` must be, by task
    limits: Limits = Limits()
    costs: Mapping[Task, Cost]
    needs: tuple[str, ...] = ()  # modules of an extra that must be installed

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(self.forms)

    def form_schema(self, task: Task) -> dict[str, Any]:
        """JSON schema of the params of a task, for drawing a form."""
        return self.forms[task].model_json_schema()

    def estimate_seconds(self, request: Request, measured_fps: float | None = None) -> float:
        """How long it will take on one worker. `measured_fps` is what this engine last reached in this very format, if known."""
        cost = self.costs[request.task]
        if request.format is None:
            return cost.seconds
        if request.task in SOUND_TASKS:
            return cost.seconds + request.format.rate.seconds(request.format.frames) / cost.fps
        pixels = request.format.width * request.format.height
        draft = 2.0 if request.params.get("quality") == "draft" else 1.0
        steps = float(request.params.get("steps", 20)) / 20
        fps = measured_fps or cost.fps * draft / steps * REFERENCE_PIXELS / pixels
        return cost.seconds + request.format.frames / fps


_PREVIS = EngineInfo(
    name="previs",
    title="Previs",
    description="Previs: an animatic of lit maquettes with voices and music, made on any computer. Not a neural render.",
    licence="Apache-2.0 (speech through eSpeak NG, GPL-3, as a program of its own)",
    kind="cpu",
    target="generation.engines.previs:Previs",
    forms=MappingProxyType(
        {
            "set": SetParams,
            "figure": FigureParams,
            "still": ShotParams,
            "shot": ShotParams,
            "voice": VoiceParams,
            "music": MusicParams,
            "tone": MusicParams,
        }
    ),
    costs=MappingProxyType(
        {
            "set": Cost(fps=1, seconds=0.5),
            "figure": Cost(fps=1, seconds=0.5),
            "still": Cost(fps=4, seconds=0.5),
            "shot": Cost(fps=12, seconds=1.0),
            "voice": Cost(fps=1, seconds=0.5),
            "music": Cost(fps=8, seconds=0.5),  # for sound: seconds of sound a second
            "tone": Cost(fps=15, seconds=0.5),
        }
    ),
)

_DIFFUSERS = EngineInfo(
    name="diffusers",
    title="Neural model (diffusers)",
    description="Any text-to-image or text-to-video model on this machine that diffusers can read. The model's own licence holds for what it makes.",
    licence="Apache-2.0; each model has its own",
    kind="gpu",
    target="generation.engines.diffusion:Diffusion",
    forms=MappingProxyType({"still": DiffusionParams, "shot": DiffusionParams}),
    limits=Limits(max_width=2048, max_height=2048, max_frames=1000),
    costs=MappingProxyType({"still": Cost(fps=0.2, seconds=20.0), "shot": Cost(fps=1.0, seconds=30.0)}),
    needs=("torch", "diffusers", "transformers"),
)

_engines: dict[str, EngineInfo] = {info.name: info for info in (_PREVIS, _DIFFUSERS)}
_loaded: dict[str, Engine] = {}


def register(info: EngineInfo) -> Callable[[], None]:
    """Add an engine of one's own, or put another in the place of one with the same name. Returns what undoes it."""
    before = _engines.get(info.name)
    _engines[info.name] = info
    _loaded.pop(info.name, None)

    def undo() -> None:
        _loaded.pop(info.name, None)
        if before is None:
            _engines.pop(info.name, None)
        else:
            _engines[info.name] = before

    return undo


def engines() -> tuple[EngineInfo, ...]:
    return tuple(_engines.values())


def info(name: str) -> EngineInfo:
    """Raises `BadRequest` for an engine nobody knows."""
    try:
        return _engines[name]
    except KeyError:
        raise BadRequest(f"There is no engine “{name}”. Known are: {', '.join(sorted(_engines))}.") from None


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
    picture = request.format
    if picture is None:
        if request.task in PICTURE_TASKS | SOUND_TASKS:
            raise BadRequest(f"A {request.task} needs a format: its length, and for pictures its size.")
        return
    if request.task == "still" and picture.frames != 1:
        raise BadRequest(f"A still is one frame, not {picture.frames}.")
    if request.task in PICTURE_TASKS:
        _check_size(facts, picture)


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
