"""Which engines there are for a task, in the order in which a person would look for them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from generation import catalog
from generation.contract import Task
from generation.facts import EngineInfo, Family

FAMILIES: tuple[tuple[Family, str], ...] = (
    ("image", gettext_noop("Pictures")),
    ("video", gettext_noop("Clips")),
    ("control", gettext_noop("Clips under control")),
    ("post", gettext_noop("Upscale and interpolate")),
    ("music", gettext_noop("Music and effects")),
    ("voice", gettext_noop("Speech")),
    ("text", gettext_noop("Text")),
    ("other machines", gettext_noop("Other machines")),
    ("previs", gettext_noop("Previs")),
)
TASK_WORDS: dict[Task, str] = {
    "still": gettext_noop("a picture"),
    "shot": gettext_noop("a clip"),
    "upscale": gettext_noop("larger"),
    "interpolate": gettext_noop("more frames"),
    "music": gettext_noop("music"),
    "tone": gettext_noop("a tone"),
    "effect": gettext_noop("an effect"),
    "voice": gettext_noop("speech"),
    "text": gettext_noop("text"),
}
GENERAL: tuple[Task, ...] = tuple(TASK_WORDS)


@dataclass(frozen=True)
class Offer:
    """One engine and one thing it makes."""

    info: EngineInfo
    task: Task

    @property
    def words(self) -> str:
        return gettext(TASK_WORDS[self.task])


def offers(tasks: tuple[Task, ...] = GENERAL, *, without: tuple[str, ...] = ("previs",)) -> list[tuple[str, list[Offer]]]:
    """Engines by family, each with every task of `tasks` that it can do. previs makes shots from the film's own rows and is asked there."""
    found: list[tuple[str, list[Offer]]] = []
    for family, words in FAMILIES:
        engines = [info for info in catalog.engines() if info.family == family and info.name not in without]
        rows = [Offer(info, task) for info in engines for task in info.tasks if task in tasks]
        if rows:
            found.append((gettext(words), rows))
    return found


def offer(engine: str, task: str) -> Offer | None:
    """The engine and task by name, or None if there is no such pair."""
    for _, rows in offers():
        for row in rows:
            if row.info.name == engine and row.task == task:
                return row
    return None
