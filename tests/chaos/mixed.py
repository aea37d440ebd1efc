"""Jobs of real engines among the cheap ones: stills, a clip in windows, voices, music on tiny models, and a paid service in a process of its own
that counts what it charges."""

from __future__ import annotations

import json
import random
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation import catalog
from generation.contract import Format, Rate
from studio.accounts.models import Person
from studio.jobs.models import Job, State
from studio.material.actions import request_pieces
from studio.material.models import Piece
from studio.projects.models import Project
from studio.providers.actions import Typed, add_endpoint
from tests.chaos.places import HOST
from tests.generation.engines import test_provider, tiny_images, tiny_sounds, tiny_vits, tiny_wan
from tests.generation.engines.provider_server import KEY, Running

PAID = 7001
MODELS = {"tiny/zimage": tiny_images.zimage, "tiny/vace": tiny_wan.vace, "tiny/ace-step": tiny_sounds.ace_step, "tiny/vits": tiny_vits.vits}
RATE = Rate(num=24)
STILL, CLIP, SOUND = Format(width=64, height=32, rate=RATE, frames=1), Format(width=64, height=36, rate=RATE, frames=22), Format(rate=RATE, frames=12)


@dataclass(frozen=True)
class Ask:
    engine: str
    task: Any
    params: dict[str, Any]
    format: Format | None = None


ASKS = (
    Ask("zimage", "still", {"model": "tiny/zimage", "steps": 3}, STILL),
    Ask("wan_vace", "shot", {"model": "tiny/vace", "steps": 3, "window": 17, "overlap": 5}, CLIP),
    Ask("ace_step", "music", {"model": "tiny/ace-step", "steps": 1}, SOUND),
    Ask("vits", "voice", {"model": "tiny/vits"}),
    Ask("espeak", "voice", {}),
    Ask("provider", "still", {"endpoint": "promises"}, STILL),
    Ask("provider", "still", {"endpoint": "doubtful"}, STILL),
)


def fill(root: Path) -> None:
    for name, build in MODELS.items():
        build(root / name.replace("/", "--"))


class Mixed:
    """Asks of every engine in turn. `address` is where workers reach the paid service."""

    def __init__(self, rng: random.Random, service: Running, address: str) -> None:
        self.rng, self.service, self.address = rng, service, address
        self._asks: list[Ask] = []

    def prepare(self, by: Person) -> None:
        """The paid service twice: as one that promises to take a job once however often it is sent, and as one that does not."""
        for name, header in (("promises", test_provider.HEADER), ("doubtful", "")):
            settings = {
                "submit": {"body": {**test_provider.BODY, "slowly": 0.3}, "id_path": "id", "idempotency_header": header},
                "poll": {"interval": 0.05, "progress_path": "progress"}, "result": {"url_path": "output"}, "patience": 10, "silence": 10,
                "cancel": {"path": "/jobs/{job}/cancel"},
            }  # fmt: skip
            add_endpoint(Typed(name=name, kind="provider", url=self.address, key=KEY, own_network=True, settings=settings), by=by)

    def ask(self, project: Project, by: Person, number: int) -> list[Job]:
        jobs = []
        for index in range(2):
            if not self._asks:
                self._asks = list(ASKS)
                self.rng.shuffle(self._asks)
            ask = self._asks.pop()
            words = f"Round {number}, job {index}"
            form = catalog.info(ask.engine).forms[ask.task]
            named = {"text": words} if ask.task == "voice" else {"prompt": words}
            params = form(**{**ask.params, **named}).model_dump(mode="json")
            jobs += request_pieces(project, by=by, engine=ask.engine, task=ask.task, params=params, format=ask.format, seed=number)
        return jobs

    def wrong(self) -> str:
        """What does not hold of these jobs, in words; empty if all does."""
        made = Counter(Piece.objects.exclude(job=None).values_list("job_id", flat=True))
        doubts = 0
        for pk, state, spec, error in Job.objects.filter(kind="piece").values_list("pk", "state", "spec", "error"):
            if made[pk] != (1 if state == State.SUCCEEDED else 0):
                return f"{spec['engine']} {pk} is {state} and has {made[pk]} pieces."
            doubtful = spec["params"].get("endpoint") == "doubtful" and "may have been charged" in error
            doubts += doubtful
            if state == State.FAILED and not doubtful:
                return f"{spec['engine']} {pk} has failed: {error}"
        return self._wrongly_paid()

    def _wrongly_paid(self) -> str:
        """Each job arrives under one key, and at the service that promises nothing once; the service charges once for each, and was asked by
        every job that has its result."""
        arrived, keys, charges = self.taken()
        if charges != len(arrived):
            return f"{len(arrived)} jobs reached the paid service, and it charged {charges} times."
        jobs = Job.objects.filter(kind="piece", engine="provider")
        for title, endpoint, state in jobs.values_list("spec__title", "spec__params__endpoint", "state"):
            once = endpoint == "promises" or arrived[title] <= 1
            if keys[title] > 1 or not once or (state == State.SUCCEEDED and not arrived[title]):
                return f"“{title}” ({state}) reached the paid service “{endpoint}” {arrived[title]} times under {keys[title]} keys."
        return ""

    def taken(self) -> tuple[Counter[str], Counter[str], int]:
        """(how often each job reached the paid service, by its words; under how many keys; how often the service charged)."""
        with urllib.request.urlopen(self.service.url.removesuffix("/v1") + "/seen", timeout=10) as answer:
            seen = json.load(answer)
        words = [str(body["prompt"]) for body in seen["bodies"]]
        pairs = zip(words, seen["keys"], strict=True)
        return Counter(words), Counter(each for each, _ in set(pairs)), int(seen["charges"])

    def figures(self) -> dict[str, str]:
        by_engine = Counter(Piece.objects.exclude(job=None).values_list("job__engine", flat=True))
        doubtful = Job.objects.filter(kind="piece", state=State.FAILED).count()
        arrived, _, charges = self.taken()
        return {
            "pieces by real engines on tiny models": ", ".join(f"{engine} {count}" for engine, count in sorted(by_engine.items())),
            "jobs that reached a paid service; how often it charged": f"{len(arrived)}; {charges}",
            "… sent again under the key that the service takes once": str(arrived.total() - len(arrived)),
            "paid jobs given up in doubt rather than sent twice (the service promises nothing)": str(doubtful),
        }


def address() -> str:
    return f"http://{HOST}:{PAID}/v1"
