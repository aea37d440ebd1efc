"""From every word about a character to an explicit design that a person may edit: plain JSON, `"schema": 1`.

Where the text is silent the choice follows from the name, the seed and the place in the cast, so that a cast stays easy to tell apart.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from generation import names
from generation.contract import FigureParams
from generation.previs.figures import words as w

SCHEMA = 1
Design = dict[str, Any]

_SORTED_GARMENTS = sorted(w.GARMENTS, key=len, reverse=True)
_GARMENT = re.compile(r"\b(" + "|".join(re.escape(g) for g in _SORTED_GARMENTS) + r")\b")
_COLOUR = re.compile(r"\b(" + "|".join(sorted(w.COLOURS, key=len, reverse=True)) + r")\b")
_AGE_NUMBER = re.compile(r"\b(?:aged? )?(\d{1,2})(?:'?s| years?(?: old)?|-year-old)?\b(?! ?(?:cm|kg|minutes|hours|dollars|euros|o'clock|:\d))")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen")
_SPELT = {word: n + 1 for n, word in enumerate((*_ONES, "sixteen", "seventeen", "eighteen", "nineteen")) if n > 1}
_SPELT |= {ten + one: 20 + 10 * n + k for n, ten in enumerate(_TENS) for k, one in enumerate(("", *(f"-{one}" for one in _ONES[:9])))}
_NUMBER = "(" + "|".join(sorted(_SPELT, key=len, reverse=True)) + ")"
# A number in words is an age where it stands by itself between commas, or says so: "OSKAR, sixty, in a cap", "aged nine".
_AGE_SPELT = re.compile(
    rf"(?:[,(] ?|\bof )(?:about |around |nearly |almost |barely |just )?{_NUMBER}(?= ?[,.;)])|\baged? {_NUMBER}\b|\b{_NUMBER}[- ]years?[- ]old\b"
)
# Said of somebody, not of what they carry: "a heavy man", "big and quiet", but not "a heavy suitcase".
_BODIES = "man|woman|men|women|boy|girl|lad|fellow|figure|person|guy|lady|gentleman|frame|build|body"
_OF_A_PERSON = rf"(?= ?(?:[,.;:)\n]|$|and\b|but\b|(?:[\w-]+,? ){{0,2}}(?:{_BODIES})\b))"
_AGE_WORDS = (
    ("old", r"\b(?:old|elderly|aged|ancient|grandmother|grandfather|grandma|grandpa|granny|pensioner|wrinkled|frail|sixties|seventies|eighties|nineties)\b(?! (?:coat|hat|jacket|boots|book|house|door|clock|map|photo|letter|friend|radio|song|boat|car))"),  # noqa: E501
    ("child", r"\b(?:child|kid|little (?:girl|boy)|toddler|small (?:girl|boy)|schoolgirl|schoolboy|infant)\b"),
    ("teen", r"\b(?:teen|teens|teenager|teenage|adolescent|girl|boy|lad|youth)\b"),
    ("young", r"\b(?:young|twenties|student|bride)\b"),
)  # fmt: skip


class Choice:
    """Numbers from names: the same words give the same choice on every machine."""

    def __init__(self, *keys: object) -> None:
        self._key = "\x1f".join(str(k) for k in keys)

    def below(self, what: str, count: int) -> int:
        return int.from_bytes(hashlib.sha256(f"{self._key}\x1f{what}".encode()).digest()[:6], "big") % count

    def unit(self, what: str) -> float:
        return self.below(what, 10_000) / 9_999

    def of(self, what: str, options: tuple[str, ...]) -> str:
        return options[self.below(what, len(options))]


def design_figure(params: FigureParams, seed: int) -> tuple[Design, tuple[str, ...]]:
    """The design of one character and notes for a person. Deterministic; voices and colours follow from the same words."""
    text = about(params)
    choice = Choice(params.name.casefold(), seed)
    animal = _animal(params.name, text)
    if animal:
        return _animal_design(params, text, choice, animal)
    gender = _gender(params.name, text, choice)
    age, years = _age(text, choice)
    design: Design = {"schema": SCHEMA, "kind": "person", "name": params.name, "gender": gender, "age": age, "years": years}
    design["height"] = _height(text, gender, age, years, choice)
    design["build"] = _build(text, choice, params.index)
    design["skin"] = _skin(text, choice, params.index)
    design["hair"] = _hair(text, gender, age, choice, params.index)
    design["beard"] = _beard(text, gender, age, choice)
    design["glasses"] = _glasses(text, choice, params.index)
    design["face"] = {
        "nose": round(0.85 + 0.4 * choice.unit("nose"), 3), "eyes": round(0.9 + 0.25 * choice.unit("eyes"), 3), "brows": choice.of("brows",
        ("soft", "straight", "bushy") if gender == "male" else ("soft", "arched", "straight")),
        "cheeks": round(0.9 + 0.2 * choice.unit("cheeks"), 3), "freckles": "freckle" in text, "lips": "9c4038" if gender == "female" else "8a4a3e",
    }  # fmt: skip
    _dress(design, text, gender, age, choice, params)
    design["colour"] = main_colour(design)
    design["voice"] = _voice(gender, age, years, text, choice, params.index)
    return design, ()


def about(params: FigureParams) -> str:
    """The words that concern this character, lower case: of a sentence that names somebody else too, only what follows the own name."""
    own = _name_pattern(params.name)
    others = [_name_pattern(o) for o in params.others if o.casefold() != params.name.casefold()]
    kept: list[str] = []
    for sentence in re.split(r"(?<=[.!?;])\s+|\n+", "\n".join(params.texts)):
        strangers = sorted(m.start() for o in others for m in o.finditer(sentence))
        if not strangers:
            kept.append(sentence)
            continue
        for match in own.finditer(sentence):
            end = next((s for s in strangers if s > match.start()), len(sentence))
            kept.append(sentence[match.start() : end])
    # A person's own description comes last: later words win.
    return "\n".join([*kept, params.notes]).casefold().replace("’", "'")


def _name_pattern(name: str) -> re.Pattern[str]:
    parts = [p for p in re.split(r"\s+", name) if len(p) > 2] or [name]
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(p) for p in [name, *parts]) + r")(?!\w)", re.IGNORECASE)


def _animal(name: str, text: str) -> str:
    for word in re.findall(r"\w+", name.casefold()):
        if word in w.ANIMALS:
            return str(word)
    match = re.search(rf"{re.escape(name.casefold())}[^.]{{0,40}}?\b(?:is )?(?:an? |the )?(?:\w+ ){{0,3}}({'|'.join(w.ANIMALS)})\b", text)
    if match and not re.search(r"\b(?:man|woman|girl|boy|with|and|his|her|walks|pats|feeds|at|looks|sees)\b", match.group(0)):
        return str(match.group(1))
    return ""


# "He tiptoes past her with a plate", "she looks at him": whoever is met in a sentence is somebody else. "Her coat" is her own.
_ANOTHER = re.compile(
    r"\bhim\b|\bher(?= (?:with|and|a|an|the|to|from|in|on|at|as|by|into|off|up|down|away|back|across|through|while|until)\b|[.,;:!?]|\n|$)"
)


def _gender(name: str, text: str, choice: Choice) -> str:
    tokens = re.findall(r"[a-z']+", _ANOTHER.sub(" ", text))
    score = sum(t in w.FEMALE_WORDS for t in tokens) - sum(t in w.MALE_WORDS for t in tokens)
    own = re.findall(r"[a-z']+", name.casefold())
    score += 4 * (sum(t in w.FEMALE_WORDS or t in names.FEMALE for t in own) - sum(t in w.MALE_WORDS or t in names.MALE for t in own))
    if score:
        return "female" if score > 0 else "male"
    if own and own[0].endswith(("a", "ie", "elle", "ine")):
        return "female"
    return choice.of("gender", ("female", "male"))


def _age(text: str, choice: Choice) -> tuple[str, int]:
    decades = {"twenties": 25, "thirties": 35, "forties": 45, "fifties": 55, "sixties": 66, "seventies": 74, "eighties": 83, "nineties": 92}
    years = [v for k, v in decades.items() if k in text] or [_SPELT[next(filter(None, m.groups()))] for m in _AGE_SPELT.finditer(text)] or [
        int(m.group(1)) + (4 if "s" in m.group(0)[-2:] else 0) for m in _AGE_NUMBER.finditer(text) if 3 <= int(m.group(1)) <= 99
    ]
    if years:
        n = years[-1]
        return ("child" if n < 13 else "teen" if n < 19 else "young" if n < 32 else "adult" if n < 60 else "old"), n
    for age, pattern in _AGE_WORDS:
        if re.search(pattern, text):
            return age, {"old": 72, "child": 9, "teen": 15, "young": 25}[age]
    years_by_hash = 24 + choice.below("years", 30)
    return ("young" if years_by_hash < 32 else "adult"), years_by_hash


def _height(text: str, gender: str, age: str, years: int, choice: Choice) -> float:
    base = {"child": 0.86 + 0.055 * min(max(years, 3), 11), "teen": 1.62, "young": 1.74, "adult": 1.75, "old": 1.68}[age]
    if gender == "female" and age != "child":
        base -= 0.09
    if re.search(rf"\b(?:lanky|(?:tall|towering|giant|huge){_OF_A_PERSON})\b", text):
        base += 0.13
    elif re.search(rf"\b(?:petite|stooped|(?:short|small|tiny){_OF_A_PERSON})\b", text):
        base -= 0.11
    return round(base + 0.09 * (choice.unit("height") - 0.5), 3)


def _build(text: str, choice: Choice, index: int) -> str:
    for build, pattern in (
        ("stout", rf"\b(?:fat|stout|plump|heavyset|portly|chubby|overweight|burly|(?:heavy|round){_OF_A_PERSON})\b"),
        ("broad", rf"\b(?:broad-shouldered|muscular|athletic|stocky|bear of a man|(?:broad|strong|big|large|powerful){_OF_A_PERSON})\b"),
        ("slim", rf"\b(?:slim|slender|skinny|gaunt|bony|lanky|wiry|frail|(?:thin|lean|slight){_OF_A_PERSON})\b"),
    ):
        if re.search(pattern, text):
            return build
    return (("average", "slim", "average", "broad", "slim", "stout")[index % 6]) if choice.unit("build") < 0.75 else "average"


def _skin(text: str, choice: Choice, index: int) -> str:
    for colour, pattern in (
        ("6b4029", r"\b(?:black (?:man|woman|girl|boy)|dark[- ]skinned|african)\b"), ("efc7a8",
        r"\b(?:pale|freckled|ghostly|fair-skinned)\b(?! (?:coat|dress|light))"),
        ("c08a62", r"\b(?:tanned|weathered|sunburnt|olive skin)\b"), ("a0683f", r"\b(?:brown[- ]skinned|indian|latino|latina)\b"),
    ):  # fmt: skip
        if re.search(pattern, text):
            return colour
    return w.SKINS[(index + choice.below("skin", 3)) % len(w.SKINS)]


_OF_BEARD = re.compile(r"\b(?:[\w-]+,? (?:and )?){1,3}(?:beard|moustache|mustache|goatee|whiskers)\b")


def _hair(text: str, gender: str, age: str, choice: Choice, index: int) -> dict[str, str]:
    style = colour = ""
    beard = _OF_BEARD.search(text)
    text = _OF_BEARD.sub("beard", text)  # "a long curly beard" says nothing of the hair but, if nothing else does, its colour
    for candidate, pattern in (
        ("bald", r"\b(?:bald|shaved head|hairless|shaven)\b"), ("bun", r"\b(?:bun|chignon|topknot|hair (?:pinned|tied) up)\b"), ("ponytail",
        r"\bpony ?tail\b"), ("braids", r"\b(?:braids?|braided|plaits?|pigtails)\b"),
        ("curly", r"\b(?:curly|curls|afro|frizzy|wild hair|unruly)\b"), ("bob", r"\b(?:bob|shoulder-length|chin-length)\b"), ("long",
        r"\b(?:long[- ](?:\w+[- ]){0,2}hair(?:ed)?|hair (?:falls|down|loose|flowing)|flowing hair)\b"),
        ("short", r"\b(?:short[- ](?:\w+[- ]){0,2}hair(?:ed)?|cropped|crew ?cut|buzz ?cut)\b"),
    ):  # fmt: skip
        if re.search(pattern, text):
            style = candidate
    found = list(
        re.finditer(
            r"\b("
            + "|".join(w.HAIR_COLOURS)
            + r")[- ](?:(?:\w+)[- ]){0,2}?(?:hair(?:ed)?|braids?|plaits?|pigtails|pony ?tail|bun|curls|locks|bob)\b|\bhair (?:\w+ ){0,2}?("
            + "|".join(w.HAIR_COLOURS)
            + r")\b|\b(blonde?|brunette|redhead|ginger)\b",
            text,
        )
    )
    if found:
        word = next(g for g in found[-1].groups() if g)
        colour = w.HAIR_COLOURS.get(word, w.HAIR_COLOURS["ginger"])
    bearded = next((c for c in w.HAIR_COLOURS if beard and re.search(rf"\b{c}\b", beard[0])), "")
    if not colour and bearded:
        colour = w.HAIR_COLOURS[bearded]
    if not colour:
        colour = (
            choice.of("old hair", ("d9d6cf", "b4b4b4", "e6e2da"))
            if age == "old"
            else ("3a2a20", "1e1a1c", "8a5a30", "a84a22", "553722", "cfa95f")[(index * 5 + choice.below("hair", 2)) % 6]
        )
    if not style:
        female = ("bob", "long", "bun", "curly", "ponytail", "short", "braids")
        male = ("short", "parted", "curly", "quiff", "short", "bald") if age in ("adult", "old") else ("short", "quiff", "curly", "parted")
        if beard:
            male = ("short", "parted", "short", "quiff", "short", "parted")  # over a beard, curls are a wig
        style = female[(index * 3 + choice.below("style", 2)) % 7] if gender == "female" else male[(index + choice.below("style", 2)) % len(male)]
    if age == "old" and gender == "female" and style in ("ponytail", "braids") and "braid" not in text and "tail" not in text:
        style = "bun"
    return {"style": style, "colour": colour}


def _beard(text: str, gender: str, age: str, choice: Choice) -> str:
    if re.search(r"\b(?:clean[- ]shaven|beardless)\b", text):
        return "none"
    for beard, pattern in (
        ("long", r"\b(?:long|white|grey|wild|great) (?:\w+ )?beard\b"),
        ("moustache", r"\b(?:moustache|mustache)\b"),
        ("full", r"\b(?:beard|bearded)\b"),
        ("short", r"\b(?:stubble|unshaven|goatee|short beard)\b"),
    ):
        if re.search(pattern, text):
            return beard
    if gender == "male" and age in ("adult", "old"):
        return ("none", "none", "full", "moustache", "none", "short")[choice.below("beard", 6)]
    return "none"


def _glasses(text: str, choice: Choice, index: int) -> str:
    if "sunglasses" in text or "dark glasses" in text:
        return "dark"
    if re.search(
        r"\b(?:spectacles|eyeglasses|bespectacled|monocle|(?:wears?|wearing|his|her|thick|round|reading|horn-rimmed|through) (?:\w+ )?glasses|in glasses|with glasses)\b",  # noqa: E501
        text,
    ):
        return "square" if re.search(r"horn-rimmed|square|thick", text) else "round"
    return "round" if index % 5 == 3 and choice.unit("glasses") < 0.7 else "none"


def _dress(design: Design, text: str, gender: str, age: str, choice: Choice, params: FigureParams) -> None:
    index = params.index
    offset = Choice((params.others or (params.name,))[0].casefold()).below("palette", 3)
    own = w.CLOTHES[(index * 1 + offset) % len(w.CLOTHES)]
    second = w.CLOTHES[(index * 3 + offset + 5) % len(w.CLOTHES)]
    outers = ("coat", "none", "jacket", "cardigan", "none", "vest", "suit")
    outer = (
        outers[(index * 2 + choice.below("outer", 2)) % len(outers)]
        if age not in ("child", "teen")
        else choice.of("outer", ("none", "none", "jacket"))
    )
    slots: dict[str, dict[str, str]] = {
        "outer": {"kind": outer, "colour": own}, "top": {"kind": choice.of("top", ("sweater", "shirt", "shirt")),
        "colour": own if outer == "none" else choice.of("under", ("e4dccb", "c9cfd4", second, "d8c9a8"))},
        "legs": {"kind": "trousers", "colour": w.TROUSERS[(index + choice.below("legs", 3)) % len(w.TROUSERS)]},
        "shoes": {"kind": choice.of("shoes", ("shoes", "shoes", "boots")), "colour": choice.of("leather", ("2f2621", "4a3426", "26262a"))},
        "hat": {"kind": "none", "colour": second},
    }  # fmt: skip
    if gender == "female" and outer in ("none", "cardigan") and choice.unit("skirted") < 0.6:
        slots["legs"] = {"kind": "dress" if outer == "none" else "skirt", "colour": own if outer == "none" else second}
    extras: dict[str, str] = {}
    said: set[str] = set()
    for word, garments in w.OCCUPATIONS.items():
        if re.search(rf"\b{word}\b", f"{text} {params.name.casefold()}"):
            for slot, kind, colour in garments:
                if slot == "extra":
                    extras[kind] = colour
                else:
                    slots[slot] = {"kind": kind, "colour": colour}
                    said.add(slot)
    for slot, kind, named in garments_in(text):
        said.add(slot)
        if slot == "extra":
            extras[kind] = named or extras.get(
                kind, choice.of(f"extra {kind}", ("a8402f", "d8c9a8", "3f7a6a", "6b3f66")) if kind != "apron" else "e8e4dc"
            )
        else:
            natural = {
                "oilskin": "e0b02c",
                "trousers": slots["legs"]["colour"],
                "dungarees": "47618a",
                "boots": slots["shoes"]["colour"],
                "shoes": slots["shoes"]["colour"],
                "straw hat": "d4b870",
                "helmet": "c9a23a",
                "crown": "d9a93a",
                "toque": "ece8e0",
            }
            slots[slot] = {"kind": kind, "colour": named or natural.get(kind, slots[slot]["colour"] if slot in ("outer", "top") else second)}
    whole = list(
        re.finditer(
            r"\b(?:in|wears|wearing|dressed in|clad in|all in) (?:all |a |bright |dark |faded )?("
            + "|".join(w.COLOURS)
            + r")(?=[\s,.;)]|$)(?! (?:and|\w+ (?:coat|dress)))",
            text,
        )
    )
    if whole:
        colour = w.COLOURS[whole[-1].group(1)]
        slot = "outer" if slots["outer"]["kind"] != "none" else "legs" if slots["legs"]["kind"] in ("dress", "gown") else "top"
        slots[slot]["colour"] = colour
    if slots["outer"]["kind"] in ("oilskin", "uniform", "suit") and "legs" not in said:
        slots["legs"] = {"kind": "trousers", "colour": w.TROUSERS[(index + choice.below("legs", 3)) % len(w.TROUSERS)]}
    if slots["legs"]["kind"] in ("dress", "gown"):
        if "legs" in said and "outer" not in said:
            slots["outer"]["kind"] = "none"
        slots["top"] = {"kind": "dress", "colour": slots["legs"]["colour"]}
    elif "top" in said and "outer" not in said:
        slots["outer"]["kind"] = "none"
    design.update(slots)
    design["extras"] = [{"kind": k, "colour": c} for k, c in extras.items()]


def garments_in(text: str) -> list[tuple[str, str, str]]:
    """(slot, kind, colour or "") for each garment named, in order; a colour counts up to three words before its garment."""
    found = []
    for match in _GARMENT.finditer(text):
        slot, kind = w.GARMENTS[match.group(1)]
        before = text[max(0, match.start() - 34) : match.start()]
        if re.search(r"\b(?:without|no|removes|off)\s+(?:\w+\s+){0,2}$", before) or (
            match.group(1) in ("tie", "vest", "suit", "dress", "cap", "hood", "braces", "habit", "crown", "cape", "bowler")
            and not re.search(r"\b(?:a|an|his|her|the|in|of|and|\w+ed|" + "|".join(w.COLOURS) + r")\s+(?:\w+\s+)?$", before)
        ):
            continue
        near = " ".join(re.split(r"[,.;]|\band\b|\bwith\b", before)[-1].split()[-3:])
        colours = _COLOUR.findall(near)
        plain = [c for c in colours if c not in ("dark", "pale", "bright")]
        colour = w.COLOURS[(plain or colours)[-1]] if colours else ""
        if colour and "dark" in colours and plain:
            colour = shade(colour, 0.65)
        found.append((slot, kind, colour))
    return found


def shade(colour: str, factor: float) -> str:
    """The hex colour made lighter or darker."""
    return "".join(f"{min(255, max(0, round(int(colour[i : i + 2], 16) * factor))):02x}" for i in (0, 2, 4))


def main_colour(design: Design) -> str:
    """The colour one remembers somebody by: of the largest piece they wear."""
    if design["kind"] == "animal":
        return f"#{design['coat']}"
    outer = design["outer"]
    return f"#{outer['colour'] if outer['kind'] not in ('none', 'vest') else design['top']['colour']}"


def _voice(gender: str, age: str, years: int, text: str, choice: Choice, index: int) -> dict[str, Any]:
    pitch = {
        "female": {"child": 82, "teen": 68, "young": 60, "adult": 54, "old": 47},
        "male": {"child": 76, "teen": 44, "young": 34, "adult": 28, "old": 32},
    }[gender][age]
    timbre = {
        "female": {"child": 1.19, "teen": 1.12, "young": 1.08, "adult": 1.05, "old": 1.02},
        "male": {"child": 1.17, "teen": 1.02, "young": 0.97, "adult": 0.93, "old": 0.96},
    }[gender][age]
    rate = {"child": 172, "teen": 172, "young": 168, "adult": 160, "old": 146}[age]
    if re.search(r"\b(?:deep|gruff|gravel|booming) ?(?:voice)?\b", text):
        pitch, timbre = pitch - 10, timbre - 0.05
    if re.search(r"\b(?:slow|tired|sleepy|calm)\b", text):
        rate -= 10
    if re.search(r"\b(?:quick|nervous|excited|hectic|restless)\b", text):
        rate += 14
    variants = ("f2", "f3", "f4", "f1", "f5") if gender == "female" else ("m3", "m1", "m7", "m2", "m4", "m6")
    return {
        "gender": gender, "age": age, "years": years, "pitch": max(5, min(95, pitch + (index * 7) % 13 - 6)), "rate": max(120,
        min(190, rate + choice.below("rate", 13) - 6)),
        "variant": variants[(index + choice.below("variant", 2)) % len(variants)],
        "timbre": round(max(0.85, min(1.2, timbre + 0.06 * (choice.unit("timbre") - 0.5))), 3), "range": 40 + choice.below("range", 25),
    }  # fmt: skip


def _animal_design(params: FigureParams, text: str, choice: Choice, word: str) -> tuple[Design, tuple[str, ...]]:
    kind = w.ANIMALS[word]
    natural = {
        "fox": "b8622c",
        "wolf": "77777a",
        "sheep": "e4e0d4",
        "lamb": "ece8dc",
        "pig": "d9a49a",
        "bear": "553722",
        "cow": "6e4a30",
        "goat": "d8d0c0",
        "donkey": "85807a",
        "deer": "9a6a40",
        "lion": "cf9a4a",
        "tiger": "d08030",
    }
    colours = _COLOUR.findall(text)
    coat = (
        natural.get(word)
        or {
            "dog": choice.of("coat", ("b98a54", "6e4a30", "d8c8a8", "3a3230")),
            "cat": choice.of("coat", ("c0803c", "3a3a3e", "b8b4ac")),
            "horse": choice.of("coat", ("7a4a2c", "4a3022", "b8a88c")),
        }[kind]
    )
    near = re.search(rf"\b({'|'.join(w.COLOURS)})\b (?:\w+ )?{word}\b", text)
    if near or (colours and params.notes):
        coat = w.COLOURS[near.group(1) if near else colours[-1]]
    design: Design = {
        "schema": SCHEMA, "kind": "animal", "name": params.name, "species": kind, "word": word, "gender": "neutral",
        "age": "young" if word in ("puppy", "kitten", "lamb", "pony") else "adult",
        "height": {"dog": 0.62, "cat": 0.36,
        "horse": 1.62}[kind] * (0.7 if word in ("puppy", "kitten", "lamb", "pony") else 1.25 if word in ("bear", "lion", "tiger") else 1.0),
        "coat": coat,
        "belly": shade(coat, 1.35), "collar": choice.of("collar", ("a8402f", "2f4a6b", "3f7a6a")) if kind != "horse" and word in ("dog", "puppy",
        "cat", "kitten", "terrier", "hound") else "",
        "ears": "up" if word in ("fox", "wolf", "cat", "kitten", "horse", "donkey", "terrier", "lion",
        "tiger") or choice.unit("ears") < 0.4 else "down",
    }  # fmt: skip
    design["colour"] = main_colour(design)
    design["voice"] = {"gender": "neutral", "age": "adult", "years": 5, "pitch": 70, "rate": 170, "variant": "klatt2", "timbre": 1.15, "range": 60}
    return design, (f"{params.name} is a {word}: previs animals walk, sit, look and wag, they do not handle things.",)
