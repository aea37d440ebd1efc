"""Ten projects and ten thousand jobs of mixed lengths on eight workers, through the real claim: who gets what, and who waits how long.

One project asks for half of everything at once; the lengths of the others' jobs differ tenfold; some have several people.
"""

from __future__ import annotations

import random
import sys
from typing import Any

from tests.bench.farm import ask_for, jain, lengths, simulate
from tests.bench.ground import ground, percentile
from tests.bench.lines import at_most, line

WORKERS = 8
PROJECTS = 10
JOBS = 10_000


def main() -> int:
    with ground():
        return measure()


def measure() -> int:
    from studio.accounts.actions import make_person
    from studio.jobs.models import Job
    from studio.projects.actions import start_project
    from studio.projects.rates import RATE_BY_KEY

    rng = random.Random(7)
    people = [make_person(email=f"p{n}@example.com", name=f"P{n}", by="bench") for n in range(4)]
    projects = [start_project(name=f"Film {n}", by=people[0], rate=RATE_BY_KEY["24"], width=640, height=360) for n in range(PROJECTS)]
    seconds: dict[Any, float] = {}
    for number, project in enumerate(projects):
        share = JOBS // 2 if number == 0 else JOBS // 2 // (PROJECTS - 1)
        mean = 4.0 if number == 0 else 6.0 * (1 + number)
        team = people[: 1 + number % 4]
        for person in team:
            seconds |= ask_for(project, person, lengths(rng, share // len(team), mean), rng)
    retakes: dict[Any, float] = {}

    def retake() -> dict[Any, float]:
        """Somebody of the smallest project wants one shot again, now."""
        one = ask_for(projects[-1], people[0], [20.0], rng, priority=0)
        retakes.update(one)
        return one

    told = simulate(WORKERS, seconds, arrivals=[(200.0 * n, retake) for n in range(1, 21)])
    print(f"{told.claims} claims · {told.claim_seconds / told.claims * 1000:.2f} ms each, {Job.objects.count()} jobs in the table", flush=True)
    for number, project in enumerate(projects):
        waits = told.waits[project.pk]
        shown = " ".join(f"p{p} {percentile(waits, p):.0f} s" for p in (50, 90, 99))
        print(f"film {number} · {len(waits)} jobs · {told.got[project.pk]:.0f} worker seconds while all had work · waited {shown}", flush=True)
    fairness = jain(told.got.values())
    print(line("Jain's index over projects", f"{fairness:.4f}", "0.95", 0.95 / fairness, 1.0), flush=True)
    within = [jain([v for (p, _), v in told.got_people.items() if p == project.pk]) for project in projects]
    print(line("Jain's index over the people of a project, worst", f"{min(within):.4f}", "0.95", 0.95 / min(within), 1.0), flush=True)
    longest = max(told.wait_of[pk] for pk in retakes)
    print(at_most("a single retake among ten thousand jobs waited at most", longest, max(seconds.values()), "s"), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
