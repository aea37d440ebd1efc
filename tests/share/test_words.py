"""Pages in their reader's language: everything marked is translated, compiled and shown."""

from __future__ import annotations

import ast
import gettext
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trim_whitespace

from studio.review.models import Approval
from studio.share.certificate import certificate_of, examine
from studio.web.script_words import CLIENT, STUDIO
from tests.films import Film
from tests.share.conftest import Visitor

LOCALE = Path(settings.LOCALE_PATHS[0])
FOLDERS = {"de": "de", "fr": "fr", "es": "es", "ja": "ja", "zh-hans": "zh_Hans"}
CALLS = {"gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "ngettext": 0, "pgettext": 1, "pgettext_lazy": 1}
HOLES = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?b>")
SAID_IN = r"\b(aria-label|title|placeholder|alt|label)=\""
Key = tuple[str, str]
"""Context and English."""


@dataclass
class Entry:
    plural: str = ""
    said: dict[int, str] = field(default_factory=dict)


def catalog(folder: str) -> dict[Key, Entry]:
    """What a .po says."""
    found: dict[Key, Entry] = {}
    for block in (LOCALE / folder / "LC_MESSAGES" / "django.po").read_text("utf-8").split("\n\n"):
        assert "fuzzy" not in block, block
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if not line.startswith('"'):
                name, _, line = line.partition(" ")
            parts[name] = parts.get(name, "") + str(ast.literal_eval(line))
        if parts.get("msgid"):
            said = {int(name[7:-1] or 0) if "[" in name else 0: words for name, words in parts.items() if name.startswith("msgstr")}
            found[parts.get("msgctxt", ""), parts["msgid"]] = Entry(parts.get("msgid_plural", ""), said)
    return found


def marked() -> set[Key]:
    """Everything that the sources mark."""
    return {key for found in (_in_templates(), _in_python()) for key in found}


def _in_templates() -> Iterator[Key]:
    for path in (path for path in (settings.BASE_DIR / "templates").rglob("*") if path.suffix in (".html", ".txt")):
        if not re.search(r"{%\s*(block)?translate\b", path.read_text("utf-8")):
            continue
        nodes = get_template(str(path.relative_to(settings.BASE_DIR / "templates"))).template.nodelist  # type: ignore[attr-defined]
        for node in nodes.get_nodes_by_type(TranslateNode):
            if (literal := node.filter_expression.var.literal) is not None:
                yield (node.message_context.var if node.message_context else ""), str(literal)
        for node in nodes.get_nodes_by_type(BlockTranslateNode):
            said = node.render_token_list(node.singular)[0]
            context = node.message_context.var if node.message_context else ""
            yield str(context), trim_whitespace(said) if node.trimmed else said


def _in_python() -> Iterator[Key]:
    for path in (settings.BASE_DIR / "studio").rglob("*.py"):
        text = path.read_text("utf-8")
        if "gettext" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and (at := CALLS.get(node.func.id)) is not None:
                words = [part.value for part in node.args if isinstance(part, ast.Constant)]
                if len(words) > at:
                    yield (str(words[0]) if at else ""), str(words[at])


@pytest.mark.parametrize("folder", FOLDERS.values())
def test_every_marked_word_is_translated_and_compiled(folder: str) -> None:
    entries = catalog(folder)
    assert set(entries) == marked(), "run makemessages (CONTRIBUTING)"
    with (LOCALE / folder / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    assert compiled.pop("")
    for (context, english), entry in entries.items():
        name = f"{context}\x04{english}" if context else english
        for number, words in entry.said.items():
            assert words.strip(), english
            assert words in (compiled.pop((name, number)) if entry.plural else compiled.pop(name)), "run compilemessages (CONTRIBUTING)"
            assert sorted(HOLES.findall(words)) == sorted(HOLES.findall(entry.plural or english)), words
    assert not compiled


def test_the_words_of_scripts_are_those_they_say() -> None:
    said = {
        json.loads(match[1])
        for path in (settings.BASE_DIR / "static/js").rglob("*.js")
        if path.name != "words.js"
        for match in re.finditer(r'\bt\(("(?:[^"\\]|\\.)*")', path.read_text("utf-8"))
    }
    assert said == {*CLIENT, *STUDIO} and len(CLIENT + STUDIO) == len(said)


def speak(client: Client, language: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language


@pytest.mark.django_db
@pytest.mark.parametrize("language", FOLDERS)
def test_a_page_has_no_english_left(visitor: Callable[..., Visitor], mailed: Any, language: str) -> None:
    at = visitor()
    speak(at.client, language)
    pages = [at.get("page").content, at.client.get("/c/nothing/").content, at.client.get("/shared/").content]
    at.comes().post("notes", text="M.", first=3)
    pages.append(at.get("page").content)
    at.proves("cleo@example.com").post("verdict", verdict="approved", signed="Cleo")
    pages.append(at.get("page").content)
    with translation.override(language):
        ours = {english for context, english in marked() if len(english) > 4 and "%(" not in english and translation.gettext(english) != english}
    for page in pages:
        text = page.decode()
        assert f'<html lang="{language}"' in text and '<script id="words" type="application/json">' in text
        shown = re.sub(r"<script id=\"words\".*?</script>|<[a-z-]+ (?=[^>]*\bname=\"verdict\")[^>]*>", "", text, flags=re.S)
        left = [english for english in ours if re.search(rf"(>|{SAID_IN})\s*{re.escape(english)}\s*[<\"]", shown)]
        assert not left and "I approve" not in shown


@pytest.mark.django_db
def test_a_client_chooses_a_language_or_their_browser_asks_for_it(visitor: Callable[..., Visitor]) -> None:
    at = visitor()
    asked = at.get("page", headers={"accept-language": "pt, de-CH;q=0.8, fr;q=0.5"})
    assert '<html lang="de"' in asked.content.decode() and "Accept-Language" in asked["Vary"] and "no-store" in asked["Cache-Control"]
    assert '<html lang="en"' in at.get("page", headers={"accept-language": "pt, *;q=0.1"}).content.decode()
    chosen = at.client.post(reverse("share:language"), {"language": "ja"}, headers={"referer": f"http://testserver{at.url('name')}"})
    assert chosen.status_code == 302 and chosen["Location"] == at.url("page")
    assert '<html lang="ja"' in at.get("page", headers={"accept-language": "de"}).content.decode(), "what was chosen counts"
    refused = at.post("name", name=" ")
    assert refused.status_code == 400 and "このフィールド" in refused.content.decode(), "Django's own words too"
    away = at.client.post(reverse("share:language"), {"language": "tlh"}, headers={"referer": "http://elsewhere.example/nowhere/"})
    assert away["Location"] == "/shared/" and settings.LANGUAGE_COOKIE_NAME not in away.cookies


@pytest.mark.django_db
def test_the_studio_speaks_the_language_of_a_persons_account(
    client_for: Callable[..., Client], film: Film, people: SimpleNamespace, settings: Any
) -> None:
    settings.STUDIO_LANGUAGES = ["en", "de"]
    owner, where = client_for(people.owner), reverse("share:links", args=[film.project.slug])

    def said(**asked: str) -> str:
        return owner.post(where, {"name": ""}, headers=asked).content.decode()

    assert '<html lang="en"' in said() and "This field is required." in said()
    assert '<html lang="de"' in said(**{"accept-language": "de-CH"}), "unsaid, it is what the browser asks for"
    assert '<html lang="en"' in said(**{"accept-language": "fr"}), "which the studio may not speak yet"
    owner.post("/accounts/", {"name": "Owner", "colour": "teal", "language": "fr"})
    people.owner.refresh_from_db()
    assert people.owner.language == "", "a language that is not offered is refused"
    owner.post("/accounts/", {"name": "Owner", "colour": "teal", "language": "de"})
    assert '<html lang="de"' in said(**{"accept-language": "en"}) and "Dieses Feld ist zwingend erforderlich." in said()
    assert '<script id="words" type="application/json">' in said()
    settings.STUDIO_LANGUAGES = ["en"]
    assert '<html lang="en"' in said(), "no page is half in one language and half in another"


@pytest.mark.django_db
def test_what_is_signed_and_its_paper_are_in_the_language_that_was_read(visitor: Callable[..., Visitor], mailed: Any) -> None:
    at = visitor()
    speak(at.client, "ja")
    at.comes("山田").proves("yamada@example.com").post("verdict", verdict="approved", signed="山田")
    assert "確認コード" in mailed.outbox[-1].subject
    given = Approval.objects.get()
    assert given.language == "ja" and "を承認します。" in given.statement and "山田、yamada@example.com。" in given.statement
    assert given.statement in at.get("page").content.decode()
    speak(at.client, "de")
    paper = at.get("certificate", given.pk).content
    with translation.override("fr"):
        assert paper == certificate_of(given)
    with translation.override("ja"):
        assert paper == certificate_of(given)
    given.language = "en"
    assert paper != certificate_of(given)
    given.language = "ja"
    assert not [finding.words for finding in examine(given) if finding.words.startswith("(The film or the cut has another name")]
