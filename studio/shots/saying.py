"""A shot's words in the reader's language: those of its camera, the names of its fields, why it is there, and what became of it. Rows hold them in
English, as engines and recipes understand them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop, pgettext

from studio.jobs import words as stored

_CAMERA: dict[str, Callable[[], str]] = {
    "extreme wide": lambda: pgettext("a shot's camera", "extreme wide"),
    "wide": lambda: pgettext("a shot's camera", "wide"),
    "full": lambda: pgettext("a shot's camera", "full"),
    "medium wide": lambda: pgettext("a shot's camera", "medium wide"),
    "medium": lambda: pgettext("a shot's camera", "medium"),
    "medium close-up": lambda: pgettext("a shot's camera", "medium close-up"),
    "close-up": lambda: pgettext("a shot's camera", "close-up"),
    "extreme close-up": lambda: pgettext("a shot's camera", "extreme close-up"),
    "two-shot": lambda: pgettext("a shot's camera", "two-shot"),
    "over the shoulder": lambda: pgettext("a shot's camera", "over the shoulder"),
    "insert": lambda: pgettext("a shot's camera", "insert"),
    "point of view": lambda: pgettext("a shot's camera", "point of view"),
    "eye level": lambda: pgettext("a shot's camera", "eye level"),
    "low": lambda: pgettext("a shot's camera", "low"),
    "high": lambda: pgettext("a shot's camera", "high"),
    "overhead": lambda: pgettext("a shot's camera", "overhead"),
    "dutch": lambda: pgettext("a shot's camera", "dutch"),
    "static": lambda: pgettext("a shot's camera", "static"),
    "pan left": lambda: pgettext("a shot's camera", "pan left"),
    "pan right": lambda: pgettext("a shot's camera", "pan right"),
    "tilt up": lambda: pgettext("a shot's camera", "tilt up"),
    "tilt down": lambda: pgettext("a shot's camera", "tilt down"),
    "push in": lambda: pgettext("a shot's camera", "push in"),
    "pull out": lambda: pgettext("a shot's camera", "pull out"),
    "truck left": lambda: pgettext("a shot's camera", "truck left"),
    "truck right": lambda: pgettext("a shot's camera", "truck right"),
    "pedestal up": lambda: pgettext("a shot's camera", "pedestal up"),
    "pedestal down": lambda: pgettext("a shot's camera", "pedestal down"),
    "orbit left": lambda: pgettext("a shot's camera", "orbit left"),
    "orbit right": lambda: pgettext("a shot's camera", "orbit right"),
    "tracking": lambda: pgettext("a shot's camera", "tracking"),
    "crane up": lambda: pgettext("a shot's camera", "crane up"),
    "crane down": lambda: pgettext("a shot's camera", "crane down"),
    "handheld": lambda: pgettext("a shot's camera", "handheld"),
    "whip pan": lambda: pgettext("a shot's camera", "whip pan"),
    "zoom in": lambda: pgettext("a shot's camera", "zoom in"),
    "zoom out": lambda: pgettext("a shot's camera", "zoom out"),
    "rack focus": lambda: pgettext("a shot's camera", "rack focus"),
    "slow": lambda: pgettext("a shot's camera", "slow"),
    "normal": lambda: pgettext("a shot's camera", "normal"),
    "fast": lambda: pgettext("a shot's camera", "fast"),
    "linear": lambda: pgettext("a shot's camera", "linear"),
    "ease in": lambda: pgettext("a shot's camera", "ease in"),
    "ease out": lambda: pgettext("a shot's camera", "ease out"),
    "ease in and out": lambda: pgettext("a shot's camera", "ease in and out"),
}
_FIELDS: dict[str, Callable[[], str]] = {
    "size": lambda: pgettext("of a shot", "size"),
    "angle": lambda: pgettext("of a shot", "angle"),
    "lens": lambda: pgettext("of a shot", "lens"),
    "move": lambda: pgettext("of a shot", "move"),
    "speed": lambda: pgettext("of a shot", "speed"),
    "easing": lambda: pgettext("of a shot", "easing"),
    "subjects": lambda: pgettext("of a shot", "subjects"),
    "over": lambda: pgettext("of a shot", "over"),
    "characters": lambda: pgettext("of a shot", "characters"),
    "action": lambda: pgettext("of a shot", "action"),
    "frames": lambda: pgettext("of a shot", "frames"),
    "seed": lambda: pgettext("of a shot", "seed"),
    "status": lambda: pgettext("of a shot", "status"),
    "assigned": lambda: pgettext("of a shot", "assigned"),
    "due": lambda: pgettext("of a shot", "due"),
    "engine": lambda: pgettext("of a shot", "engine"),
    "picture": lambda: pgettext("of a shot", "picture"),
    "quality": lambda: pgettext("of a shot", "quality"),
    "place": lambda: pgettext("of a shot", "place"),
    "time": lambda: pgettext("of a shot", "time"),
    "weather": lambda: pgettext("of a shot", "weather"),
    "lines": lambda: pgettext("of a shot", "lines"),
    "set": lambda: pgettext("of a shot", "set"),
    "text": lambda: pgettext("of a shot", "text"),
    "direction": lambda: pgettext("of a shot", "direction"),
    "count": lambda: pgettext("of a shot", "count"),
}
OF_THE_CAMERA = ("size", "angle", "move", "speed", "easing")
"""Fields whose values are words of the camera."""

WHYS = (
    gettext_noop("shows the place"),
    gettext_noop("back in this place"),
    gettext_noop("a last look"),
    gettext_noop("what they see"),
    gettext_noop("the thing itself"),
    gettext_noop("the place"),
    gettext_noop("room to come and go"),
    gettext_noop("everybody"),
    gettext_noop("the face tells it"),
    gettext_noop("both of them"),
    gettext_noop("what the hands do"),
    gettext_noop("the whole body moves"),
    gettext_noop("the body changes place"),
    gettext_noop("what they do"),
    gettext_noop("listens"),
    gettext_noop("speaks"),
    gettext_noop("hears it"),
    gettext_noop("a voice from elsewhere"),
    gettext_noop("listens while the line goes on"),
    gettext_noop("who stands where"),
    gettext_noop("speaks to somebody"),
    gettext_noop("it tightens"),
    gettext_noop("how it lands"),
)
"""Why the breakdown made a shot; the reasons of a rewrite and of a person stand as they were written."""

STALE = (
    gettext_noop("It was changed after its take was made."),
    gettext_noop("Its words changed in revision %(revision)s."),
    gettext_noop("Its words were cut from the script in revision %(revision)s."),
    gettext_noop("A line in it was changed after its take was made."),
    gettext_noop("A line in it was spoken anew after its take was made."),
    gettext_noop("%(name)s looks different since its take was made."),
)
"""All that `Shot.stale` can say."""

NO_SET = gettext_noop("%(place)s has no set yet. Open the world and have it designed, then retry.")
UNSPOKEN = gettext_noop("“%(line)s” was not spoken yet. Record the line, then retry.")
stored.also(*(words for words in (*STALE, NO_SET, UNSPOKEN) if "%(" in words))


def camera_word(word: str) -> str:
    """A size, angle, move, speed or easing: "medium close-up"."""
    return _CAMERA[word]() if word in _CAMERA else word


def _label(word: str) -> str:
    return str(capfirst(camera_word(word)))


camera_label = lazy(_label, str)
"""For choices: "Medium close-up"."""


def field_name(name: str) -> str:
    """A field of a shot or a recipe: "lens"."""
    return _FIELDS[name]() if name in _FIELDS else name


def _field_label(name: str) -> str:
    return str(capfirst(field_name(name)))


field_label = lazy(_field_label, str)
"""For forms: "Lens"."""


def value_words(name: str, value: Any) -> str:
    """What stands in a field, for a person to read."""
    if isinstance(value, list | tuple):
        return pgettext("between things", ", ").join(map(str, value))
    return camera_word(value) if name in OF_THE_CAMERA and isinstance(value, str) else str(value)


def stale_words(stale: str) -> str:
    """`Shot.stale` as the reader reads it."""
    return stored.said(stale)


def history_words(kind: str, data: dict[str, Any]) -> str:
    """One event of a shot's own history."""
    if kind in ("shot.changed", "work.changed"):
        changes = [
            f"{field_name(name)}: {value_words(name, data['before'].get(name))} → {value_words(name, after)}" for name, after in data["after"].items()
        ]
        return pgettext("between changes", ", ").join(changes)
    if kind == "shot.moved":
        return gettext("moved from %(before)s to %(after)s") % {"before": data["before"], "after": data["after"]}
    if kind == "shot.added":
        return gettext("added behind %(code)s") % {"code": data["after"]}
    if kind == "shot.removed":
        return gettext("set aside")
    return gettext("brought back") if kind == "shot.restored" else kind
