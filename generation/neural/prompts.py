"""What a text encoder said about a prompt, kept: a second job with the same words need not load or run the encoder."""

from __future__ import annotations

import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from generation.neural import lazy

ROOM = 256 * 1024 * 1024  # bytes of embeddings

_kept: OrderedDict[Hashable, dict[str, Any]] = OrderedDict()
_lock = threading.Lock()
hits = misses = 0


def encoded(key: Hashable, device: Any, encode: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Named tensors (or lists of them, or None) for `key`, on `device`: kept ones bit for bit, or what `encode` gives now. The key must hold
    everything the answer depends on: the model and its revision, adapters on the encoder, the words, lengths, precision."""
    global hits, misses
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            hits += 1
    if found is None:
        misses += 1
        found = {name: _moved(value, "cpu") for name, value in encode().items()}
        with _lock:
            _kept[key] = found
            while len(_kept) > 1 and sum(map(_size, _kept.values())) > ROOM:
                _kept.popitem(last=False)
    return {name: _moved(value, device) for name, value in found.items()}


@contextmanager
def keeping(pipe: Any, key: tuple[Hashable, ...]) -> Iterator[None]:
    """While entered, `pipe.encode_prompt` answers from what was kept if it is asked the very same again: for pipelines that cannot be given
    all of their encoder's answers. `key` is what the answer depends on besides the arguments: the model, its precision, adapters."""
    own = pipe.encode_prompt
    signature = inspect.signature(own)

    def kept(*args: Any, **kwargs: Any) -> Any:
        asked = dict(signature.bind(*args, **kwargs).arguments)
        device = asked.pop("device", None)
        if any(hasattr(value, "detach") for value in asked.values()):
            return own(*args, **kwargs)
        return encoded((*key, repr(sorted(asked.items()))), device, lambda: {"answer": own(*args, **kwargs)})["answer"]

    pipe.encode_prompt = kept
    try:
        yield
    finally:
        del pipe.encode_prompt  # the instance's own attribute; the class's method shows again


def clear() -> None:
    with _lock:
        _kept.clear()


def _moved(value: Any, device: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(_moved(part, device) for part in value)
    return value.detach().to(device) if isinstance(value, lazy.torch().Tensor) else value


def _size(values: Any) -> int:
    if isinstance(values, dict):
        return sum(map(_size, values.values()))
    if isinstance(values, (list, tuple)):
        return sum(map(_size, values))
    return int(values.numel() * values.element_size()) if hasattr(values, "numel") else 0
