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

from studio.web import stack
from studio.web.environment import socket_folder
from tests.chaos.victim import NotThere, Victim, clean_environment


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="./firstcut chaos")
    p.add_argument("--rounds", type=int, default=20, help="how many rounds (default 20; the long form is 100)")
    p.add_argument("--seed", type=int, default=None, help="the same seed does the same things in the same order")
    p.add_argument("--short", action="store_true", help="only acts from which recovery takes seconds, and no previs panels")
    p.add_argument("--report", type=Path, metavar="FILE.md", help="also write what happened as Markdown")
    p.add_argument("--keep", action="store_true", help="leave the studio's folder for a look at its logs")
    return p


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    data = Path(tempfile.mkdtemp(prefix="firstcut-chaos-"))
    surroundings(data)
    from tests.chaos.harness import Broken, Rounds
    from tests.chaos.report import markdown

    victim = Victim(data)
    began = time.monotonic()
    try:
        victim.start()
        print(f"A studio stands in {data}; seed {seed}.", flush=True)
        rounds = Rounds(victim, seed, short=options.short)
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
        if not options.keep:
            shutil.rmtree(data, ignore_errors=True)
            shutil.rmtree(socket_folder(data), ignore_errors=True)


def surroundings(data: Path) -> None:
    """This process speaks to the studio under test and to no other, whatever its own environment says."""
    kept = clean_environment()
    for name in set(os.environ) - set(kept):
        del os.environ[name]
    os.environ.update(stack.surroundings(data, url="http://127.0.0.1:8000", bind="127.0.0.1", workers=2, sample=False))
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.web.settings"
    import django

    django.setup()
    logging.disable(logging.ERROR)  # its own lost connections are meant


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
