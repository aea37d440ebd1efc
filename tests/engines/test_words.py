"""That whatever an engine says can be translated: `generation` cannot mark its words, so `studio.engines.words` lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from pydantic import BaseModel

import generation
import studio
from generation import catalog
from generation.contract import BadRequest
from generation.facts import EngineInfo
from studio.engines import choosing, fields, words
from tests.engines.test_fields import Form

NAMES = frozenset({  # of engines, models and licences: the same in every language
    "ACE-Step 1.5", "AudioLDM 2", "FLUX.2 klein", "Helios", "Higgs Audio", "HunyuanVideo 1.5", "LTX-2", "Pocket TTS", "Qwen-Image", "SANA-WM",
    "Stable Audio", "Stable Diffusion XL", "Wan 2.2", "Wan VACE", "Z-Image", "eSpeak NG",
    "1.5 XL base", "1.5 XL turbo", "AudioLDM 2 large", "ControlNet depth", "FLUX.2 klein 4B", "FLUX.2 klein 9B", "FLUX.2 klein 9B KV",
    "FLUX.2 klein base 4B", "Helios Base 14B", "Helios Distilled 14B", "Helios Mid 14B", "Higgs Audio v2, 3B", "HunyuanVideo 1.5 I2V 480p",
    "HunyuanVideo 1.5 I2V 720p", "HunyuanVideo 1.5 T2V 480p", "HunyuanVideo 1.5 T2V 720p", "IP-Adapter", "LTX-2 19B", "LTX-2.3 22B",
    "LTX-2.3 22B distilled", "LTX-2.5 22B", "MMS English", "MMS German", "Qwen-Image 2512", "Qwen-Image Edit 2509", "Qwen-Image Edit 2511",
    "Qwen3 30B A3B Instruct 2507", "Qwen3 4B Instruct 2507", "SDXL base 1.0", "SmolLM3 3B", "Stable Audio 3 medium", "Stable Audio 3 medium base",
    "Stable Audio Open 1.0", "Wan 2.1 T2V 1.3B", "Wan 2.1 VACE 1.3B", "Wan 2.1 VACE 14B", "Wan 2.2 I2V 14B", "Wan 2.2 T2V 14B", "Wan 2.2 TI2V 5B",
    "Z-Image Turbo", "Z-Image Turbo control", "Apache-2.0",
})  # fmt: skip
OFFERED_NOWHERE = ("previs",)  # its params are the film's own rows, and no form shows them


def engines() -> list[EngineInfo]:
    """Those that come with Firstcut, whatever another test has registered."""
    catalog.engines()
    return list(catalog._found.values())


def said_by(facts: EngineInfo) -> Iterator[str]:
    """Every word of an engine that a page shows."""
    yield from (facts.title, facts.description, facts.licence, *facts.presets)
    for each in facts.checkpoints:
        yield from (each.title, each.territories, each.revenue)
    if facts.name in OFFERED_NOWHERE:
        return
    for form in (*facts.forms.values(), *([facts.settings] if facts.settings else [])):
        yield from said_in(form)
    for task in facts.tasks:
        for spec in facts.takes(task):
            yield from (spec.title, spec.help)


def said_in(form: type[BaseModel]) -> Iterator[str]:
    for group in fields.groups_of(form):
        yield group.title
        for field in group.fields:
            yield from (field.label, field.help, *(shown for _, shown in field.choices))


def test_every_word_of_an_engine_can_be_translated_and_none_is_left_over() -> None:
    said = {word for facts in engines() for word in said_by(facts) if word}
    lacking = said - words.WORDS - NAMES - words.CODES
    assert not lacking, f"add these to studio/engines/words.py (or to NAMES here): {sorted(lacking)}"
    left = (words.WORDS | NAMES | words.CODES) - said
    assert not left, f"no engine says this any more; take it out: {sorted(left)}"


def test_every_stage_that_is_told_in_fixed_words_can_be_translated() -> None:
    told = {
        stage
        for room in (Path(generation.__path__[0]), Path(studio.__path__[0]))
        for path in room.rglob("*.py")
        for stage in re.findall(r"""\b_?stage(?:, [\w.]+)?(?:: str)? ?= ?"([^"]+)\"""", path.read_text("utf-8"))
    }
    assert len(told) > 15 and not told - set(words.STAGES), "add these to studio/engines/words.py"


@pytest.fixture
def in_brackets() -> Iterator[None]:
    """A language that puts what it translates in brackets."""

    def bracketed(english: str) -> str:
        return f"[{english}]" if english else ""

    with patch.object(words, "gettext", bracketed), patch.object(fields, "gettext", bracketed), patch.object(choosing, "gettext", bracketed):
        yield


@pytest.mark.usefixtures("in_brackets")
def test_a_form_is_in_the_readers_language_and_its_values_are_not() -> None:
    first, nested, _ = fields.groups_of(Form)
    assert {field.name: field.label for field in first.fields}["schema_"] == "[Schema]" and nested.title == "[Nested]"
    assert next(field.help for field in first.fields if field.name == "steps") == "[More is slower.]"
    [speed] = [field for field in nested.fields if field.kind == "choice"]
    assert speed.choices == (("slow", "[slow]"), ("fast", "[fast]"))
    assert words.choice("Key") == "Key" and words.choice("none") == "[none]"
    with pytest.raises(BadRequest, match=r"^\[“\[Steps\]” must be a whole number; “many” is not\.\]$"):
        fields.params_from(Form, {"steps": "many"})


@pytest.mark.usefixtures("in_brackets")
def test_engines_are_offered_in_the_readers_language() -> None:
    families = dict(choosing.offers())
    assert "[Pictures]" in families and families["[Pictures]"][0].words == "[a picture]"
    assert words.inside("First frame") == "[First frame]"


def test_english_writes_a_title_small_within_a_sentence() -> None:
    assert words.inside("First frame") == "first frame"
