"""Make a one-time link: for the first owner, or for a person who cannot sign in.

It works once, within a day. With no address it is the first owner's, or the operator's if there is one.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from studio.web import stack
from studio.web.datafolder import AlreadyRunning, DataFolder, database_running
from studio.web.environment import data_folder
from studio.web.services import CannotStart


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./firstcut link", description=__doc__)
    parser.add_argument("email", nargs="?", default="", help="whose link; without it, the operator's")
    parser.add_argument("--data", type=Path, default=data_folder(), metavar="DIR")
    options = parser.parse_args(arguments)
    data = options.data.expanduser().resolve()
    holder = DataFolder(data).holder()
    url = os.environ.get("FIRSTCUT_URL") or (holder.url if holder else "") or "http://127.0.0.1:8000"
    environment = stack.surroundings(data, url=url, bind="127.0.0.1", workers=1)
    try:
        with database_running(data, what="link"):
            status = subprocess.run([*stack.MANAGE, "link", *filter(None, [options.email])], env=environment).returncode
    except (AlreadyRunning, CannotStart) as error:
        print(f"firstcut: {error}", file=sys.stderr)
        return 1
    if status == 0 and not holder:
        print("The studio is not running: start it with ./firstcut up, on the same address, before opening the link.", file=sys.stderr)
    return status
