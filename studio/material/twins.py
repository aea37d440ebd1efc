"""Takes by other engines than previs that would be made exactly so again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from generation import catalog
from generation.contract import Request
from studio.jobs.actions import Order
from studio.material.inputs import resolved
from studio.projects.models import Project
from studio.shots.models import Shot
from studio.shots.twins import Twin, every, made, under_way


class Exists(Exception):
    """What was asked for is there, or being made: `twins`. Nothing was queued."""

    def __init__(self, twins: list[Twin]) -> None:
        super().__init__(gettext("Exactly this is there already. Nothing was ordered."))
        self.twins = twins


def twins_among(shot: Shot, orders: Sequence[Order]) -> list[Twin]:
    """What is there or under way of exactly these orders of takes, by an engine that makes the same of the same; empty if one would be new."""
    return every([_twin(shot, order.spec) if catalog.info(order.spec["engine"]).repeatable else None for order in orders])


def _twin(shot: Shot, spec: dict[str, Any]) -> Twin | None:
    return under_way(shot, "take", spec) or made(shot, spec["frames"], lambda: _request(shot.project, spec))


def _request(project: Project, spec: dict[str, Any]) -> Request:
    inputs = resolved(project, spec["inputs"])
    return Request(engine=spec["engine"], task=spec["task"], seed=spec["seed"], format=spec["format"], params=spec["params"], inputs=inputs)
