"""The vocabularies the rules read by: English film-script words, each with what it means for the picture."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TIMES: Final = {
    "day": "day", "night": "night", "dawn": "dawn", "dusk": "dusk", "morning": "morning", "evening": "evening", "afternoon": "day", "noon": "day",
    "midday": "day", "midnight": "night", "sunrise": "dawn", "sunset": "dusk", "twilight": "dusk", "daybreak": "dawn", "nightfall": "dusk",
    "magic hour": "dusk", "golden hour": "dusk", "blue hour": "dusk", "first light": "dawn", "late night": "night", "early morning": "morning",
    "late afternoon": "evening", "late evening": "evening", "late morning": "morning", "early evening": "evening",
}  # fmt: skip
SAME_TIME: Final = frozenset({
    "continuous", "later", "same", "moments later", "same time", "cont'd", "continued", "a moment later", "seconds later", "minutes later",
    "hours later", "simultaneous", "meanwhile", "intercut", "back to scene", "a little later", "much later",
})  # fmt: skip
WEATHER: Final = {
    "storm": "storm", "stormy": "storm", "thunder": "storm", "lightning": "storm", "gale": "storm", "tempest": "storm", "rain": "rain",
    "raining": "rain", "rains": "rain", "rainy": "rain", "drizzle": "rain", "downpour": "rain", "fog": "fog", "foggy": "fog", "mist": "fog",
    "misty": "fog", "haze": "fog", "snow": "snow", "snowing": "snow", "snowy": "snow", "blizzard": "snow", "snowfall": "snow", "windy": "wind",
    "wind": "wind", "cloudy": "cloudy", "overcast": "cloudy", "clouds": "cloudy", "sunny": "clear", "sunshine": "clear", "clear": "clear",
}  # fmt: skip
WEATHER_RANK: Final = ("storm", "snow", "rain", "fog", "wind", "cloudy", "clear")

MOODS: Final[dict[str, frozenset[str]]] = {
    "tense": _words(
    "gun knife threat danger chase chases runs flee hide hides scream screams shouts shout slams slam bang crash blood trap bomb "
    "alarm hurry panic sudden suddenly freezes argue argues furious angry fight fights storm grabs stop police escape"
),
    "sad": _words(
    "cry cries tear tears weeps grief grave funeral dead died dies death alone lonely goodbye farewell miss missed lost sorry sob "
    "sobs empty last mourns widow never gone quietly silence old"
),
    "warm": _words(
    "smile smiles tea bread home hug hugs embrace mother grandmother child kitchen stove gentle gently kind together warm friend "
    "laugh softly blanket soup thanks hand hold holds"
),
    "joyful": _words(
    "laughs laughing dance dances dancing cheer cheers party wedding birthday sing sings music song sun summer grin grins leaps wins "
    "delighted happy hooray celebrate"
),
    "eerie": _words(
    "shadow shadows whisper whispers ghost fog mist creak creaks dark darkness strange empty howl cellar grave flicker flickers cold "
    "stranger moon"
),
    "comic": _words("trips slips stumbles sneezes giggles absurd ridiculous hiccups drops awkward awkwardly winks duck hat pratfall salutes"),
    "calm": _words("quiet calm still sleeps sleep slowly sea morning breeze garden birds bird dawn light"),
}  # fmt: skip
MUSIC: Final = {  # mood → tempo, key
    "tense": (124, "C minor"), "sad": (64, "A minor"), "warm": (84, "F major"), "joyful": (118, "D major"), "eerie": (72, "F# minor"),
    "comic": (112, "G major"), "calm": (76, "C major"),
}  # fmt: skip

ENTER: Final = _words("enters enter entering arrives arrive arriving appears appear emerges bursts")
EXIT: Final = _words("exits exit exiting leaves leave leaving departs vanishes disappears")
WALK: Final = _words(
    "walks walk walking strides stride crosses cross crossing wanders hurries hurry steps marches follows approaches paces trudges "
    "limps heads goes comes pedals cycles rides wades shuffles tiptoes"
)  # fmt: skip
RUN: Final = _words("runs run running races sprints dashes flees chases charges bolts rushes")
CLIMB: Final = _words("climbs climb climbing ascends mounts scales")
DESCEND: Final = _words("descends descend kneels kneel crouches falls fall collapses sinks ducks")
SIT: Final = _words("sits sit sitting")
FOUND: Final = _words("sits sitting lies lying kneels kneeling crouches crouching sleeps sleeping asleep")  # how a scene may find somebody
RISE: Final = _words("rises rise straightens")
LOOK: Final = _words("looks look looking stares stare gazes gaze watches watch peers peer glances glance sees see squints studies")
HANDLE: Final = _words(
    "pours pour pouring hands hand gives give takes take picks lifts lift opens open opening closes close lights light lighting puts "
    "put places sets reads read reading writes write writing signs sign holds hold holding drops drop unfolds folds tears turns "
    "switches strikes winds wipes cuts cut stirs drinks drink eats eat knocks knock throws throw catches rings dials pulls pushes "
    "pockets unlocks locks grips unwraps polishes offers slides stamps pats rubs touches strokes plays"
)  # fmt: skip
REALISE: Final = _words(
    "realises realizes understands freezes freeze stops hesitates recognises recognizes remembers nods smiles smile swallows softens "
    "sighs blinks trembles weeps cries breathes"
)  # fmt: skip
CONFLICT: Final = _words(
    "argues argue shouts shout yells screams fights fight slams slam shoves grabs grab struggles hits attacks wrestles "
    "snatches lunges"
)  # fmt: skip
SUDDEN: Final = _words("suddenly spins whirls bang crash snaps bursts explodes")
FOLLOW: Final = _words("passes crosses follows flies rolls slides drifts sails sweeps")
TURN: Final = _words("dances dance twirls spins circles embrace embraces hugs kiss kisses")

SMALL_PROPS: Final = _words(
    "letter envelope cup cups mug mugs kettle teapot key keys lantern match matches matchbox book logbook notebook photograph photo "
    "picture phone telephone box parcel package hat cap bread loaf knife spoon fork watch clock radio glass glasses bottle coin coins "
    "ring ticket map bag satchel rope pen pencil paper papers form newspaper candle plate bowl egg apple flower flowers rose camera "
    "torch flashlight gun pistol bell whistle compass telescope binoculars stamp badge medal doll toy ball cake biscuit sandwich "
    "biscuits umbrella scarf glove gloves coat boots switch lever handle button screen laptop tablet card cards guitar violin trumpet "
    "drum brush hammer screwdriver wrench spanner needle thread tin jar basket bucket lens fuse wire remote mirror comb suitcase "
    "briefcase folder file document contract receipt note tea coffee wine soup hand hands pie seed pot"
)  # fmt: skip
LARGE_PROPS: Final = _words(
    "table chair chairs lamp bed desk shelf bookshelf stove fireplace window door stairs staircase ladder railing bench counter sink "
    "fridge cupboard wardrobe sofa armchair stool piano boat ship ferry car truck bus bicycle bike van train tree trees lighthouse "
    "harbour pier crate crates barrel net nets sign gate fence well bridge statue fountain tent fire campfire rock rocks sea wave "
    "waves moon sun sky beam buoy anchor gull gulls horse dog cat computer machine engine elevator curtain curtains carpet rug cradle "
    "pram grave headstone cross flag telegraph typewriter"
)  # fmt: skip

PEOPLE: Final = {  # nouns for people → "she", "he" or ""
    "woman": "she", "girl": "she", "lady": "she", "mother": "she", "grandmother": "she", "sister": "she", "daughter": "she", "aunt": "she",
    "wife": "she", "widow": "she", "queen": "she", "waitress": "she", "nun": "she", "actress": "she", "man": "he", "boy": "he", "father": "he",
    "grandfather": "he", "brother": "he", "son": "he", "uncle": "he", "husband": "he", "king": "he", "waiter": "he", "monk": "he", "gentleman": "he",
    "fisherman": "he", "policeman": "he", "keeper": "", "official": "", "courier": "", "child": "", "kid": "", "teenager": "", "doctor": "",
    "nurse": "", "officer": "", "detective": "", "captain": "", "sailor": "", "driver": "", "guard": "", "soldier": "", "teacher": "", "student": "",
    "clerk": "", "bartender": "", "barman": "he", "chef": "", "cook": "", "farmer": "", "baker": "", "stranger": "", "figure": "", "passenger": "",
    "musician": "", "singer": "", "priest": "he", "judge": "", "lawyer": "", "reporter": "", "pilot": "", "engineer": "", "astronaut": "",
    "scientist": "", "robot": "", "owner": "", "customer": "", "neighbour": "", "neighbor": "", "visitor": "", "host": "",
    "dog": "", "cat": "", "horse": "", "goat": "", "pony": "", "puppy": "", "kitten": "", "thief": "", "son-in-law": "he", "grandma": "she",
    "grandpa": "he", "bride": "she", "groom": "he", "witness": "", "lad": "he", "mayor": "", "general": "", "professor": "", "barber": "",
    "gardener": "", "mechanic": "", "postman": "he", "inspector": "", "conductor": "", "tailor": "", "painter": "", "artist": "", "agent": "",
}  # fmt: skip
CROWDS: Final = _words(
    "crowd people men women children fishermen villagers passengers soldiers guests customers students dancers workers sailors "
    "onlookers tourists commuters policemen officers kids mourners"
)  # fmt: skip

SOUNDS: Final = {
    "door": "door", "knocks": "knock", "knock": "knock", "knocking": "knock", "walks": "steps", "steps": "steps", "footsteps": "steps",
    "runs": "steps", "climbs": "steps", "enters": "door", "pours": "pour", "pour": "pour", "thunder": "thunder", "lightning": "thunder",
    "rain": "rain", "wind": "wind", "waves": "waves", "sea": "waves", "surf": "waves", "gulls": "gulls", "gull": "gulls", "bell": "bell",
    "rings": "bell", "clock": "clock", "ticks": "clock", "kettle": "kettle", "whistles": "whistle", "whistle": "whistle", "match": "match",
    "strikes": "match", "slams": "slam", "slam": "slam", "crash": "crash", "crashes": "crash", "engine": "engine", "car": "engine",
    "motor": "engine", "foghorn": "horn", "horn": "horn", "phone": "phone", "telephone": "phone", "drops": "thud", "falls": "thud",
    "switch": "click", "clicks": "click", "click": "click", "writes": "scratch", "stamps": "stamp", "paper": "paper", "unfolds": "paper",
    "tears": "paper", "splash": "splash", "fire": "fire", "bicycle": "bicycle", "dog": "dog", "barks": "dog", "birds": "birds",
    "train": "train", "radio": "radio", "sits": "chair", "chair": "chair",
}  # fmt: skip
INDOORS: Final = _words(
    "room kitchen hall office bedroom bathroom corridor cellar attic shop store bar cafe café restaurant church station cabin "
    "apartment flat house studio lab library classroom ward cell car train bus stairwell lobby"
)  # fmt: skip
