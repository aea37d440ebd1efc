"""Workers are real processes on the test's own database and broker, and end when asked."""

import threading
import time

import pytest

from studio.jobs.models import Worker
from studio.jobs.tasks import look
from tests.live import LiveStudio

pytestmark = pytest.mark.chaos


def test_a_worker_answers_a_wake_up_and_ends_when_asked(live_studio: LiveStudio) -> None:
    (process,) = live_studio.workers(1, queues="desk", part="desk")
    look.apply_async(args=["desk"], queue="desk")
    until = time.monotonic() + 60
    while not Worker.objects.filter(pid=process.pid).exists():
        assert process.poll() is None and time.monotonic() < until, "the worker never looked"
        threading.Event().wait(0.05)
    process.terminate()
    assert process.wait(20) == 0
    assert not Worker.objects.filter(pid=process.pid).exists(), "it is not shown as lost"
