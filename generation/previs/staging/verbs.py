"""The verbs previs can play: what they do to the stage, which gesture shows them, how long they take."""

# ruff: noqa: E501 (tables read best a line an entry)
from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "here",
    "near",
    "go",
    "run",
    "enter",
    "exit",
    "sit",
    "stand",
    "kneel",
    "crouch",
    "lie",
    "turn",
    "look",
    "take",
    "put",
    "give",
    "open",
    "close",
    "follow",
    "carry",
    "ride",
]


@dataclass(frozen=True)
class Verb:
    """`seconds` is the comfortable length without the walk to it; `prop` is what the hand needs if it holds nothing fitting;
    `lasting` verbs go on until the actor does something else; `near` ones are done close to their object."""

    name: str
    kind: Kind
    gesture: str
    seconds: float
    prop: str = ""
    lasting: bool = False


# name kind gesture seconds [prop] [lasting] : words; a word is a verb's base form, with "+" before particles that must follow soon
_TABLE = """
walk go still 1.0 : walk cross go+to go+over go+towards move step stroll approach wander pace head stride march limp shuffle hobble return trudge creep sneak tiptoe go come saunter drift make+way near reach+door step+forward advance
run run still 1.0 : run rush hurry race sprint dash charge bolt chase flee jog hasten scurry dart
enter enter still 1.2 : enter arrive appear walk+in come+in burst step+in run+in rush+in emerge get+in hurry+in storm+in slip+in burst+in stumble+in
exit exit still 1.0 : exit leave depart walk+out walk+off walk+away go+out storm+out run+out run+off run+away rush+out disappear vanish escape step+out get+out drive+off head+out hurry+out slip+out slip+away go+away wander+off withdraw
follow follow still 1.0 : follow accompany trail tail pursue shadow
sit sit still 1.4 - lasting : sit settle slump sink perch take+seat sit+down plop drop+chair drop+into
stand stand still 1.2 - lasting : stand stand+up rise get+up straighten get+to+feet spring+up jump+up leap+up
kneel kneel still 1.1 - lasting : kneel kneel+down genuflect drop+knees fall+knees sink+knees
crouch crouch still 0.9 - lasting : crouch squat duck bend+down stoop huddle cower
lie lie still 1.6 - lasting : lie lie+down sleep doze nap fall+asleep collapse+bed rest sprawl curl+up
fall lie startle 1.2 - lasting : fall collapse faint trip tumble drop+dead die pass+out slip+fall fall+down stumble+fall
turn turn still 0.7 : turn turn+around turn+round spin face pivot swivel whirl wheel
look look gaze 1.6 : look gaze stare watch glance peer see notice observe study examine inspect regard eye spot glimpse glare squint look+at scan survey stare+at behold look+up look+down search+face
look_around here look_around 2.0 : look+around search look+about scan+room glance+around check explore rummage
point look point 1.6 : point indicate gesture+at gesture+to gesture+towards aim show+way
take take reach_out 1.1 : take pick+up pick grab lift+from seize snatch collect fetch get gather retrieve grasp catch pull+out produce draw+out take+out find lift grip unhook receive
carry carry hold 1.0 : carry bring lug tote
hold carry hold 1.4 : hold clutch cradle
ride ride still 1.0 : ride pedal cycle
raise here lift 1.4 : raise hoist lift+up hold+up heave
put put reach_out 1.1 : put place set lay put+down set+down lay+down drop leave+on rest+on release hang deposit
give give give 1.5 : give hand pass offer hand+over deliver present hold+out slide+across return+to push+across lend
open open turn_handle 1.0 : open unlock unbolt open+door uncover unwrap pry unfold
close close turn_handle 1.0 : close shut lock slam bolt bar fold
knock near knock 1.4 : knock rap pound+door bang+door tap+door ring+bell ring+doorbell
pour here pour 2.2 kettle : pour fill refill serve
drink here drink 2.4 cup : drink sip gulp swallow take+sip drain swig toast
eat here eat 2.8 bread lasting : eat chew bite nibble munch taste devour dine
read here read 3.0 book lasting : read leaf browse pore read+letter study+letter study+map unfold+letter look+through flip+through
write here write 2.8 pen lasting : write scribble sign note jot sketch draw scrawl copy paint
type here type_keys 2.8 - lasting : type typing work+computer tap+keys
phone here phone 2.6 phone lasting : phone telephone call dial answer+phone pick+phone pick+up+phone talk+phone speak+phone
wave look wave 1.8 : wave greet beckon wave+goodbye signal hail
hug near hug 2.2 : hug embrace hold+close cuddle squeeze put+arm put+arms wrap+arms comfort
kiss near kiss 1.8 : kiss peck smooch
dance here dance 3.0 - lasting : dance waltz sway twirl
climb near climb 2.6 : climb ascend scale clamber mount descend
jump here jump 1.2 : jump leap hop bounce skip
throw here throw 1.1 : throw toss hurl fling cast lob pitch chuck
push near push 1.8 : push shove heave+against press force lean+against
pull near pull 1.8 : pull drag haul tug yank tow draw+curtain draw+curtains pull+rope
cry here cry 2.6 - lasting : cry weep sob wail break+down bury+face wipe+tears wipe+tear
laugh here laugh 2.0 : laugh chuckle giggle cackle snigger burst+laughing roar+laughter
smile here smile 1.6 : smile grin beam smirk
frown here frown 1.5 : frown scowl grimace glower wince sulk pout hesitate
nod here nod 1.2 : nod agree acknowledge
shake_head here shake_head 1.3 : shake+head refuse deny disagree
shrug here shrug 1.3 : shrug
hide near hide 2.4 - lasting : hide conceal shelter take+cover
hit near hit 1.6 : hit strike punch slap fight beat attack kick wrestle struggle box smash thump grapple
recoil here recoil 1.2 : recoil flinch back+away step+back retreat shrink dodge reel stagger
piano near piano 3.2 - lasting : play+piano play+organ play+keyboard play+keys
guitar here fiddle 3.2 guitar lasting : play+guitar strum play+violin play+banjo play+fiddle play+ukulele play+accordion
sing here sing 3.0 - lasting : sing hum croon chant whistle
cook near stir 3.0 spoon lasting : cook stir fry boil bake chop+vegetables peel knead mix prepare whisk
smoke here smoke 3.0 cigarette lasting : smoke puff inhale light+cigarette light+pipe light+cigar
think here think 2.4 - lasting : think ponder consider wonder contemplate reflect brood muse remember calculate
sigh here sigh 1.8 : sigh exhale breathe take+breath draw+breath yawn pant
listen here listen 2.0 : listen hear eavesdrop overhear
startle here startle 1.1 : startle jump+back gasp start scream freeze+shock realise realize
freeze here freeze 1.6 : freeze stop pause halt wait stiffen stay remain stare+ahead linger
clean here wipe 2.6 cloth lasting : wipe clean polish scrub sweep dust mop wash dry iron rub
work near work 2.6 hammer lasting : hammer dig chop saw fix repair work mend nail build carve shovel tinker
light near light 1.8 match : light ignite kindle switch+on turn+on strike+match switch switch+off turn+off extinguish blow+out flick
salute here salute 1.4 : salute
bow here bow 1.5 : bow curtsy curtsey bend lean lean+in lean+forward lean+over
pray here pray 2.6 - lasting : pray plead beg worship
clap here clap 2.2 - lasting : clap applaud cheer celebrate
tremble here tremble 2.2 - lasting : tremble shiver shake shudder quiver
cross_arms here cross_arms 2.2 - lasting : cross+arms fold+arms
hands_on_hips here hands_on_hips 2.2 - lasting : put+hands+hips
dress here dress_up 2.0 : put+on take+off+coat take+off+hat dress undress button zip pull+on take+off adjust shrug+off tie remove+coat remove
shout here shout 1.6 : shout yell call+out bellow roar cry+out shriek holler
whisper near whisper 1.8 : whisper murmur mutter lean+ear
touch near reach_out 1.4 : turn+dial turn+key turn+knob turn+handle turn+wheel turn+page touch stroke caress pat feel tap brush reach reach+for feed pet
bend here reach_low 1.8 : bend+over pick+off+floor
hail look wave 1.6 : raise+hand hold+up+hand
shake_hands near give 1.6 : shake+hands shake+hand
photograph look light 1.8 camera : photograph film snap take+photo take+picture
show look give 1.6 : show display reveal
"""


def _read_table() -> tuple[dict[str, Verb], dict[str, list[tuple[tuple[str, ...], str]]]]:
    verbs: dict[str, Verb] = {}
    words: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for line in _TABLE.strip().splitlines():
        head, synonyms = line.split(" : ")
        fields = head.split()
        name, kind, gesture, seconds = fields[:4]
        prop = fields[4] if len(fields) > 4 and fields[4] != "-" else ""
        verbs[name] = Verb(name, kind, gesture, float(seconds), prop, fields[-1] == "lasting")  # type: ignore[arg-type]
        for synonym in synonyms.split():
            base, *particles = synonym.split("+")
            words.setdefault(base, []).append((tuple(particles), name))
    for options in words.values():
        options.sort(key=lambda o: -len(o[0]))
    return verbs, words


VERBS, WORDS = _read_table()
_IRREGULAR: Final = {"lie": "lying", "die": "dying", "tie": "tying", "see": "seeing", "flee": "fleeing", "eye": "eyeing"}
_DOUBLED: Final = frozenset(
    [
        "sit",
        "run",
        "get",
        "put",
        "set",
        "hit",
        "shut",
        "stop",
        "nod",
        "hug",
        "jog",
        "grab",
        "drop",
        "dig",
        "chop",
        "clap",
        "beg",
        "pat",
        "tap",
        "step",
        "trip",
        "slip",
        "spin",
        "hop",
        "skip",
        "plan",
        "scan",
        "sob",
        "flip",
        "hum",
        "snap",
        "wrap",
        "rub",
        "mop",
        "grin",
        "drag",
        "tug",
        "slam",
        "sip",
    ]
)


def _forms() -> dict[str, tuple[str, str]]:
    """Every form met in screenplays → (base, "s" | "ing" | "base")."""
    forms: dict[str, tuple[str, str]] = {}
    for base in WORDS:
        forms.setdefault(base, (base, "base"))
        if base.endswith(("s", "x", "z", "ch", "sh")) or base in ("go",):
            forms[base + "es"] = (base, "s")
        elif base.endswith("y") and base[-2:-1] not in "aeiou":
            forms[base[:-1] + "ies"] = (base, "s")
        else:
            forms[base + "s"] = (base, "s")
        ing = _IRREGULAR.get(base) or (
            base[:-1] + "ing"
            if base.endswith("e") and not base.endswith(("ee", "ye"))
            else base + base[-1] + "ing"
            if base in _DOUBLED
            else base + "ing"
        )
        forms[ing] = (base, "ing")
    return forms


FORMS = _forms()


def verb_for(base: str, following: list[str]) -> Verb:
    """The verb that a base form means before these words ("picks … up")."""
    for particles, name in WORDS[base]:
        near = following[:5]
        if all(any(w == p or w.rstrip("s") == p for w in near) for p in particles):
            return VERBS[name]
    return VERBS[WORDS[base][-1][1]]
