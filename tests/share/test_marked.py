"""A link with a watermark: every frame that leaves bears its viewer's name, and no byte of a rendition leaves."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from generation.contract import Rate
from generation.media.encode import RenditionFile, ToYuv, rgb_frame
from generation.media.segments import read_index
from studio.events.live import valkey
from studio.media import store, tasks
from studio.media.models import Rendition
from studio.screening.playlists import add_item, make_playlist
from studio.share import marking
from studio.share.entry import enter, preview_token
from studio.timeline.freeze import freeze_cut
from tests.films import FRAMES, Film
from tests.generation.numbered import paint
from tests.share.conftest import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_line(settings: Any, tmp_path: Path) -> None:
    settings.FIRSTCUT_MARKED = tmp_path / "marked"
    keys = valkey().keys("marked:*")
    if keys:
        valkey().delete(*keys)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "r.mp4"
    to_yuv = ToYuv()
    with RenditionFile(path, 320, 180, Rate(num=24)) as file:
        for number in range(FRAMES + 10):
            file.write(to_yuv(rgb_frame(paint(1, number))))
    return path


@pytest.fixture
def sha256(film: Film, picture: Path) -> str:
    """All takes of the film look the same; the first clip shows frames 20 to 29, and no other is longer than its take's first 48."""
    index = read_index(picture)
    meta = {"width": 320, "height": 180, "rate": [24, 1], **index.model_dump(mode="json")}
    kept = store.put(picture, "video/mp4")
    Rendition.objects.filter(source__in=[take.asset for take in film.takes], name="rendition").update(asset=kept, meta=meta)
    for clip in film.clips[1:]:
        clip.removed = True
        clip.save()
    film.clips[0].source_in, film.clips[0].source_out = 20, 30
    film.clips[0].save()
    return str(kept.pk)


@pytest.fixture(params=["cut", "playlist"])
def at(request: pytest.FixtureRequest, sha256: str, film: Film, people: SimpleNamespace, visitor: Callable[..., Visitor]) -> Visitor:
    of = None
    if request.param == "playlist":
        of = make_playlist(film.project, by=people.owner, name="For Thursday")
        add_item(of, freeze_cut(film.cut, by=people.owner), by=people.owner)
    return visitor(of=of, watermark=True).comes("Cleo")


def made(at: Visitor, sha256: str) -> bytes:
    assert at.get("segment", sha256, 0).status_code == 202
    while tasks.mark_next():
        pass
    answer = at.get("segment", sha256, 0)
    assert answer.status_code == 200 and answer["Cache-Control"] == "private, no-store"
    return bytes(answer.content)


def pictures(data: bytes) -> Iterator[Any]:
    with av.open(io.BytesIO(data), "r", format="mp4") as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="gray")


def test_the_player_is_told_of_segments_and_of_nothing_else(at: Visitor, sha256: str, film: Film) -> None:
    (take,) = at.get("playlist").json()["takes"].values()
    assert take == {"url": at.url("segment", sha256, 0)[:-1], "segment": 48, "frames": FRAMES + 10, "codec": take["codec"]}
    for name in (sha256, film.takes[0].asset_id):
        assert at.get("media", name, headers={"Range": "bytes=0-99"}).status_code == 404
    assert at.get("clip", 1).status_code == at.get("movie", 1).status_code == 404
    assert b"cut-player" in at.get("page").content


def test_who_waits_is_told_how_long(at: Visitor, sha256: str) -> None:
    answer = at.get("segment", sha256, 0)
    assert answer.status_code == 202 and answer["Retry-After"] == "1"
    assert set(answer.json()) == {"position", "seconds", "served"} and answer.json()["position"] == 1 and answer.json()["seconds"] > 0


def test_every_frame_is_marked_and_what_the_cut_leaves_out_does_not_leave(at: Visitor, sha256: str, picture: Path) -> None:
    data, index, whole = made(at, sha256), read_index(picture), picture.read_bytes()
    for number in range(FRAMES):
        assert whole[index.frags[number] + 100 : index.frags[number + 1]] not in data, f"frame {number} of the rendition itself"
    seen, plain = list(pictures(data)), list(pictures(whole))
    assert len(seen) == 48, "every frame keeps its place"
    for number in range(48):
        shown = min(max(number, 20), 29)
        changed = np.abs(seen[number].astype(int) - plain[shown]) > 24
        assert 50 < changed.sum() < 0.2 * changed.size, f"frame {number}: the words of frame {shown} and the picture under them"


def test_each_viewer_has_their_own(at: Visitor, sha256: str, visitor: Callable[..., Visitor], rf: Any) -> None:
    other = visitor(at=at).comes("Dora")
    assert made(at, sha256) != made(other, sha256)
    request = rf.get("/")
    request.COOKIES = {key: morsel.value for key, morsel in at.client.cookies.items()}
    mark = marking.mark_of(enter(request, at.token))
    guest = at.guest if at.guest.name == "Cleo" else at.link.guests.get(name="Cleo")
    assert (mark.name, mark.when, mark.link) == ("Cleo", f"{guest.viewed:%Y-%m-%d %H:%M} UTC", f"link {at.link.pk.hex[:8]}")
    assert at.link.name not in str(mark), "what the team calls a link is the team's"


def test_other_segments_are_not_there(at: Visitor, sha256: str, film: Film, visitor: Callable[..., Visitor]) -> None:
    for name, start in ((sha256, 48), (sha256, 1), (sha256, 4800), (film.takes[0].asset_id, 0), ("0" * 64, 0)):
        assert at.get("segment", name, start).status_code == 404, (name[:8], start)
    assert visitor().comes().get("segment", sha256, 0).status_code == 404, "a link without a watermark has none"
    assert visitor(at=at).get("segment", sha256, 0).status_code == 404, "who gave no name"


def test_a_preview_is_marked_too(at: Visitor, sha256: str, people: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    client = Visitor(at.link, preview_token(at.link, people.owner), client_for(people.owner))
    assert client.get("segment", sha256, 0).status_code == 202
    assert client.get("media", sha256, headers={"Range": "bytes=0-99"}).status_code == 404


def test_what_cannot_be_made_is_said(at: Visitor, sha256: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert at.get("segment", sha256, 0).status_code == 202
    monkeypatch.setattr(tasks, "local", lambda name: Path("/nowhere"))
    assert tasks.mark_next()
    answer = at.get("segment", sha256, 0)
    assert answer.status_code == 503 and answer.json()["problem"]


def test_a_clip_to_keep_has_its_own_frames_alone(sha256: str, visitor: Callable[..., Visitor], picture: Path) -> None:
    answer = visitor(may_take_proxy=True).comes().get("clip", 1)

    async def whole() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    data = async_to_sync(whole)()
    assert len(data) == int(answer["Content-Length"])
    kept = list(pictures(data))
    assert len(kept) == 10 and np.array_equal(kept[0], list(pictures(picture.read_bytes()))[20])
