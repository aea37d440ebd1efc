"""The engine against a real server process that takes jobs, charges, and fails as paid services do. What must never happen is a second charge."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import SecretStr

from generation import catalog
from generation.context import Options
from generation.contract import BadRequest, Cancelled, Endpoint, Failure, Progress, Result, Stage, Transient
from generation.engines import provider
from generation.remote import calling, declared
from generation.runner import run
from tests.generation.engines import asking
from tests.generation.engines.provider_server import KEY, ROOT, Running

HEADER = "Idempotency-Key"
BODY = {
    "model": "plain", "prompt": "{prompt}", "negative": "{negative}", "seed": "{seed}", "width": "{width}", "height": "{height}",
    "steps": "{steps}", "picture": "{first_frame}", "references": "{reference.all}", "words": "{prompt}, {seconds} s",
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    running = Running()
    yield running
    running.stop()


def call(server: Running, method: str = "GET") -> Any:
    with urllib.request.urlopen(urllib.request.Request(server.url.removesuffix("/v1") + "/seen", method=method)) as answer:
        return json.loads(answer.read())


@pytest.fixture
def seen(server: Running) -> Iterator[Callable[[], Any]]:
    call(server, "DELETE")
    yield lambda: call(server)


def endpoint(server: Running, *, once: bool = False, key: str = KEY, **settings: Any) -> Endpoint:
    submit = {"body": BODY, "id_path": "id", "idempotency_header": HEADER if once else ""} | settings.pop("submit", {})
    poll = {"interval": 0.05, "progress_path": "progress"} | settings.pop("poll", {})
    told: dict[str, Any] = {
        "result": {"url_path": "output"}, "submit": submit, "poll": poll, "cancel": {"path": "/jobs/{job}/cancel"}, "patience": 2, "page": "https://example.com/jobs",
    }  # fmt: skip
    return Endpoint(name="paid", kind="provider", url=server.url, key=SecretStr(key), own_network=True, settings=told | settings)


@pytest.fixture
def ask(server: Running, seen: object, tmp_path: Path) -> Callable[..., Result]:
    numbers = iter(range(100))

    def asking_(
        kind: str = "plain", task: str = "still", *, once: bool = False, keeper: Any = None, cancelled: Any = None, on_progress: Any = None,
        body: dict[str, Any] | None = None, settings: dict[str, Any] | None = None, key: str = KEY, **more: Any,
    ) -> Result:  # fmt: skip
        settings = dict(settings or {})
        submit = {"body": BODY | {"model": kind} | (body or {})} | settings.pop("submit", {})
        place = endpoint(server, once=once, key=key, submit=submit, **settings)
        request, paths = asking.ask("provider", task, **({"endpoint": "paid", "prompt": "A lamp", **more}))
        return run(
            request, tmp_path / str(next(numbers)), paths, on_progress=on_progress or (lambda progress, image: None),
            cancelled=cancelled or (lambda: False), options=Options(endpoints={"paid": place}), keeper=keeper,
        )  # fmt: skip

    return asking_


def pixels(result: Result) -> Any:
    return np.asarray(Image.open(asking.outputs(result)["still"].path))


def test_a_still_is_asked_waited_for_fetched_and_paid(ask: Any, seen: Any, tmp_path: Path) -> None:
    told: list[Progress] = []
    reference = asking.picture(tmp_path / "a.png")
    result = ask(
        settings={"price": {"per_call": "0.02", "per_megapixel": "1", "currency": "EUR"}}, steps=7, seed=5, on_progress=lambda p, _: told.append(p),
        files=[("first_frame", reference), ("reference", reference), ("reference", reference)],
    )  # fmt: skip
    assert pixels(result).shape == (32, 64, 3) and pixels(result).std() > 30 and result.notes == ()
    assert result.usage.money == Decimal("0.02") + Decimal(64 * 32) / 1_000_000 and result.usage.currency == "EUR"
    happened = seen()
    (body,) = happened["bodies"]
    assert (body["prompt"], body["seed"], body["steps"], body["width"]) == ("A lamp", 5, 7, 64) and body["words"].startswith("A lamp, 0.042 s")
    assert "negative" not in body and body["picture"].startswith("data:image/png;base64,") and len(body["references"]) == 2
    assert happened["charges"] == 1 and result.usage.provider_job and result.data["job"] == result.usage.provider_job
    assert [p.done for p in told if p.stage == "working"] == sorted(p.done for p in told if p.stage == "working") and max(p.done for p in told) == 100
    assert KEY not in result.model_dump_json()


@pytest.mark.parametrize(("kind", "once"), [("busy-2", False), ("takes-500", True), ("takes-cut", True), ("takes-html", True)])
def test_whatever_happens_while_it_is_sent_it_is_charged_once(ask: Any, seen: Any, kind: str, once: bool) -> None:
    result = ask(kind, once=once)
    happened = seen()
    assert pixels(result).shape == (32, 64, 3) and happened["charges"] == 1 and len(set(happened["keys"])) == 1


@pytest.mark.parametrize("kind", ["takes-500", "takes-cut", "takes-html", "takes-nothing"])
def test_without_a_promise_a_doubtful_job_is_never_sent_again(ask: Any, seen: Any, tmp_path: Path, kind: str) -> None:
    shelf = asking.Shelf(tmp_path / "shelf")
    for _ in range(2):
        with pytest.raises(Failure, match=r"may have been charged.*https://example.com/jobs") as caught:
            ask(kind, keeper=shelf)
        assert not caught.value.retryable
    assert seen()["charges"] == seen()["asked"] == 1


@pytest.mark.parametrize("kind", ["troubled", "cut-file-1"])
def test_trouble_while_it_waits_or_fetches_is_waited_out(ask: Any, seen: Any, kind: str) -> None:
    assert pixels(ask(kind)).shape == (32, 64, 3) and seen()["charges"] == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("failed", "not allowed"), ("forgets", "does not know the job"), ("no-media", "cannot be used"), ("no-result", "no result"),
        ("broke", "no credit"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_said_and_not_tried_again(ask: Any, seen: Any, kind: str, words: str) -> None:
    with pytest.raises(Failure, match=words) as caught:
        ask(kind)
    assert not caught.value.retryable and KEY not in str(caught.value) and seen()["charges"] <= 1


def test_a_wrong_key_is_said_without_it(ask: Any) -> None:
    with pytest.raises(BadRequest, match="does not accept the key") as caught:
        ask(key="wrong-key")
    assert "wrong-key" not in str(caught.value)


def test_busy_for_good_goes_back_to_the_queue_and_may_be_sent_later(ask: Any, seen: Any, tmp_path: Path) -> None:
    shelf = asking.Shelf(tmp_path / "shelf")
    with pytest.raises(Transient):
        ask("busy-3", keeper=shelf, settings={"patience": 0})
    assert shelf.kept_names == ["submitting", "refused"] and seen()["charges"] == 0
    assert pixels(ask("busy-3", keeper=shelf)).shape == (32, 64, 3) and seen()["charges"] == 1


def test_a_job_that_was_sent_is_asked_after_by_the_next_attempt(ask: Any, seen: Any, tmp_path: Path) -> None:
    shelf = asking.Shelf(tmp_path / "shelf")
    with pytest.raises(Transient, match="did not finish"):
        ask("slow", keeper=shelf, settings={"poll": {"longest": 1, "interval": 0.1}})
    with pytest.raises(Cancelled):
        ask("slow", keeper=shelf, cancelled=lambda: seen()["polls"] > 12)
    happened = seen()
    job = shelf.kept()
    assert isinstance(job, Stage) and happened["charges"] == happened["asked"] == 1 and happened["cancelled"] == [job.data["job"]]


def test_cancelled_while_it_is_sent_it_is_heard_out_and_cancelled_there(ask: Any, seen: Any, tmp_path: Path) -> None:
    shelf = asking.Shelf(tmp_path / "shelf")
    with pytest.raises(Cancelled):
        ask(keeper=shelf, body={"slowly": 0.6}, cancelled=lambda: seen()["charges"] > 0)
    job = shelf.kept()
    assert job is not None and seen()["cancelled"] == [job.data["job"]] and seen()["polls"] == 0


def test_clips_come_at_the_length_and_size_asked_for_with_their_sound(ask: Any, tmp_path: Path) -> None:
    result = ask("large", "shot", frames=12, body={"frames": "{frames}", "with_sound": True}, settings={"price": {"per_second": "2"}})
    outputs = asking.outputs(result)
    assert asking.shape_of(outputs["master"]) == (12, 32, 64) and outputs["sound"].meta["samples"] == 24_000
    assert result.notes == ("“paid” made 128×80; it was scaled to fill 64×32.",) and result.usage.money == Decimal(1)
    with pytest.raises(Failure, match="gave 5 frames, enough for 5 of the 12"):
        ask("short", "shot", frames=12, body={"frames": "{frames}"})
    cue = ask(task="effect", frames=24, sound=True, body={"sound": True, "seconds": "{seconds}"}, prompt="A door")
    assert asking.outputs(cue)["sound"].meta["samples"] == 48_000


def test_an_answer_at_once_is_kept_before_it_is_opened(ask: Any, seen: Any, tmp_path: Path) -> None:
    shelf = asking.Shelf(tmp_path / "shelf")
    settings = {
        "submit": {"path": "/images", "id_path": "", "body": {"prompt": "{prompt}", "width": "{width}", "height": "{height}"}},
        "result": {"url_path": "", "base64_path": "data.0.b64_json"}, "price": {"path": "usage.cost"},
    }  # fmt: skip
    first, again = (ask(settings=settings, keeper=shelf) for _ in range(2))
    assert asking.hashes(first) == asking.hashes(again) and seen()["charges"] == 1 and first.usage.money == Decimal("0.25")
    assert shelf.kept_names == ["submitting", "answered"]


def test_a_file_without_a_place_and_nothing_said_are_refused_before_anything_is_sent(ask: Any, seen: Any, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="no place for a mask"):
        ask(files=[("mask", asking.mask(tmp_path / "m.png"))])
    with pytest.raises(BadRequest, match="needs words"):
        ask(prompt=" ")
    assert "no place for guidance" in ask(guidance=3.0).notes[0] and seen()["asked"] == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"submit": {"body": {"x": "{nonsense}"}}}, "nobody knows"), ({"poll": {"path": "jobs"}}, "begins with"),
        ({"price": {"currency": "euro"}}, "currency"), ({"key_header": "A: b"}, "key header"), ({"poll": {"interval": 0}}, "interval"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused_with_the_field(server: Running, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        catalog.validate_endpoint(endpoint(server).model_copy(update={"settings": settings}))


@pytest.mark.parametrize("shape", sorted(provider.PRESETS))
def test_presets_are_settings(server: Running, shape: str) -> None:
    told = catalog.validate_endpoint(endpoint(server).model_copy(update={"settings": provider.PRESETS[shape]}))
    assert told == provider.PRESETS[shape]


def test_templates_and_paths() -> None:
    values = {"prompt": "a", "seed": 3, "seconds": 2.5}
    template = {"a": "{seed}", "b": ["{prompt}", "{mask}", {"c": "{seconds}s"}], "d": "{mask}", "e": "x {negative}", "f": True}
    assert declared.filled(template, values) == {"a": 3, "b": ["a", {"c": "2.5s"}], "f": True}
    answer = {"data": [{"url": "u"}, {"url": "v"}]}
    found = {"data.1.url": "v", "$.data[0].url": "u", "data.-1.url": "v", "data.9.url": None, "none.x": None}
    assert {path: declared.at(answer, path) for path in found} == found
    assert declared.path_of("/jobs/{job}/x", job="a/../b c") == "/jobs/a%2F..%2Fb%20c/x"


def test_addresses_of_results_keep_their_signature_and_lead_nowhere_inside(server: Running, tmp_path: Path) -> None:
    assert calling.parted("https://cdn.example/a b".replace(" ", "%20") + "?s=a%2Fb&t=1") == ("https://cdn.example", "/a%20b?s=a%2Fb&t=1")
    line = calling.Line(endpoint(server), {}, lambda: None, silence=5, patience=0)
    for url in ("http://10.0.0.1/x", "file:///etc/passwd", "http://169.254.169.254/latest", "//x", "http://a b/"):
        with pytest.raises(BadRequest):
            line.download(url, tmp_path / "x")


RUNNER = """
import json, os, signal, sys
from pathlib import Path
from generation import outside
from generation.contract import Failure
from generation.context import Options
from generation.runner import run
from tests.generation.engines import asking
from tests.generation.engines.test_provider import endpoint

class Place:
    url = sys.argv[2]

folder, once, point = Path(sys.argv[1]), sys.argv[3] == "once", 0
real = outside.Exchange._next

def passed():
    global point
    point -= 1
    if point == 0:
        os.kill(os.getpid(), signal.SIGKILL)

class Keeper(asking.Shelf):
    def keep(self, stage):
        passed()
        super().keep(stage)
        passed()

outside.Exchange._next = lambda self: (passed(), real(self), passed())[1]
ends = []
for number, point in enumerate(json.loads(sys.argv[4])):
    child = os.fork()
    if not child:
        request, paths = asking.ask("provider", "still", endpoint="paid", prompt="A lamp")
        options = Options(endpoints={"paid": endpoint(Place, once=once)})
        try:
            run(request, folder / f"run-{number}", paths, options=options, keeper=Keeper(folder / "shelf"))
        except Failure as problem:
            os._exit(3 if "may have been charged" in str(problem) else 4)
        os._exit(0)
    ends.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps(ends))
"""


@pytest.mark.parametrize(("once", "points"), [(True, [1, 2, 3, 4, 5, 6, 2, 3, 4, 7, 11, 0]), (False, [1, 6, 7, 8, 9, 13, 0])])
def test_killed_anywhere_it_is_charged_once_at_most_and_goes_on(server: Running, seen: Any, tmp_path: Path, once: bool, points: list[int]) -> None:
    """One job killed at one point after another (before and after whatever is kept, sent or heard), each attempt going on from what was kept."""
    command = [sys.executable, "-c", RUNNER, str(tmp_path), server.url, "once" if once else "no", json.dumps(points)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *killed, last = json.loads(done.stdout)
    happened = seen()
    if once:
        assert set(killed) == {-signal.SIGKILL} and last == 0
        assert happened["charges"] == 1 and len(set(happened["keys"])) == 1
    else:  # it ends with the picture, or with words that say what may have been paid for; never with a second job
        assert last in (0, 3) and set(killed) <= {-signal.SIGKILL, 3, 0} and happened["charges"] <= 1
