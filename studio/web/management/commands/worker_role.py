"""A role of workers in words or in the database, and what a worker's machine is told: see `./firstcut worker-role --help`."""

import os
import secrets
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from psycopg import sql

from studio.web.environment import GPU_WORKER_ROLE, WORKER_ROLE, read
from studio.web.roles import worker_grants

HIDDEN = "…"


class Command(BaseCommand):
    help = "Print, or make, the database role of workers on other machines."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--create", action="store_true")
        parser.add_argument("--secrets", action="store_true")
        parser.add_argument("--gpu-only", action="store_true")

    def handle(self, *args: Any, create: bool, gpu_only: bool, **options: Any) -> None:
        password = secrets.token_urlsafe(24) if options["secrets"] else ""
        role = GPU_WORKER_ROLE if gpu_only else WORKER_ROLE
        if create:
            self.stderr.write(_make(role, password))
        else:
            tables = connection.introspection.django_table_names(include_views=False)
            said = [f"CREATE ROLE {role} LOGIN PASSWORD '{password or HIDDEN}'", *worker_grants(tables, role)]
            self.stdout.write("-- In the studio's database, as a superuser. Every migration grants again what stands here.")
            self.stdout.write("\n".join(f"{statement};" for statement in said) + "\n")
        self.stdout.write("\n".join(_lines(role, password)))


def _make(name: str, password: str) -> str:
    """Make the role if there is none, with a new password if one is given, and grant its rights. Returns what was done."""
    admin = os.environ.get("DATABASE_ADMIN_URL")
    if not admin:
        raise CommandError(
            "DATABASE_ADMIN_URL is not set: the address of a role that may make roles. Nothing was changed. "
            "Without --create this command prints the SQL for whoever may."
        )
    role = sql.Identifier(name)
    try:
        with psycopg.connect(admin, connect_timeout=10) as superuser:
            there = superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            if not there:
                superuser.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            if password:
                superuser.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password)))
        with psycopg.connect(read().owner_database_url, connect_timeout=10) as owner:
            tables = [table for (table,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()]
            for statement in worker_grants(tables, name):
                owner.execute(statement.encode())
    except psycopg.Error as problem:
        raise CommandError(f"The database refused: {str(problem).strip()}") from problem
    done = f"The role {name} {'was there' if there else 'was made'}, and has its rights."
    if password:
        return f"{done} Its password is new: workers with the old one cannot connect any more."
    return done if there else f"{done} It has no password, so nobody enters: --secrets gives it one and shows it."


def _lines(role: str, password: str) -> list[str]:
    """What stands in the worker's environment. With a password all secrets are shown."""
    show, database = bool(password), urlsplit(os.environ.get("DATABASE_URL", ""))
    lines = ["# On the worker's machine, in /etc/firstcut/worker.env, readable by root only (docs/workers.md)."]
    where = database.netloc.rpartition("@")[2]
    query = database.query if where else ""  # sslmode and its like
    if not where:
        lines.append("# The database here listens on a socket of this machine. A worker elsewhere needs one that it can reach; put its address here.")
        where = "HOST"
    lines.append(f"DATABASE_URL={urlunsplit(('postgresql', f'{role}:{quote(password) or HIDDEN}@{where}', database.path, query, ''))}")
    lines.append(f"VALKEY_URL={_address(settings.VALKEY_URL, show)}")
    if settings.VALKEY_URL.startswith("unix:"):
        lines.insert(-1, "# So does the broker.")
    if settings.STORAGE_URL.startswith("file:"):
        lines.append("# The storage is a folder: that machine must have it under the same path.")
    lines.append(f"STORAGE_URL={_address(settings.STORAGE_URL, show)}")
    lines += [f"{name}={os.environ[name] if show else HIDDEN}" for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") if name in os.environ]
    if role == GPU_WORKER_ROLE:
        lines.append("# No SECRET_KEY: from the queue “gpu” alone no job calls another machine. Start it with --gpu, or with --queues gpu.")
    else:
        lines.append("# The studio's own: it opens the keys of other machines. A worker of the queue “gpu” alone needs none (--gpu-only).")
        lines.append(f"SECRET_KEY={settings.SECRET_KEY if show else HIDDEN}")
    return lines


def _address(url: str, show: bool) -> str:
    parts = urlsplit(url)
    before, at, where = parts.netloc.rpartition("@")
    if not at or show:
        return url
    name, colon, _ = before.partition(":")
    return urlunsplit(parts._replace(netloc=f"{name}{colon}{HIDDEN}@{where}" if colon else f"{HIDDEN}@{where}"))
