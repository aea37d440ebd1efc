"""The feed tells what people did, many of one kind as one, and nothing that follows by itself."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import transaction

from studio.events.log import record
from studio.overview import feed
from studio.projects.models import Project

pytestmark = pytest.mark.django_db


def tell(project: Project, by: object, kind: str, **data: object) -> None:
    with transaction.atomic():
        record(kind, actor=by, project=project, data=data)


def words(project: Project) -> list[str]:
    return [one.words for one in feed.activity(project)[0]]


def test_many_of_one_kind_are_one_line_and_another_person_is_another(project: Project, people: SimpleNamespace) -> None:
    for number in (1, 2, 3):
        tell(project, people.artist, "take.stored", number=number)
    tell(project, people.owner, "take.stored", number=4)
    assert words(project)[:2] == ["has take 4 of a shot", "has 3 new takes"]


def test_what_follows_by_itself_is_not_told(project: Project, people: SimpleNamespace) -> None:
    before = words(project)
    tell(project, people.artist, "cut.edited", operation="swap")
    tell(project, people.artist, "version.published", number=1)
    assert words(project) == before
    tell(project, people.artist, "cut.edited", operation="trim")
    tell(project, people.artist, "version.published", number=2)
    assert words(project)[:2] == ["published version 2 of a shot", "edited the cut (trim)"]


def test_older_things_stand_behind_the_first_page(project: Project, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "PAGE", 2)
    for revision in (1, 2, 3):
        tell(project, people.writer, "script.revised", revision=revision)
    newest, older = feed.activity(project)
    assert [one.words for one in newest] == ["saved revision 3 of the script", "saved revision 2 of the script"]
    assert feed.activity(project, older)[0][0].words == "saved revision 1 of the script"
