"""Looking whether another machine answers. Loaded in workers only: the web process calls nobody."""

from __future__ import annotations

import logging
from importlib import import_module

from celery import shared_task
from django.utils import timezone

from generation import catalog
from generation.contract import Failure
from generation.outside import Bounds, Exchange
from studio.providers.models import Endpoint
from studio.providers.queries import as_contract
from studio.providers.words import ANSWERS, CHECK_BROKE

log = logging.getLogger(__name__)


@shared_task(name="providers.check")  # type: ignore[untyped-decorator]
def check(pk: int, revision: int) -> None:
    """Ask a machine how it is, as its engine knows how, and write down what it said; nothing if it was changed since."""
    row = Endpoint.objects.filter(pk=pk, revision=revision).first()
    if row is None:
        return
    data: dict[str, object] = {}
    try:
        words, data = _asked(row)
        state = Endpoint.FINE
    except Failure as problem:
        state, words = Endpoint.FAILED, str(problem)
    except Exception as problem:
        log.exception("the check of provider %s broke", row.name)
        state, words = Endpoint.FAILED, CHECK_BROKE % {"error": type(problem).__name__}
    told = {"check_state": state, "check_words": words[:1000], "check_data": data, "checked": timezone.now()}
    Endpoint.objects.filter(pk=pk, revision=revision).update(**told)


def _asked(row: Endpoint) -> tuple[str, dict[str, object]]:
    endpoint, how = as_contract(row), catalog.info(row.kind).check
    if how:
        module, _, name = how.partition(":")
        words, data = getattr(import_module(module), name)(endpoint, lambda: None)
        return words, data
    bounds = Bounds(connect=5, idle=15, total=20)
    with Exchange(endpoint.url, "HEAD", "", own_network=endpoint.own_network, bounds=bounds) as answer:
        return ANSWERS % {"status": answer.status}, {}
