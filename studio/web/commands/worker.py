"""Run render workers only, for a studio that stands on another machine.

DATABASE_URL, VALKEY_URL and STORAGE_URL must name that studio's; the workers here take jobs from its queue until Ctrl-C.
"""

import argparse
import os
import sys
from pathlib import Path

from studio.web import stack
from studio.web.environment import data_folder
from studio.web.supervisor import Supervisor


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./firstcut worker", description=__doc__)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many processes (default: one a core)")
    parser.add_argument("--desk", action="store_true", help="also a desk, for panels and designs")
    parser.add_argument("--clerk", action="store_true", help="also a clerk, for events and sweeping; one for a whole studio is enough")
    parser.add_argument("--data", type=Path, default=data_folder(), metavar="DIR", help="for working files and logs")
    options = parser.parse_args(arguments)
    missing = [name for name in ("DATABASE_URL", "VALKEY_URL", "STORAGE_URL") if not os.environ.get(name)]
    if missing:
        print(f"firstcut: set {' and '.join(missing)} to the studio's, so that this machine works for it.", file=sys.stderr)
        return 1
    data = options.data.expanduser().resolve()
    environment = stack.surroundings(data, url=os.environ.get("FIRSTCUT_URL", "http://127.0.0.1:8000"), bind="127.0.0.1", workers=options.workers)
    supervisor = Supervisor(lambda words: print(words, flush=True))
    supervisor.listen_for_signals()
    if options.clerk:
        supervisor.keep(stack.clerk(environment, data))
    if options.desk:
        supervisor.keep(stack.desk(environment, data))
    for number in range(1, options.workers + 1):
        supervisor.keep(stack.render_worker(number, environment, data))
    print(f"{options.workers} render workers start; logs in {data / 'logs'}. Ctrl-C stops them.", flush=True)
    try:
        supervisor.watch()
    finally:
        supervisor.stop()
    return 0
