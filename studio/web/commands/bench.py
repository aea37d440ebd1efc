"""Measure the studio against the best known way to do the same, on this machine, both in one run.

A line each: name · ours · reference · ratio · target · ok or falls short. NAME is one of start, dispatch, throughput, fanout,
timeline, previs, export, stills, tail, wrapper, overlap, fairness, marks, doors, together; without it, all. Measure on a machine that does nothing
else.
"""

import argparse
import os
import subprocess
import sys

from studio.web.commands.test import install_packages
from studio.web.environment import ROOT
from studio.web.warm import numba_cache

NAMES = (
    "start", "dispatch", "throughput", "fanout", "timeline", "previs", "export", "stills", "tail", "wrapper", "overlap", "fairness", "marks", "doors",
    "together",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./firstcut bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES, help="only this one")
    options = parser.parse_args(arguments)
    if not install_packages():
        return 1
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(numba_cache())}
    short = False
    for name in [options.name] if options.name else NAMES:
        # Each in a process of its own: what one has loaded or left in memory must not be measured with the next.
        process = subprocess.Popen([sys.executable, "-m", f"tests.bench.{name}"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for words in process.stdout:
            print(words, end="", flush=True)
            short = short or "falls short" in words
        if process.wait() not in (0, 1) and not short:
            print(f"{name} · did not run to its end · falls short", flush=True)
            short = True
    return 1 if short else 0
