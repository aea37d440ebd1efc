from __future__ import annotations

from collections.abc import Iterator

import pytest

from generation.neural import prompts, warm
from tests.generation.engines import tiny


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Small networks are slower on several threads; and what one file kept warm is dropped before the next."""
    before = tiny.torch.get_num_threads()
    tiny.torch.set_num_threads(1)
    yield
    tiny.torch.set_num_threads(before)
    warm.drop_now()
    prompts.clear()
