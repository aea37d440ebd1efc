"""What the surroundings say: every FIRSTCUT_ variable, read once, checked, and named in the complaint if it is wrong."""

import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import unquote, urlsplit

import environ

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "firstcut"
OWNER_ROLE = "firstcut_owner"
APP_ROLE = "firstcut_app"
WORKER_ROLE = "firstcut_worker"  # optional: for workers on machines that are trusted less
GPU_WORKER_ROLE = "firstcut_gpu_worker"  # the same for those that take from the queue "gpu" alone
HUB = "https://huggingface.co"


class WrongSetting(Exception):
    """A variable of the environment cannot be used; the message names it and says what would do."""


@dataclass(frozen=True)
class Environment:
    data: Path
    database: dict[str, object]
    """Django's dictionary for the role this process runs as."""
    owner_database_url: str
    valkey_url: str
    storage_url: str
    url: str
    """The public address, without a slash at the end: links in mails and invitations begin with it."""
    bind: str
    secret_key: str
    email_url: str
    email_from: str
    workers: int
    debug: bool
    part: str
    """Which process this is: web, clerk, desk, marks, work, or empty for a command."""
    proxies: int
    """How many reverse proxies stand in front; only then is X-Forwarded-For believed, from the right."""
    models: Path
    """Where this machine keeps its models."""
    model_folders: tuple[Path, ...]
    """Folders besides, from which an operator may have this machine take models in."""
    hub: str
    """Address of the hub that models come from, without a slash at the end; empty where it is switched off."""
    marked: Path
    """Where segments with viewers' names in them are kept, by web processes and markers together."""
    marked_mb: int
    together: int = 4
    hub_token: str = field(repr=False, default="")

    @property
    def secure(self) -> bool:
        return self.url.startswith("https://")

    @property
    def hosts(self) -> list[str]:
        host = urlsplit(self.url).hostname or ""
        bound = [] if self.bind in {"", "0.0.0.0", "::"} else [self.bind]
        return list(dict.fromkeys([host, *bound, "localhost", "127.0.0.1", "[::1]"]))

    @property
    def origins(self) -> list[str]:
        """Where a form or a websocket may come from: the public address, and this machine by its other names."""
        parts = urlsplit(self.url)
        port = f":{parts.port}" if parts.port else ""
        scheme = parts.scheme
        return list(dict.fromkeys([self.url, *(f"{scheme}://{host}{port}" for host in ("localhost", "127.0.0.1"))]))


def data_folder(variables: Mapping[str, str] = os.environ) -> Path:
    return Path(variables.get("FIRSTCUT_DATA") or ROOT / "data").expanduser().resolve()


def socket_folder(data: Path) -> Path:
    """Where the embedded servers' sockets stand: found from the data folder alone, by whoever knows it.

    Not inside the data folder, because a socket's path must be under 108 bytes and a clone's path may be long.
    """
    return Path(gettempdir()) / f"firstcut-{os.geteuid()}-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"


def embedded_database_url(data: Path, role: str, database: str = DATABASE) -> str:
    return f"postgresql://{role}@/{database}?host={socket_folder(data)}"


def app_database_url(variables: Mapping[str, str] = os.environ) -> str:
    """Where the application finds its database, as `read` takes it."""
    return variables.get("DATABASE_URL", "") or embedded_database_url(data_folder(variables), APP_ROLE)


def embedded_valkey_url(data: Path) -> str:
    return f"unix://{socket_folder(data)}/valkey.sock"


def secret_key(data: Path) -> str:
    """The installation's key, made once into the data folder and readable by its owner only."""
    path = data / "secret.key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        fresh = data / f"secret.{os.getpid()}.tmp"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        try:
            os.link(fresh, path)  # fails if another process was first: then its key is the one
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


def _database(name: str, url: str) -> dict[str, object]:
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise WrongSetting(f"{name} must be a postgresql:// address, because the studio uses PostgreSQL's locks and roles; it is {url!r}.")
    return dict(environ.Env.db_url_config(url, engine="django.db.backends.postgresql"))


def _address(name: str, value: str, schemes: tuple[str, ...]) -> str:
    parts = urlsplit(value)
    if parts.scheme not in schemes or not (parts.netloc or parts.path):
        raise WrongSetting(f"{name} must begin with {' or '.join(s + '://' for s in schemes)}; it is {value!r}.")
    return value.rstrip("/")


def _sender(email_url: str, url: str) -> str:
    """Whom mail is from if nobody says: who the mail server knows us as, else a name at our own host."""
    user, host = unquote(urlsplit(email_url).username or ""), urlsplit(url).hostname or "localhost"
    return user if "@" in user else f"firstcut@{'localhost' if re.fullmatch('[0-9.]+|.*:.*', host) else host}"


def _number(variables: Mapping[str, str], name: str, default: int) -> int:
    value = variables.get(name) or str(default)
    if not value.isdigit():
        raise WrongSetting(f"{name} must be a whole number, 0 or more; it is {value!r}.")
    return int(value)


def _folders(variables: Mapping[str, str], name: str) -> tuple[Path, ...]:
    given = [Path(each).expanduser() for each in variables.get(name, "").split(os.pathsep) if each]
    relative = next((each for each in given if not each.is_absolute()), None)
    if relative is not None:
        raise WrongSetting(f"{name} must be absolute folders with {os.pathsep!r} between them; {str(relative)!r} is not absolute.")
    return tuple(each.resolve() for each in given)


def read(variables: Mapping[str, str] = os.environ) -> Environment:
    """The environment as typed values. Raises WrongSetting with a sentence a person can act on."""
    data = data_folder(variables)
    role = variables.get("FIRSTCUT_ROLE") or "app"
    if role not in {"app", "owner"}:
        raise WrongSetting(f"FIRSTCUT_ROLE must be app or owner; it is {role!r}.")
    given = variables.get("DATABASE_URL", "")
    app_url = app_database_url(variables)
    owner_url = variables.get("DATABASE_OWNER_URL", "") or given or embedded_database_url(data, OWNER_ROLE)
    database = _database("DATABASE_OWNER_URL", owner_url) if role == "owner" else _database("DATABASE_URL", app_url)
    debug = variables.get("FIRSTCUT_DEBUG") or "0"
    if debug not in {"0", "1"}:
        raise WrongSetting(f"FIRSTCUT_DEBUG must be 0 or 1; it is {debug!r}.")
    # Read again by generation.previs.drawing, in the workers; here so that a slip is told at the start.
    opengl = variables.get("FIRSTCUT_PREVIS_GL") or "auto"
    if opengl not in {"auto", "on", "off"}:
        raise WrongSetting(f"FIRSTCUT_PREVIS_GL must be auto, on or off; it is {opengl!r}.")
    hub = variables.get("FIRSTCUT_HUB") or HUB
    storage = variables.get("STORAGE_URL") or f"file://{data / 'media'}"
    return Environment(
        data=data,
        database=database,
        owner_database_url=owner_url,
        valkey_url=_address("VALKEY_URL", variables.get("VALKEY_URL") or embedded_valkey_url(data), ("unix", "redis", "rediss")),
        storage_url=_address("STORAGE_URL", storage, ("file", "s3")),
        url=_address("FIRSTCUT_URL", variables.get("FIRSTCUT_URL") or "http://127.0.0.1:8000", ("http", "https")),
        bind=variables.get("FIRSTCUT_BIND") or "127.0.0.1",
        secret_key=variables.get("SECRET_KEY") or secret_key(data),
        email_url=variables.get("EMAIL_URL", ""),
        email_from=variables.get("EMAIL_FROM") or _sender(variables.get("EMAIL_URL", ""), variables.get("FIRSTCUT_URL", "")),
        workers=_number(variables, "FIRSTCUT_WORKERS", os.cpu_count() or 1),
        debug=debug == "1",
        part=variables.get("FIRSTCUT_PART", ""),
        proxies=_number(variables, "FIRSTCUT_PROXIES", 0),
        models=Path(variables.get("FIRSTCUT_MODELS") or data / "models").expanduser().resolve(),
        model_folders=_folders(variables, "FIRSTCUT_MODEL_FOLDERS"),
        hub="" if hub.lower() == "off" else _address("FIRSTCUT_HUB", hub, ("http", "https")),
        marked=Path(variables.get("FIRSTCUT_MARKED") or data / "cache" / "marked").expanduser().resolve(),
        marked_mb=_number(variables, "FIRSTCUT_MARKED_MB", 8192),
        together=_number(variables, "FIRSTCUT_TOGETHER", 4),
        hub_token=variables.get("FIRSTCUT_HUB_TOKEN", "").strip(),
    )


def valkey_database(url: str, number: int) -> str:
    """The same server, its numbered database: 0 carries messages, 1 the cache."""
    return f"{url}{'&' if '?' in url else '?'}db={number}"


def broker_url(url: str) -> str:
    """The address as Celery's transport spells it."""
    return f"redis+socket://{url.removeprefix('unix://')}" if url.startswith("unix://") else url


def installation(data: Path) -> str:
    """A short name that tells two studios on one machine apart."""
    return hashlib.sha256(str(data).encode()).hexdigest()[:8]
