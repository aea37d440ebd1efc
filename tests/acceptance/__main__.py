"""The acceptance of films, by hand: `python -m tests.acceptance [--data DIR] [--out DIR] [--size 320x180] [NAME …]`.

Makes each screenplay of `samples/` (or those named) into a film by `./firstcut film`, as a stranger would, then checks the movie,
trims one clip and checks the second export. A line per film and one per problem; the exit status is the number of problems, at most 99.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from studio.web.environment import ROOT
from studio.web.standing import Standing

SAMPLES = Path(__file__).parent / "samples"


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="python -m tests.acceptance", description=__doc__)
    p.add_argument("names", nargs="*", metavar="NAME", help="screenplays of samples/ (default: all)")
    p.add_argument("--data", type=Path, default=Path("acceptance-data"), metavar="DIR", help="a data folder that may be filled")
    p.add_argument("--out", type=Path, default=Path("."), metavar="DIR", help="where the movies go")
    p.add_argument("--size", default="320x180", metavar="WIDTHxHEIGHT")
    p.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    p.add_argument("--made", action="store_true", help="the movies are there already: only check them")
    return p


def main() -> int:
    options = parser().parse_args()
    names = options.names or sorted(path.stem for path in SAMPLES.glob("*.fountain"))
    options.out.mkdir(parents=True, exist_ok=True)
    found = 0
    walls: dict[str, float] = {}
    for name in names if not options.made else ():
        began = time.monotonic()
        if make(name, options):
            found += 1
        walls[name] = time.monotonic() - began
    with Standing(options.data.resolve(), workers=options.workers, what="film", say=lambda words: print(words, file=sys.stderr)) as standing:
        os.environ.update({**standing.environment, "DJANGO_SETTINGS_MODULE": "studio.web.settings"})
        import django

        django.setup()
        for name in names:
            found += report(name, options.out / f"{name}.mp4", walls.get(name), standing)
    return min(found, 99)


def make(name: str, options: argparse.Namespace) -> int:
    words = ["film", str(SAMPLES / f"{name}.fountain"), "-o", str(options.out / f"{name}.mp4"), "--size", options.size]
    command = [sys.executable, "-m", "studio.web", *words, "--data", str(options.data), "--workers", str(options.workers)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def report(name: str, movie: Path, wall: float | None, standing: Standing) -> int:
    from studio.delivery.models import Export
    from studio.projects.models import Project
    from studio.shots.models import Shot
    from studio.web import filming
    from tests.acceptance.again import export_again
    from tests.acceptance.check import check
    from tests.acceptance.movie import read_sound

    project = Project.objects.filter(name=name).latest("created")
    facts = Export.objects.filter(project=project).earliest("number").facts
    shots = Shot.objects.filter(project=project, removed=False).count()
    loudness = read_sound(movie)[0].loudness
    seconds = facts["frames"] * project.rate_den / project.rate_num
    made = f", made in {wall:.0f} s" if wall is not None else ""
    print(f"{name}: {seconds:.1f} s, {facts['frames']} frames, {shots} shots{made}, {loudness.integrated:.2f} LUFS, {loudness.true_peak:+.2f} dBTP")
    problems = check(movie, project)
    making = filming.Filming(filming.local_person()[0], lambda sight: standing.look())
    making.project = project
    again = export_again(making)
    print(f"{name}: frames encoded by the export {again.encoded[0]}, after a trim {again.encoded[1]}, the same from nothing {again.encoded[2]}")
    after = movie.with_name(f"{name}-trimmed.mp4")
    filming.keep_copy(again.warm, after)
    problems += [*again.problems, *(f"after the trim: {words}" for words in check(after, project))]
    for words in problems:
        print(f"  ✗ {words}")
    return len(problems)


if __name__ == "__main__":
    sys.exit(main())
