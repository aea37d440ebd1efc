"""Everything a page says is marked for translation: the pages are drawn in a pretended language that puts ⟦brackets⟧ around what is marked,
and what a person reads outside of them must be the film's own words, or a name that stands under `translate="no"`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation

from studio.accounts.models import Person
from studio.projects.models import Project
from tests.security.conftest import Everything, everything
from tests.security.matrix import rows
from tests.security.test_matrix import ADDRESSES, by_room

SAID_IN = ("aria-label", "title", "placeholder", "alt", "label", "hx-confirm", "hx-prompt")
SILENT = {"script", "style", "svg", "kbd", "pre", "code"}
ALONE = {"meta", "link", "input", "br", "img", "hr", "source", "col", "wbr", "use"}
OURS = """
    Firstcut English Deutsch Français Español 日本語 简体中文 ffmpeg PostgreSQL OpenTimelineIO OTIO EDL FCPXML CSV PDF Fountain Final Draft
    MB KB GB kB MiB GiB fps f s h min Hz kHz dB LUFS mm px V T A B J K L Ctrl Alt Shift Enter Esc Space Z D N M Home End
"""
"""What is the same in every language: names, formats, units, keys."""


ADDRESSED = re.compile(r"\b[\w.+-]+@[\w.-]+\b|https?://\S+|/[\w/.-]+/|\b[0-9a-f]{4,}…[0-9a-f]{4,}\b")
"""Addresses and hashes."""


class Said(HTMLParser):
    """The words of a page that a person reads, in order; attributes apart."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.beside: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in SILENT or (given.get("translate") == "no" and tag not in ALONE) or (self.silent and tag == self.silent[-1]):
            self.silent.append(tag)
        self.beside += [given[name] or "" for name in SAID_IN if name in given]
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.beside.append(given.get("value") or "")
        if not self.silent:
            self.text.append("\n" if tag not in ("b", "strong", "em", "i", "span", "a") else "")

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag == self.silent[-1]:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.text.append(data)


def outside(text: str) -> Iterator[str]:
    """What stands outside of all brackets."""
    depth, kept = 0, []
    for letter in text:
        depth += (letter == "⟦") - (letter == "⟧")
        if depth == 0:
            kept.append("\n" if letter == "⟧" else letter)
    yield from (line.strip() for line in "".join(kept).splitlines())


def words_of_the_film() -> set[str]:
    """Everything that stands in the database's texts, apart from choices: those have labels."""
    found: set[str] = set()

    def keep(value: Any) -> None:
        if isinstance(value, str):
            found.update(line.strip() for line in value.splitlines())
        elif isinstance(value, dict):
            for one in value.values():
                keep(one)
        elif isinstance(value, list | tuple):
            for one in value:
                keep(one)

    for model in apps.get_models():
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices
        ]
        if fields and model._meta.app_label not in ("sessions", "contenttypes"):
            for row in model._default_manager.values_list(*fields):
                for value in row:
                    keep(value)
    return {word for word in found if re.search(r"[^\W\d_]{2}", word)}


def unmarked(html: str, known: Callable[[str], str]) -> list[str]:
    said = Said()
    said.feed(html)
    lines = [*outside("".join(said.text)), *(line for words in said.beside for line in outside(words))]
    found = []
    for line in lines:
        left = known(ADDRESSED.sub(" ", line))
        if re.search(r"[^\W\d_]{2}", left):
            found.append(line)
    return list(dict.fromkeys(found))


@pytest.fixture
def here(project: Project, people: SimpleNamespace) -> Everything:
    return everything(project, people.owner, Person.objects.create_user("extra@example.com", name="Extra Person"))


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text that asks for its translation gets it in brackets."""
    real = translation._trans  # type: ignore[attr-defined]

    def in_brackets(name: str) -> Callable[..., str]:
        says = getattr(real, name)
        return cache(lambda *given: type(said := says(*given))(f"⟦{said}⟧"))

    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        monkeypatch.setattr(real, name, in_brackets(name))


PAGES = by_room(name for name, methods in rows().items() if "GET" in methods)


@pytest.mark.django_db
@pytest.mark.parametrize("room", PAGES)
def test_a_page_says_nothing_that_is_not_marked(
    room: str, here: Everything, people: SimpleNamespace, client_for: Callable[..., Client], pretended: None
) -> None:
    own = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted({*words_of_the_film(), *OURS.split()}, key=len, reverse=True)))
    wrong = []
    for address in PAGES[room]:
        client = here.as_guest() if address.startswith("share:") and "token" in ADDRESSES[address] else client_for(people.owner)
        answer = client.get(reverse(address, kwargs=here.arguments(address, ADDRESSES[address])))
        if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            wrong += [f"{address}: {words}" for words in unmarked(answer.content.decode(), lambda line: own.sub(" ", line))]
    assert not wrong, json.dumps(wrong, indent=0, ensure_ascii=False)
