"""Kill parts of a studio while it works, again and again, and show that nothing is lost or doubled.

It makes a studio of its own in a temporary folder and touches no other. 100 rounds take about half an hour.
"""

import sys

from studio.web import seed
from studio.web.services import CannotStart


def main(arguments: list[str]) -> int:
    from tests.chaos.run import main as run

    try:
        if not {"-h", "--help"} & set(arguments):
            seed.build()
        return run(arguments)
    except CannotStart as problem:
        print(f"firstcut: {problem}", file=sys.stderr)
        return 1
