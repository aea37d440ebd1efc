"""From a parsed screenplay to its breakdown, by rules alone: the same text gives the same breakdown, on any machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from studio.script.breakdown import words as W
from studio.script.breakdown.beats import Beat, BeatReader, cue_name, things
from studio.script.breakdown.camera import starts_with_direction
from studio.script.breakdown.coverage import Coverage
from studio.script.breakdown.framing import EASING, Plan, separate
from studio.script.breakdown.heading import Setting, read_heading
from studio.script.breakdown.model import Breakdown, Character, Music, Place, Scene, Shot, SoundEvent, Span
from studio.script.breakdown.moves import give_moves
from studio.script.breakdown.people import Cast
from studio.script.breakdown.prose import sentences, words
from studio.script.breakdown.timing import LONGEST, SHORTEST, whole_frames
from studio.script.fountain import Element, Screenplay, plain

_FADE_IN = ("FADE IN", "FADE UP", "FADE FROM BLACK")
_FADE_OUT = ("FADE OUT", "FADE TO BLACK", "CUT TO BLACK", "SMASH TO BLACK", "SMASH CUT TO BLACK")


@dataclass(slots=True)
class _Raw:
    """A scene as written: its heading (None for what stands before the first) and what follows."""

    heading: Element | None
    elements: list[Element] = field(default_factory=list)
    opens_fade: bool = False
    closes: str = ""  # the transition at its end, in capitals


def break_down(screenplay: Screenplay, rate: tuple[int, int] = (24, 1)) -> Breakdown:
    """Scenes, cast, places and shots at a frame rate (frames per second as numerator, denominator). Never raises for a parsed text;
    a text without a scene heading gives no scenes."""
    raws, notes = _scenes(screenplay)
    cues = [cue_name(element) for element in screenplay.of("character") if element.forced or not starts_with_direction(element.text)]
    actions = [plain(element.text) for raw in raws for element in raw.elements if element.kind == "action"]
    cast = Cast(cues, actions)
    builder = _Builder(cast, rate)
    scenes = [builder.scene(index, raw, index == len(raws) - 1) for index, raw in enumerate(raws)]
    scenes = _joined_by_transitions(scenes, raws)
    page = screenplay.title_page()
    title = " ".join(plain(line) for line in page.get("title", ())).strip() or "Untitled"
    authors = ", ".join(plain(line) for key in ("author", "authors", "written by") for line in page.get(key, ()))
    return Breakdown(title, authors, rate, _characters(cast, scenes), builder.all_places(), tuple(scenes), tuple(notes))


def _scenes(screenplay: Screenplay) -> tuple[list[_Raw], list[str]]:
    raws: list[_Raw] = []
    before = _Raw(None)
    notes: list[str] = []
    shown = 0
    for element in screenplay.elements:
        raw = raws[-1] if raws else before
        if element.kind == "heading":
            raws.append(_Raw(element))
        elif element.kind in ("transition", "action") and (transition := _transition(element)):
            if transition.startswith(_FADE_IN):
                raw.opens_fade = not any(part.kind in ("action", "dialogue") for part in raw.elements) or raw.opens_fade
            else:
                raw.closes = transition
        elif element.kind == "centered":
            shown += 1
        elif element.kind not in ("blank", "title", "boneyard"):
            raw.elements.append(element)
    if shown:
        notes.append(f"{shown} centred {'line is' if shown == 1 else 'lines are'} kept in the script and not filmed.")
    if raws:  # what stands before the first heading plays in the first scene
        raws[0].elements[:0] = before.elements
        raws[0].opens_fade = raws[0].opens_fade or before.opens_fade
    return raws, notes


def _transition(element: Element) -> str:
    text = plain(element.text).strip().upper()
    if element.kind == "transition":
        return text
    return text if plain(element.text).strip() == text and text.startswith((*_FADE_IN, *_FADE_OUT)) and len(text) < 24 else ""


class _Builder:
    def __init__(self, cast: Cast, rate: tuple[int, int]) -> None:
        self.cast, self.rate = cast, rate
        self.reader = BeatReader(cast)
        self.places: dict[tuple[str, bool], tuple[dict[str, None], list[str]]] = {}  # texts, scene numbers
        self.before: Setting | None = None
        self.time, self.weather = "day", "clear"
        self.numbers: set[str] = set()

    def scene(self, index: int, raw: _Raw, last: bool) -> Scene:
        heading = raw.heading
        assert heading is not None
        text = plain(heading.text)
        setting = read_heading(text, self.before)
        actions = [plain(element.text) for element in raw.elements if element.kind == "action"]
        spoken = [plain(element.text) for element in raw.elements if element.kind in ("dialogue", "parenthetical", "lyric")]
        self.time = setting.time or (self.time if setting.same_time or (self.before and self.before.place == setting.place) else "day")
        self.weather = self._weather(setting, actions)
        self.before = setting
        number = self._number(heading.number, index)
        key = (setting.place, setting.interior)
        new = key not in self.places
        texts, numbers = self.places.setdefault(key, ({}, []))
        texts.update(dict.fromkeys(sentence.text for action in actions for sentence in sentences(action)))
        numbers.append(number)
        mood = _mood([*actions, *spoken], self.time, self.weather)
        elements = (heading, *raw.elements)  # what stood before the first heading belongs to its scene, and begins it
        span = Span(min(element.start for element in elements), max(element.end for element in elements))
        beats = self.reader.scene(raw.elements)
        coverage = Coverage(setting.place, setting.interior, new, Span(heading.at(0), heading.at(len(heading.text))), closing=last)
        plans = coverage.cover(beats)
        separate(plans)
        give_moves(plans, index, setting.interior, last, mood)
        synopsis = " ".join(element.text for element in raw.elements if element.kind == "synopsis")
        return Scene(number, text, setting.place, setting.interior, self.time, self.weather, mood, span, synopsis, _cast_of(beats),
                     _props(actions), _music(mood, self.time), tuple(self.shot(place, plan) for place, plan in enumerate(plans)))  # fmt: skip

    def shot(self, index: int, plan: Plan) -> Shot:
        frames = whole_frames(min(LONGEST, max(SHORTEST, plan.seconds)), self.rate)
        seconds = frames * self.rate[1] / self.rate[0]
        easing = EASING.get(plan.move, "ease in and out")
        return Shot(index, plan.size, plan.angle, plan.lens, plan.move, plan.speed, easing, plan.subjects, plan.over, plan.characters, plan.text,
                    tuple(plan.lines), _sounds(plan.text, seconds), frames, seconds, plan.span, why=plan.why)  # fmt: skip

    def _number(self, written: str, index: int) -> str:
        number = written or str(index + 1)
        base, extra = number, 0
        while number in self.numbers:
            extra += 1
            number = f"{base}-{extra + 1}"
        self.numbers.add(number)
        return number

    def _weather(self, setting: Setting, actions: Sequence[str]) -> str:
        """The heading's, else the strongest that the action names, else what it was if no time has passed."""
        if setting.weather:
            return setting.weather
        found = {W.WEATHER[word] for action in actions for word in words(action.lower()) if word in W.WEATHER}
        for weather in W.WEATHER_RANK:
            if weather in found and weather not in ("clear", "wind" if setting.interior else ""):
                return weather
        return self.weather if setting.same_time else "clear"

    def all_places(self) -> tuple[Place, ...]:
        return tuple(Place(name, interior, tuple(texts), tuple(numbers)) for (name, interior), (texts, numbers) in self.places.items())


def _mood(texts: Sequence[str], time: str, weather: str) -> str:
    scores: Counter[str] = Counter()
    for text in texts:
        for word in words(text.lower()):
            for mood, vocabulary in W.MOODS.items():
                if word in vocabulary:
                    scores[mood] += 2
        scores["tense"] += text.count("!")
    scores["eerie"] += (weather == "fog") + (time == "night")
    scores["tense"] += 2 * (weather == "storm")
    scores["calm"] += 1
    best = max(scores.values())
    return next(mood for mood in W.MOODS if scores[mood] == best)


def _music(mood: str, time: str) -> Music:
    tempo, key = W.MUSIC[mood]
    return Music(mood, tempo - 8 if time in ("night", "dusk") else tempo, key)


def _props(actions: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for action in actions for word in things(action, directed=True) if word not in ("hand", "hands")))


def _cast_of(beats: Sequence[Beat]) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    for beat in beats:
        if beat.line is None or beat.line.kind not in ("vo", "os"):
            seen.update(dict.fromkeys(beat.people))
    return tuple(seen)


def _sounds(action: str, seconds: float) -> tuple[SoundEvent, ...]:
    """What is heard, each once, where its word stands in the action."""
    found = [word.lower() for word in words(action)]
    events: dict[str, float] = {}
    for index, word in enumerate(found):
        if (sound := W.SOUNDS.get(word)) and sound not in events:
            events[sound] = round(seconds * (index + 0.5) / len(found), 2)
    return tuple(SoundEvent(at, sound) for sound, at in events.items())


def _characters(cast: Cast, scenes: Sequence[Scene]) -> tuple[Character, ...]:
    """In order of appearance; those who are only heard follow."""
    order: dict[str, None] = {}
    for scene in scenes:
        order.update(dict.fromkeys(scene.characters))
    visible = set(order)
    order.update(dict.fromkeys(cast.people))
    people = [cast.people[name] for name in order if name in cast.people]
    return tuple(Character(one.name, tuple(one.aliases), tuple(one.texts), one.lines, one.age, one.name in visible) for one in people)


def _joined_by_transitions(scenes: list[Scene], raws: Sequence[_Raw]) -> list[Scene]:
    joined = list(scenes)
    for index, raw in enumerate(raws):
        if raw.opens_fade:
            joined[index] = _with_first(joined[index], "fade")
        if raw.closes.startswith(_FADE_OUT):
            joined[index] = _with_last(joined[index], "fade")
        elif "DISSOLVE" in raw.closes:
            joined[index] = _with_last(joined[index], "dissolve")
            if index + 1 < len(joined):
                joined[index + 1] = _with_first(joined[index + 1], "dissolve")
        elif "SMASH" in raw.closes and index + 1 < len(joined):
            joined[index + 1] = _with_first(joined[index + 1], "smash cut")
    return joined


def _with_first(scene: Scene, opens: str) -> Scene:
    """A fade is said in the shot's action too: there a person sees it and may take it away, and an engine acts on it."""
    first, *rest = scene.shots
    action = f"Fade in. {first.action}".strip() if opens == "fade" else first.action
    return replace(scene, shots=(replace(first, opens=opens, action=action), *rest))  # type: ignore[arg-type]


def _with_last(scene: Scene, closes: str) -> Scene:
    *rest, last = scene.shots
    action = f"{last.action} Fade to black.".strip() if closes == "fade" else last.action
    return replace(scene, shots=(*rest, replace(last, closes=closes, action=action)))  # type: ignore[arg-type]
