"""A shot in words, for engines that are told in words: the place, who is seen, what happens, how it is filmed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generation.contract import CameraPlan, SceneFacts
from studio.projects.models import Project
from studio.world.models import Character, Location

LONGEST = 220  # characters said of one person or place


class Words:
    """A project's shots in words: two queries, however many shots. What people wrote in their own words is stronger than the script's."""

    def __init__(self, project: Project) -> None:
        self._places = {(row.name, row.interior): row for row in Location.objects.filter(project=project).order_by("-pk")}
        self._people = {row.name: row for row in Character.objects.filter(project=project)}

    def of(self, spec: dict[str, Any]) -> dict[str, str]:
        """`place`, `subject`, `action`, `camera` of a shot's spec."""
        facts = SceneFacts.model_validate(spec["facts"])
        camera = CameraPlan.model_validate(spec["camera"])
        return {"place": self._place(facts), "subject": self._who(facts), "action": spec["action"].strip(), "camera": _camera(camera)}

    def _place(self, facts: SceneFacts) -> str:
        row = self._places.get((facts.place, facts.interior))
        said = _said(row.notes, row.texts) if row else ""
        inside = "interior" if facts.interior else "exterior"
        weather = "" if facts.weather in ("", "clear") else f", {facts.weather}"
        return f"{facts.place.lower()}, {inside}, {facts.time}{weather}" + (f". {said}" if said else "")

    def _who(self, facts: SceneFacts) -> str:
        seen = [name for name in (facts.beats[-1].characters if facts.beats else ()) if name in self._people]
        described = {name: _said(self._people[name].notes, self._people[name].texts) for name in seen}
        return "; ".join(f"{name.title()} ({said})" if said else name.title() for name, said in described.items())


def _said(notes: str, texts: Iterable[str]) -> str:
    words = notes.strip() or next((text.strip() for text in texts if text.strip()), "")
    return " ".join(words.split())[:LONGEST].rstrip(".")


def _camera(plan: CameraPlan) -> str:
    angle = "" if plan.angle == "eye level" else f", {plan.angle} angle"
    move = "static camera" if plan.move == "static" else f"{plan.speed} {plan.move}" if plan.speed != "normal" else plan.move
    return f"{plan.size} shot{angle}, {plan.lens} mm lens, {move}".replace("shot shot", "shot")
