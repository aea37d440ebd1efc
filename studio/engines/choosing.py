"""Which engines there are for a task, in the order in which a person would look for them."""

from __future__ import annotations

from dataclasses import dataclass

from generation import catalog
from generation.contract import Task
from generation.facts import EngineInfo, Family

FAMILIES: tuple[tuple[Family, str], ...] = (
    ("image", "Pictures"),
    ("video", "Clips"),
    ("control", "Clips under control"),
    ("post", "Upscale and interpolate"),
    ("music", "Music and effects"),
    ("voice", "Speech"),
    ("text", "Text"),
    ("other machines", "Other machines"),
    ("previs", "Previs"),
)
TASK_WORDS: dict[Task, str] = {
    "still": "a picture",
    "shot": "a clip",
    "upscale": "larger",
    "interpolate": "more frames",
    "music": "music",
    "tone": "a tone",
    "effect": "an effect",
    "voice": "speech",
    "text": "text",
}
GENERAL: tuple[Task, ...] = tuple(TASK_WORDS)


@dataclass(frozen=True)
class Offer:
    """One engine and one thing it makes."""

    info: EngineInfo
    task: Task

    @property
    def words(self) -> str:
        return TASK_WORDS[self.task]


def offers(tasks: tuple[Task, ...] = GENERAL, *, without: tuple[str, ...] = ("previs",)) -> list[tuple[str, list[Offer]]]:
    """Engines by family, each with every task of `tasks` that it can do. previs makes shots from the film's own rows and is asked there."""
    found: list[tuple[str, list[Offer]]] = []
    for family, words in FAMILIES:
        engines = [info for info in catalog.engines() if info.family == family and info.name not in without]
        rows = [Offer(info, task) for info in engines for task in info.tasks if task in tasks]
        if rows:
            found.append((words, rows))
    return found


def offer(engine: str, task: str) -> Offer | None:
    """The engine and task by name, or None if there is no such pair."""
    for _, rows in offers():
        for row in rows:
            if row.info.name == engine and row.task == task:
                return row
    return None
