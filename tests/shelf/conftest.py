from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.shelf.hubs import TestHub, running


@pytest.fixture(scope="session")
def test_hub() -> Iterator[TestHub]:
    with running() as hub:
        yield hub
