"""Copy the whole studio into a folder, while it runs or not: database, media, key.

The copy is of one moment. Media that an earlier backup in the same folder has already is not copied again.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from studio.web.datafolder import AlreadyRunning, database_running
from studio.web.environment import OWNER_ROLE, data_folder, embedded_database_url
from studio.web.services import CannotStart, postgres_bin


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./firstcut backup", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to; made if it is not there")
    parser.add_argument("--data", type=Path, default=data_folder(), metavar="DIR")
    options = parser.parse_args(arguments)
    data, folder = options.data.expanduser().resolve(), options.folder.expanduser().resolve()
    if folder == data or data in folder.parents:
        print("firstcut: a backup inside the data folder would go with it. Choose another place.", file=sys.stderr)
        return 1
    try:
        with database_running(data, what="backup"):
            copied = back_up(data, folder)
    except (AlreadyRunning, CannotStart, OSError) as error:
        print(f"firstcut: {error}", file=sys.stderr)
        return 1
    if os.environ.get("STORAGE_URL", "").startswith("s3://"):
        print("Media is in S3 and stays there: back up the bucket with its provider's means.", file=sys.stderr)
    print(f"Backed up to {folder}: the database and {copied} new media files. ./firstcut restore {folder} --data NEW brings it back.")
    return 0


def back_up(data: Path, folder: Path) -> int:
    """The database first: media is only ever added, so that every file the dump names is there afterwards."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    dump = folder / "database.dump"
    fresh = folder / "database.dump.new"
    url = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL") or embedded_database_url(data, OWNER_ROLE)
    done = subprocess.run([str(postgres_bin() / "pg_dump"), "--format=custom", f"--file={fresh}", url], capture_output=True, text=True)
    if done.returncode != 0:
        raise CannotStart(f"The database could not be copied: {done.stderr.strip()}")
    copied = copy_new(data / "media", folder / "media")
    if (data / "secret.key").exists():
        shutil.copy2(data / "secret.key", folder / "secret.key")
    fresh.replace(dump)  # last: a dump that is there has all its media
    return copied


def copy_new(source: Path, target: Path) -> int:
    """Copy what is not there yet, by name: the store names a file by its content. Returns how many files."""
    copied = 0
    for path in source.rglob("*"):
        there = target / path.relative_to(source)
        if path.is_file() and not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            half = there.with_name(there.name + ".part")
            shutil.copy2(path, half)
            half.replace(there)
            copied += 1
    return copied
