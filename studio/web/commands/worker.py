"""Run workers only, for a studio that stands on another machine.

DATABASE_URL, VALKEY_URL and STORAGE_URL must name that studio's; the workers here take jobs from its queue until Ctrl-C. What runs then has
--grace seconds to finish, and is given back to the queue after it, uncounted. docs/workers.md tells the rest.
"""

import argparse
import os
import sys
from pathlib import Path

from studio.jobs import machine
from studio.web import stack
from studio.web.environment import data_folder
from studio.web.supervisor import Supervisor

QUEUES = ("desk", "work", "gpu")


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="./firstcut worker", description=__doc__)
    found.add_argument("--gpu", type=int, action="append", default=[], metavar="N", help="a worker with this graphics card; may be said again")
    found.add_argument("--workers", type=int, default=None, help="how many without a card (default: one a core, or none with --gpu)")
    found.add_argument("--queues", default="", metavar="NAMES", help=f"take only from these, with commas between: {', '.join(QUEUES)}")
    found.add_argument("--grace", type=float, default=30.0, metavar="SECONDS", help="how long what runs may go on once asked to end (default 30)")
    found.add_argument("--desk", action="store_true", help="also a desk, for panels and designs")
    found.add_argument("--marker", action="store_true", help="also a marker, for watermarks; it needs the web machine's FIRSTCUT_MARKED")
    found.add_argument("--clerk", action="store_true", help="also a clerk, for events and sweeping; one for a whole studio is enough")
    found.add_argument("--data", type=Path, default=data_folder(), metavar="DIR", help="for working files, models and logs")
    return found


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    wrong = _wrong(options)
    if wrong:
        print(f"firstcut: {wrong}", file=sys.stderr)
        return 1
    workers = options.workers if options.workers is not None else 0 if options.gpu else os.cpu_count() or 1
    data = options.data.expanduser().resolve()
    environment = stack.surroundings(data, url=os.environ.get("FIRSTCUT_URL", "http://127.0.0.1:8000"), bind="127.0.0.1", workers=workers)
    environment["FIRSTCUT_CARDS"] = str(len(options.gpu))
    supervisor = Supervisor(lambda words: print(words, flush=True))
    supervisor.listen_for_signals()
    if options.clerk:
        supervisor.keep(stack.clerk(environment, data))
    if options.desk:
        supervisor.keep(stack.desk(environment, data))
    if options.marker:
        supervisor.keep(stack.marker(environment, data))
    for card in options.gpu:
        supervisor.keep(stack.gpu_worker(card, environment, data, queues=options.queues or "gpu", grace=options.grace))
    for number in range(1, workers + 1):
        supervisor.keep(stack.render_worker(number, environment, data, queues=options.queues, grace=options.grace))
    if (options.desk or workers) and options.queues != "gpu" and not os.environ.get("SECRET_KEY"):
        print("SECRET_KEY is not set: unless this data folder is the studio's own, jobs that call other machines fail here (docs/workers.md).")
    there = [f"{workers} render worker{'s' * (workers != 1)}"] if workers else []
    there += [f"{len(options.gpu)} with a graphics card"] if options.gpu else []
    print(f"{' and '.join(there) or 'No workers'} start; logs in {data / 'logs'}. Ctrl-C stops them.", flush=True)
    try:
        supervisor.watch()
    finally:
        supervisor.stop()
    return 0


def _wrong(options: argparse.Namespace) -> str:
    """What is wrong with how it was called, as a sentence; empty if nothing is."""
    missing = [name for name in ("DATABASE_URL", "VALKEY_URL", "STORAGE_URL") if not os.environ.get(name)]
    if missing:
        return f"set {' and '.join(missing)} to the studio's, so that this machine works for it."
    unknown = [name for name in options.queues.split(",") if name and name not in QUEUES]
    if unknown:
        return f"there is no queue {unknown[0]!r}. There are: {', '.join(QUEUES)}."
    if options.gpu and not machine.can_paint():
        return "a card is of use to neural engines only, and their libraries are not installed: .venv/bin/pip install -r requirements-torch.txt"
    cards = machine.cards()
    absent = [card for card in options.gpu if card >= cards]
    if absent:
        return f"there is no graphics card {absent[0]}: the driver knows {cards or 'none'}."
    return ""
