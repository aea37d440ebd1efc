"""What a run of the chaos suite says in the end."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.harness import Rounds

INTRODUCTION = """# Chaos

`./firstcut chaos --rounds 100 --report docs/chaos.md` starts a real studio in a folder of its own (PostgreSQL, Valkey, web, clerk, desk,
two render workers, all under the supervisor), asks it for work in two projects, and while the work runs kills parts of it, loses and
doubles its messages, or stops a worker past its lease. After every round each job must have ended within two minutes, with exactly one
result if it succeeded and none otherwise; nobody's account of worker time may be off; the ledger's sums must be the jobs' own to the
millisecond; in the end the hash chain of all events must hold.
Most jobs are a cheap kind made for this; every third round adds real previs panels. Leases last 6 s here instead of 30 s, so that a
round takes seconds. The short form of the same runs in the test suite.

This file is the output of the last run and is not written by hand.
"""


def markdown(rounds: Rounds, seed: int, seconds: float) -> str:
    figures = rounds.kept or rounds.figures()
    lines = [
        INTRODUCTION,
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
