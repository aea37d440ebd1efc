"""The notes of a revision on paper, drawn by a worker that may read no password: the frame that a note is on, with what was drawn on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from studio.jobs.models import Job, State
from studio.media import store
from studio.projects.models import Project
from studio.review.models import Sheet
from studio.review.notes import print_notes, write_note
from studio.review.tasks import still_of
from studio.timeline.freeze import freeze_cut
from studio.timeline.models import CutRevision
from studio.timeline.plan import frozen_plan
from studio.web import environment
from tests.browser.test_review import filmed
from tests.films import FRAMES, fill
from tests.jobs.test_worker_role import as_worker, become  # noqa: F401 – a fixture
from tests.material.test_material import work

pytestmark = pytest.mark.django_db(transaction=True)
DISC = {"v": 1, "kind": "ellipse", "colour": "rose", "width": 0.03, "from": [0.2, 0.2], "to": [0.8, 0.8]}


@pytest.fixture
def frozen(project: Project, people: SimpleNamespace, tmp_path: Path) -> CutRevision:
    film = fill(project, people.owner, 3)
    filmed(film, tmp_path)
    return freeze_cut(film.cut, by=people.owner)


def pictures(path: Path) -> Iterator[np.ndarray[Any, Any]]:
    for page in pypdfium2.PdfDocument(path):
        for found in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
            yield np.asarray(found.get_bitmap().to_pil().convert("RGB")).astype(int)


def test_each_note_stands_beside_its_frame_with_what_was_drawn_on_it(
    frozen: CutRevision,
    people: SimpleNamespace,
    client_for: Callable[..., Client],
    as_worker: None,  # noqa: F811
) -> None:
    write_note(frozen, by=people.artist, text="The lamp is too bright.", first=3)
    write_note(frozen, by=people.owner, text="Hier → heller, 明るい", first=2 * FRAMES + 40, shapes=[DISC])
    reviewer, slug = client_for(people.reviewer), frozen.cut.project.slug
    where = reverse("review:sheets", args=[slug, 1])
    assert reviewer.get(reverse("review:sheet", args=[slug, 1])).status_code == 404, "nobody has asked for one yet"
    assert reviewer.post(where).status_code == 202
    assert reviewer.post(where).status_code == 202 and Job.objects.filter(kind="notes").count() == 1, "pressed twice it is made once"
    become(environment.WORKER_ROLE)
    work()
    become(environment.APP_ROLE)
    assert Job.objects.get(kind="notes").state == State.SUCCEEDED, Job.objects.get(kind="notes").error
    assert "2 notes" in reviewer.get(where).content.decode()
    answer = reviewer.get(reverse("review:sheet", args=[slug, 1]))
    assert answer["Content-Disposition"] == f'attachment; filename="{slug}-r1-notes.pdf"'
    path = store.local(Sheet.objects.get().asset_id)
    plain, drawn = pictures(path)
    assert abs(plain.mean() - 40) < 4, "the first shot's grey"
    middle, rim = drawn[drawn.shape[0] // 2, drawn.shape[1] // 2], drawn[drawn.shape[0] // 2, int(0.2 * drawn.shape[1])]
    assert abs(middle.mean() - (40 + 60 + 5)) < 5, "the third shot's grey, forty frames on"
    assert rim[0] - rim[1] > 60, "and the rose line around it"
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))
    assert "too bright" in text and "明るい" in text


def test_a_note_on_a_frame_that_cannot_be_read_has_none_and_the_rest_is_there(frozen: CutRevision, people: SimpleNamespace) -> None:
    write_note(frozen, by=people.artist, text="One.", first=3)
    frozen.data["clips"][0]["asset"] = "0" * 64
    assert still_of(frozen_plan(frozen), 3) is None and still_of(frozen_plan(frozen), FRAMES + 3) is not None
    print_notes(frozen, by=people.artist)
    work()
    assert Sheet.objects.get().notes == 1
