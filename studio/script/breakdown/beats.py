"""A scene's elements as beats: the smallest things that can each be a shot."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from studio.script.breakdown import words as W
from studio.script.breakdown.camera import Direction, read_direction, starts_with_direction
from studio.script.breakdown.model import Line, LineKind, Span
from studio.script.breakdown.people import OTHER_HER, Cast, Mention
from studio.script.breakdown.prose import Piece, clauses, sentences, words
from studio.script.breakdown.timing import LONGEST, LONGEST_SPEECH, acting_seconds, speaking_seconds
from studio.script.fountain import Element, plain

_MOTIVES = {
    "enter": W.ENTER, "exit": W.EXIT, "walk": W.WALK, "run": W.RUN, "climb": W.CLIMB, "descend": W.DESCEND, "sit": W.SIT, "rise": W.RISE,
    "look": W.LOOK, "handle": W.HANDLE, "realise": W.REALISE, "conflict": W.CONFLICT, "sudden": W.SUDDEN, "follow": W.FOLLOW, "turn": W.TURN,
    "found": W.FOUND,
}  # fmt: skip
_MOTIVE_OF: dict[str, frozenset[str]] = {}
for _motive, _verbs in _MOTIVES.items():
    for _verb in _verbs:
        _MOTIVE_OF[_verb] = _MOTIVE_OF.get(_verb, frozenset()) | {_motive}
_PHRASES = {"comes in": "enter", "steps in": "enter", "walks in": "enter", "rushes in": "enter", "bursts in": "enter", "goes out": "exit",
            "walks out": "exit", "walks away": "exit", "steps out": "exit", "runs out": "exit", "rides off": "exit", "rides away": "exit",
            "gets up": "rise", "stands.": "rise", "stands,": "rise", "stands and": "rise",
             "stands up": "rise", "sits down": "sit", "walks off": "exit"}  # fmt: skip
_CAMERA_VERBS = frozenset(("CLOSE", "PUSH", "PULL", "FOLLOW", "TURN", "HOLD", "CIRCLE", "FOLLOWING"))  # shouted, they are the camera's
_BEFORE_NOUNS = frozenset((
    "the", "a", "an", "his", "her", "their", "its", "my", "your", "of", "with", "in", "on", "two", "both", "old", "small", "by", "at", "for", "from",
))  # fmt: skip
_TOGETHER = 5.2  # seconds of action about one subject that one shot may hold
_SPLIT_SPEECH = 8.0
_WITH = re.compile(r"\b(?:stands?|waits?|walks?|sits?|appears?|enters?|comes?)\b.*\bwith (?:an?|the|his|her|their) ", re.IGNORECASE)
_LONGEST_SENTENCE = 34  # words of one action sentence in one shot


@dataclass(slots=True)
class Beat:
    """Either an action (`line` is None) or one part of a speech. `people` are those the action shows, the subject first."""

    text: str
    span: Span
    seconds: float
    people: tuple[str, ...] = ()
    prop: str = ""
    thing: str = ""  # large thing the action is about, where nobody is
    motives: frozenset[str] = frozenset()
    direction: Direction | None = None
    line: Line | None = None
    aim: tuple[str, ...] = ()  # what the direction points at: names, or "the lamp"

    @property
    def subject(self) -> str:
        return self.people[0] if self.people else ""


class BeatReader:
    """Reads a scene's elements in order; remembers whom "she" means."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.recent: list[str] = []

    def scene(self, elements: Iterable[Element]) -> list[Beat]:
        self.recent = []
        beats: list[Beat] = []
        speaker, direction, action_cue = "", "", False
        kind: LineKind = "dialogue"
        for element in elements:
            if element.kind == "character":
                speaker, kind, direction = cue_name(element), cue_kind(element), ""
                action_cue = starts_with_direction(element.text) and not element.forced
                if action_cue:
                    beats.extend(self.action(element))
            elif element.kind in ("dialogue", "lyric", "parenthetical") and action_cue:
                beats.extend(self.action(element))
            elif element.kind == "parenthetical":
                direction = plain(element.text)
            elif element.kind in ("dialogue", "lyric"):
                beats.extend(self.speech(element, speaker, "lyric" if element.kind == "lyric" else kind, direction))
                direction = ""
            elif element.kind == "action":
                beats.extend(self.action(element))
        return beats

    # Speech

    def speech(self, element: Element, speaker: str, kind: LineKind, direction: str) -> list[Beat]:
        text = plain(element.text)
        spoken = " ".join(text.split())
        if not words(spoken):
            return []
        if kind != "vo" and kind != "os":
            self.met(speaker)
        total = speaking_seconds(spoken, direction)
        parts = [Piece(element.text, 0, len(element.text))] if total <= _SPLIT_SPEECH else _speech_parts(element.text, direction)
        beats: list[Beat] = []
        for index, part in enumerate(parts):
            said = " ".join(plain(part.text).split())
            seconds = min(LONGEST_SPEECH, speaking_seconds(said, direction))
            span = Span(element.at(part.start), element.at(part.end))
            line = Line(speaker, said, direction, kind, 0.0, round(seconds, 3), span, index, len(parts))
            beats.append(Beat(said, span, seconds, (speaker,), line=line))
        return beats

    # Action

    def action(self, element: Element) -> list[Beat]:
        beats: list[Beat] = []
        for sentence in sentences(element.text):
            for piece in clauses(sentence, _LONGEST_SENTENCE):
                beat = self.one(element, piece)
                if beat is not None:
                    _append(beats, beat)
        return beats

    def one(self, element: Element, piece: Piece) -> Beat | None:
        text = " ".join(plain(piece.text).split())
        found = [word.lower() for word in words(text)]
        if not found:
            return None
        mentions = self.cast.mentions(text)
        people = self.people(mentions, found, text)
        direction = read_direction(text)
        props = things(text, direction is not None)
        small = next((word for word in props if word in W.SMALL_PROPS), "")
        large = next((word for word in props if word in W.LARGE_PROPS), "")
        if not people and small and _WITH.search(text):  # "somebody stands there with an umbrella" is about somebody
            small = ""
        if not people and len(props) > 2:  # a list of what is there is a look at the place, not at one thing
            small, large = "", small or large
        doing = [word for word in words(text) if word not in _CAMERA_VERBS] if direction else found
        motives = frozenset().union(*(_MOTIVE_OF.get(word.lower(), frozenset()) for word in doing))
        low = text.lower()
        motives |= {motive for phrase, motive in _PHRASES.items() if phrase in low}
        span = Span(element.at(piece.start), element.at(piece.end))
        seconds = min(LONGEST, acting_seconds(text))
        return Beat(text, span, seconds, people, small, large if not people else "", motives, direction, aim=self.aim(direction))

    def aim(self, direction: Direction | None) -> tuple[str, ...]:
        """Whom or what the camera is sent to: in "from the door to Mara as she …" it is Mara."""
        if direction is None or not direction.target:
            return ()
        target = direction.target.split(" as ")[0]
        goal = target.rsplit(" to ", 1)[-1]
        for part in (goal, target):
            if names := tuple(dict.fromkeys(mention.name for mention in self.cast.mentions(part) if not mention.owner)):
                return names[:2]
            if found := things(part, directed=True):
                return (f"the {found[0]}",)
        return ()

    def people(self, mentions: list[Mention], found: list[str], text: str) -> tuple[str, ...]:
        """Who is seen, the grammatical subject first; a pronoun means the last person it fits, never the one who does it to them."""
        names = list(dict.fromkeys(mention.name for mention in mentions if not mention.owner))
        owners = [mention.name for mention in mentions if mention.owner and mention.name not in names]
        leads = set(found[:2]) if not mentions or mentions[0].start > len(text) // 3 else set(found[:1])
        if mentions and found[0] in ("his", "her", "their") and len(words(text[: mentions[0].start])) <= 3:
            leads = set()  # "Her son TOM pours wine": the one who is named, not whose he is
        for pronouns, kind in ((("she", "her"), "she"), (("he", "his"), "he")):
            if leads & set(pronouns) or (not names and set(found) & set(pronouns)):
                who = self.referent(kind)
                if who and who not in names:
                    names.insert(0, who) if leads & set(pronouns) else names.append(who)
        if "they" in leads and not names:
            names = self.recent[-2:][::-1]
        for pronoun, kind in (("him", "he"), ("her", "she")):
            met = OTHER_HER.search(text) if pronoun == "her" else pronoun in found
            who = self.referent(kind, but=names[0] if names else "") if met else ""
            if who and who not in names:
                names.append(who)
        if not names and owners:
            names = owners
        for name in reversed(names):
            self.met(name)
        if not mentions and len(names) == 1 and leads & {"he", "she"}:
            self.cast.tell(names[0], text, "she" if "she" in leads else "he")
        return tuple(names)

    def referent(self, pronoun: str, but: str = "") -> str:
        known = [name for name in self.recent if name in self.cast.people and name != but]
        sure = [name for name in known if self.cast.people[name].pronoun == pronoun]
        fits = [name for name in known if self.cast.people[name].pronoun == ""]
        return (sure or fits or [""])[-1]

    def met(self, name: str) -> None:
        if name in self.recent:
            self.recent.remove(name)
        self.recent.append(name)


def cue_name(element: Element) -> str:
    """The canonical name of a cue: capitals unless forced, single spaces."""
    name = " ".join(plain(element.text).split())
    return name.upper() or "SOMEBODY"


def cue_kind(element: Element) -> LineKind:
    marks = {extension.upper().replace(".", "").replace(" ", "") for extension in element.extensions}
    if marks & {"VO", "VOICEOVER", "NARRATION", "ONPHONE", "ONTHEPHONE", "ONRADIO", "ONTHERADIO", "FILTERED", "PHONE", "RADIO", "RECORDED", "PRELAP"}:
        return "vo"
    return "os" if marks & {"OS", "OC", "OFF", "OFFSCREEN", "OFFCAMERA"} else "dialogue"


def things(text: str, directed: bool = False) -> list[str]:
    """Props and parts of the set that a text names, in order; in a camera direction TRUCK and CRANE are not things."""
    found = []
    written = words(text)
    for index, word in enumerate(written):
        low = word.lower().removesuffix("'s").removesuffix("’s")
        if not (low in W.SMALL_PROPS or low in W.LARGE_PROPS) or (directed and word in ("TRUCK", "CRANE")):
            continue
        before = written[index - 1].lower() if index else "the"
        if low in W.HANDLE | W.LOOK and before not in _BEFORE_NOUNS and not word.isupper():
            continue  # "she hands him a loaf", "they watch": done, not seen
        found.append(low)
    return found


def _only_a_direction(beat: Beat) -> bool:
    """ "HANDHELD.", "CLOSE ON THE MATCH.": says how to look, not yet what happens."""
    return beat.direction is not None and not beat.motives and len(words(beat.text)) <= 7


def _append(beats: list[Beat], beat: Beat) -> None:
    """Joins a beat to the one before it if one shot can show both."""
    last = beats[-1] if beats else None
    if last is not None and last.direction is not None and _only_a_direction(last):
        direction = last.direction.with_more(beat.direction) if beat.direction else last.direction
        text = f"{last.text} {beat.text}"
        people = tuple(dict.fromkeys((*last.people, *beat.people)))
        beats[-1] = Beat(text, Span(last.span.start, beat.span.end), max(beat.seconds, 0.8 * acting_seconds(text)), people,
                         last.prop or beat.prop, last.thing or beat.thing, beat.motives, direction, aim=last.aim or beat.aim)  # fmt: skip
        return
    if last is None or beat.direction:
        beats.append(beat)
        return
    it = beat.text.lower().startswith(("it ", "its "))
    same = last.subject == beat.subject or (it and not beat.people) or (not beat.people and not beat.prop and not last.people)
    joined = f"{last.text} {beat.text}"
    handled_apart = "handle" in beat.motives and beat.prop and last.people and beat.prop != last.prop
    seconds = acting_seconds(joined)
    if not same or handled_apart or seconds > _TOGETHER or {"enter", "exit"} & (beat.motives ^ last.motives):
        beats.append(beat)
        return
    people = tuple(dict.fromkeys((*last.people, *beat.people)))
    beats[-1] = Beat(joined, Span(last.span.start, beat.span.end), seconds, people, last.prop or beat.prop, last.thing or beat.thing,
                     last.motives | beat.motives, last.direction, aim=last.aim)  # fmt: skip


def _speech_parts(text: str, direction: str) -> list[Piece]:
    """A long speech at sentence borders, each part about as long as a shot can hold; a longer sentence at commas."""
    parts: list[Piece] = []
    for sentence in sentences(text):
        longest = 20
        for piece in clauses(sentence, longest) if speaking_seconds(sentence.text, direction) > LONGEST_SPEECH - 0.6 else [sentence]:
            last = parts[-1] if parts else None
            if last is not None:
                joined = text[last.start : piece.end]
                if speaking_seconds(joined, direction) <= 6.2:
                    parts[-1] = Piece(joined, last.start, piece.end)
                    continue
            parts.append(piece)
    return parts
