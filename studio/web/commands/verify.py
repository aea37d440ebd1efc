"""Check the log and the ledger: every event in its place, every hash the one that follows, every sum what its entries and jobs say.

With APPROVAL, an approval's id or its certificate as a PDF, check that instead: what was signed, worked out anew from the records and from the
bytes of every file.
"""

import argparse
import os
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
    parser.add_argument("approval", nargs="?", metavar="APPROVAL", help="an approval's id, or its certificate")
    options = parser.parse_args(arguments)
    data = options.data.expanduser().resolve()
    commands = [["verify_approval", _named(options.approval)]] if options.approval else [["verify_events"], ["verify_ledger"]]
    environment = stack.surroundings(data, url="http://127.0.0.1:8000", bind="127.0.0.1", workers=1)
    try:
        with database_running(data, what="verify"):
            return max(subprocess.run([*stack.MANAGE, *command], env=environment).returncode for command in commands)
    except (AlreadyRunning, CannotStart) as error:
        print(f"firstcut: {error}", file=sys.stderr)
        return 1


def _named(approval: str) -> str:
    """A file by its whole name: `./firstcut` has left the folder in which it was typed."""
    path = Path(os.environ.get("FIRSTCUT_FROM", ".")) / approval
    return str(path.resolve()) if path.is_file() else approval
