"""Who does what to what: reads the sentences of an action. Simple on purpose, and predictable: names and verbs in order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from generation.previs.staging.verbs import FORMS, VERBS, Verb, verb_for

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|[.,;:!?—–()…\n]|--")
_TITLE = re.compile(r"\b(mrs?|ms|dr|st|prof|sgt|lt|capt|col|gen|jr|sr)\.", re.IGNORECASE)  # its point ends no sentence
_STOP = frozenset(".;:!?…\n")
_BREAK = frozenset([",", "—", "–", "--", "(", ")"])
_NOUN_BEFORE = frozenset(
    [
        "the",
        "a",
        "an",
        "his",
        "its",
        "their",
        "my",
        "our",
        "your",
        "this",
        "that",
        "these",
        "those",
        "two",
        "three",
        "four",
        "five",
        "six",
        "some",
        "many",
        "no",
        "any",
        "each",
        "every",
        "of",
        "with",
        "in",
        "on",
        "at",
        "from",
        "by",
        "into",
        "onto",
        "through",
        "under",
        "over",
        "for",
        "old",
        "new",
        "last",
        "first",
        "great",
        "small",
        "big",
        "long",
        "few",
    ]
)
_JOIN = frozenset(
    [
        "and",
        "then",
        "but",
        "or",
        "as",
        "while",
        "when",
        "before",
        "after",
        "until",
        "now",
        "still",
        "again",
        "slowly",
        "quickly",
        "suddenly",
        "quietly",
        "carefully",
        "gently",
        "silently",
        "finally",
        "just",
        "almost",
        "barely",
        "softly",
        "both",
        "also",
        "who",
        "which",
    ]
)
_NOT_VERBS = frozenset(
    [
        "is",
        "was",
        "has",
        "his",
        "this",
        "its",
        "as",
        "us",
        "yes",
        "always",
        "perhaps",
        "does",
        "towards",
        "besides",
        "upstairs",
        "downstairs",
        "outside",
        "inside",
        "across",
        "afterwards",
        "sometimes",
        "eyes",
        "hands",
        "shoulders",
        "arms",
        "fingers",
        "lips",
        "legs",
        "knees",
        "feet",
        "tears",
        "voice",
        "face",
        "hair",
        "clothes",
        "glasses",
        "stairs",
        "steps",
        "less",
        "others",
        "ours",
        "hers",
        "theirs",
        "'s",
    ]
)
_PLACES = frozenset(
    ["on", "in", "at", "by", "under", "behind", "beside", "near", "before", "above", "below", "inside", "outside", "there", "here", "opposite"]
)
_PLURAL_PRONOUNS = frozenset(["they", "both", "everyone", "everybody", "all", "we"])
_BODY = frozenset(["hand", "hands", "eyes", "face", "fingers", "gaze", "head", "arm", "arms", "foot", "feet", "voice", "shoulders"])


@dataclass
class Action:
    """`subjects` are cast names (empty: a thing does it by itself), `phrase` the words after the verb, lower case, `targets` cast names
    in them. `unknown` is the word if previs has no picture for it."""

    subjects: tuple[str, ...]
    verb: Verb
    phrase: str = ""
    targets: tuple[str, ...] = ()
    unknown: str = ""
    stative: bool = False  # "is sitting": the state, not the change


@dataclass
class _Reader:
    cast: tuple[str, ...]
    genders: dict[str, str]
    present: tuple[str, ...]
    actions: list[Action] = field(default_factory=list)
    recent: list[str] = field(default_factory=list)

    def mention(self, name: str) -> None:
        if name in self.recent:
            self.recent.remove(name)
        self.recent.append(name)

    def pronoun(self, word: str) -> tuple[str, ...]:
        if word in _PLURAL_PRONOUNS:
            return tuple(n for n in self.cast if n in self.recent[-4:] or n in self.present) or self.present
        wanted = "male" if word in ("he", "him") else "female" if word in ("she", "her") else "neutral"
        known = [*self.present, *self.recent]
        for name in reversed(known):
            if self.genders.get(name, wanted) == wanted:
                return (name,)
        return (known[-1],) if known and word != "it" else ()


def name_index(cast: tuple[str, ...]) -> dict[tuple[str, ...], str]:
    """Token sequences that mean somebody: the whole name, and any part of it that belongs to nobody else."""
    index: dict[tuple[str, ...], str] = {}
    owners: dict[str, set[str]] = {}
    for name in cast:
        tokens = tuple(t.casefold() for t in re.findall(r"[^\W_]+", name))
        if not tokens:
            continue
        index[tokens] = name
        for token in tokens:
            owners.setdefault(token, set()).add(name)
    for token, names in owners.items():
        if len(names) == 1 and len(token) > 2 and token not in ("the", "old", "man", "woman", "young", "mrs", "miss", "doctor", "von", "van", "der"):
            index.setdefault((token,), next(iter(names)))
    return index


def read_actions(text: str, cast: tuple[str, ...], genders: dict[str, str], present: tuple[str, ...] = ()) -> list[Action]:
    """The actions of a text in order. `present` are those on stage in the order they were last mentioned; pronouns fall back on them."""
    reader = _Reader(cast, genders, present)
    index = name_index(cast)
    longest = max((len(k) for k in index), default=1)
    tokens = [t.replace("’", "'") for t in _TOKEN.findall(_TITLE.sub(r"\1", text))]
    sentence: list[str] = []
    for token in [*tokens, "."]:
        if token in _STOP:
            if sentence:
                _sentence(reader, sentence, index, longest)
            sentence = []
        else:
            sentence.append(token)
    return reader.actions


def _name_at(tokens: list[str], i: int, index: dict[tuple[str, ...], str], longest: int) -> tuple[str, int, bool] | None:
    """(name, tokens used, possessive) if somebody's name begins here."""
    for size in range(min(longest, len(tokens) - i), 0, -1):
        words = [t.casefold() for t in tokens[i : i + size]]
        own = words[-1].endswith("'s")
        words[-1] = words[-1].removesuffix("'s")
        name = index.get(tuple(p for w in words for p in re.findall(r"[^\W_]+", w)))
        # "Will" the man, not the verb: names begin with a capital.
        if name and tokens[i][:1].isupper():
            return name, size, own
    return None


def _is_verb(tokens: list[str], i: int, fresh: bool = False) -> str:
    """The form of a verb that stands at i ("s", "ing", "base") or "". `fresh`: a subject stands right before it."""
    word = tokens[i].casefold()
    if word not in FORMS:
        return ""
    before = tokens[i - 1].casefold() if i else ""
    if before in _NOUN_BEFORE or (before in ("her", "his") and not fresh) or before.endswith("'s"):
        return ""
    form = FORMS[word][1]
    if form == "base":
        return "base" if before in ("to", "they", "both", "all", "everyone") or fresh else ""
    return form


def _subject_follows(tokens: list[str], i: int, plural: bool = False) -> bool:
    """Whether a verb comes soon enough after position i for what stands before it to be the subject."""
    for j in range(i, min(i + 5, len(tokens))):
        word = tokens[j].casefold()
        if plural and word in FORMS and j < i + 3:
            return True
        if _is_verb(tokens, j) in ("s", "ing") or word in ("is", "are", "has", "have", "begins", "starts", "tries"):
            return True
        if word in _BREAK and word != "(" and j > i + 3:
            return False
        if j == i and word.endswith("s") and word not in _NOT_VERBS and len(word) > 3 and word.isalpha():
            return True
    return False


def _subject_behind(tokens: list[str], i: int, index: dict[tuple[str, ...], str], longest: int) -> tuple[str, int] | None:
    """(name, tokens to it and of it) where a sentence that begins with a place names who is there behind the verb: "On the bench sits Ann"."""
    if not i or tokens[0].casefold() not in _PLACES:
        return None
    for j in range(i + 1, min(i + 4, len(tokens))):
        if found := _name_at(tokens, j, index, longest):
            return None if found[2] else (found[0], j - i - 1 + found[1])
        if tokens[j] in _BREAK:
            return None
    return None


def _following(tokens: list[str], start: int) -> list[str]:
    """The words after a verb that may belong to it: up to the next verb or clause, without articles."""
    out: list[str] = []
    for i in range(start, min(start + 8, len(tokens))):
        word = tokens[i].casefold()
        if tokens[i] in _BREAK or word in ("and", "then", "as", "while", "but") or _is_verb(tokens, i) in ("s", "ing"):
            break
        if word not in ("his", "her", "the", "a", "an", "their", "own"):
            out.append(word)
    return out


def _sentence(reader: _Reader, tokens: list[str], index: dict[tuple[str, ...], str], longest: int) -> None:
    subject: tuple[str, ...] = ()
    current: Action | None = None
    phrase: list[str] = []
    idle_subject = False  # a subject that has not done anything yet
    i = 0

    def close() -> None:
        nonlocal current
        if current:
            current.phrase = " ".join(phrase)
            current = None

    while i < len(tokens):
        word = tokens[i].casefold()
        found = _name_at(tokens, i, index, longest)
        if found:
            name, size, own = found
            after = tokens[i + size].casefold() if i + size < len(tokens) else ""
            reader.mention(name)
            starts = i == 0 or tokens[i - 1].casefold() in _JOIN or tokens[i - 1] in _BREAK or idle_subject
            if own and after not in _BODY:
                phrase.append(word)
            elif current is None or (
                starts and (_subject_follows(tokens, i + size) or after in ("and", ",", "(")) and tokens[i - 1].casefold() not in ("or",)
            ):
                close()
                phrase = []
                subject = (*subject, name) if idle_subject and tokens[i - 1].casefold() in ("and", ",") else (name,)
                idle_subject = True
            else:
                current.targets = (*current.targets, name)
                phrase.append(word)
            i += size
            continue
        if (
            word in ("he", "she", "they", "both", "everyone", "everybody", "all", "we")
            and _subject_follows(tokens, i + 1, word in _PLURAL_PRONOUNS)
            and (i == 0 or tokens[i - 1].casefold() not in _NOUN_BEFORE)
        ):
            who = reader.pronoun(word)
            if who:
                close()
                phrase, subject, idle_subject = [], who, True
                i += 1
                continue
        form = _is_verb(tokens, i, idle_subject and (len(subject) > 1 or tokens[i - 1].casefold() in _PLURAL_PRONOUNS))
        if form and not subject and i == 0 and form == "s" and reader.recent:
            subject = (reader.recent[-1],)
        elif form == "s" and not subject and (behind := _subject_behind(tokens, i, index, longest)):
            name, size = behind
            reader.mention(name)
            current = Action((name,), verb_for(FORMS[word][0], _following(tokens, i + 1)))
            reader.actions.append(current)
            phrase, subject = [t.casefold() for t in tokens[:i]], (name,)  # "on the bench sits …": where stands before the verb
            i += 1 + size
            continue
        if form and subject:
            if current and form == "ing" and tokens[i - 1].casefold() in ("of", "without", "stops"):
                form = ""
            if form:
                close()
                following = _following(tokens, i + 1)
                stative = form == "ing" and tokens[i - 1].casefold() in ("is", "are", "still", "sits", "stands")
                current = Action(subject, verb_for(FORMS[word][0], following), stative=stative)
                reader.actions.append(current)
                phrase, idle_subject = [], False
                i += 1
                continue
        elif form and not subject and FORMS[word][0] in ("open", "close", "shut", "slam") and form == "s" and i:
            close()
            current = Action((), VERBS["open" if FORMS[word][0] == "open" else "close"])
            reader.actions.append(current)
            phrase = [t.casefold() for t in tokens[:i]]
        elif (
            idle_subject
            and word not in _JOIN
            and word not in _NOT_VERBS
            and word.endswith("s")
            and not word.endswith(("ss", "'s"))
            and word.isalpha()
            and len(word) > 3
        ):
            current = Action(subject, VERBS["think"] if word.startswith(("seem", "feel", "know", "want", "need", "like")) else _NEUTRAL, unknown=word)
            reader.actions.append(current)
            phrase, idle_subject = [], False
        elif current is not None:
            if word in ("him", "them") or (
                word == "her"
                and (
                    i + 1 >= len(tokens)
                    or tokens[i + 1] in _BREAK
                    or tokens[i + 1].casefold() in ("and", "with", "to", "from", "in", "on", "at", "by", "a", "the", "then", "across", "over")
                )
            ):
                who = (
                    tuple(n for n in reader.pronoun(word) if n not in current.subjects)
                    or tuple(n for n in reversed([*reader.present, *reader.recent]) if n not in current.subjects)[:1]
                )
                current.targets = (*current.targets, *who)
            phrase.append(word)
        i += 1
    close()


_NEUTRAL = Verb("gesture", "here", "small", 1.6)
