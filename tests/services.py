"""A PostgreSQL and a Valkey of this test run alone, started before Django reads its settings (hence a `-p` plugin).

The tables belong to one role and the tests run as the other, as in the studio: what the application may not do fails here
too. Nothing but this machine can be reached.
"""

import atexit
import ipaddress
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest

from studio.web import environment, tables
from studio.web.services import Postgres, Server, Valkey

DATA = Path(tempfile.mkdtemp(prefix="firstcut-test-"))
# The live studio's socket, bound before the settings are read, because they name it as the one allowed origin.
LISTENING = socket.socket()
LISTENING.bind(("127.0.0.1", 0))
URL = f"http://127.0.0.1:{LISTENING.getsockname()[1]}"
_servers: list[Server] = []


def _start() -> None:
    for name in [
        n for n in os.environ if n.startswith("FIRSTCUT_") and n not in {"FIRSTCUT_POSTGRES_BIN", "FIRSTCUT_VALKEY", "FIRSTCUT_NO_NAMESPACES"}
    ]:
        del os.environ[name]
    os.environ.update(
        FIRSTCUT_DATA=str(DATA),
        FIRSTCUT_URL=URL,
        FIRSTCUT_WORKERS="2",
        FIRSTCUT_PART="web",  # the tests' web server runs in their own process, with its pool of database sessions
        DATABASE_URL=environment.embedded_database_url(DATA, environment.APP_ROLE),
        DATABASE_OWNER_URL=environment.embedded_database_url(DATA, environment.OWNER_ROLE),
        VALKEY_URL=environment.embedded_valkey_url(DATA),
        STORAGE_URL=f"file://{DATA / 'media'}",
        SECRET_KEY="only for tests, and long enough to please the checks",
        DJANGO_SETTINGS_MODULE="studio.web.settings",
        # Playwright's synchronous interface runs an event loop in the thread in which tests use the ORM.
        DJANGO_ALLOW_ASYNC_UNSAFE="true",
        HF_HUB_OFFLINE="1",
    )
    # Durability is for data somebody wants to keep.
    _servers.append(Postgres(DATA, settings={"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}).start())
    _servers.append(Valkey(DATA).start())
    atexit.register(_stop)


def _stop() -> None:
    while _servers:
        _servers.pop().stop()
    shutil.rmtree(environment.socket_folder(DATA), ignore_errors=True)
    shutil.rmtree(DATA, ignore_errors=True)


_start()


# --- no network ---

_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


class NetworkUsed(AssertionError):
    """A test reached out of this machine."""


def _local(address: Any) -> bool:
    if not isinstance(address, tuple):  # a unix socket
        return True
    host = address[0]
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if not _local(address):
        raise NetworkUsed(f"A test tried to reach {address}.")
    return _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    if not _local(address):
        raise NetworkUsed(f"A test tried to reach {address}.")
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and not _local((name, 0)):
        raise NetworkUsed(f"A test tried to look up {name}.")
    return _getaddrinfo(host, *args, **kwargs)


# --- the database ---


def as_owner(statement: str, database: str = environment.DATABASE) -> list[tuple[Any, ...]]:
    """Run SQL as the role that owns the tables. For tests that need what the application may not do."""
    url = environment.embedded_database_url(DATA, environment.OWNER_ROLE, database)
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def empty_tables() -> None:
    """Every table of ours emptied, as their owner. What migrations themselves wrote stays."""
    kept = ("django_migrations", "django_content_type", "auth_permission")
    names = [row[0] for row in as_owner("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") if row[0] not in kept]
    if names:
        as_owner(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE")


def pytest_configure(config: pytest.Config) -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.test import TransactionTestCase

    # The same hasher, made cheap: a suite signs in some hundred times.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 64, 1
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = _guarded_getaddrinfo
    # Django empties tables with `flush`, which the application's role cannot do.
    TransactionTestCase._fixture_teardown = lambda self: empty_tables()  # type: ignore[attr-defined]


def migrate_as_owner() -> None:
    """The tables, made once by the role that owns them, and the application's rights on them."""
    from django.core.management import call_command
    from django.db import connection

    if tables.current(os.environ["DATABASE_OWNER_URL"]):
        return  # begun from the seed, which these same migrations made
    app, options = connection.settings_dict["USER"], connection.settings_dict["OPTIONS"]
    connection.settings_dict["USER"] = environment.OWNER_ROLE
    connection.settings_dict["OPTIONS"] = {name: value for name, value in options.items() if name != "pool"}
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    connection.settings_dict["USER"], connection.settings_dict["OPTIONS"] = app, options
