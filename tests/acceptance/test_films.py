"""A film from words alone through real workers: short and small, but judged as any film is."""

import time
from collections.abc import Callable
from pathlib import Path

from studio.accounts.models import Person
from studio.projects.rates import RATE_BY_KEY
from studio.web import filming
from tests.acceptance.again import export_again
from tests.acceptance.check import check
from tests.live import LiveStudio

PATIENCE = 600.0
"""Seconds for the whole film; two quiet cores need less than a tenth of it."""
TEXT = """Title: The Last Train

EXT. STATION PLATFORM - NIGHT

Rain. NOOR (20s), a tall woman in a blue coat, stops at the bench.

NOOR
Was that the last train?

GUARD (O.S.)
It was, miss.

INT. WAITING ROOM - NIGHT

Noor sits down by the stove.

NOOR (V.O.)
So I stayed.

FADE OUT.
"""


def patient(seconds: float) -> Callable[[filming.Sight], None]:
    """Ends a test whose film does not come, saying how far it was."""
    until = time.monotonic() + seconds

    def beat(sight: filming.Sight) -> None:
        assert time.monotonic() < until, f"after {seconds:.0f} seconds the film was at {sight}"

    return beat


def test_a_film_is_what_its_screenplay_says(live_studio: LiveStudio, tmp_path: Path) -> None:
    """Every check of the acceptance on a film of some fifteen seconds, and again on the same film after one trim."""
    person = Person.objects.create_user("owner@example.com", name="Owner Person", is_operator=True)
    live_studio.workers(2)
    making = filming.Filming(person, patient(PATIENCE))
    making.start("the-last-train", TEXT, RATE_BY_KEY["24"], 160, 90)
    making.shoot()
    movie = tmp_path / "film.mp4"
    filming.keep_copy(making.export(), movie)
    assert check(movie, making.project) == []

    again = export_again(making)
    filming.keep_copy(again.warm, movie)
    assert again.problems == []
    assert check(movie, making.project) == []
