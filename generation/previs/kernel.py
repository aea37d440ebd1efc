"""How the compiled loops of previs are made: typed decorators over numba, and a cache that never serves stale machine code.

numba looks only at a kernel's own file to decide whether its cached machine code is still good, but these kernels call helpers in
sibling files. The cache folder is therefore named after the content of every source file that holds kernels.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba

_P = ParamSpec("_P")
_R = TypeVar("_R")

SOURCES = (
    "kernel.py",
    "geometry.py",
    "raster.py",
    "patterns.py",
    "sky.py",
    "shadow.py",
    "light.py",
    "spans.py",
    "surfaces.py",
    "summing.py",
    "occlusion.py",
    "weather.py",
    "post.py",
)
# Rounding may be contracted and reordered at compile time, which is the same on every run of one machine; NaN and infinity keep their meaning.
_FAST = {"contract", "reassoc", "nsz", "arcp", "afn"}


def _cache_folder() -> Path:
    here = Path(__file__).parent
    digest = hashlib.sha256(b"".join((here / name).read_bytes() for name in SOURCES)).hexdigest()[:16]
    spare = Path(tempfile.gettempdir()) / f"firstcut-kernels-{os.getuid()}"
    for parent in (os.environ.get("NUMBA_CACHE_DIR"), str(here / "__pycache__"), str(spare)):
        if not parent:
            continue
        folder = Path(parent) / f"kernels-{digest}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="firstcut-kernels-"))


numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]  # numba makes its settings as it is imported


def kernel(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile with the GIL released, so that bands of a picture run on plain threads (safe after fork, unlike numba's own pools).

    Counting references is off: threads would fight over the counters at every call of a helper. So a kernel must not make arrays; it is
    handed what it needs.
    """
    return _compiled(function, inside=False)


def part(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """A small kernel that is always laid into its callers: only loops without calls become vector code."""
    return _compiled(function, inside=True)


def _compiled(function: Callable[_P, _R], inside: bool) -> Callable[_P, _R]:
    njit: Any = numba.njit  # its types do not know `_nrt`
    made = njit(_nrt=False, nogil=True, cache=True, fastmath=_FAST, boundscheck=False, error_model="numpy", forceinline=inside)
    compiled: Callable[_P, _R] = made(function)
    return compiled
