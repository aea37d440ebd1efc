"""The timeline page's first answer with 2,000 shots against the same page with 60: time, bytes and database queries, asked by turns."""

from __future__ import annotations

import hashlib
import statistics
import sys
import time
from typing import Any

from tests.bench.ground import ground
from tests.bench.lines import line

SMALL, LARGE, ASKED, WARM_UP = 60, 2000, 25, 3
MOST_QUERIES = 30


def main() -> int:
    with ground():
        measure()
    return 0


def film(person: Any, shots: int) -> Any:
    """A project with as many shots, each with a take that stands in the cut."""
    from studio.media.models import Asset
    from studio.projects.actions import start_project
    from studio.projects.rates import RATE_BY_KEY
    from studio.script.models import Scene
    from studio.shots.models import Shot, Take
    from studio.timeline.actions import cut_of
    from studio.timeline.models import Clip

    project = start_project(name=f"{shots} shots", by=person, rate=RATE_BY_KEY["24"], width=1280, height=720)
    asset, _ = Asset.objects.get_or_create(sha256=hashlib.sha256(b"bench").hexdigest(), defaults={"size": 5, "media_type": "video/mp4"})
    scenes = Scene.objects.bulk_create(
        Scene(project=project, number=str(n + 1), order=n, heading="INT. ROOM - DAY", place="ROOM", interior=True) for n in range(-(-shots // 20))
    )
    rows = Shot.objects.bulk_create(
        Shot(project=project, scene=scenes[n // 20], position=n % 20, code=f"{n // 20 + 1}.{n % 20 + 1}", frames=96, take_count=1, action="A look.")
        for n in range(shots)
    )
    takes = Take.objects.bulk_create(Take(shot=shot, number=1, asset=asset, frames=96, recipe={}) for shot in rows)
    cut = cut_of(project)
    Clip.objects.bulk_create(
        Clip(cut=cut, shot=shot, take=take, order=n, source_out=96) for n, (shot, take) in enumerate(zip(rows, takes, strict=True))
    )
    return project


def measure() -> None:
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from studio.accounts.actions import make_person

    person = make_person(email="bench@example.com", name="Bench", by="bench")
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(person)
    addresses = {count: reverse("timeline:page", args=[film(person, count).slug]) for count in (SMALL, LARGE)}
    times: dict[int, list[float]] = {SMALL: [], LARGE: []}
    queries: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for number in range(ASKED + WARM_UP):
        for count, address in addresses.items():
            asked = 0

            def counted(execute: Any, *rest: Any) -> Any:
                nonlocal asked
                asked += 1
                return execute(*rest)

            began = time.perf_counter()
            with connection.execute_wrapper(counted):
                answer = client.get(address)
            taken = time.perf_counter() - began
            assert answer.status_code == 200, answer.status_code
            queries[count], sizes[count] = asked, len(answer.content)
            if number >= WARM_UP:
                times[count].append(taken * 1000)
    small, large = statistics.median(times[SMALL]), statistics.median(times[LARGE])
    same = queries[SMALL] == queries[LARGE] < MOST_QUERIES
    ours = f"{large:.1f} ms, {queries[LARGE]} queries, {sizes[LARGE] // 1024} KiB"
    print(line(f"timeline page, {LARGE} shots against {SMALL}", ours, f"{small:.1f} ms, {queries[SMALL]} queries", large / small, 1.3, same))


if __name__ == "__main__":
    sys.exit(main())
