"""Whether the tables are those this code expects: known from a note on the database itself, without starting Django."""

import hashlib
from pathlib import Path

import psycopg

from studio.web.environment import ROOT


def version(root: Path = ROOT) -> str:
    """A fingerprint of everything that shapes tables and rights: migrations, grants, and the installed packages."""
    digest = hashlib.sha256()
    files = [*root.glob("studio/*/migrations/*.py"), root / "studio/web/roles.py", root / "studio/web/settings.py", root / "requirements.lock"]
    for path in sorted(p for p in files if p.exists()):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def mark_statement() -> str:
    """SQL by which the owner notes that the tables are of this version. It goes wherever the database is copied to."""
    return f"""DO $$ BEGIN
        IF (SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()) THEN
            EXECUTE format('COMMENT ON DATABASE %I IS %L', current_database(), 'firstcut {version()}');
        END IF; END $$"""


def seed_folder() -> Path:
    """Where the seed cluster of this version is kept, if there is one (see `seed`)."""
    return ROOT / ".venv" / f"seed-{version()[:16]}"


def current(url: str) -> bool:
    """The tables are of this version. False if in doubt."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            note = connection.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()").fetchone()
            return note is not None and note[0] == f"firstcut {version()}"
    except psycopg.Error:
        return False


def ready(url: str) -> bool:
    """The tables are of this version and somebody can sign in: nothing needs preparing. False if in doubt."""
    if not current(url):
        return False
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            operator = connection.execute("SELECT EXISTS (SELECT 1 FROM accounts_person WHERE is_operator AND is_active)").fetchone()
            return bool(operator and operator[0])
    except psycopg.Error:
        return False
