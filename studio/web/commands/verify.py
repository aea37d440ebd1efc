"""Check the log: every event in its place, every hash the one that follows from what stands before."""

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
            return subprocess.run([*stack.MANAGE, "verify_events"], env=environment).returncode
    except (AlreadyRunning, CannotStart) as error:
        print(f"firstcut: {error}", file=sys.stderr)
        return 1
