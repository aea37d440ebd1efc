"""What an engine says about itself, so that it can be chosen, asked and paid for without being loaded. Imports no torch and no numba."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from generation.contract import Frozen, Request, Task

REFERENCE_PIXELS = 640 * 360
PICTURE_TASKS: frozenset[Task] = frozenset({"still", "shot", "upscale", "interpolate"})
SOUND_TASKS: frozenset[Task] = frozenset({"music", "tone", "effect"})
Family = Literal["previs", "image", "video", "control", "post", "music", "voice", "text", "other machines"]
Medium = Literal["picture", "video", "sound", "mask", "depth", "camera", "file"]


class Limits(Frozen):
    max_width: int = 3840
    max_height: int = 2160
    max_frames: int = 20_000
    multiple_of: int = 2  # of width and height


class Cost(Frozen):
    """Guesses until a machine was measured: `fps` is frames a second at 640×360 and 20 steps; for sound, seconds of it a second;
    `seconds` is once a job."""

    fps: float = Field(gt=0)
    seconds: float = Field(ge=0)


class Checkpoint(Frozen):
    """Weights an engine is known to work with. `territories` and `revenue` are the licence's own limits in words, empty where it has none."""

    title: str
    hub: str  # "owner/name" on the hub
    licence: str
    licence_url: str = ""
    territories: str = ""
    revenue: str = ""
    gib: float = Field(ge=0)  # to download
    memory_gib: float = Field(ge=0)  # on the card, as the engine runs it by default
    gated: bool = False  # the hub wants a token and an accepted licence
    base: bool = True  # False for what is used beside a model: an adapter, a control network, an upsampler


class InputSpec(Frozen):
    """Files of one role that a task takes: between `least` and `most`."""

    role: str  # "first_frame", "reference", "mask", "depth", "voice" …
    title: str
    medium: Medium
    least: int = Field(0, ge=0)
    most: int = Field(1, ge=1)
    help: str = ""
    consent: bool = False  # somebody's voice: given only under a recorded consent


LORA = InputSpec(role="lora", title="LoRA", medium="file", most=8, help="An uploaded adapter; its weight stands under LoRAs.")


class EngineInfo(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    name: str
    title: str
    description: str  # one honest line for whoever chooses
    licence: str
    kind: Literal["cpu", "gpu", "outside"]  # what it works on; "outside": another machine's, over the network
    target: str  # "module:Class" of the Engine
    forms: Mapping[Task, type[BaseModel]]  # what `Request.params` must be, by task
    inputs: Mapping[Task, tuple[InputSpec, ...]] = Field(default_factory=dict)  # the files that may or must come with it, by task
    family: Family = "other machines"
    limits: Limits = Limits()
    costs: Mapping[Task, Cost]
    checkpoints: tuple[Checkpoint, ...] = ()  # known models, the default first
    classes: tuple[str, ...] = ()  # of the libraries it runs: "diffusers.WanPipeline"
    together: str = ""  # "module:function" of a request → how many that differ in their seed this worker's card can make at once; empty: one
    repeatable: bool = True  # the same request gives the same bytes on the same machine and versions
    loras: bool = False
    designs: tuple[str, ...] = ()  # params that describe a voice in words: used only under a consent that says it imitates nobody
    imitates: tuple[str, ...] = ()  # params that say that a person's own voice is imitated: used only under that person's consent
    needs: tuple[str, ...] = ()  # modules of an extra that must be installed
    # For engines of kind "outside", whose params name an `endpoint`:
    settings: type[BaseModel] | None = None  # what `Endpoint.settings` must be
    presets: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)  # settings to begin from, by what they are for
    choices: str = ""  # "module:function" of the settings → {field: ((value, words), …)} to choose from; quick, calls nobody
    check: str = ""  # "module:function" of (Endpoint, tick) → (a sentence, plain JSON): asks an endpoint how it is, briefly and for nothing

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(self.forms)

    def form_schema(self, task: Task) -> dict[str, Any]:
        """JSON schema of the params of a task, for drawing a form."""
        return self.forms[task].model_json_schema()

    def takes(self, task: Task) -> tuple[InputSpec, ...]:
        """The files of a task; with an adapter's, where the engine wears adapters."""
        return self.inputs.get(task, ()) + ((LORA,) if self.loras else ())

    def estimate_seconds(self, request: Request, measured_fps: float | None = None) -> float:
        """How long it will take on one worker. `measured_fps` is what this engine last reached in this very format, if known."""
        cost = self.costs[request.task]
        if request.format is None:
            return cost.seconds
        if request.task in SOUND_TASKS:
            return cost.seconds + request.format.rate.seconds(request.format.frames) / cost.fps
        pixels = request.format.width * request.format.height
        draft = 2.0 if request.params.get("quality") == "draft" else 1.0
        steps = float(request.params.get("steps") or 20) / 20
        fps = measured_fps or cost.fps * draft / steps * REFERENCE_PIXELS / pixels
        return cost.seconds + request.format.frames / fps
