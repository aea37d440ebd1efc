"""The database role and the settings of a worker on another machine, with the least rights.

Without arguments it changes nothing: it prints the SQL that a superuser of the studio's database would run, and the lines for the worker's
machine. --create makes the role and grants its rights: in the database that stands here, else as DATABASE_ADMIN_URL, which must be allowed to
make roles. Passwords and keys are shown as … unless --secrets asks for them; then they go to the standard output, and nowhere else.
"""

import argparse
import contextlib
import os
import subprocess
import sys
from pathlib import Path

from studio.web import stack
from studio.web.datafolder import AlreadyRunning, database_running
from studio.web.environment import WrongSetting, data_folder, embedded_database_url
from studio.web.services import CannotStart


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./firstcut worker-role", description=__doc__)
    parser.add_argument("--create", action="store_true", help="make the role, or renew its rights")
    parser.add_argument("--secrets", action="store_true", help="show passwords and keys; with --create the role gets a new password")
    parser.add_argument("--gpu-only", action="store_true", help="for machines of the queue “gpu” alone: a role that reads no keys, and no SECRET_KEY")
    parser.add_argument("--data", type=Path, default=data_folder(), metavar="DIR")
    options = parser.parse_args(arguments)
    data = options.data.expanduser().resolve()
    words = [f"--{name.replace('_', '-')}" for name in ("create", "secrets", "gpu_only") if getattr(options, name)]
    ours = not os.environ.get("DATABASE_URL")
    try:
        environment = stack.surroundings(data, url="http://127.0.0.1:8000", bind="127.0.0.1", workers=1)
        if ours:
            environment["DATABASE_ADMIN_URL"] = embedded_database_url(data, "postgres")
        with database_running(data, what="worker-role") if ours and options.create else contextlib.nullcontext():
            return subprocess.run([*stack.MANAGE, "worker_role", *words], env=environment).returncode
    except (AlreadyRunning, CannotStart, WrongSetting) as error:
        print(f"firstcut: {error}", file=sys.stderr)
        return 1
