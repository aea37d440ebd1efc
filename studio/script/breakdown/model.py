"""What a screenplay becomes: plain frozen data that any room can store, show or edit.

Spans are offsets in code points into the text that was parsed (`text[span.start:span.end]`). Times are seconds from the first
frame of the shot they stand in; `frames` is the authority on length, and `seconds` is `frames` at the breakdown's rate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from generation.contract import Angle, Easing, Move, Size, Speed

LineKind = Literal["dialogue", "vo", "os", "lyric"]
Transition = Literal["cut", "fade", "dissolve", "smash cut"]


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of the screenplay's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """One stretch of speech inside one shot.

    A long speech is cut at sentence borders into `parts` lines that play one after another over the following shots; `part`
    counts from 0. `seconds` is the time the words were given, without the silence around them. A line of kind "vo" or "os", or
    whose character is not among the shot's `characters`, is heard without a mouth being seen.
    """

    character: str
    text: str
    direction: str = ""  # the parenthetical, without its brackets
    kind: LineKind = "dialogue"
    start_seconds: float = 0.0
    seconds: float = 1.0
    span: Span = Span(0, 0)
    part: int = 0
    parts: int = 1


@dataclass(frozen=True, slots=True)
class SoundEvent:
    """Something heard because of what happens: "door", "steps", "knock", "pour", "thunder", "wind", "engine" …"""

    seconds: float
    sound: str


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot. `subjects` are whom or what it is framed on (names of characters, else words of the set: "the lamp"), the first
    in focus; `over` is whose shoulder stands in the foreground; `characters` are all who can be seen in the frame. `why` is the
    reason for this framing in a person's words. `text` is everything in it that was written, action and lines."""

    index: int  # in its scene, from 0
    size: Size
    angle: Angle = "eye level"
    lens: int = 35  # millimetres on a 36×24 gate
    move: Move = "static"
    speed: Speed = "normal"
    easing: Easing = "ease in and out"
    subjects: tuple[str, ...] = ()
    over: str = ""
    characters: tuple[str, ...] = ()
    action: str = ""
    lines: tuple[Line, ...] = ()
    events: tuple[SoundEvent, ...] = ()
    frames: int = 1
    seconds: float = 1.0
    span: Span = Span(0, 0)
    opens: Transition = "cut"  # "fade": out of black
    closes: Transition = "cut"  # "fade": to black
    why: str = ""

    @property
    def text(self) -> str:
        return "\n".join([self.action, *(f"{line.character}: {line.text}" for line in self.lines)]).strip()


@dataclass(frozen=True, slots=True)
class Music:
    """A suggestion for the scene's music. Tempo in beats per minute, 40–200; key as "D minor"."""

    mood: str = "calm"
    tempo: int = 90
    key: str = "D minor"


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene. `number` is the writer's own (`#12A#`) or the count from 1, unique in the breakdown. `place` is the name of a
    `Place` with the same `interior`. `time`: day, night, dawn, dusk, morning, evening …; `weather`: clear, rain, fog, storm,
    snow, wind, cloudy."""

    number: str
    heading: str
    place: str
    interior: bool
    time: str = "day"
    weather: str = "clear"
    mood: str = "calm"
    span: Span = Span(0, 0)
    synopsis: str = ""
    characters: tuple[str, ...] = ()  # everyone seen, in order of appearance; a voice only heard is not among them
    props: tuple[str, ...] = ()
    music: Music = Music()
    shots: tuple[Shot, ...] = ()

    @property
    def frames(self) -> int:
        return sum(shot.frames for shot in self.shots)


@dataclass(frozen=True, slots=True)
class Character:
    """`name` is the cue's name in capitals; `aliases` are other ways the script says it. `texts` are all sentences about them
    that were written, the introduction first. `lines` counts speeches."""

    name: str
    aliases: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    lines: int = 0
    age: str = ""  # as written: "70s", "19"
    seen: bool = True  # False for somebody only ever heard


@dataclass(frozen=True, slots=True)
class Place:
    """One set. The inside and the outside of a name are two."""

    name: str
    interior: bool
    texts: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()  # numbers


@dataclass(frozen=True, slots=True)
class Breakdown:
    title: str
    authors: str = ""
    rate: tuple[int, int] = (24, 1)
    characters: tuple[Character, ...] = ()
    places: tuple[Place, ...] = ()
    scenes: tuple[Scene, ...] = ()
    notes: tuple[str, ...] = ()  # sentences a person should read: what was guessed, what was not understood

    @property
    def frames(self) -> int:
        return sum(scene.frames for scene in self.scenes)

    @property
    def seconds(self) -> float:
        return float(self.frames / Fraction(*self.rate))

    def shots(self) -> Iterator[tuple[Scene, Shot]]:
        """Every shot with its scene, in the order of the film."""
        for scene in self.scenes:
            for shot in scene.shots:
                yield scene, shot
