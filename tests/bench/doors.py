"""What the time of an answer tells at a client's link: right and wrong passwords and codes, and tokens that are nearly right, over, or of nothing.

A thousand requests a line, by turns, the order within a pair changing, with limits lifted; ours is the mean difference without each side's slowest
twentieth, which is what else the machine does. The password is hashed cheaply: the hashing itself takes as long for either, and its own spread would
hide what is looked for.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.bench.ground import ground
from tests.bench.lines import at_most

PAIRS, WARM_UP, KEPT = 500, 10, 0.95
MOST = 1.0  # milliseconds


def main() -> int:
    with ground():
        for name, one, other in doors():
            print(at_most(name, difference(one, other), MOST, "ms"), flush=True)
    return 0


def difference(one: Callable[[], float], other: Callable[[], float]) -> float:
    """Milliseconds between the means of two ways to be answered."""
    told: tuple[list[float], list[float]] = ([], [])
    for number in range(WARM_UP + PAIRS):
        for side in (0, 1) if number % 2 else (1, 0):
            took = (one, other)[side]()
            if number >= WARM_UP:
                told[side].append(took)
    means = [statistics.fmean(sorted(times)[: round(KEPT * len(times))]) for times in told]
    return abs(means[0] - means[1])


def doors() -> list[tuple[str, Callable[[], float], Callable[[], float]]]:
    from django.conf import settings
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.core.cache import cache
    from django.http import HttpResponse
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from studio.accounts.actions import make_person
    from studio.share import codes
    from studio.share.actions import Terms, make_link
    from studio.share.entry import remember
    from studio.share.guests import name_guest
    from studio.share.models import Code, ShareLink
    from tests.films import film_of

    for action in ("link_password", "link_password_anywhere", "link_proof"):
        settings.ACCOUNT_RATE_LIMITS[action] = "1000000/h/key,1000000/h/ip"
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 64
    film = film_of(make_person(email="bench@example.com", name="Bench", by="bench"), "The Bench")
    link, token = make_link(film.cut, by=film.project.memberships.get().person, terms=Terms(password="a lamp"))
    over, over_token = make_link(film.cut, by=link.made_by, terms=Terms())
    ShareLink.objects.filter(pk=over.pk).update(expires=timezone.now() - timedelta(days=1))
    client = Client(HTTP_HOST="127.0.0.1")

    def timed(client: Any, method: str, where: str, body: dict[str, str] | None = None) -> float:
        cache.clear()
        began = time.perf_counter()
        answer = getattr(client, method)(where, body)
        took = 1000 * (time.perf_counter() - began)
        assert answer.status_code in (302, 404)
        return took

    def typed(password: str) -> Callable[[], float]:
        return lambda: timed(Client(HTTP_HOST="127.0.0.1"), "post", reverse("share:password", args=[token]), {"password": password})

    def opened(which: str) -> Callable[[], float]:
        return lambda: timed(client, "get", reverse("share:playlist", args=[which]))

    guest = name_guest(link, name="Cleo")
    answer = HttpResponse()
    remember(answer, link, passed=True, guest=guest)
    known = Client(HTTP_HOST="127.0.0.1")
    known.cookies = answer.cookies

    def proved(digits: str) -> Callable[[], float]:
        def prove() -> float:
            guest.codes.all().delete()
            expires = timezone.now() + codes.LASTS
            Code.objects.create(guest=guest, email="cleo@example.com", expires=expires, digits_hash=codes._keyed(guest, "123456"))
            return timed(known, "post", reverse("share:proof", args=[token]), {"code": digits})

        return prove

    nearly = token[:-1] + ("A" if token[-1] != "A" else "B")
    return [
        ("a link's password, right and wrong", typed("a lamp"), typed("a lamb")),
        ("a link's token, nearly right and made up", opened(nearly), opened("x" * len(token))),
        ("a link's token, over and made up", opened(over_token), opened("x" * len(token))),
        ("two wrong codes, one nearly right", proved("123450"), proved("987654")),
    ]


if __name__ == "__main__":
    sys.exit(main())
