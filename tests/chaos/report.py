"""What a run of the chaos suite says in the end."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.harness import Rounds

INTRODUCTION = """# Chaos

`./firstcut chaos --rounds 100 --report docs/chaos.md` starts a real studio in a folder of its own (PostgreSQL, Valkey, web, clerk and
desk under their supervisor), and four render workers as on other machines: two in each of two network namespaces, started by `./firstcut
worker`, which reach the studio by TCP with the database role of workers. It asks for work in two projects, and while the work runs kills
parts of the studio and of the places, pulls a place's cable for longer than a lease, then also its power, so that nobody hears of its death,
or exchanges the broker meanwhile, loses and doubles messages, or stops a worker past its lease. After every round each job must have ended
within two minutes, with exactly one result if it succeeded and none otherwise; nobody's account of worker time may be off; the ledger's sums
must be the jobs' own to the millisecond, with nothing set aside for what has ended; in the end the hash chain of all events must hold. Most
jobs are a cheap kind made for this; each round adds two of real engines on tiny models (stills, a clip in windows, music, voices, and a paid
service in a process of its own, at which each job must arrive under one key and be charged for once); every third round adds previs panels.
Leases last 6 s here instead of 30 s, so that a round takes seconds. The short form of the same runs in the test suite.

This file is the output of the last run and is not written by hand.
"""


def markdown(rounds: Rounds, seed: int, seconds: float) -> str:
    figures = rounds.kept or rounds.figures()
    lines = [
        INTRODUCTION,
        f"{rounds.where}. " if rounds.where else "",
        f"Run on {datetime.now(UTC):%Y-%m-%d}, {len(rounds.told)} rounds in {seconds / 60:.0f} minutes, seed {seed}, "
        f"{os.cpu_count()} cores (shared with other work), Python {platform.python_version()}, Linux.",
        "",
        f"**{'Everything held.' if not rounds.broken else 'BROKEN: ' + rounds.broken}**",
        "",
        "| what | how many |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in figures.items()),
        "",
        "| round | what was done to the studio | jobs | until all had ended |",
        "|---|---|---|---|",
        *(f"| {told.number} | {'; '.join(told.acts)} | {told.jobs} | {told.seconds:.1f} s |" for told in rounds.told),
        "",
    ]
    return "\n".join(lines)
