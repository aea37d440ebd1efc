"""A database with its tables made and nothing in it, kept beside the environment: a new installation begins as a copy of it.

Making a cluster and running every migration costs seconds of computing, copying it a fraction of one. It is built once at
installation, by those same migrations, and used only while it is of exactly this code's version.

python -m studio.web.seed
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from studio.web import stack, tables
from studio.web.environment import OWNER_ROLE, ROOT, embedded_database_url, socket_folder
from studio.web.services import CannotStart, Postgres


def build() -> Path:
    """The seed of this version; made if it is not there. Older ones are removed. Raises CannotStart."""
    place = tables.seed_folder()
    if place.exists():
        return place
    for old in place.parent.glob("seed-*"):
        shutil.rmtree(old, ignore_errors=True)
    data = Path(tempfile.mkdtemp(prefix="seed-", suffix=".new", dir=place.parent))
    server = Postgres(data, seeded=False).start()
    try:
        migrate(data)
    finally:
        server.stop()
        shutil.rmtree(socket_folder(data), ignore_errors=True)
    (data / "postgres").rename(place)
    shutil.rmtree(data)
    return place


def migrate(data: Path) -> None:
    owner = embedded_database_url(data, OWNER_ROLE)
    environment = {**os.environ, "FIRSTCUT_DATA": str(data), "FIRSTCUT_ROLE": "owner", "DATABASE_URL": owner, "DATABASE_OWNER_URL": owner}
    done = subprocess.run([*stack.MANAGE, "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise CannotStart(f"The tables could not be made:\n{done.stderr[-2500:]}")


if __name__ == "__main__":
    print(build())
    sys.exit(0)
