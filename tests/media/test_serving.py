"""Serving media: the bytes asked for, to those who may have them, without reading a file into memory."""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import AsyncClient, Client, RequestFactory
from django.urls import reverse

from studio.media import store
from studio.media.models import Asset
from studio.media.serve import serve
from studio.projects.models import Project
from tests.loops import run_apart

pytestmark = pytest.mark.django_db
BYTES = bytes(range(256)) * 40


def keep(content: bytes, media_type: str = "video/mp4") -> Asset:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return store.put(Path(file.name), media_type)


@pytest.fixture
def file(project: Project) -> Asset:
    kept = keep(BYTES)
    store.hold(project, kept)
    return kept


def body(answer: Any) -> bytes:
    """All of a streamed answer, as the server reads it."""

    async def read() -> bytes:
        return b"".join([piece async for piece in answer])

    return run_apart(read()) if answer.streaming else answer.content


def ask(file: Asset, method: str = "GET", **headers: str) -> Any:
    request = RequestFactory().generic(method, "/", headers={key.replace("_", "-"): value for key, value in headers.items()})
    return serve(request, file)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, len(BYTES)),
        ("bytes=-1", len(BYTES) - 1, len(BYTES)),
        ("bytes=-999999", 0, len(BYTES)),
        (f"bytes=10-{10**17}", 10, len(BYTES)),
        (f"bytes={len(BYTES) - 1}-", len(BYTES) - 1, len(BYTES)),
    ],
)
def test_a_range_is_answered_with_exactly_its_bytes(file: Asset, asked: str, start: int, end: int) -> None:
    answer = ask(file, Range=asked)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{len(BYTES)}" and answer["Content-Length"] == str(end - start)
    assert body(answer) == BYTES[start:end]


@pytest.mark.parametrize("asked", [f"bytes={len(BYTES)}-", "bytes=-0", f"bytes={10**17}-"])
def test_a_range_beyond_the_file_is_416_with_its_size(file: Asset, asked: str) -> None:
    answer = ask(file, Range=asked)
    assert answer.status_code == 416 and answer["Content-Range"] == f"bytes */{len(BYTES)}" and not answer.content


@pytest.mark.parametrize("asked", ["", "bytes=", "bytes=-", "lines=0-5", "bytes=0-1,5-6", "bytes=a-b", "bytes=5-3", "bytes=0-" + "9" * 400])
def test_what_is_no_single_range_is_answered_whole(file: Asset, asked: str) -> None:
    answer = ask(file, Range=asked)
    assert answer.status_code == 200 and body(answer) == BYTES


def test_any_ranges_read_one_after_another_give_the_file(file: Asset) -> None:
    rng, at, read = random.Random(7), 0, b""
    while at < len(BYTES):
        step = rng.randint(1, 3000)
        read += body(ask(file, Range=f"bytes={at}-{at + step - 1}"))
        at += step
    assert read == BYTES


def test_a_file_that_is_known_already_is_not_sent_again(file: Asset) -> None:
    etag = ask(file)["ETag"]
    for known in (etag, f'W/{etag}, "other"', f'"other", {etag}', "*"):
        answer = ask(file, If_None_Match=known)
        assert answer.status_code == 304 and not answer.content and answer["ETag"] == etag
    assert ask(file, If_None_Match='"other"').status_code == 200


def test_a_range_of_another_version_is_answered_whole(file: Asset) -> None:
    etag = ask(file)["ETag"]
    assert ask(file, Range="bytes=0-9", If_Range=etag).status_code == 206
    assert ask(file, Range="bytes=0-9", If_Range='"older"').status_code == 200
    assert ask(file, Range="bytes=0-9", If_Range="Wed, 21 Oct 2015 07:28:00 GMT").status_code == 200


def test_head_tells_the_length_and_sends_nothing(file: Asset) -> None:
    answer = ask(file, "HEAD", Range="bytes=0-9")
    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, str(len(BYTES)), b"")
    assert answer["Accept-Ranges"] == "bytes"


def test_an_empty_file_is_served(project: Project) -> None:
    answer = ask(keep(b"", "application/json"))
    assert (answer.status_code, answer["Content-Length"], body(answer)) == (200, "0", b"")


def test_only_pictures_sound_and_film_are_shown_in_the_page(project: Project) -> None:
    for harmful in ("text/html", "image/svg+xml", "application/javascript", "text/xml"):
        answer = ask(keep(harmful.encode(), harmful))
        assert answer["Content-Type"] == "application/octet-stream" and answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Content-Disposition" not in ask(keep(b"a film"))


def test_a_downloads_name_cannot_carry_a_header(file: Asset) -> None:
    answer = serve(RequestFactory().get("/"), file, download_as='a"\r\nSet-Cookie: x=y; film.mp4')
    assert '"' not in answer["Content-Disposition"][22:-1] and "\n" not in answer["Content-Disposition"]


@pytest.mark.django_db(transaction=True)
def test_a_large_file_costs_little_memory(project: Project, people: SimpleNamespace) -> None:
    """64 MB, whole, as the server would send it: through the URL, the session and the rights."""
    big = keep(os.urandom(1 << 20) * 64)
    store.hold(project, big)
    client = AsyncClient()
    client.force_login(people.artist)

    async def read() -> tuple[int, str, int]:
        answer: Any = await client.get(reverse("media:asset", args=[project.slug, big.sha256]))
        size, digest = 0, hashlib.sha256()
        tracemalloc.start()
        async for piece in answer:
            size += len(piece)
            digest.update(piece)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size, digest.hexdigest(), peak

    size, digest, peak = run_apart(read())
    assert (size, digest) == (64 << 20, big.sha256)
    assert peak < 4 << 20, f"{peak >> 10} KiB at once"


def test_a_file_lost_from_the_store_is_a_404_not_a_broken_answer(
    project: Project, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    lost = keep(b"here today")
    store.hold(project, lost)
    store.local(lost.sha256).unlink()
    answer = client_for(people.artist).get(reverse("media:asset", args=[project.slug, lost.sha256]))
    assert answer.status_code == 404


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB, where this machine lets us mount one."""
    import subprocess

    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting needs root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_keeps_nothing_of_the_file_and_everything_before(small_disk: Path, tmp_path: Path) -> None:
    folder = store.Folder(small_disk / "media")
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"a" * 1000)
    large.write_bytes(b"b" * 200_000)
    first, second = store.fingerprint(small), store.fingerprint(large)
    folder.add(first, small)
    with pytest.raises(store.DiskFull, match="free some space and retry"):
        folder.add(second, large)
    assert folder.has(first) and not folder.has(second)
    assert [path.name for path in small_disk.rglob("*") if path.is_file()] == [first], "no part of it lies about"


def test_the_same_bytes_put_twice_are_one_file(project: Project) -> None:
    one, other = keep(b"the same"), keep(b"the same")
    assert one == other and Asset.objects.count() == 1
    store.hold(project, one)
    store.hold(project, other)
    assert one.holdings.count() == 1
