"""Compile what is compiled at first use, once at installation, so that the first picture does not wait for it.

python -m studio.web.warm
"""

import os
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path

from studio.web.environment import ROOT, data_folder


def numba_cache() -> Path:
    """Where compiled kernels are kept: with the environment they were compiled for, or with the data if that is read-only."""
    beside = ROOT / ".venv"
    return (beside if os.access(beside, os.W_OK) else data_folder()) / "numba"


def main() -> int:
    if find_spec("generation.previs.warm") is None:
        return 0
    os.environ["NUMBA_CACHE_DIR"] = str(numba_cache())
    runpy.run_module("generation.previs.warm", run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
