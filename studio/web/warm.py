"""Compile what is compiled at first use, once at installation, so that the first picture does not wait for it.

python -m studio.web.warm
"""

import os
import subprocess
import sys
from pathlib import Path

from studio.web.environment import ROOT, data_folder


def numba_cache() -> Path:
    """Where compiled kernels are kept: with the environment they were compiled for, or with the data if that is read-only."""
    beside = ROOT / ".venv"
    return (beside if os.access(beside, os.W_OK) else data_folder()) / "numba"


def main() -> int:
    """In a process of its own: only workers and this know the library that draws."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(numba_cache())}
    return subprocess.run([sys.executable, "-c", "from generation.previs.render import warm; warm()"], cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
