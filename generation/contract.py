"""What the studio asks of an engine, and what it gets back.

Everything here is frozen, validated and versioned: a `Request` is stored for ever as the recipe of a take, so an old one
must stay readable. `Request.load` upgrades stored requests through `UPGRADES`, one step per schema version.

Frames are integers at a rational rate; sound is 48,000 Hz float32, shape (samples, channels), full scale ±1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

SCHEMA = 1
SAMPLE_RATE = 48_000
Task = Literal["set", "figure", "still", "shot", "upscale", "interpolate", "voice", "music", "tone", "effect", "text"]
Pixels = NDArray[np.uint8]
Samples = NDArray[np.float32]
Shown = Pixels | Callable[[], Pixels | None]
Preview = Shown | tuple[Shown, ...]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rate(Frozen):
    """Frames per second as two integers: 24000/1001, never 23.976."""

    num: int = Field(24, ge=1, le=240_000)
    den: int = Field(1, ge=1, le=1001)

    @property
    def fps(self) -> Fraction:
        return Fraction(self.num, self.den)

    def seconds(self, frames: int) -> float:
        return frames * self.den / self.num

    def samples(self, frames: int) -> int:
        """Audio samples before the start of frame `frames`, rounded half up; exact over any length."""
        return (2 * frames * self.den * SAMPLE_RATE + self.num) // (2 * self.num)


class Format(Frozen):
    """The picture asked for. `frames` is 1 for a still. Width and height are even."""

    width: int = Field(640, ge=16, le=7680, multiple_of=2)
    height: int = Field(360, ge=16, le=7680, multiple_of=2)
    rate: Rate = Rate()
    frames: int = Field(1, ge=1, le=200_000)


class Input(Frozen):
    """One file the engine is given, by content. The worker puts it at a local path before the engine runs."""

    name: str
    role: str  # "reference", "depth", "first_frame", "voice" …
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    media_type: str


class Request(Frozen):
    """One request for generation. The same request gives the same bytes on the same machine and versions.

    `params` are the engine's own, validated by its form in the catalog before the request is stored.
    """

    schema_version: int = SCHEMA
    engine: str
    task: Task
    seed: int = Field(0, ge=0, le=2**31 - 1)
    format: Format | None = None
    params: dict[str, Any] = Field(default_factory=dict)
    inputs: tuple[Input, ...] = ()

    @field_validator("params")
    @classmethod
    def _plain_json(cls, value: dict[str, Any]) -> dict[str, Any]:
        json.dumps(value, allow_nan=False)
        return value

    def canonical(self) -> str:
        """Canonical JSON (sorted keys, no spaces): what the recipe's hash is taken of."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def digest(self) -> str:
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    @classmethod
    def load(cls, stored: dict[str, Any]) -> Request:
        """A stored request of any age. Raises `BadRequest` if it was written by a newer Firstcut."""
        data = dict(stored)
        version = int(data.get("schema_version", 1))
        if version > SCHEMA:
            raise BadRequest(f"This recipe was written by a newer Firstcut (schema {version}); this one reads up to {SCHEMA}.")
        while version < SCHEMA:
            data = UPGRADES[version](data)
            version += 1
        return cls.model_validate(data)


UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


class Progress(Frozen):
    """How far a running job is. `done` of `total` are frames, or steps where an engine has no frames."""

    done: int = Field(ge=0)
    total: int = Field(ge=1)
    unit: Literal["frames", "steps"] = "frames"
    eta_seconds: float | None = None
    stage: str = ""

    @property
    def fraction(self) -> float:
        return min(1.0, self.done / self.total)


class Output(Frozen):
    """One file an engine made, still at a local path. `meta` is plain JSON: frames, width, samples, segment index …"""

    name: str  # "master", "rendition", "light", "poster", "filmstrip", "sound", "waveform", "depth", "ids" …
    path: str
    media_type: str
    sha256: str
    size: int
    meta: dict[str, Any] = Field(default_factory=dict)


class Usage(Frozen):
    """What a result used besides time. `money` is the provider's own price; None where the installation's rates hold."""

    money: Decimal | None = None
    currency: str = Field("", max_length=3)  # ISO 4217
    tokens_in: int = Field(0, ge=0)
    tokens_out: int = Field(0, ge=0)
    joules: float | None = None
    provider_job: str = ""


class Result(Frozen):
    """What came of a request. `data` is the answer in plain JSON (a design, word times, measures, the camera's path);
    `notes` are sentences a person should read ("a harpsichord became a plain block")."""

    outputs: tuple[Output, ...] = ()
    data: dict[str, Any] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    engine_version: str = ""
    seconds: float = 0.0
    usage: Usage = Usage()


class Stage(Frozen):
    """A stage of a job that is done and need not be done again: plain JSON and files, by name."""

    name: str
    data: dict[str, Any] = Field(default_factory=dict)
    files: dict[str, Path] = Field(default_factory=dict)


class Endpoint(Frozen):
    """Another machine that works for us. `key` is never stored in a request, a result or a log."""

    name: str
    kind: str  # which engine speaks to it
    url: str
    key: SecretStr = SecretStr("")
    settings: dict[str, Any] = Field(default_factory=dict)  # the engine's own: a workflow, prices, models
    own_network: bool = False  # an operator said that it stands on our own network: see `generation.outside`


class Failure(Exception):
    """A job that could not be done. The message is for a person: what happened, to what, what to do."""

    retryable = False


class BadRequest(Failure):
    """The request itself is wrong; asking again cannot help."""


class Cancelled(Failure):
    """Somebody asked for the work to stop."""


class OutOfMemory(Failure):
    """The machine's memory was too small for this request; the message says what to change. `lighter` is what of the params to change so that
    the same result may fit, slower; {} where nothing is known to help."""

    def __init__(self, message: str, lighter: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.lighter = lighter or {}


class Transient(Failure):
    """Something outside failed (a disk, a network, a peer); trying again may help."""

    retryable = True


class Context(Protocol):
    """What an engine may use while it works; the runner provides it."""

    workdir: Path
    seeds: tuple[int, ...]
    """The request's own; for an engine that says how many takes it makes `together`, also those of the others, which differ from the request
    in nothing else. `frames` is then called once for each."""

    def input(self, name: str) -> Path:
        """The local path of an input. Raises `BadRequest` if the request has none of that name."""
        ...

    def inputs(self, role: str) -> list[Path]:
        """The local paths of all inputs of a role, in the request's order; empty if there are none."""
        ...

    def endpoint(self, name: str) -> Endpoint:
        """The other machine of that name. Raises `BadRequest` if this worker knows none."""
        ...

    def progress(
        self, done: int, total: int, *, unit: Literal["frames", "steps"] = "frames", stage: str = "", preview: Preview | None = None
    ) -> None:
        """Tell how far it is; raises `Cancelled` if somebody asked to stop. `preview` is RGB, uint8, (h, w, 3), or several frames of
        the clip as (n, h, w, 3), which are shown moving; or what makes it, called only when one is to be shown; or a tuple of these, one for
        each of `seeds`. Cheap: call it every frame."""
        ...

    def frames(self, frames: Iterator[Pixels], *, deferrable: bool = False, take: int = 0) -> None:
        """Hand over the picture: RGB uint8 (h, w, 3) arrays in order, exactly `format.frames` of them. They are encoded, hashed and made
        into poster and filmstrip as they arrive; calls `progress` itself. `deferrable`: nothing the engine does afterwards depends on
        the frames having been drawn, so they may be drawn beside the next job's work. `take` is which of `seeds` they are of."""
        ...

    def sound(self, samples: Samples) -> None:
        """Hand over sound: float32 (samples, channels) at 48 kHz; stored lossless (FLAC) with waveform and loudness."""
        ...

    def save(self, name: str, data: bytes, media_type: str, meta: dict[str, Any] | None = None) -> None:
        """Hand over any other file (depth, ids, camera path)."""
        ...

    def used(self, usage: Usage) -> None:
        """Say what was used besides time, as soon as it is known: it is paid for if the work fails too. The last word counts."""
        ...

    def remember(self, stage: Stage) -> None:
        """Keep a finished stage, so that the next attempt need not repeat it. Kept before this returns; its files may be removed then."""
        ...

    def remembered(self) -> Stage | None:
        """The last stage that an earlier attempt at this very request kept, its files at local paths; None if there is none."""
        ...


class Engine(Protocol):
    """One way of generating. Engines never import each other."""

    name: str
    version: str

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Do the work and return (`Result.data`, `Result.notes`). Raises `Failure`."""
        ...


# The camera's words: the field's own, fixed, shared by studio and engines.

Size = Literal[
    "extreme wide", "wide", "full", "medium wide", "medium", "medium close-up", "close-up", "extreme close-up",
    "two-shot", "over the shoulder", "insert", "point of view",
]  # fmt: skip
Angle = Literal["eye level", "low", "high", "overhead", "dutch"]
Move = Literal[
    "static", "pan left", "pan right", "tilt up", "tilt down", "push in", "pull out", "truck left", "truck right", "pedestal up", "pedestal down",
    "orbit left", "orbit right", "tracking", "crane up", "crane down", "handheld", "whip pan", "zoom in", "zoom out", "rack focus",
]  # fmt: skip
Speed = Literal["slow", "normal", "fast"]
Easing = Literal["linear", "ease in", "ease out", "ease in and out"]


class CameraPlan(Frozen):
    """How one shot is seen. `subjects` are names from the cast or words from the set ("the lamp"), first is the one in focus;
    `over` is the figure whose shoulder is in the foreground. `lens` is the focal length in millimetres on a 36×24 gate."""

    size: Size = "wide"
    angle: Angle = "eye level"
    lens: int = Field(35, ge=10, le=300)
    move: Move = "static"
    speed: Speed = "normal"
    easing: Easing = "ease in and out"
    subjects: tuple[str, ...] = ()
    over: str = ""


class Word(Frozen):
    """One spoken word, in seconds from the start of its sound."""

    text: str
    start: float
    end: float


class SpokenLine(Frozen):
    """A line inside a shot. `start` is in frames from the shot's first frame (negative: it began in the shot before)."""

    character: str
    text: str
    start: int = 0
    seconds: float = 1.0
    words: tuple[Word, ...] = ()
    off_screen: bool = False  # V.O. or O.S.: the mouth does not move


class Beat(Frozen):
    """What one shot of the scene does, in order; earlier beats tell where everybody stands when a shot begins."""

    action: str = ""
    characters: tuple[str, ...] = ()  # who is in the scene and seen in this beat
    speakers: tuple[str, ...] = ()  # who speaks, in order


class SceneFacts(Frozen):
    """What is true in a scene."""

    number: str = "1"
    heading: str = ""
    place: str = ""
    interior: bool = True
    time: str = "day"  # day, night, dawn, dusk, morning, evening …
    weather: str = "clear"
    mood: str = ""
    cast: tuple[str, ...] = ()  # everyone who appears in the scene, in order of appearance
    beats: tuple[Beat, ...] = ()


class ShotParams(Frozen):
    """`Request.params` of previs for task "shot" and "still"."""

    quality: Literal["draft", "film"] = "film"
    set_design: dict[str, Any]  # Result.data of task "set"
    figures: dict[str, dict[str, Any]]  # name → Result.data of task "figure"
    scene: SceneFacts
    beat: int = Field(0, ge=0)  # which of scene.beats this shot is
    camera: CameraPlan = CameraPlan()
    lines: tuple[SpokenLine, ...] = ()
    still_at: float = Field(0.5, ge=0, le=1)  # task "still": where in the shot
    shot_frames: int = Field(0, ge=0)  # task "still": how long the shot is
    extras: tuple[Literal["depth", "ids", "camera"], ...] = ()


class SetParams(Frozen):
    """`Request.params` for task "set": every word that says what a place looks like."""

    name: str
    interior: bool
    texts: tuple[str, ...] = ()
    notes: str = ""  # a person's own description; stronger than the texts


class FigureParams(Frozen):
    """`Request.params` for task "figure": every word that says what a character looks like and wears."""

    name: str
    texts: tuple[str, ...] = ()
    notes: str = ""
    others: tuple[str, ...] = ()  # the rest of the cast in order: silhouettes and colours stay apart
    index: int = Field(0, ge=0)


class VoiceParams(Frozen):
    """`Request.params` for task "voice"."""

    text: str
    character: str
    voice: dict[str, Any] = Field(default_factory=dict)  # Result.data["voice"] of task "figure"
    direction: str = ""  # the parenthetical: "whispering"
    language: str = "en"
    within_seconds: float | None = None  # speak at most this much faster so that it fits


class MusicParams(Frozen):
    """`Request.params` for task "music" and "tone"; the length is `format.frames` at `format.rate`."""

    mood: str = "calm"
    tempo: int = Field(90, ge=40, le=200)
    key: str = "D minor"
    place: str = ""
    interior: bool = True
    time: str = "day"
    weather: str = "clear"
    events: tuple[tuple[float, str], ...] = ()  # tone: (seconds, "door" | "steps" | …) heard in it
