"""What is done to the studio while it works. Each act leaves it to recover by itself and says in words what it did."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import psycopg
import redis

from studio.web.environment import DATABASE, ROOT, embedded_database_url, embedded_valkey_url
from tests.chaos.kinds import LEASE
from tests.chaos.victim import NotThere, Victim

Act = Callable[[Victim, random.Random], str]
QUEUES = ("work", "desk", "gpu", "clerk")


def kill(part: str) -> Act:
    def act(victim: Victim, rng: random.Random) -> str:
        victim.signal(part, signal.SIGKILL)
        return f"kill −9 {part}"

    return act


def some_worker(victim: Victim, rng: random.Random) -> str:
    return f"worker {rng.randint(1, victim.far)}"


def a_worker(victim: Victim, rng: random.Random) -> str:
    part = some_worker(victim, rng)
    victim.signal(part, signal.SIGKILL)
    return f"kill −9 {part}"


def all_workers(victim: Victim, rng: random.Random) -> str:
    for number in range(1, victim.far + 1):
        victim.signal(f"worker {number}", signal.SIGKILL)
    return f"kill −9 all {victim.far} workers at once"


def worker_asked_to_end(victim: Victim, rng: random.Random) -> str:
    part = some_worker(victim, rng)
    victim.signal(part, signal.SIGTERM)
    return f"{part} asked to end in the middle of a job"


def sleeping_worker(victim: Victim, rng: random.Random) -> str:
    """A worker that stands still until somebody else has its job, then goes on as if nothing had been."""
    part = some_worker(victim, rng)
    pid = victim.signal(part, signal.SIGSTOP)
    threading.Event().wait(LEASE + 3)
    with contextlib.suppress(ProcessLookupError):  # it may have been on its way out when it was stopped
        os.kill(pid, signal.SIGCONT)
    return f"{part} stopped for {LEASE + 3:.0f} s, past its lease, then let go on"


def broker_without_memory(victim: Victim, rng: random.Random) -> str:
    victim.signal("broker", signal.SIGKILL)
    shutil.rmtree(victim.data / "valkey", ignore_errors=True)
    return "kill −9 the broker and delete all it kept"


def sessions(victim: Victim, rng: random.Random) -> str:
    with psycopg.connect(embedded_database_url(victim.data, "postgres", "postgres"), autocommit=True) as connection:
        rows = connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (DATABASE,)).fetchall()
    return f"all {len(rows)} database sessions ended"


def database_session_killed(victim: Victim, rng: random.Random) -> str:
    """PostgreSQL then ends every session and recovers from its log."""
    with psycopg.connect(embedded_database_url(victim.data, "postgres", "postgres"), autocommit=True) as connection:
        pids = [row[0] for row in connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", (DATABASE,)).fetchall()]
    if not pids:
        raise NotThere("No session to kill.")
    os.kill(rng.choice(pids), signal.SIGKILL)
    return "kill −9 one database session (PostgreSQL recovers)"


def messages_doubled(victim: Victim, rng: random.Random) -> str:
    """Every message that waits twice, a crowd of new ones beside, in no order; on top of it what only the sweeper should send."""
    from studio.jobs.tasks import look, sweep

    client = redis.Redis.from_url(embedded_valkey_url(victim.data))
    for _ in range(15):
        for queue in ("work", "desk", "gpu"):
            look.apply_async(args=[queue], queue=queue)
        sweep.apply_async(queue="clerk")
    moved = 0
    for queue in QUEUES:
        waiting = client.lrange(queue, 0, -1) * 2
        rng.shuffle(waiting)
        if waiting:
            with client.pipeline() as pipe:
                pipe.delete(queue)
                pipe.rpush(queue, *waiting)
                pipe.execute()
        moved += len(waiting)
    client.close()
    return f"messages doubled and shuffled ({moved})"


def messages_lost(victim: Victim, rng: random.Random) -> str:
    client = redis.Redis.from_url(embedded_valkey_url(victim.data))
    client.delete(*QUEUES)
    client.close()
    return "all waiting messages deleted"


def supervisor(victim: Victim, rng: random.Random) -> str:
    victim.kill()
    threading.Event().wait(rng.random())
    victim.start()
    return "kill −9 the supervisor; started again"


def everything(victim: Victim, rng: random.Random) -> str:
    parts = [*(f"worker {number}" for number in range(1, victim.far + 1)), "desk", "clerk", "web", "broker"]
    rng.shuffle(parts)
    for part in parts:
        victim.signal(part, signal.SIGKILL)
    return "kill −9 workers, desk, clerk, web and broker at once"


def place_away(victim: Victim, rng: random.Random) -> str:
    """A machine whose cable is out for longer than a lease: its workers go on and know nothing; others take over what they had."""
    assert victim.places is not None
    place = rng.choice(victim.places.places)
    place.cut()
    threading.Event().wait(LEASE + 3)
    place.mend()
    return f"the network of place {place.number} cut for {LEASE + 3:.0f} s, past every lease there, then mended"


def place_off(victim: Victim, rng: random.Random) -> str:
    """A machine that loses its power, and is switched on again."""
    assert victim.places is not None
    index, dark = rng.randrange(victim.places.count), rng.uniform(0, LEASE)
    _power_off(victim, index)
    threading.Event().wait(dark)
    victim.places.keep()
    return f"kill −9 everything in place {index + 1}; started again after {dark:.0f} s"


def place_dies_unheard(victim: Victim, rng: random.Random) -> str:
    """The cable first and then the power: the servers never hear that the sessions there have ended, and one of them had just locked a project
    to write something down."""
    assert victim.places is not None
    index = rng.randrange(victim.places.count)
    place = victim.places.places[index]
    command = place.inside(sys.executable, "-m", "tests.chaos.holding")
    with subprocess.Popen(command, cwd=ROOT, env=victim.places.environment, stdout=subprocess.PIPE, text=True) as session:
        assert session.stdout is not None
        held = session.stdout.readline()
        place.cut()
        _power_off(victim, index)
    place.remove()  # what its kernel knew of its connections is gone too
    threading.Event().wait(rng.uniform(0, 2))
    place.make(victim.places.bridge)
    victim.places.keep()
    return f"the cable of place {index + 1} pulled, then its power{', while a session there held a lock' if held else ''}; both put back"


def place_blinks(victim: Victim, rng: random.Random) -> str:
    assert victim.places is not None
    place, seconds = rng.choice(victim.places.places), rng.uniform(0.5, LEASE / 2)
    place.cut()
    threading.Event().wait(seconds)
    place.mend()
    return f"the cable of place {place.number} pulled for {seconds:.1f} s"


def broker_gone_unheard(victim: Victim, rng: random.Random) -> str:
    """When the cable is put back, the broker is another one: the workers there hold connections of which it knows nothing."""
    assert victim.places is not None
    place = rng.choice(victim.places.places)
    place.cut()
    victim.signal("broker", signal.SIGKILL)
    threading.Event().wait(rng.uniform(1, 3))
    place.mend()
    return f"kill −9 broker while the cable of place {place.number} was pulled"


def _power_off(victim: Victim, index: int) -> None:
    assert victim.places is not None
    victim.places.places[index].power_off()
    process = victim.places.running[index]
    if process is not None:
        process.wait()


def place_emptied(victim: Victim, rng: random.Random) -> str:
    """An operator stops a machine in the middle of its jobs: each has a grace, then it is given back."""
    assert victim.places is not None
    index = rng.randrange(victim.places.count)
    process = victim.places.running[index]
    if process is not None:
        process.terminate()
        status = process.wait(60)
        if status != 0:
            raise NotThere(f"Asked to end, the workers of place {index + 1} ended with status {status}.")
    victim.places.keep()
    return f"place {index + 1} asked to end in the middle of its jobs; started again"


SHORT: tuple[Act, ...] = (a_worker, broker_without_memory, sessions, messages_doubled)
"""For the short form: those from which recovery takes seconds."""
ALL: tuple[Act, ...] = (
    a_worker,
    a_worker,
    all_workers,
    kill("desk"),
    kill("clerk"),
    kill("web"),
    worker_asked_to_end,
    sleeping_worker,
    broker_without_memory,
    kill("broker"),
    sessions,
    database_session_killed,
    kill("database"),
    messages_doubled,
    messages_lost,
    supervisor,
    everything,
)
PLACES: tuple[Act, ...] = (place_away, place_blinks, place_off, place_dies_unheard, broker_gone_unheard, place_emptied)
"""Beside these, where workers run in places of their own."""
