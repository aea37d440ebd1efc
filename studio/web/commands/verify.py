"""Check the log and the ledger: every event in its place, every hash the one that follows, every sum what its entries and jobs say."""

import argparse
import subprocess
import sys
from pathlib import Path

from studio.web import stack
from studio.web.datafolder import AlreadyRunning, database_running
from studio.web.environment import data_folder
from studio.web.services import CannotStart


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./firstcut verify", description=__doc__)
    parser.add_argument("--data", type=Path, default=data_folder(), metavar="DIR")
    data = parser.parse_args(arguments).data.expanduser().resolve()
    environment = stack.surroundings(data, url="http://127.0.0.1:8000", bind="127.0.0.1", workers=1)
    try:
        with database_running(data, what="verify"):
            return max(subprocess.run([*stack.MANAGE, command], env=environment).returncode for command in ("verify_events", "verify_ledger"))
    except (AlreadyRunning, CannotStart) as error:
        print(f"firstcut: {error}", file=sys.stderr)
        return 1
