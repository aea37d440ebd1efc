"""Where a player finds a take's frames: the full rendition, and the light one where it has the same frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from generation.contract import Format, Rate, Result
from generation.media.encode import MasterProfile, RenditionProfile
from generation.media.picture import PictureFiles
from studio.media import store
from studio.media.keep import keep_outputs
from studio.media.models import Rendition
from studio.media.sources import take_sources
from studio.projects.models import Project
from tests.media.test_serving import body

pytestmark = pytest.mark.django_db
FRAMES = 4


@pytest.fixture
def master(project: Project, tmp_path: Path) -> str:
    """A take of 360 rows, kept as a worker keeps it."""
    files = PictureFiles(tmp_path, Format(width=640, height=360, rate=Rate(num=24), frames=FRAMES), MasterProfile(), RenditionProfile())
    for number in range(FRAMES):
        files.add(np.full((360, 640, 3), 40 + 20 * number, np.uint8))
    outputs = tuple(files.finish())
    assets = {output.name: store.put(Path(output.path), output.media_type) for output in outputs}
    return keep_outputs(project, Result(outputs=outputs), assets, "master").sha256


def test_a_player_is_told_of_both_and_can_fetch_any_frame_of_either(
    project: Project, master: str, people: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    source = take_sources(project, {7: master})["7"]
    light = source["light"]
    assert light["frames"] == source["frames"] == FRAMES and len(light["index"]) == len(source["index"]) == FRAMES + 1
    assert light["url"] != source["url"] and light["initId"] != source["initId"]
    client = client_for(people.artist)
    for each in (source, light):
        answer = client.get(each["url"], headers={"Range": f"bytes={each['index'][1]}-{each['index'][2] - 1}"})
        assert answer.status_code == 206 and body(answer)[4:8] == b"moof"
    assert client_for(people.stranger).get(light["url"]).status_code == 404


def test_a_take_of_before_and_one_of_other_frames_play_in_full(project: Project, master: str) -> None:
    row = Rendition.objects.get(source=master, name="light")
    row.meta = {**row.meta, "frames": FRAMES - 1}
    row.save()
    assert take_sources(project, {7: master})["7"]["light"] is None
    row.delete()
    source = take_sources(project, {7: master})["7"]
    assert source["light"] is None and source["url"] == reverse("media:asset", args=[project.slug, Rendition.objects.get(name="rendition").asset_id])
