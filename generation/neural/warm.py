"""Models kept in memory between jobs: the last ones that fit. One process, one keeper; used from the thread that runs jobs."""

from __future__ import annotations

import gc
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SHARE = 0.85  # of the device's memory that warm models may take together


@dataclass
class Warm:
    """Something loaded. `name` is the model's on the shelf, `size` its weights in bytes as they lie in memory."""

    name: str
    key: tuple[Any, ...]
    size: int
    thing: Any


_kept: OrderedDict[tuple[Any, ...], Warm] = OrderedDict()
_unwanted: set[str] = set()
_lock = threading.RLock()


def hold(name: str, key: tuple[Any, ...], size: int, room: int, load: Callable[[], Any]) -> Any:
    """The thing under `key`, loaded now if it is not warm. Before loading, those unused longest are dropped until `size` fits into
    `room` bytes with what stays."""
    with _lock:
        _drop_unwanted()
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key].thing
        while _kept and sum(warm.size for warm in _kept.values()) + size > room * SHARE:
            _kept.popitem(last=False)
            _sweep()
        thing = load()
        _kept[key] = Warm(name, key, size, thing)
        return thing


def names() -> list[str]:
    """Shelf names of what is warm, the last used last."""
    with _lock:
        return list(dict.fromkeys(warm.name for warm in _kept.values()))


def held() -> int:
    """Bytes of weights that are warm together."""
    with _lock:
        return sum(warm.size for warm in _kept.values())


def drop(name: str) -> bool:
    """Forget a model before the next job begins; true if it was warm. May be called from any thread: what a job is using stays until it ends."""
    with _lock:
        there = name in names()
        if there:
            _unwanted.add(name)
        return there


def drop_all() -> None:
    """Forget every model before the next is loaded; from any thread, as `drop`."""
    with _lock:
        _unwanted.update(names())


def drop_now(name: str | None = None) -> None:
    """Forget one model, or all, at once: only between jobs."""
    with _lock:
        for key in [key for key, warm in _kept.items() if name is None or warm.name == name]:
            del _kept[key]
        _sweep()


def _drop_unwanted() -> None:
    while _unwanted:
        drop_now(_unwanted.pop())


def _sweep() -> None:
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
