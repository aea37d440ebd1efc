"""The way in: makes the surroundings of a studio of its own, then does the rounds in them."""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from studio.web import stack
from studio.web.environment import DATABASE, OWNER_ROLE, WORKER_ROLE, embedded_database_url, secret_key, socket_folder
from tests.chaos import places
from tests.chaos.victim import NotThere, Victim, clean_environment


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="./firstcut chaos")
    p.add_argument("--rounds", type=int, default=20, help="how many rounds (default 20; the long form is 100)")
    p.add_argument("--seed", type=int, default=None, help="the same seed does the same things in the same order")
    p.add_argument("--short", action="store_true", help="only acts from which recovery takes seconds, and no jobs but cheap ones")
    p.add_argument("--places", type=int, help="network namespaces for the render workers, as other machines (default 2, or none with --short)")
    p.add_argument("--workers", type=int, help="render workers in all (default 4, or 2 with --short)")
    p.add_argument("--report", type=Path, metavar="FILE.md", help="also write what happened as Markdown")
    p.add_argument("--keep", action="store_true", help="leave the studio's folder for a look at its logs")
    return p


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    options.workers = options.workers or (2 if options.short else 4)
    if options.places is None:
        options.places = 0 if options.short else 2
    if options.places and (why := places.possible()):
        print(f"NO PLACES: {why}. The workers run here instead.", file=sys.stderr, flush=True)
        options.places = 0
    here = 0 if options.places else options.workers
    data = Path(tempfile.mkdtemp(prefix="firstcut-chaos-"))
    surroundings(data, here)
    from tests.chaos.harness import Broken, Rounds
    from tests.chaos.report import markdown

    victim = Victim(data, here)
    began = time.monotonic()
    service = None
    try:
        mixed = None
        if not options.short:
            from tests.chaos.mixed import PAID, Mixed, address, fill
            from tests.generation.engines.provider_server import Running

            fill(data / "models")
            service = Running()
            mixed = Mixed(random.Random(seed), service, address() if options.places else service.url)
        victim.start()
        if options.places:
            far = away(data, options.places, options.workers // options.places)
            victim.send_away(far, {PAID: ("127.0.0.1", service.port)} if service else {})
        where = f"{options.workers} render workers in {options.places} network namespaces" if options.places else f"{here} render workers"
        print(f"A studio stands in {data}, {where}; seed {seed}.", flush=True)
        rounds = Rounds(victim, seed, short=options.short, mixed=mixed, where=where)
        try:
            rounds.prepare()
            for number in range(1, options.rounds + 1):
                print(rounds.round(number), flush=True)
            rounds.end()
        except (Broken, NotThere) as problem:
            rounds.broken = str(problem)
        text = markdown(rounds, seed, time.monotonic() - began)
        print(text[text.index("| what") :] if "| what" in text else text)
        if options.report:
            options.report.write_text(text)
        if rounds.broken:
            print(f"\nBROKEN: {rounds.broken}\nLogs: {data / 'logs'}", file=sys.stderr)
            options.keep = True
        return 1 if rounds.broken else 0
    finally:
        victim.stop()
        if service is not None:
            service.stop()
        if not options.keep:
            shutil.rmtree(data, ignore_errors=True)
            shutil.rmtree(socket_folder(data), ignore_errors=True)


def away(data: Path, count: int, each: int) -> places.Places:
    """Places whose workers reach the studio as `docs/workers.md` says: by TCP, with the role that has the least rights."""
    become_worker_role(data)
    environment = {
        **clean_environment(),
        "DATABASE_URL": f"postgresql://{WORKER_ROLE}@{places.HOST}:{places.POSTGRES}/{DATABASE}",
        "VALKEY_URL": f"redis://{places.HOST}:{places.VALKEY}",
        "STORAGE_URL": f"file://{data / 'media'}",
        "SECRET_KEY": secret_key(data),
        "FIRSTCUT_MODELS": str(data / "models"),
    }
    sockets = socket_folder(data)
    return places.Places(count, each, sockets / ".s.PGSQL.5432", sockets / "valkey.sock", environment, data / "places")


def become_worker_role(data: Path) -> None:
    """Make the role, as an operator would, and give it its rights."""
    from django.db import connection

    from studio.web.roles import grant_worker

    with psycopg.connect(embedded_database_url(data, "postgres", "postgres"), autocommit=True) as superuser:
        superuser.execute(f"CREATE ROLE {WORKER_ROLE} LOGIN")
    app = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = OWNER_ROLE
    grant_worker()
    connection.close()
    connection.settings_dict["USER"] = app


def surroundings(data: Path, workers: int) -> None:
    """This process speaks to the studio under test and to no other, whatever its own environment says."""
    kept = clean_environment()
    for name in set(os.environ) - set(kept):
        del os.environ[name]
    os.environ.update(stack.surroundings(data, url="http://127.0.0.1:8000", bind="127.0.0.1", workers=workers, sample=False))
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.web.settings"
    import django

    django.setup()
    logging.disable(logging.ERROR)  # its own lost connections are meant


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
