"""The words that say what somebody looks like. Colours are sRGB hex, as people write them."""

from __future__ import annotations

from typing import Final

COLOURS: Final[dict[str, str]] = {
    "black": "24242a", "white": "e8e4dc", "grey": "85878a", "gray": "85878a", "silver": "b9bcc0", "charcoal": "3a3c42", "red": "b3372f", "scarlet": "c03028",
    "crimson": "9c2338", "maroon": "6b2530", "burgundy": "6b2337", "brick": "a8402f", "rust": "b05a30", "orange": "d9772b", "amber": "d99a2b", "yellow": "e0b02c",
    "mustard": "cf9a33", "gold": "c99a3a", "golden": "cf9f45", "ochre": "bf8a36", "green": "4b7a4c", "olive": "6b6f3c", "khaki": "9a8e62", "moss": "66753f",
    "emerald": "2c7a58", "mint": "8fc0a4", "teal": "2f7376", "turquoise": "3d979a", "blue": "355f95", "navy": "2b3f63", "indigo": "3a3c78", "azure": "4a86bd",
    "cobalt": "2f56a0", "purple": "68427c", "violet": "70509a", "lilac": "a48abf", "lavender": "a99bc6", "plum": "6b3a5a", "pink": "d38a9c", "rose": "c4707c",
    "magenta": "a83a78", "coral": "d9745c", "peach": "e0a684", "brown": "6e4a30", "chestnut": "6d3d25", "tan": "b28d62", "beige": "cdb894", "cream": "e4d8bd",
    "ivory": "e8e0cc", "camel": "b98d58", "copper": "a8613a", "bronze": "8c6a3e", "denim": "47618a", "dark": "2e3038", "pale": "c9c4b8", "bright": "e0b02c",
}  # fmt: skip

HAIR_COLOURS: Final[dict[str, str]] = {
    "white": "e6e2da", "grey": "9a9a9a", "gray": "9a9a9a", "silver": "bfc1c4", "black": "1e1a1c", "dark": "2a211d", "brown": "553722", "brunette": "4a2f1f",
    "chestnut": "6a3a22", "auburn": "7a3520", "red": "a84a22", "ginger": "bc5f28", "blond": "d8b36a", "blonde": "d8b36a", "fair": "cfb07a", "golden": "d3a653",
    "sandy": "b99766", "blue": "3f6fa5", "green": "4f8a5c", "pink": "d488a0", "purple": "7a4f94", "salt-and-pepper": "77767a", "mousy": "7a624a",
}  # fmt: skip

# Garments: word → (slot, kind). Longer words are looked up first.
GARMENTS: Final[dict[str, tuple[str, str]]] = {
    "oilskin": ("outer", "oilskin"), "oilskins": ("outer", "oilskin"), "raincoat": ("outer", "oilskin"), "slicker": ("outer", "oilskin"), "mackintosh": ("outer", "oilskin"),
    "overcoat": ("outer", "coat"), "trench coat": ("outer", "coat"), "trenchcoat": ("outer", "coat"), "greatcoat": ("outer", "coat"), "coat": ("outer", "coat"), "parka": ("outer", "coat"),
    "lab coat": ("outer", "coat"), "cloak": ("outer", "robe"), "cape": ("outer", "robe"), "robe": ("outer", "robe"), "robes": ("outer", "robe"), "cassock": ("outer", "robe"),
    "habit": ("outer", "robe"), "dressing gown": ("outer", "robe"), "jacket": ("outer", "jacket"), "blazer": ("outer", "jacket"), "anorak": ("outer", "jacket"), "windbreaker": ("outer", "jacket"),
    "suit": ("outer", "suit"), "tuxedo": ("outer", "suit"), "uniform": ("outer", "uniform"), "tunic": ("outer", "uniform"), "cardigan": ("outer", "cardigan"), "waistcoat": ("outer", "vest"),
    "vest": ("outer", "vest"), "hoodie": ("top", "hoodie"), "sweater": ("top", "sweater"), "jumper": ("top", "sweater"), "pullover": ("top", "sweater"), "jersey": ("top", "sweater"),
    "turtleneck": ("top", "sweater"), "shirt": ("top", "shirt"), "blouse": ("top", "shirt"), "t-shirt": ("top", "t-shirt"), "tee": ("top", "t-shirt"), "tank top": ("top", "t-shirt"),
    "pyjamas": ("top", "shirt"), "pajamas": ("top", "shirt"), "dress": ("legs", "dress"), "gown": ("legs", "gown"), "sundress": ("legs", "dress"), "nightgown": ("legs", "gown"),
    "skirt": ("legs", "skirt"), "kilt": ("legs", "skirt"), "trousers": ("legs", "trousers"), "pants": ("legs", "trousers"), "jeans": ("legs", "trousers"), "leggings": ("legs", "trousers"),
    "overalls": ("legs", "dungarees"), "dungarees": ("legs", "dungarees"), "shorts": ("legs", "shorts"), "boots": ("shoes", "boots"), "wellingtons": ("shoes", "boots"), "wellies": ("shoes", "boots"),
    "shoes": ("shoes", "shoes"), "sneakers": ("shoes", "shoes"), "trainers": ("shoes", "shoes"), "barefoot": ("shoes", "barefoot"), "slippers": ("shoes", "shoes"), "heels": ("shoes", "shoes"),
    "apron": ("extra", "apron"), "scarf": ("extra", "scarf"), "shawl": ("extra", "shawl"), "tie": ("extra", "tie"), "necktie": ("extra", "tie"), "bow tie": ("extra", "bow tie"),
    "belt": ("extra", "belt"), "necklace": ("extra", "necklace"), "pearls": ("extra", "necklace"), "satchel": ("extra", "bag"), "backpack": ("extra", "backpack"), "rucksack": ("extra", "backpack"),
    "suspenders": ("extra", "braces"), "braces": ("extra", "braces"), "gloves": ("extra", "gloves"), "earrings": ("extra", "earrings"), "shoulder bag": ("extra", "bag"), "messenger bag": ("extra", "bag"),
    "flat cap": ("hat", "flat cap"), "baseball cap": ("hat", "cap"), "peaked cap": ("hat", "peaked cap"), "cap": ("hat", "cap"), "beanie": ("hat", "beanie"), "woollen hat": ("hat", "beanie"),
    "wool hat": ("hat", "beanie"), "knit cap": ("hat", "beanie"), "top hat": ("hat", "top hat"), "bowler": ("hat", "bowler"), "fedora": ("hat", "fedora"), "trilby": ("hat", "fedora"),
    "straw hat": ("hat", "straw hat"), "cowboy hat": ("hat", "wide hat"), "sou'wester": ("hat", "sou'wester"), "helmet": ("hat", "helmet"), "hard hat": ("hat", "helmet"), "crown": ("hat", "crown"),
    "headscarf": ("hat", "headscarf"), "bonnet": ("hat", "headscarf"), "hijab": ("hat", "headscarf"), "veil": ("hat", "headscarf"), "beret": ("hat", "beret"), "turban": ("hat", "beanie"),
    "chef's hat": ("hat", "toque"), "toque": ("hat", "toque"), "hood": ("hat", "hood"), "witch hat": ("hat", "pointed hat"), "pointed hat": ("hat", "pointed hat"), "hat": ("hat", "fedora"),
}  # fmt: skip

# Occupations dress people. word → garments as (slot, kind, colour)
OCCUPATIONS: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "police": (("outer", "uniform", "2b3f63"), ("hat", "peaked cap", "22304c")), "policeman": (("outer", "uniform", "2b3f63"), ("hat", "peaked cap", "22304c")),
    "officer": (("outer", "uniform", "2f4a6b"), ("hat", "peaked cap", "26364f")), "cop": (("outer", "uniform", "2b3f63"), ("hat", "peaked cap", "22304c")),
    "official": (("outer", "uniform", "355f95"),), "captain": (("outer", "uniform", "2b3f63"), ("hat", "peaked cap", "e4e0d6")), "sailor": (("top", "sweater", "2b3f63"), ("hat", "beanie", "e4e0d6")),
    "soldier": (("outer", "uniform", "66703f"), ("hat", "helmet", "545c38")), "guard": (("outer", "uniform", "4a505c"), ("hat", "peaked cap", "30343e")), "nurse": (("outer", "uniform", "8fb0bf"),),
    "doctor": (("outer", "coat", "e8e6e0"),), "surgeon": (("outer", "uniform", "5f9a8c"),), "scientist": (("outer", "coat", "e8e6e0"),), "professor": (("outer", "jacket", "6e4a30"), ("extra", "bow tie", "8c2f2f")),
    "waiter": (("outer", "vest", "2a2a30"), ("extra", "bow tie", "24242a")), "waitress": (("extra", "apron", "e8e4dc"),), "bartender": (("outer", "vest", "3a2f3c"), ("extra", "bow tie", "24242a")),
    "cook": (("extra", "apron", "e8e4dc"), ("hat", "toque", "ece8e0")), "chef": (("extra", "apron", "e8e4dc"), ("hat", "toque", "ece8e0")), "baker": (("extra", "apron", "e8e4dc"), ("hat", "toque", "ece8e0")),
    "butcher": (("extra", "apron", "e0d8cc"),), "blacksmith": (("extra", "apron", "5a4030"),), "mechanic": (("legs", "dungarees", "47618a"), ("hat", "cap", "8c3a30")),
    "farmer": (("legs", "dungarees", "4f6690"), ("hat", "straw hat", "d4b870")), "gardener": (("legs", "dungarees", "5a6f48"), ("hat", "straw hat", "d4b870")), "miner": (("legs", "dungarees", "5a5348"), ("hat", "helmet", "d9a52b")),
    "fisherman": (("outer", "oilskin", "d9a53a"), ("hat", "sou'wester", "c9952f")), "priest": (("outer", "robe", "26262c"),), "monk": (("outer", "robe", "6a4a32"), ("hat", "hood", "5d4230")), "nun": (("outer", "robe", "26262c"), ("hat", "headscarf", "e4e0d6")),
    "king": (("outer", "robe", "8c2338"), ("hat", "crown", "d9a93a")), "queen": (("legs", "gown", "70509a"), ("hat", "crown", "d9a93a")), "wizard": (("outer", "robe", "3a3c78"), ("hat", "pointed hat", "33356c")),
    "witch": (("legs", "gown", "3c2f48"), ("hat", "pointed hat", "2a2230")), "cowboy": (("outer", "vest", "6e4a30"), ("hat", "wide hat", "8c6238")), "businessman": (("outer", "suit", "3d4452"), ("extra", "tie", "9c2f35")),
    "businesswoman": (("outer", "suit", "3d4452"),), "lawyer": (("outer", "suit", "2f3440"), ("extra", "tie", "6b2530")), "banker": (("outer", "suit", "33363f"), ("hat", "bowler", "26262c")), "detective": (("outer", "coat", "b98d58"), ("hat", "fedora", "6e5236")),
    "journalist": (("outer", "coat", "8a7a5c"),), "teacher": (("outer", "cardigan", "7a6a48"),), "librarian": (("outer", "cardigan", "6a7a5c"),), "conductor": (("outer", "uniform", "2f4a45"), ("hat", "peaked cap", "283c38")),
    "postman": (("outer", "uniform", "355f95"), ("extra", "bag", "7a5538")), "courier": (("extra", "bag", "7a5538"),), "messenger": (("extra", "bag", "7a5538"),), "painter": (("hat", "beret", "5a2f3c"),), "artist": (("hat", "beret", "2f4a5a"),),
    "firefighter": (("outer", "coat", "c9a23a"), ("hat", "helmet", "b3372f")), "astronaut": (("outer", "uniform", "dcdcd6"),), "pilot": (("outer", "jacket", "5d4230"),), "keeper": (("outer", "coat", "2f4a6b"),), "bride": (("legs", "gown", "ece8e2"),),
    "student": (("top", "hoodie", "6d7b45"), ("extra", "backpack", "a8402f")), "beggar": (("outer", "coat", "5f5648"), ("hat", "beanie", "6a5a48")), "thief": (("outer", "jacket", "2a2a30"), ("hat", "beanie", "24242a")), "robot": (("outer", "uniform", "8f989e"),),
}  # fmt: skip

FEMALE_WORDS: Final = frozenset(["she", "her", "hers", "herself", "woman", "women", "girl", "lady", "mother", "mom", "mum", "wife", "daughter", "sister", "aunt", "grandmother", "grandma", "granny", "queen", "princess", "waitress", "actress", "bride", "nun", "witch", "widow", "businesswoman", "madam", "mrs", "miss", "ms", "policewoman", "hostess", "goddess", "heroine"])
MALE_WORDS: Final = frozenset(["he", "him", "his", "himself", "man", "men", "boy", "gentleman", "father", "dad", "husband", "son", "brother", "uncle", "grandfather", "grandpa", "king", "prince", "waiter", "actor", "groom", "monk", "wizard", "widower", "businessman", "sir", "mr", "policeman", "fisherman", "cowboy", "postman", "priest", "lad", "fellow", "guy"])
FEMALE_NAMES: Final = frozenset(
    ["mara", "nell", "anna", "anne", "emma", "eva", "eve", "ella", "ellen", "elena", "lena", "lisa", "laura", "sarah", "sara", "maria", "mary", "marie", "julia", "julie", "clara", "claire", "kate", "katie", "emily", "sophie", "sophia", "olivia", "mia", "zoe", "chloe", "grace", "ruth", "rose", "rosa", "lily", "lucy", "alice", "amelia", "ada", "ida", "ines", "iris", "irene", "ivy", "jane", "jean", "joan", "judith", "karen", "lea", "leah", "linda", "lola", "lou", "louise", "luna", "marta", "martha", "mathilda", "maya", "mila", "mina", "miriam", "molly", "nadia", "nancy", "naomi", "natalie", "nina", "nora", "olga", "paula", "petra", "rachel", "rebecca", "rita", "sandra", "selma", "sheila", "sonia", "stella", "susan", "susanne", "tanya", "tessa", "tilda", "vera", "victoria", "violet", "wendy", "yara", "yuki", "aisha", "amina", "fatima", "leila", "layla", "priya", "mei", "hana", "ingrid", "astrid", "freya", "greta", "heidi", "hilda", "elsa", "frida", "june", "april", "may", "dolores", "carmen", "gloria", "helen", "helena", "hannah", "isabel", "agnes", "margaret", "dorothy", "edith", "betty", "penny", "bella", "diana", "fiona", "gwen", "holly", "jenny", "jess", "jessica", "kim"]
)
MALE_NAMES: Final = frozenset(
    ["tobias", "tom", "thomas", "tim", "peter", "paul", "john", "jack", "james", "jim", "joe", "joseph", "josef", "jonas", "jan", "jakob", "jacob", "max", "michael", "mike", "mark", "marc", "martin", "matthew", "david", "daniel", "dan", "ben", "benjamin", "bill", "bob", "robert", "richard", "rick", "roger", "ralph", "sam", "samuel", "simon", "stephen", "steve", "stefan", "sebastian", "oscar", "otto", "oliver", "oleg", "omar", "noah", "nick", "nicholas", "nathan", "louis", "luke", "lucas", "leo", "leon", "leonard", "lars", "karl", "carl", "kurt", "ivan", "isaac", "ian", "hugo", "henry", "harry", "harold", "hans", "hank", "george", "gus", "gustav", "frank", "fred", "felix", "erik", "eric", "emil", "elias", "eli", "edgar", "edward", "eddie", "ed", "dmitri", "diego", "charles", "charlie", "carlos", "bruno", "boris", "bernard", "arthur", "art", "anton", "antonio", "andrew", "andy", "alan", "al", "albert", "alfred", "adam", "abel", "ahmed", "ali", "hassan", "yusuf", "raj", "arjun", "kenji", "hiro", "wei", "chen", "pablo", "pedro", "miguel", "juan", "luis", "marco", "mario", "luca", "vincent", "victor", "walter", "will", "william"]
)
ANIMALS: Final[dict[str, str]] = {
    "dog": "dog", "puppy": "dog", "hound": "dog", "terrier": "dog", "wolf": "dog", "fox": "dog", "cat": "cat", "kitten": "cat", "tomcat": "cat", "horse": "horse", "pony": "horse", "donkey": "horse", "mule": "horse", "cow": "horse",
    "goat": "dog", "sheep": "dog", "lamb": "dog", "pig": "dog", "bear": "dog", "deer": "horse", "lion": "cat", "tiger": "cat",
}  # fmt: skip
# Strong clothes colours, neighbours far apart in hue and value: cast members take them in turn.
CLOTHES: Final = ("cf9a33", "2f4a6b", "a8402f", "3f7a6a", "6b3f66", "d8c9a8", "5a6f3c", "c0693a", "41506b", "b86a78", "2f5a45", "8a8f98", "7a2f3a", "4a86a0")
TROUSERS: Final = ("34404c", "3d3530", "2b3040", "4a4438", "39424a", "544838", "30363c")
SKINS: Final = ("d9a07c", "8a5638", "e6b896", "c98d6b", "6b4029", "b87850", "efc7a8", "a0683f")
