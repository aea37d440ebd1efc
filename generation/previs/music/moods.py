"""What each mood sounds like: its chords, who plays, and how. The words of a mood are found in whatever a person wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Pad = Literal["strings", "choir", "glass", "low strings"]
Figure = Literal["piano", "harp", "guitar", "vibraphone", "music box", "pizzicato", "marimba"]
Lead = Literal["flute", "clarinet", "cello", "violin", "piano", "music box", "vibraphone", "horn"]
Bass = Literal["long", "root and fifth", "pulse", "walk", "pedal", "pizzicato"]
Rhythm = Literal["taiko", "brushes", "shaker", "tick", "heartbeat", "march", ""]
Pattern = Literal["broken", "rolling", "waltz", "sparse", "ostinato", "strum", "chords"]


@dataclass(frozen=True)
class Mood:
    """Progressions are four bars of Roman numerals; `a` is the theme's, `b` the development's. `busy` is how much the melody moves and
    `force` how loud the whole grows (0–1); `bright` is the players' tone (0–1); `hall` seconds of reverberation."""

    name: str
    words: str  # a pattern
    a_minor: tuple[str, ...]
    b_minor: tuple[str, ...]
    a_major: tuple[str, ...]
    b_major: tuple[str, ...]
    pad: Pad
    figure: Figure
    pattern: Pattern
    lead: Lead
    bass: Bass
    rhythm: Rhythm = ""
    second: Lead = "cello"
    beats: int = 4
    busy: float = 0.5
    force: float = 0.6
    bright: float = 0.5
    hall: float = 2.2
    swing: float = 0.0
    melody: float = 1.0  # 0: hardly any tune


MOODS: tuple[Mood, ...] = (
    Mood(
        "calm",
        r"calm|peace|quiet|serene|still|gentle|rest|dream|tranquil|contemplat|neutral",
        ("i add9", "VI maj7", "III", "VII sus4"),
        ("iv7", "VII", "III maj7", "VI"),
        ("I add9", "vi7", "IV maj7", "V sus4"),
        ("ii7", "V sus4", "iii7", "vi7"),
        "strings",
        "piano",
        "broken",
        "flute",
        "long",
        busy=0.35,
        force=0.45,
        bright=0.4,
        hall=2.6,
    ),
    Mood(
        "warm",
        r"warm|home|tender|kind|friend|comfort|hope|family|grateful|reconcil|intimate",
        ("i", "VI", "III", "VII"),
        ("iv7", "VII", "III", "VI maj7"),
        ("I", "IV add9", "vi7", "V"),
        ("IV", "iii7", "ii7", "V sus4"),
        "strings",
        "guitar",
        "broken",
        "clarinet",
        "root and fifth",
        second="cello",
        busy=0.5,
        force=0.55,
        bright=0.5,
        hall=1.8,
    ),
    Mood(
        "sad",
        r"sad|grie|mourn|loss|lonel|sorrow|tragic|melanchol|regret|farewell|wistful|bittersweet|nostalg|elegi|despair",
        ("i", "VI", "iv7", "V"),
        ("VI maj7", "III", "iio7", "V"),
        ("I", "iii", "vi", "IV"),
        ("vi", "iii7", "IV", "iv"),
        "strings",
        "piano",
        "sparse",
        "cello",
        "long",
        second="violin",
        busy=0.3,
        force=0.5,
        bright=0.3,
        hall=2.8,
    ),
    Mood(
        "romantic",
        r"romant|love|passion|longing|yearn|sensual|wedding",
        ("i9", "iv7", "VII", "III maj7"),
        ("VI maj7", "iio7", "V", "i"),
        ("I maj7", "vi7", "ii9", "V7"),
        ("IV maj7", "iii7", "vi9", "ii7"),
        "strings",
        "piano",
        "rolling",
        "violin",
        "root and fifth",
        second="clarinet",
        busy=0.55,
        force=0.65,
        bright=0.55,
        hall=2.2,
    ),
    Mood(
        "joyful",
        r"joy|happ|play|cheer|fun|bright|celebrat|comic|funny|light|whims|carefree|festive|triumphant child",
        ("i", "VII", "III", "VII"),
        ("iv", "VII", "III", "V"),
        ("I", "V", "vi", "IV"),
        ("ii7", "V", "iii", "IV"),
        "strings",
        "pizzicato",
        "strum",
        "clarinet",
        "pizzicato",
        "brushes",
        second="flute",
        busy=0.9,
        force=0.65,
        bright=0.7,
        hall=1.3,
        swing=0.12,
    ),
    Mood(
        "mysterious",
        r"myster|curious|wonder|magic|strange|secret|enigma|discover|investigat|noir|riddle",
        ("i9", "bII maj7", "i6", "VI maj7"),
        ("iv9", "bII maj7", "VI maj7", "V7"),
        ("I maj7", "bVII", "iv6", "I add9"),
        ("vi9", "II", "IV maj7", "iv6"),
        "choir",
        "harp",
        "rolling",
        "clarinet",
        "long",
        second="vibraphone",
        busy=0.4,
        force=0.5,
        bright=0.45,
        hall=3.0,
    ),
    Mood(
        "tense",
        r"tens|suspens|danger|threat|nervous|anxi|uneas|conflict|confront|stalk|fear|paranoi|ominous|dark|angry|anger",
        ("i", "bII", "i", "V7"),
        ("VI", "iio7", "iv", "V7"),
        ("i", "bII", "iv6", "V7"),
        ("bVI", "iio7", "iv", "V7"),
        "low strings",
        "piano",
        "ostinato",
        "cello",
        "pulse",
        "tick",
        second="horn",
        busy=0.35,
        force=0.75,
        bright=0.45,
        hall=2.0,
        melody=0.5,
    ),
    Mood(
        "urgent",
        r"urgent|chase|action|race|fast|battle|fight|rush|escape|frantic|storm|pursuit|panic|run",
        ("i", "VI", "iv", "V"),
        ("i", "bII", "VII", "V7"),
        ("i", "bVI", "iv", "V"),
        ("vi", "IV", "bVII", "V"),
        "low strings",
        "pizzicato",
        "ostinato",
        "horn",
        "pulse",
        "taiko",
        second="violin",
        busy=0.6,
        force=1.0,
        bright=0.65,
        hall=1.7,
        melody=0.8,
    ),
    Mood(
        "eerie",
        r"eerie|horror|haunt|ghost|creep|uncanny|dread|nightmare|sinister|supernatural|cold|alien",
        ("i", "bII", "#ivo7", "i"),
        ("VI", "i", "bII maj7", "V7"),
        ("i", "bII", "#ivo7", "i"),
        ("bVI", "i", "bII maj7", "viio7"),
        "glass",
        "music box",
        "sparse",
        "violin",
        "pedal",
        "heartbeat",
        second="clarinet",
        busy=0.25,
        force=0.6,
        bright=0.35,
        hall=3.6,
        melody=0.5,
    ),
    Mood(
        "epic",
        r"epic|heroic|triumph|victor|grand|majest|noble|proud|glor|adventur|brave|awe|sweeping",
        ("i", "VI", "III", "VII"),
        ("iv", "VI", "VII", "V"),
        ("I", "V", "vi", "IV"),
        ("IV", "bVII", "I", "V"),
        "strings",
        "harp",
        "rolling",
        "horn",
        "root and fifth",
        "march",
        second="violin",
        busy=0.55,
        force=1.0,
        bright=0.7,
        hall=2.6,
    ),
    Mood(
        "waltz",
        r"waltz|ball\b|dance|elegan|fairy|childhood|carousel|enchant|innocen",
        ("i", "iv", "V7", "i"),
        ("VI", "III", "iio7", "V7"),
        ("I", "vi", "ii7", "V7"),
        ("IV", "I", "II7", "V7"),
        "strings",
        "harp",
        "waltz",
        "flute",
        "root and fifth",
        second="clarinet",
        beats=3,
        busy=0.6,
        force=0.55,
        bright=0.55,
        hall=2.0,
    ),
    Mood(
        "jazz",
        r"jazz|bar\b|smok|cool|sultry|night ?club|lounge|blues|city at night|urban",
        ("i9", "iv9", "i9", "V7"),
        ("VI maj7", "iv9", "iio7", "V7"),
        ("I maj7", "vi9", "ii9", "V7"),
        ("IV maj7", "iv6", "iii7", "V7"),
        "strings",
        "vibraphone",
        "chords",
        "clarinet",
        "walk",
        "brushes",
        second="piano",
        busy=0.65,
        force=0.5,
        bright=0.45,
        hall=1.2,
        swing=0.3,
    ),
)


def mood_for(text: str) -> Mood:
    """The mood whose words come first in the text; calm if it has none of them."""
    found = [(m.start(), i) for i, mood in enumerate(MOODS) if (m := re.search(mood.words, text, re.IGNORECASE))]
    return MOODS[min(found)[1]] if found else MOODS[0]
