"""Make a film from a screenplay, without a browser.

Uses the studio that runs on the data folder, else starts one for as long as it takes. The project stays, named after the file: open
it in the studio to change a shot and export again. Exit status: 0 made, 1 not made, 2 the call or the screenplay is wrong,
130 stopped by Ctrl-C.
"""

import argparse
import errno
import logging
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from studio.projects.rates import RATE_BY_KEY
from studio.script.fountain import ScriptProblem, read_screenplay
from studio.web.datafolder import AlreadyRunning
from studio.web.environment import WrongSetting, data_folder
from studio.web.services import CannotStart
from studio.web.standing import Standing

if TYPE_CHECKING:
    from studio.web.filming import Filming, Sight

WRONG_CALL, STOPPED = 2, 130
LOGGED_EVERY = 10.0
"""Seconds between two lines where there is no terminal to redraw one in."""


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="./firstcut film", description=__doc__)
    p.add_argument("screenplay", type=Path, metavar="SCREENPLAY", help="a Fountain file (.fountain or .txt)")
    p.add_argument("-o", "--output", type=Path, metavar="FILM.mp4", help="where the movie goes (default: the screenplay's name, here)")
    p.add_argument("--rate", choices=list(RATE_BY_KEY), default="24", help="frames a second (default 24)")
    p.add_argument("--size", default="1280x720", type=size, metavar="WIDTHxHEIGHT", help="the picture in pixels, even numbers (default 1280x720)")
    p.add_argument("--data", type=Path, default=data_folder(), metavar="DIR", help="where everything is kept (default ./data)")
    cores = os.cpu_count() or 1
    p.add_argument("--workers", type=int, default=int(os.environ.get("FIRSTCUT_WORKERS") or cores), help="render workers, if none run yet")
    return p


def size(words: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{2,4})[x×](\d{2,4})", words)
    if not found:
        raise argparse.ArgumentTypeError(f"{words!r} is no size; write it like 1280x720")
    width, height = int(found[1]), int(found[2])
    if width % 2 or height % 2 or not (64 <= width <= 4096 and 64 <= height <= 4096):
        raise argparse.ArgumentTypeError(f"{words} does not do: both numbers must be even, from 64 to 4096")
    return width, height


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    try:
        text = read(options.screenplay)
        out = writable(options.output or Path(options.screenplay.stem + ".mp4"))
    except (ScriptProblem, OSError) as problem:
        return complain(problem.message if isinstance(problem, ScriptProblem) else str(problem), WRONG_CALL)
    for asked in (signal.SIGINT, signal.SIGTERM):  # a shell's background jobs are started deaf to the first
        signal.signal(asked, signal.default_int_handler)
    bar = Bar()
    try:
        with Standing(options.data.expanduser().resolve(), workers=options.workers, what="film", say=bar.say) as standing:
            return film(standing, bar, options.screenplay.stem, text, options.rate, options.size, out)
    except (AlreadyRunning, CannotStart, WrongSetting) as error:
        return complain(str(error))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        return complain(f"The disk that holds {options.data} is full. Free some space and try again; what was made before is kept.")
    except KeyboardInterrupt:
        return complain("Stopped before anything was made.", STOPPED)


def read(path: Path) -> str:
    """The screenplay's text. Raises ScriptProblem, or OSError with a sentence."""
    if not path.exists():
        raise OSError(f"There is no file {path}.")
    if path.is_dir():
        raise OSError(f"{path} is a folder; name the screenplay in it.")
    try:
        return read_screenplay(path.read_bytes(), path.name).replace("\r\n", "\n").replace("\x00", "")
    except PermissionError as problem:
        raise OSError(f"{path} may not be read by you.") from problem


def writable(out: Path) -> Path:
    """Known before anything is made, not an hour later. Raises OSError with a sentence."""
    out = out.expanduser().absolute()
    if out.is_dir():
        raise OSError(f"{out} is a folder; name the movie in it.")
    if not out.parent.is_dir():
        raise OSError(f"There is no folder {out.parent} to write {out.name} into.")
    if not os.access(out.parent, os.W_OK):
        raise OSError(f"{out.parent} may not be written to by you.")
    return out


def film(standing: Standing, bar: "Bar", name: str, text: str, rate: str, picture: tuple[int, int], out: Path) -> int:
    os.environ.update({**standing.environment, "DJANGO_SETTINGS_MODULE": "studio.web.settings"})
    import django

    django.setup()
    logging.disable(logging.WARNING)  # one line is all there is to see; what matters is said in the end
    from studio.web import filming

    def beat(sight: filming.Sight) -> None:
        standing.look()
        bar.show(sight)

    began = time.monotonic()
    person, new = filming.local_person()
    making = filming.Filming(person, beat)
    try:
        making.start(name, text, RATE_BY_KEY[rate], *picture)
        making.shoot()
        export = making.export()
        filming.keep_copy(export, out)
    except filming.CannotFilm as problem:
        bar.end()
        return complain(str(problem))
    except KeyboardInterrupt:
        bar.end()
        return stopped(making)
    bar.end()
    print(f"{out}: {', '.join(filming.facts(export))}; made in {span(time.monotonic() - began)}.")
    tip = "./firstcut up" if standing.own else standing.url
    way_in = ", and ./firstcut link to come in" if new else ""
    print(f"The project “{making.project.name}” stays in the studio: {tip}{way_in}.")
    return 0


def stopped(making: "Filming") -> int:
    if not hasattr(making, "project"):
        return complain("Stopped before anything was made.", STOPPED)
    print("Cancelling its jobs …", file=sys.stderr, flush=True)
    try:
        count, shots = making.cancel(), making.made()
    except KeyboardInterrupt:
        return STOPPED
    return complain(f"Stopped; {count} jobs cancelled. The {shots} shots that are done stay in the project “{making.project.name}”.", STOPPED)


def complain(words: str, status: int = 1) -> int:
    print(f"firstcut: {words}", file=sys.stderr)
    return status


class Bar:
    """One line that is drawn over itself; where the output is no terminal, a line now and then."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self._drawn = False
        self._said = 0.0

    def say(self, words: str) -> None:
        self.end()
        print(words, file=sys.stderr, flush=True)

    def show(self, sight: "Sight") -> None:
        if self.terminal:
            columns = shutil.get_terminal_size().columns
            print("\r\x1b[2K" + line(sight, columns - 1), end="", file=sys.stderr, flush=True)
            self._drawn = True
        elif time.monotonic() - self._said >= LOGGED_EVERY:
            self._said = time.monotonic()
            print(line(sight, 100), file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._drawn:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
            self._drawn = False


def line(sight: "Sight", columns: int) -> str:
    """`[████      ] 1234 of 4320 frames · 2 min 10 s left · shooting`, never wider than the terminal."""
    if not sight.total:
        return sight.stage[:columns]
    left = f" · {span(sight.left)} left" if sight.left is not None else ""
    words = f" {sight.done} of {sight.total} frames{left} · {sight.stage}"
    width = min(40, columns - len(words) - 2)
    if width < 5:
        return words.strip()[:columns]
    full = round(width * sight.done / sight.total)
    return f"[{'█' * full}{' ' * (width - full)}]{words}"


def span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
