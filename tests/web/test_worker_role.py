"""`./firstcut worker-role`: the role in words, the role in the database, and secrets only when asked for."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import CommandError, call_command

from studio.web import environment
from studio.web.__main__ import commands
from tests.services import DATA

SECRET = os.environ["SECRET_KEY"]
REMOTE = {
    "DATABASE_URL": "postgresql://firstcut_app:hidden-app@db.example.com:5433/firstcut?sslmode=require",
    "AWS_ACCESS_KEY_ID": "AKIA-NAME",
    "AWS_SECRET_ACCESS_KEY": "hidden-storage",
}
ADMIN = environment.embedded_database_url(DATA, "postgres")


def said(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("worker_role", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    for name, value in REMOTE.items():
        monkeypatch.setenv(name, value)
    settings.VALKEY_URL = "redis://:hidden-broker@broker:6379"  # type: ignore[attr-defined]
    settings.STORAGE_URL = "s3://films?endpoint=https://s3.example.com"  # type: ignore[attr-defined]


@pytest.fixture
def no_role(db: None) -> Iterator[None]:
    """The database without the workers' role, and with it as it was afterwards."""
    with psycopg.connect(ADMIN, autocommit=True) as superuser:
        if superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [environment.WORKER_ROLE]).fetchone():
            superuser.execute(f"DROP OWNED BY {environment.WORKER_ROLE}")
            superuser.execute(f"DROP ROLE {environment.WORKER_ROLE}")
    yield


def test_it_prints_the_sql_and_the_lines_without_any_secret(remote: None) -> None:
    out, err = said()
    assert f"CREATE ROLE {environment.WORKER_ROLE} LOGIN PASSWORD '…';" in out and "GRANT SELECT ON jobs_job TO" in out
    assert "DATABASE_URL=postgresql://firstcut_worker:…@db.example.com:5433/firstcut?sslmode=require" in out
    assert "VALKEY_URL=redis://:…@broker:6379" in out and "STORAGE_URL=s3://films?endpoint=https://s3.example.com" in out
    assert "AWS_SECRET_ACCESS_KEY=…" in out and "SECRET_KEY=…" in out
    assert "hidden" not in out + err and SECRET not in out + err
    assert "accounts_session" not in out and "password" not in out.replace("PASSWORD", "")


def test_secrets_are_shown_where_they_are_asked_for_and_a_gpu_worker_gets_no_key(remote: None) -> None:
    out, err = said("--secrets")
    password = out.split("PASSWORD '")[1].split("'")[0]
    assert len(password) > 30 and f"firstcut_worker:{password}@db.example.com" in out
    assert f"SECRET_KEY={SECRET}" in out and "hidden-broker" in out and "hidden-storage" in out and err == ""
    assert "hidden-app" not in out, "the application's own password is not the worker's business"
    only, _ = said("--secrets", "--gpu-only")
    assert SECRET not in only and "hidden-broker" in only and f"CREATE ROLE {environment.GPU_WORKER_ROLE}" in only
    assert f"://{environment.GPU_WORKER_ROLE}:" in only and "providers_" not in only


def test_it_makes_the_role_once_with_its_rights(no_role: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_ADMIN_URL", ADMIN)
    out, err = said("--create")
    assert "was made" in err and "no password" in err and "listens on a socket" in out
    with psycopg.connect(environment.embedded_database_url(DATA, environment.WORKER_ROLE)) as worker:
        worker.execute("SELECT id FROM jobs_job")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute("SELECT password FROM accounts_person")
    _, err = said("--create", "--secrets")
    assert "was there" in err and "password is new" in err
    with psycopg.connect(ADMIN) as superuser:
        kept = superuser.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [environment.WORKER_ROLE]).fetchone()
        assert kept and kept[0].startswith("SCRAM"), "no password stands in the database in the clear"


def test_without_somebody_who_may_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_ADMIN_URL", raising=False)
    with pytest.raises(CommandError, match="prints the SQL"):
        said("--create")
    monkeypatch.setenv("DATABASE_ADMIN_URL", environment.embedded_database_url(DATA, environment.APP_ROLE))
    with pytest.raises(CommandError, match="refused"):
        said("--create", "--secrets")


def test_it_is_a_command_like_the_others() -> None:
    assert "worker-role" in commands()
    told = subprocess.run([sys.executable, "-m", "studio.web", "worker-role"], capture_output=True, text=True, check=True, cwd=environment.ROOT)
    assert "CREATE ROLE" in told.stdout and SECRET not in told.stdout
