"""Camera words in a script's action: CLOSE ON, PAN LEFT, HANDHELD … A writer who shouts them, or who writes "the camera" or "we",
means them; "she pans for gold" does not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from generation.contract import Angle, Move, Size, Speed
from studio.script.breakdown.prose import words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Direction:
    """What was asked for; None where the writer left it open. `target` is the text behind "ON", "TO", ":" or "-"; `rest` counts the
    words of the sentence that are not the direction itself."""

    size: Size | None = None
    angle: Angle | None = None
    move: Move | None = None
    speed: Speed | None = None
    target: str = ""
    over: str = ""  # as written: whose shoulder
    rest: int = 0

    def with_more(self, other: Direction) -> Direction:
        """This direction, what it leaves open taken from another."""
        return replace(
            self, size=self.size or other.size, angle=self.angle or other.angle, move=self.move or other.move, speed=self.speed or other.speed,
            target=self.target or other.target, over=self.over or other.over, rest=self.rest + other.rest,
        )  # fmt: skip


_SIZES: Final[tuple[tuple[str, Size], ...]] = (
    (r"EXTREME CLOSE[- ]?UP|EXTREMELY CLOSE|\bECU\b|\bXCU\b|MACRO", "extreme close-up"),
    (r"MEDIUM CLOSE(?:[- ]?UP)?|\bMCU\b", "medium close-up"),
    (r"CLOSE[- ]?UP|CLOSE(?:R)? ON|CLOSE:|\bCU\b|TIGHT ON|CLOSE -", "close-up"),
    (r"MEDIUM WIDE|\bMWS\b|COWBOY SHOT", "medium wide"),
    (r"EXTREME WIDE|EXTREME LONG|\bEWS\b|AERIAL|DRONE SHOT|VERY WIDE", "extreme wide"),
    (r"WIDE SHOT|WIDE ON|WIDER?(?= ?[:.,\-])|WIDER? ANGLE|LONG SHOT|\bWS\b|ESTABLISHING|MASTER SHOT|\bWIDE\b", "wide"),
    (r"FULL SHOT|FULL LENGTH", "full"),
    (r"MEDIUM SHOT|MEDIUM ON|MID[- ]SHOT|\bMS\b", "medium"),
    (r"TWO[- ]SHOT|\b2-?SHOT\b", "two-shot"),
    (r"OVER[- ]THE[- ]SHOULDER|\bOTS\b|OVER (?:[\w'’]+['’]S|HIS|HER|THEIR) SHOULDER", "over the shoulder"),
    (r"\bINSERT\b", "insert"),
    (r"P\.?O\.?V\.?\b|POINT OF VIEW", "point of view"),
)
_ANGLES: Final[tuple[tuple[str, Angle], ...]] = (
    (r"LOW[- ]ANGLE|FROM BELOW|LOOKING UP AT", "low"), (r"HIGH[- ]ANGLE|FROM ABOVE|LOOKING DOWN ON", "high"),
    (r"OVERHEAD|BIRD['’]?S[- ]EYE|TOP SHOT|GOD['’]?S[- ]EYE", "overhead"), (r"DUTCH|CANTED", "dutch"), (r"EYE[- ]LEVEL", "eye level"),
)  # fmt: skip
_MOVES: Final[tuple[tuple[str, Move], ...]] = (
    (r"WHIP[- ]?PAN|SWISH[- ]?PAN", "whip pan"), (r"PAN(?:S|NING)? (?:TO THE )?LEFT", "pan left"),
    (r"\bPAN(?:S|NING)? (?:(?:TO THE )?RIGHT|TO|ACROSS|WITH|OVER|AROUND|FROM)\b|(?:\A|(?<=WE )|(?<=CAMERA ))PAN(?:S|NING)?\b", "pan right"),
    (r"TILT(?:S|ING)? DOWN", "tilt down"), (r"TILT(?:S|ING)? (?:UP|TO)\b", "tilt up"),
    (r"(?:PUSH(?:ES|ING)?|DOLLY|DOLLIES|DOLLYING|CREEP(?:S|ING)?|MOV(?:E|ES|ING)|TRACK(?:S|ING)?) (?:SLOWLY )?IN\b", "push in"),
    (r"(?:PULL(?:S|ING)?|DOLLY|DOLLIES|TRACK(?:S|ING)?) (?:SLOWLY )?(?:BACK|OUT|AWAY)", "pull out"),
    (r"TRUCK(?:S|ING)? RIGHT|TRACK(?:S|ING)? RIGHT", "truck right"), (r"TRUCK(?:S|ING)? LEFT|TRACK(?:S|ING)? LEFT", "truck left"),
    (r"(?:PEDESTAL|BOOM)(?:S|ING)? DOWN", "pedestal down"), (r"(?:PEDESTAL|BOOM)(?:S|ING)? UP", "pedestal up"),
    (r"(?:ORBIT(?:S|ING)?|ARC(?:S|ING)?|CIRCL(?:E|ES|ING)) (?:TO THE )?LEFT", "orbit left"),
    (r"ORBIT(?:S|ING)?\b|ARC(?:S|ING)? (?:AROUND|RIGHT)|"
     r"CIRCL(?:E|ES|ING) (?:AROUND|RIGHT|HIM|HER|THEM)|(?:(?<=CAMERA )|(?<=WE ))CIRCL(?:E|ES)\b", "orbit right"),
    (r"(?:CRANE|JIB)(?:S|ING)? DOWN", "crane down"), (r"(?:CRANE|JIB)(?:S|ING)? (?:UP|OVER|SHOT)|\ACRAN(?:E|ING)\b", "crane up"),
    (r"TRACKING\b|TRACKS? WITH|WE TRACK|\AFOLLOW(?:ING)?\b|WE FOLLOW|CAMERA FOLLOWS|STEADICAM", "tracking"), (r"HAND-?HELD|SHAKY CAM", "handheld"),
    (r"ZOOM(?:S|ING)? (?:OUT|BACK)", "zoom out"), (r"(?:SLOW |CRASH |SNAP )?ZOOM(?:S|ING)?(?: IN|\b)", "zoom in"),
    (r"RACK(?:S|ING)? (?:FOCUS|TO)\b|FOCUS (?:SHIFTS|PULLS)|PULL FOCUS", "rack focus"),
    (r"STATIC SHOT|LOCKED[- ]OFF|\AHOLD ON\b|\ASTATIC\b", "static"),
)  # fmt: skip


def _compiled(table: tuple[tuple[str, T], ...]) -> tuple[tuple[re.Pattern[str], T], ...]:
    return tuple((re.compile(rf"(?<![\w])(?:{pattern})", re.IGNORECASE), value) for pattern, value in table)


SIZES, ANGLES, MOVES = _compiled(_SIZES), _compiled(_ANGLES), _compiled(_MOVES)
_ON: Final = re.compile(r"\b(?:ANGLE ON|BACK (?:ON|TO)|ON)\b(?=\s)")
_HINT: Final = re.compile(r"[A-Z]{2}|\bcamera\b|\b[Ww]e\b")
_KEYS: Final = re.compile(
    r"close|cu\b|wide|ws\b|shot|shoulder|ots\b|insert|p\.?o\.?v|point of view|angle|medium|mcu|ecu|aerial|drone|establishing|tight|macro|overhead|eye"
    r"|dutch|canted|pan|tilt|push|dolly|pull|truck|pedestal|boom|orbit|arc|circl|360|crane|jib|track|follow|steadicam|hand-?held|zoom|rack|focus|static"
    r"|locked|hold|from (?:above|below)|looking|full|ms\b|\bon\b|creep|mov(?:e|es|ing) in|back to",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(r"(?:\bcamera\b|\bwe\b)[\w\s,'’]{0,24}\Z", re.IGNORECASE)
_TARGET: Final = re.compile(
    r"\s*(?:SHOT)?\s*(?:\b(?:IN |OUT |BACK )?(?:ON|TO|ACROSS|OVER|WITH|AROUND|FOLLOWING|FROM|OF|AT)\b|[:\-–—])?\s*", re.IGNORECASE
)
_LONE_WORDS: Final = frozenset((
    "INSERT", "WIDE", "POV", "CLOSEUP", "TRACKING", "HANDHELD", "MONTAGE", "TITLE", "SUPER", "SUPERIMPOSE", "CLOSE-UP",
))  # fmt: skip
_SHOULDER: Final = re.compile(r"OVER ([\w'’]+?)['’]S SHOULDER", re.IGNORECASE)
_POV_OWNER: Final = re.compile(r"([\w][\w'’ ]*?)['’]S? +(?:P\.?O\.?V|POINT OF VIEW)", re.IGNORECASE)


def read_direction(sentence: str) -> Direction | None:
    """What a sentence asks of the camera, or None."""
    if not _HINT.search(sentence) or not _KEYS.search(sentence):
        return None
    found = Direction()
    spans: list[tuple[int, int]] = []
    for pattern, size in SIZES:
        if span := _meant(pattern, sentence):
            found = replace(found, size=size)
            spans.append(span)
            break
    for angle_pattern, angle in ANGLES:
        if span := _meant(angle_pattern, sentence):
            found = replace(found, angle=angle)
            spans.append(span)
            break
    for move_pattern, move in MOVES:
        if span := _meant(move_pattern, sentence):
            found = replace(found, move=move)
            spans.append(span)
            break
    on = _ON.search(sentence)
    if on and (on.start() == 0 or on.group().startswith("ANGLE")):
        spans.append(on.span())
    if not spans:
        return None
    shoulder = _SHOULDER.search(sentence)
    owner = _POV_OWNER.search(sentence) if found.size == "point of view" else None
    over = shoulder.group(1) if shoulder else owner.group(1).strip() if owner else ""
    return replace(found, target=_target(sentence, max(spans)[1]), speed=_speed(sentence, found.move), over=over, rest=_rest(sentence, spans))


def starts_with_direction(text: str) -> bool:
    """Whether a line in capitals, which the syntax takes for a character's cue, is a camera direction."""
    upper = text.upper().strip()
    if _ON.match(upper):
        return True
    if upper.split(" ")[0].rstrip(":-") in _LONE_WORDS:
        return True
    return any(" " in match.group().strip() for pattern, _ in (*SIZES, *ANGLES, *MOVES) if (match := pattern.match(upper)))


def _meant(pattern: re.Pattern[str], sentence: str) -> tuple[int, int] | None:
    for match in pattern.finditer(sentence):
        written = match.group()
        first = re.split(r"[\s\-]", written.strip())[0]
        if len(first) > 1 and first == first.upper() and any(map(str.isalpha, first)):
            return match.span()
        if _LEAD.search(sentence, 0, match.start()):
            return match.span()
    return None


def _target(sentence: str, end: int) -> str:
    lead = _TARGET.match(sentence, end)
    rest = sentence[lead.end() if lead else end :]
    return re.split(r"[.,;:!?]|\s[-–—]+\s", rest, maxsplit=1)[0].strip()


def _speed(sentence: str, move: Move | None) -> Speed | None:
    found = {word.lower() for word in words(sentence)}
    if move == "whip pan" or found & {"fast", "quick", "quickly", "crash", "snap", "rapid"}:
        return "fast"
    return "slow" if found & {"slow", "slowly", "gently", "creep", "creeps"} else None


def _rest(sentence: str, spans: list[tuple[int, int]]) -> int:
    total = len(words(sentence))
    return max(0, total - sum(len(words(sentence[start:end])) for start, end in spans))
