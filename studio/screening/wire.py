"""What a page in a session says over its socket, and its bounds. Whatever is not exactly one of these is passed over.

{"in": [session, tab, clock]}      it is there: said at once, after every lost connection, and every ten seconds; `clock` comes back with the answer
{"lead": 1}                        of the presenter's windows, this one leads from now on
{"show": [frame, speed, at]}       the presenter's player showed this frame at this moment of the studio's clock (ms); speed 0: it stands
{"point": [x, y]} {"point": null}  where on the picture the presenter points, as shares of it
{"draw": {id, start, shape, frame}}  a shape as it grows (shape: null, it is gone), as <drawing-surface> tells it, on this frame
{"draw": null}                     all that this window has drawn is gone
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from studio.review.shapes import MAX_POINTS, BadShape, as_data, parse

SPEEDS = frozenset({0, 1, 2, 4, 8, -1, -2, -4, -8})
MAX_FRAME = 2**31 - 1
TAB = re.compile(r"[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True)
class Here:
    session: uuid.UUID
    tab: str
    clock: float


@dataclass(frozen=True)
class Lead:
    pass


@dataclass(frozen=True)
class Show:
    frame: int
    speed: int
    at: float


@dataclass(frozen=True)
class Point:
    at: tuple[float, float] | None


@dataclass(frozen=True)
class Draw:
    """`news` as it goes on to the others; None: everything of this window is gone."""

    news: dict[str, Any] | None


Said = Here | Lead | Show | Point | Draw


def read(said: object) -> Said | None:
    """What a message says, if it is one of these and within bounds; never raises."""
    if not isinstance(said, dict) or len(said) != 1:
        return None
    ((kind, what),) = said.items()
    try:
        match kind:
            case "in":
                session, tab, clock = what
                if isinstance(session, str) and isinstance(tab, str) and TAB.fullmatch(tab):
                    return Here(uuid.UUID(session), tab, _moment(clock))
            case "lead":
                return Lead()
            case "show":
                frame, speed, at = what
                if type(frame) is int and type(speed) is int and 0 <= frame <= MAX_FRAME and speed in SPEEDS:
                    return Show(frame, speed, _moment(at))
            case "point":
                return Point(None if what is None else _place(what))
            case "draw":
                return Draw(None if what is None else _news(what))
    except (ValueError, TypeError, KeyError, AttributeError, BadShape):
        pass
    return None


def _moment(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53:  # no NaN is either
        raise ValueError
    return float(value)


def _place(what: Any) -> tuple[float, float]:
    x, y = (round(_moment(share), 4) for share in what)
    if x > 1 or y > 1:
        raise ValueError
    return x, y


def _news(what: Any) -> dict[str, Any]:
    name, start, shape, frame = str(uuid.UUID(what["id"])), what["start"], what["shape"], what["frame"]
    if type(start) is not int or type(frame) is not int or not (0 <= start <= MAX_POINTS and 0 <= frame <= MAX_FRAME):
        raise ValueError
    return {"id": name, "start": start, "shape": None if shape is None else as_data(parse(shape)), "frame": frame}


@dataclass
class Allowance:
    """How much one socket may say: so many messages a second, with so many in store. What is beyond is passed over."""

    rate: float = 80.0
    most: float = 160.0
    _left: float = field(default=160.0, init=False)
    _at: float = field(default=0.0, init=False)

    def take(self, now: float) -> bool:
        """`now` in seconds of a clock that only goes forwards."""
        self._left = min(self.most, self._left + max(0.0, now - self._at) * self.rate) if self._at else self.most
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
