"""A line of dialogue as eSpeak NG should be told it: phrases with their melody, their pauses and their emphasis.

Positions stay those of the writer's own text, so that word times can be handed back for the words as written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["statement", "question", "exclamation", "trailing", "cut off"]

_WORD = re.compile(r"\w+(?:(?:['’\-]|(?<=\d)[.,:](?=\d))\w+)*")
_BREAK = re.compile(r"(?:\.{2,}|…|[.!?;:,。！？、，；：]+[”\"'’»)*_\]]*(?=\s|$)|[。！？、，；：]+|\s*(?:—|–(?=\s)|--+)\s*|\s-\s|\n+)")
_ABBREVIATION = re.compile(r"(?:^|\W)(?:Mr|Mrs|Ms|Dr|St|Prof|Sr|Jr|Mt|Capt|Lt|Sgt|Hr|Fr|Nr|Mme|Mlle|Sra|Dra|Ud|bzw|usw|etc|vs|[A-Z])$")
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3})(?=\S)([^*_]+?)(?<=\S)\1")
_WH = re.compile(
    r"^\W*(?:(?:and|but|so|und|aber|et|mais|y|pero)\s+)?(?:what|who|whom|whose|where|when|why|how|which|was|wer|wen|wem|wo|wohin|woher|wann|warum|wieso|wie"
    r"|welche[rs]?|qui|que|quoi|où|quand|pourquoi|comment|combien|quel(?:le)?s?|qué|quién|dónde|cuándo|por qué|cómo|cuál)\b",
    re.IGNORECASE,
)
# Short words that a script shouts in capitals; other capitals of up to three letters (FBI, TV) are spelled out as they should be.
_SHOUTED = frozenset(
    [
        "NO",
        "YES",
        "GO",
        "NOW",
        "NOT",
        "YOU",
        "RUN",
        "OUT",
        "GET",
        "WHY",
        "WHO",
        "HOW",
        "ALL",
        "HER",
        "HIM",
        "THE",
        "AND",
        "HEY",
        "STOP",
        "ME",
        "MY",
        "WE",
        "IT",
        "IS",
        "AM",
        "ARE",
        "OH",
        "JA",
        "NEIN",
        "LOS",
        "RAUS",
        "NON",
        "OUI",
        "QUE",
        "SI",
        "ALTO",
    ]
)
_SCRIPTS = (  # the first letter's Unicode name → eSpeak NG's voice for its script
    ("CYRILLIC", "ru"), ("GREEK", "el"), ("CJK", "cmn"), ("HIRAGANA", "ja"), ("KATAKANA", "ja"), ("HANGUL", "ko"), ("ARABIC", "ar"),
    ("HEBREW", "he"), ("DEVANAGARI", "hi"), ("BENGALI", "bn"), ("TAMIL", "ta"), ("TELUGU", "te"),
    ("THAI", "th"), ("GEORGIAN", "ka"), ("ARMENIAN", "hy"),
)  # fmt: skip
_PAUSES = {",": 0.17, ";": 0.3, ":": 0.26, "—": 0.24, "…": 0.5, ".": 0.42, "?": 0.45, "!": 0.42, "\n": 0.5}


@dataclass(frozen=True)
class Token:
    """A word as written; `start` and `end` are characters of the line's text."""

    text: str
    start: int
    end: int
    emphasised: bool = False


@dataclass
class Phrase:
    """What is said in one breath. `pause` is seconds after it at ordinary speed."""

    tokens: list[Token] = field(default_factory=list)
    kind: Kind = "statement"
    asks_wh: bool = False
    mark: str = "."  # what stands after it: one of `_PAUSES`
    place: int = 0  # which phrase of its sentence this is
    last: bool = True  # of its sentence
    script: str = ""  # eSpeak NG language where the letters demand another than the line's

    @property
    def pause(self) -> float:
        return _PAUSES[self.mark]

    def spoken(self, before: str = "", after: str = "") -> tuple[str, list[int]]:
        """The text for eSpeak NG, and for each of its characters the character of the line it stands for (−1: none).

        `before` and `after` go around emphasised words (eSpeak NG's embedded commands, which it reports as part of the word that
        follows them: they stand for its first character). Only words, apostrophes and hyphens are
        left of what was written, so nothing in a line can be a command or markup.
        """
        out: list[str] = []
        where: list[int] = []

        def put(piece: str, origin: int = -1, step: int = 1) -> None:
            out.append(piece)
            where.extend(origin + i * step if origin >= 0 else -1 for i in range(len(piece)))

        strong = False
        for i, token in enumerate(self.tokens):
            put(" " if i else "")
            if token.emphasised != strong:
                strong = token.emphasised
                put(before if strong else after, token.start, 0)
                put(" " if before else "")
            text = token.text.replace("’", "'").replace("_", " ")
            put(text.lower() if _is_shouted(token.text) else text, token.start)
        put({"question": "." if self.asks_wh else "?", "exclamation": "!"}.get(self.kind, ".") if self.last and self.mark != "—" else ",")
        return "".join(out), where


def words_of(text: str) -> list[Token]:
    """Every word of the line, in order."""
    emphasised = [(m.start(2), m.end(2)) for m in _EMPHASIS.finditer(text)]
    tokens = []
    for m in _WORD.finditer(text):
        start, end = m.start(), m.end()
        while start < end and text[start] == "_":
            start += 1
        while end > start and text[end - 1] == "_":
            end -= 1
        if start == end:
            continue
        word = text[start:end]
        strong = _is_shouted(word) or any(a <= start < b for a, b in emphasised)
        tokens.append(Token(word, start, end, strong))
    if tokens and all(t.emphasised for t in tokens):  # all is strong: nothing stands out
        tokens = [Token(t.text, t.start, t.end) for t in tokens]
    return tokens


def phrases_of(text: str) -> list[Phrase]:
    """The line in phrases; none if there is no word in it."""
    tokens, marks = words_of(text), _marks(text)
    phrases: list[Phrase] = []
    current = Phrase()
    place, sentence_start = 0, 0
    for i, token in enumerate(tokens):
        script = _script(token.text)
        if current.tokens and script != current.script:
            current.mark, current.last = ",", False
            phrases.append(current)
            place += 1
            current = Phrase(place=place)
        current.script = script
        current.tokens.append(token)
        until = tokens[i + 1].start if i + 1 < len(tokens) else len(text) + 1
        mark = next((m for at, m in marks if token.end <= at < until), "." if i + 1 == len(tokens) else "")
        if not mark and len(current.tokens) >= 16:  # nobody has more breath than this
            mark = ","
        if not mark:
            continue
        current.mark, current.last = mark, mark not in ",;:—" or i + 1 == len(tokens)
        phrases.append(current)
        place += 1
        if current.last:
            _finish(text, phrases[sentence_start:])
            place, sentence_start = 0, len(phrases)
        current = Phrase(place=place)
    return phrases


def _finish(text: str, sentence: list[Phrase]) -> None:
    """Every phrase of a sentence knows what kind of sentence it is in."""
    kinds: dict[str, Kind] = {"?": "question", "!": "exclamation", "…": "trailing", "—": "cut off"}
    kind = kinds.get(sentence[-1].mark, "statement")
    wh = kind == "question" and bool(_WH.match(text[sentence[0].tokens[0].start : sentence[-1].tokens[-1].end]))
    for phrase in sentence:
        phrase.kind, phrase.asks_wh = kind, wh


def _marks(text: str) -> list[tuple[int, str]]:
    """(position, mark) of everything that ends a phrase."""
    found = []
    for m in _BREAK.finditer(text):
        piece = m.group().strip()
        if piece.startswith(".") and len(piece) == 1 and _ABBREVIATION.search(text[: m.start()]):
            continue
        found.append((m.start() + len(m.group()) - len(m.group().lstrip(" \t")), _mark(m.group(), piece)))
    return found


def _mark(whole: str, piece: str) -> str:
    if "…" in piece or ".." in piece:
        return "…"
    for signs, mark in (("?？", "?"), ("!！", "!"), (".。", "."), (";；", ";"), (":：", ":"), (",，、", ",")):
        if any(s in piece for s in signs):
            return mark
    return "\n" if "\n" in whole and not piece else "—"


def _is_shouted(word: str) -> bool:
    letters = [c for c in word if c.isalpha()]
    if len(letters) < 2 or not word.isupper():
        return False
    return word in _SHOUTED or (len(letters) > 3 and bool(re.search("[AEIOUYÄÖÜÉÈÊÀÁÍÓÚ]", word)))


def _script(word: str) -> str:
    name = unicodedata.name(next((c for c in word if c.isalpha()), "a"), "LATIN")
    return next((language for script, language in _SCRIPTS if name.startswith(script)), "")
