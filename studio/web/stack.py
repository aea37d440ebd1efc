"""The studio's own processes: which there are, and with what each is started."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from studio.web.environment import APP_ROLE, OWNER_ROLE, ROOT, embedded_database_url, embedded_valkey_url
from studio.web.supervisor import Part
from studio.web.warm import numba_cache

MANAGE = [sys.executable, str(ROOT / "manage.py")]
_CELERY_QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]


def surroundings(data: Path, *, url: str, bind: str, workers: int, sample: bool = True) -> dict[str, str]:
    """The environment of every child: ours made explicit, the person's own settings kept."""
    given: Mapping[str, str] = os.environ
    ours = {
        "FIRSTCUT_DATA": str(data),
        "FIRSTCUT_URL": url,
        "FIRSTCUT_BIND": bind,
        "FIRSTCUT_WORKERS": str(workers),
        "FIRSTCUT_SAMPLE": "1" if sample else "0",
        "FIRSTCUT_MODELS": given.get("FIRSTCUT_MODELS") or str(data / "models"),
        "HF_HUB_OFFLINE": "1",  # a job never downloads: models come through the shelf
        "NUMBA_CACHE_DIR": str(numba_cache()),
        "PYTHONUNBUFFERED": "1",
    }
    if not given.get("DATABASE_URL"):
        ours["DATABASE_URL"] = embedded_database_url(data, APP_ROLE)
        ours["DATABASE_OWNER_URL"] = embedded_database_url(data, OWNER_ROLE)
    if not given.get("VALKEY_URL"):
        ours["VALKEY_URL"] = embedded_valkey_url(data)
    return {**given, **ours}


def web(environment: Mapping[str, str], data: Path, listening: int) -> Part:
    command = [sys.executable, "-m", "studio.web.serve", "--fd", str(listening)]
    return Part("web", command, _child(environment, part="web"), data / "logs" / "web.log", patience=5.0, pass_fds=(listening,))


def clerk(environment: Mapping[str, str], data: Path) -> Part:
    return _worker("clerk", "clerk", environment, data)


def desk(environment: Mapping[str, str], data: Path) -> Part:
    """The interactive worker: alone with its queue and at normal priority, so that a panel is redrawn while films render."""
    return _worker("desk", "desk", environment, data, threads=min(2, os.cpu_count() or 1))


def marker(environment: Mapping[str, str], data: Path) -> Part:
    """Burns viewers' names into what they are about to watch, two segments at a time in one process: coding lets go of the interpreter."""
    return _worker("marker", "marks", environment, data, pool=("threads", "-c", "2"))


def render_worker(number: int, environment: Mapping[str, str], data: Path, *, queues: str = "", grace: float = 0.0) -> Part:
    """One a core and one thread each: several jobs at once are faster than one job on all cores."""
    told = {**environment, "FIRSTCUT_QUEUES": queues, "FIRSTCUT_GRACE": str(grace)}
    return _worker(f"worker {number}", "work", told, data, nice=5, patience=6.0 + grace)


def gpu_worker(card: int, environment: Mapping[str, str], data: Path, *, queues: str = "gpu", grace: float = 0.0) -> Part:
    """One process a card, which sees that card alone. No parent of it ever touches CUDA."""
    more = {"CUDA_VISIBLE_DEVICES": str(card), "FIRSTCUT_QUEUES": queues, "FIRSTCUT_GRACE": str(grace)}
    threads = max(1, (os.cpu_count() or 1) // 2)
    return _worker(f"gpu {card}", "gpu", {**environment, **more}, data, threads=threads, patience=6.0 + grace)


def _worker(
    name: str,
    queue: str,
    environment: Mapping[str, str],
    data: Path,
    *,
    threads: int = 1,
    nice: int = 0,
    patience: float = 6.0,
    pool: tuple[str, ...] = ("solo",),
) -> Part:
    # One process, as a rule without a pool: asked to end, it can tell the job it is working on, which then goes back to the queue uncounted.
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "studio.web.celery", "worker", "-Q", queue, "-P", *pool, *_CELERY_QUIET]
    short = name.replace(" ", "")
    command += ["-n", f"{short}@%h"]
    child = _child(environment, part=queue, FIRSTCUT_WORKER=short, NUMBA_NUM_THREADS=str(threads), OMP_NUM_THREADS=str(threads))
    return Part(name, command, child, data / "logs" / f"{short}.log", nice=nice, patience=patience)


def _child(environment: Mapping[str, str], *, part: str, **more: str) -> dict[str, str]:
    """What runs as the application is not told how to be the owner of the tables."""
    return {**{k: v for k, v in environment.items() if k != "DATABASE_OWNER_URL"}, "FIRSTCUT_PART": part, **more}
