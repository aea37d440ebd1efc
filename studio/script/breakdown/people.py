"""Who is in a screenplay and how the action speaks of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from generation.names import FEMALE, MALE
from studio.script.breakdown.prose import WORD, sentences
from studio.script.breakdown.words import CROWDS, PEOPLE

_CAPS = re.compile(r"(?<![^\W_])[A-Z][A-Z'’.\-]+(?:[ \t]+(?:[A-Z][A-Z'’.\-]+|#?\d{1,3}))*(?![^\W\d_])")
_AGE = re.compile(r"\s*,?\s*[\(,]\s*((?:early |mid |late |mid-|about )?\d{1,3}(?:['’]?s)?(?:-ish)?|teens|teenage|elderly|ageless)\b", re.IGNORECASE)
_APPOSITIVE = re.compile(r"(?:\s*\([^()]{0,40}\))?(?:,?\s*\d{1,3}s?)?\s*,\s+(?:a|an|the|our|his|her|their)\s+((?:[\w'’-]+\s*){1,6})")
_LEADING = re.compile(
    r"^(?:(?:A|AN|THE|ON|TO|OF|IN|OUT|UP|DOWN|LEFT|RIGHT|CLOSE|CLOSER|WIDE|ANGLE|EXTREME|MEDIUM|TRACKING|TRACK|PAN|WHIP|TILT|PUSH|PULL|BACK|DOLLY"
    r"|CRANE|ORBIT|TRUCK|INSERT|HANDHELD|ZOOM|SLOW|FOLLOW|FOLLOWING|FROM|WITH|PEDESTAL|RACK|FOCUS|REVEAL|POV|AND)[ \t]+)+"
)
_PLAIN_WORDS = frozenset((
    "the", "a", "an", "mr", "mrs", "ms", "dr", "miss", "sir", "old", "young", "big", "little", "tall",
    "small", "first", "second", "third", "man", "woman",
))  # fmt: skip
_SHE, _HE = frozenset(("she", "her", "hers")), frozenset(("he", "him", "his"))
_STOP = frozenset(("in", "with", "who", "whose", "of", "on", "at", "and", "wearing"))


@dataclass(slots=True)
class Person:
    name: str
    aliases: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    introduction: str = ""  # the sentence
    lines: int = 0
    age: str = ""
    pronoun: str = ""  # "she", "he" or unknown
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """`owner`: only as whose something is ("Mara's cup")."""

    name: str
    start: int
    end: int
    owner: bool = False


class Cast:
    """Finds everyone by their cues, then by introductions in capitals, and learns what else they are called."""

    def __init__(self, cues: list[str], actions: list[str]) -> None:
        self.people: dict[str, Person] = {}
        self._forms: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}  # first word → (all words, name, is a common noun)
        for cue in cues:
            self.people.setdefault(cue, Person(cue)).lines += 1
        introductions: list[tuple[str, str]] = []  # name, noun
        for action in actions:
            introductions.extend(self._introduced(action))
        self._learn_forms(introductions)
        self._learn_texts(actions)

    def mentions(self, text: str) -> list[Mention]:
        """Everyone the text names, in order; "the old keeper" counts once she was introduced as one."""
        found: list[Mention] = []
        tokens = [(match.group(), match.start(), match.end()) for match in WORD.finditer(text)]
        at = 0
        while at < len(tokens):
            step = self._match(tokens, at, found)
            at += step
        return found

    def tell(self, name: str, text: str, pronoun: str) -> None:
        """Adds a sentence that speaks of somebody by a pronoun only; whoever it fits was not known to be he or she before."""
        person = self.people.get(name)
        if person is None:
            return
        person.pronoun = person.pronoun or pronoun
        if text not in person.texts:
            person.texts.append(text)

    def _match(self, tokens: list[tuple[str, int, int]], at: int, found: list[Mention]) -> int:
        for form, name, noun in self._forms.get(_bare(tokens[at][0]), ()):
            if tuple(_bare(token) for token, _, _ in tokens[at : at + len(form)]) != form:
                continue
            written = tokens[at : at + len(form)]
            capital = all(token[0].isupper() or token[0].isdigit() for token, _, _ in written)
            if not capital and not (noun and any(token.lower() == "the" for token, _, _ in tokens[max(0, at - 3) : at])):
                continue
            last = written[-1]
            found.append(Mention(name, written[0][1], last[2], last[0].lower().endswith(("'s", "’s"))))
            return len(form)
        return 1

    def _introduced(self, action: str) -> list[tuple[str, str]]:
        out: list[tuple[str, str]] = []
        for match in _CAPS.finditer(action):
            phrase = _LEADING.sub("", match.group().strip(".-'’ ") + " ").strip().removesuffix("'S").removesuffix("’S")
            if len(phrase) < 2 or not phrase[0].isalpha():
                continue
            age = _AGE.match(action, match.end())
            apposition = _APPOSITIVE.match(action, match.end())
            noun = _person_noun(apposition.group(1)) if apposition else ""
            name = self._known(phrase)
            last = WORD.findall(phrase)[-1].lower() if WORD.findall(phrase) else ""
            if not name:
                if not (age or noun or last in PEOPLE or (last in CROWDS and phrase not in self.people)):
                    continue
                name = phrase
                self.people[name] = Person(name)
            person = self.people[name]
            if phrase != name and phrase not in person.aliases:
                person.aliases.append(phrase)
            if (age or noun) and not person.introduction:
                person.introduction = next((piece.text for piece in sentences(action) if piece.start <= match.start() < piece.end), "")
                person.age = age.group(1) if age else ""
            if noun:
                out.append((name, noun))
                person.pronoun = person.pronoun or PEOPLE.get(noun, "")
        return out

    def _known(self, phrase: str) -> str:
        """The one of the cast that a phrase in capitals means: the same name, or one that shares its telling words."""
        if phrase in self.people:
            return phrase
        telling = {word.lower() for word in WORD.findall(phrase)} - _PLAIN_WORDS
        alike = []
        for name in self.people:
            own = {word.lower() for word in WORD.findall(name)} - _PLAIN_WORDS
            if own and telling and (own <= telling or telling <= own):
                alike.append(name)
        return alike[0] if len(alike) == 1 else ""

    def _learn_forms(self, introductions: list[tuple[str, str]]) -> None:
        nouns: dict[str, set[str]] = {}
        for name, noun in introductions:
            nouns.setdefault(noun, set()).add(name)
        singles: dict[str, set[str]] = {}
        for name, person in self.people.items():
            for called in (name, *person.aliases):
                tokens = tuple(_bare(word) for word in WORD.findall(called))
                if not tokens:
                    continue
                common = tokens[-1] in PEOPLE or tokens[-1] in CROWDS
                self._form(tokens, name, common)
                for token in tokens if common else tokens[:1]:  # "the judge" is Judge Okafor
                    if token in PEOPLE:
                        nouns.setdefault(token, set()).add(name)
                        person.pronoun = person.pronoun or PEOPLE[token]
                if common:
                    nouns.setdefault(tokens[-1], set()).add(name)
                if len(tokens) > 1:
                    for word in {tokens[0], tokens[-1]} - _PLAIN_WORDS - PEOPLE.keys():
                        singles.setdefault(word, set()).add(name)
        for word, names in singles.items():
            if len(names) == 1 and len(word) > 1 and not word.isdigit():
                self._form((word,), next(iter(names)), False)
        for noun, names in nouns.items():
            if len(names) == 1:
                name = next(iter(names))
                self._form((noun,), name, True)
                if "the " + noun not in self.people[name].aliases:
                    self.people[name].aliases.append("the " + noun)
                self.people[name].pronoun = self.people[name].pronoun or PEOPLE.get(noun, "")
        for forms in self._forms.values():
            forms.sort(key=lambda form: -len(form[0]))

    def _form(self, tokens: tuple[str, ...], name: str, noun: bool) -> None:
        entry = (tokens, name, noun)
        forms = self._forms.setdefault(tokens[0], [])
        if entry not in forms:
            forms.append(entry)

    def _learn_texts(self, actions: list[str]) -> None:
        votes: dict[str, Counter[str]] = {name: Counter() for name in self.people}
        seen: dict[str, set[str]] = {name: set() for name in self.people}
        for action in actions:
            alone = ""
            for piece in sentences(action):
                names = list(dict.fromkeys(mention.name for mention in self.mentions(piece.text)))
                low = [word.lower() for word in WORD.findall(piece.text)]
                about = names
                if len(names) == 1:
                    alone = names[0]
                elif not names and alone and low and low[0] in _SHE | _HE | {"they", "their"}:
                    about = [alone]
                elif names:
                    alone = ""
                if len(about) == 1:
                    votes[about[0]].update(_pronouns_of_one(piece.text, bool(names)))
                for name in about:
                    person = self.people[name]
                    person.seen = True
                    if piece.text in seen[name]:
                        continue
                    seen[name].add(piece.text)
                    first = piece.text == person.introduction
                    person.texts.insert(0, piece.text) if first and len(person.texts) else person.texts.append(piece.text)
        for name, vote in votes.items():
            person = self.people[name]
            named = "" if person.pronoun else _pronoun_of_name(name)
            if named:
                vote[named] += 2
            if not person.pronoun and (vote["she"] != vote["he"]):
                person.pronoun = "she" if vote["she"] > vote["he"] else "he"


# "watches her.", "runs to him": whoever is met in a sentence is somebody else. "Her coat" is her own.
OTHER_HER = re.compile(
    r"\bher\b(?=\s+(?:a|an|the|with|and|to|from|in|on|at|as|by|into|off|up|down|away|back|across|through|while|until|his|some|two|out|over)\b|\s*(?:[.,;:!?…]|$))",
    re.IGNORECASE,
)


def _pronouns_of_one(text: str, named: bool) -> Iterator[str]:
    """The pronouns in a sentence about one person that mean this person: not whom they meet, and behind a name only their own things."""
    low = [word.lower() for word in WORD.findall(OTHER_HER.sub(" ", text))]
    for index, word in enumerate(low):
        another = word in ("she", "he") and named and index > 0 and low[index - 1] in ("as", "while", "until", "when", "before")
        if word in ("him", "them") or another:
            continue  # "Bruno waits as she opens it" says nothing of Bruno
        if word in _SHE | _HE:
            yield "she" if word in _SHE else "he"


def _pronoun_of_name(name: str) -> str:
    for word in WORD.findall(name.lower()):
        if word in FEMALE or word in MALE:
            return "she" if word in FEMALE else "he"
    return ""


def _bare(word: str) -> str:
    return word.lower().removesuffix("'s").removesuffix("’s")


def _person_noun(text: str) -> str:
    for match in WORD.finditer(text.lower()):
        word = match.group()
        if word in PEOPLE:
            return word
        if word in _STOP:
            break
    return ""
