"""Bring a backup back into a new data folder, ready for ./firstcut up --data."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from studio.web.commands.backup import copy_new
from studio.web.datafolder import AlreadyRunning, database_running
from studio.web.environment import OWNER_ROLE, data_folder, embedded_database_url
from studio.web.services import CannotStart, postgres_bin


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./firstcut restore", description=__doc__)
    parser.add_argument("folder", type=Path, help="the backup")
    parser.add_argument("--data", type=Path, default=data_folder(), metavar="DIR", help="a folder that is not there yet, or empty")
    options = parser.parse_args(arguments)
    data, folder = options.data.expanduser().resolve(), options.folder.expanduser().resolve()
    if not (folder / "database.dump").exists():
        print(f"firstcut: {folder} holds no finished backup: it has no database.dump.", file=sys.stderr)
        return 1
    if data.exists() and any(data.iterdir()):
        print(f"firstcut: {data} is not empty, and nothing in it will be overwritten. Give a new folder with --data.", file=sys.stderr)
        return 1
    try:
        data.mkdir(parents=True, exist_ok=True)
        if (folder / "secret.key").exists():
            shutil.copy2(folder / "secret.key", data / "secret.key")
        files = copy_new(folder / "media", data / "media")
        with database_running(data, what="restore", seeded=False):  # the backup brings its own tables
            load(folder / "database.dump", data)
    except (AlreadyRunning, CannotStart, OSError) as error:
        print(f"firstcut: {error}", file=sys.stderr)
        return 1
    print(f"Restored into {data}: the database and {files} media files. Start it with ./firstcut up --data {data}")
    return 0


def load(dump: Path, data: Path) -> None:
    """Whole or not at all, by the tables' owner; the rights of the application come with it."""
    url = embedded_database_url(data, OWNER_ROLE)
    command = [str(postgres_bin() / "pg_restore"), "--single-transaction", "--exit-on-error", "--no-owner", f"--dbname={url}", str(dump)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise CannotStart(f"The database could not be restored: {done.stderr.strip()}")
