"""A backup brought back elsewhere is the same studio: people, log, media, and a log that still verifies."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from studio.web import stack
from studio.web.datafolder import database_running
from studio.web.environment import APP_ROLE, OWNER_ROLE, ROOT, embedded_database_url


def firstcut(*arguments: str) -> "subprocess.CompletedProcess[str]":
    theirs = ("FIRSTCUT_", "DJANGO_", "DATABASE_", "VALKEY_", "STORAGE_", "SECRET_")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    return subprocess.run([sys.executable, "-m", "studio.web", *arguments], cwd=ROOT, env=ours, capture_output=True, text=True)


def test_a_backup_comes_back_whole_and_its_log_verifies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, kept, again = tmp_path / "data", tmp_path / "kept", tmp_path / "again"
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "VALKEY_URL", "SECRET_KEY"):
        monkeypatch.delenv(name)
    with database_running(data, what="test"):
        environment = {**stack.surroundings(data, url="http://127.0.0.1:8000", bind="127.0.0.1", workers=1), "FIRSTCUT_ROLE": "owner"}
        subprocess.run([*stack.MANAGE, "prepare"], env=environment, check=True, capture_output=True)
        media = data / "media" / "ab" / "abcd"
        media.parent.mkdir(parents=True)
        media.write_bytes(b"a take")
    assert (done := firstcut("backup", str(kept), "--data", str(data))).returncode == 0, done.stderr
    assert "0 new media" in firstcut("backup", str(kept), "--data", str(data)).stdout
    assert firstcut("restore", str(kept), "--data", str(data)).returncode == 1, "it must not overwrite"
    assert (done := firstcut("restore", str(kept), "--data", str(again))).returncode == 0, done.stderr
    assert (again / "media" / "ab" / "abcd").read_bytes() == b"a take"
    assert (again / "secret.key").read_text() == (data / "secret.key").read_text()
    with database_running(again, what="test"):
        with psycopg.connect(embedded_database_url(again, APP_ROLE)) as connection:
            assert connection.execute("SELECT kind FROM events_event").fetchall() == [("link.made",)]
            rights = "SELECT has_table_privilege('firstcut_app', 'events_event', %s)"
            assert [connection.execute(rights, (right,)).fetchone() for right in ("INSERT", "UPDATE")] == [(True,), (False,)]
        with psycopg.connect(embedded_database_url(again, OWNER_ROLE)) as connection:
            owner = connection.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'events_event'").fetchone()
            assert owner == (OWNER_ROLE,)
    assert (done := firstcut("verify", "--data", str(again))).returncode == 0, done.stdout + done.stderr
