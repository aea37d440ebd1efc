"""The short form: a real studio, killed a few times while it works, in a process of its own so that nothing of the tests' is touched."""

import subprocess
import sys

import pytest

from studio.web.environment import ROOT
from tests.chaos import places
from tests.chaos.victim import clean_environment

pytestmark = pytest.mark.chaos


FAR = pytest.param(("--rounds", "2", "--places", "2"), id="two places", marks=pytest.mark.networks)


@pytest.mark.parametrize("more", [pytest.param(("--rounds", "3"), id="here"), FAR])
def test_nothing_is_lost_or_doubled_whatever_dies(more: tuple[str, ...]) -> None:
    if "--places" in more and (why := places.possible()):
        pytest.skip(f"no network namespaces: {why}")
    command = [sys.executable, "-m", "studio.web", "chaos", "--short", "--seed", "7", *more]
    done = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| doubled | 0 |" in done.stdout
