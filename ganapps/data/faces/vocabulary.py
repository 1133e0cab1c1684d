"""What a rendered face can look like: twelve independent choices, and the attributes and classes that follow from them.

A face is a vector of twelve small integers, one for each entry of `GROUPS` in that order. Each choice can be changed
alone; a hat replaces the hair, and a beard takes the colour of the hair.
"""

import numpy as np

# Variants that the avataaars drawing has are called by its names.
GROUPS: dict[str, tuple[str, ...]] = {
    "hair": (
        *("theCaesar", "shortFlat", "shortRound", "shortWaved", "shortCurly", "dreads01", "sides", "shaggy"),
        *("shaggyMullet", "bun", "bob", "miaWallace", "longButNotTooLong", "straight01", "straightAndStrand"),
        *("curly", "curvy", "fro"),
    ),
    "hair_colour": (
        *("black", "dark brown", "brown", "auburn", "red", "dark blond", "golden blond", "platinum blond", "grey"),
        "pink",
    ),
    "skin": ("fair", "light", "tan", "brown", "dark"),
    "glasses": ("none", "prescription01", "prescription02", "round", "sunglasses", "wayfarers"),
    "beard": ("none", "beardLight", "beardMedium", "beardMajestic", "moustacheFancy", "moustacheMagnum"),
    "mouth": ("smile", "twinkle", "default", "serious", "sad"),
    "eyes": ("open", "wide", "side", "happy", "closed"),
    "brows": ("defaultNatural", "raisedExcitedNatural", "flatNatural", "sadConcernedNatural"),
    "hat": ("none", "hat", "winterHat02", "winterHat03", "winterHat04", "winterHat1"),
    "clothes": ("shirtCrewNeck", "shirtScoopNeck", "shirtVNeck", "hoodie", "collarAndSweater", "blazerAndShirt"),
    "clothes_colour": (*("black", "grey", "white", "navy", "blue", "sky blue", "green", "yellow", "pink", "red"),),
    "background": ("white", "grey", "blue", "green", "sand", "rose"),
}
COLOURS: dict[str, tuple[str, ...]] = {
    "hair_colour": (
        *("#2c1b18", "#4a312c", "#724133", "#a55728", "#c93305", "#b58143", "#d6b370", "#ecdcbf", "#dcdcdf"),
        "#f59797",
    ),
    "skin": ("#fbd3ae", "#edb98a", "#d08b5b", "#ae5d29", "#614335"),
    "clothes_colour": (
        *("#262e33", "#929598", "#f4f4f4", "#25557c", "#4a8fd8", "#a9dcf7", "#6dbb58", "#f4e285", "#f76fa8"),
        "#e5534b",
    ),
    "background": ("#f2f2f2", "#c8ccd4", "#a9c8e8", "#b5d8b0", "#e8d8b8", "#ecc4c8"),
}
LIKELIHOOD: dict[str, tuple[float, ...]] = {
    "hair_colour": (0.2, 0.12, 0.12, 0.1, 0.09, 0.09, 0.09, 0.05, 0.08, 0.06),
    "glasses": (0.62, 0.08, 0.08, 0.08, 0.07, 0.07),
    "beard": (0.68, 0.07, 0.07, 0.06, 0.06, 0.06),
    "mouth": (0.3, 0.22, 0.18, 0.18, 0.12),
    "eyes": (0.4, 0.18, 0.18, 0.12, 0.12),
    "hat": (0.86, 0.03, 0.03, 0.03, 0.02, 0.03),
}

HAIR_CLASSES: dict[str, tuple[str, ...]] = {
    "black hair": ("black",),
    "brown hair": ("dark brown", "brown"),
    "red hair": ("auburn", "red"),
    "blond hair": ("dark blond", "golden blond", "platinum blond"),
    "grey hair": ("grey",),
    "pink hair": ("pink",),
}
CLASSES = (*HAIR_CLASSES, "hat")
LONG = ("bob", "miaWallace", "longButNotTooLong", "straight01", "straightAndStrand", "curly", "curvy", "fro")
CURLY = ("shortCurly", "dreads01", "curly", "fro")

# Attribute: the choice it depends on, and the variants with which it holds.
ATTRIBUTE_RULES: dict[str, tuple[str, tuple[str, ...]]] = {
    **{name: ("hair_colour", colours) for name, colours in HAIR_CLASSES.items()},
    "long hair": ("hair", LONG),
    "curly hair": ("hair", CURLY),
    "hat": ("hat", GROUPS["hat"][1:]),
    "glasses": ("glasses", ("round", "prescription01", "prescription02", "sunglasses", "wayfarers")),
    "sunglasses": ("glasses", ("wayfarers", "sunglasses")),
    "beard": ("beard", ("beardMedium", "beardLight", "beardMajestic")),
    "moustache": ("beard", ("moustacheFancy", "moustacheMagnum")),
    "smile": ("mouth", ("smile", "twinkle")),
    "open mouth": ("mouth", ("smile", "default")),
    "closed eyes": ("eyes", ("closed", "happy")),
    "raised brows": ("brows", ("raisedExcitedNatural",)),
    "hoodie": ("clothes", ("hoodie",)),
}
ATTRIBUTES = tuple(ATTRIBUTE_RULES)
# Parts of the attributes, for data sets that know different things of their faces.
KNOWN: dict[str, tuple[str, ...]] = {
    "all": ATTRIBUTES,
    "hair": (*HAIR_CLASSES, "long hair", "curly hair", "hat"),
    "face": ("glasses", "sunglasses", "beard", "moustache", "smile", "open mouth", "closed eyes", "raised brows"),
}
# What an attribute's choice becomes when it is taken away, where that is not "none".
WITHOUT = {
    **dict.fromkeys(HAIR_CLASSES, "brown"),
    "brown hair": "black",
    "long hair": "shortFlat",
    "curly hair": "shortFlat",
    "sunglasses": "round",
    "smile": "serious",
    "open mouth": "twinkle",
    "closed eyes": "open",
    "raised brows": "defaultNatural",
    "hoodie": "shirtCrewNeck",
}


def choice(choices: np.ndarray, group: str) -> str:
    """The variant that a face (12,) has chosen in one group."""
    return GROUPS[group][choices[tuple(GROUPS).index(group)]]


def with_choice(choices: np.ndarray, group: str, variant: str) -> np.ndarray:
    """A copy of a face (12,) with another variant in one group."""
    changed = np.array(choices)
    changed[tuple(GROUPS).index(group)] = GROUPS[group].index(variant)
    return changed


def draw_choices(count: int, seed: int) -> np.ndarray:
    """``count`` faces, no two alike, int32 (count, 12); a shorter draw of the same seed is the start of a longer one."""
    random = np.random.default_rng([seed, 0])
    drawn = np.zeros((0, len(GROUPS)), np.int32)
    while len(drawn) < count:
        # Drawn in blocks of one size, so that the first faces do not depend on how many are asked for.
        block = np.stack([random.choice(len(kinds), 1024, p=LIKELIHOOD.get(name)) for name, kinds in GROUPS.items()], 1)
        drawn = np.concatenate([drawn, block.astype(np.int32)])
        _, first = np.unique(drawn, axis=0, return_index=True)
        drawn = drawn[np.sort(first)]
    return drawn[:count]


def attributes_of(choices: np.ndarray) -> np.ndarray:
    """Multi-hot float32 (18,), in the order of `ATTRIBUTES`; what a hat hides is 0 (a beard shows the hair's colour)."""
    hatted = choice(choices, "hat") != "none"
    bald = choice(choices, "beard") == "none"

    def holds(name: str) -> bool:
        group, variants = ATTRIBUTE_RULES[name]
        hidden = hatted and (group == "hair" or (group == "hair_colour" and bald))
        return choice(choices, group) in variants and not hidden

    return np.array([holds(name) for name in ATTRIBUTES], np.float32)


def label_of(choices: np.ndarray) -> int:
    """Index into `CLASSES`: the hair's colour class, or the hat."""
    if choice(choices, "hat") != "none":
        return CLASSES.index("hat")
    colour = choice(choices, "hair_colour")
    return next(index for index, colours in enumerate(HAIR_CLASSES.values()) if colour in colours)


def garments_of(choices: np.ndarray) -> np.ndarray:
    """A number for the garment of each face of (n, 12): equal where its kind and its colour are."""
    kind, colour = (choices[:, tuple(GROUPS).index(group)] for group in ("clothes", "clothes_colour"))
    return kind * len(GROUPS["clothes_colour"]) + colour


def with_attribute(choices: np.ndarray, name: str, on: bool) -> np.ndarray:
    """A face (12,) edited in one attribute of `ATTRIBUTES`; one that has (or lacks) it already stays as it is."""
    group, variants = ATTRIBUTE_RULES[name]
    if (choice(choices, group) in variants) == on:
        return np.array(choices)
    return with_choice(choices, group, variants[0] if on else WITHOUT.get(name, "none"))


def colour_of(choices: np.ndarray, group: str) -> np.ndarray:
    """sRGB float32 (3,) in [0, 1] of a group that chooses a colour."""
    return rgb(COLOURS[group][choices[tuple(GROUPS).index(group)]])


def rgb(code: str) -> np.ndarray:
    """A colour written as ``#rrggbb`` as float32 (3,) in [0, 1]."""
    return np.array([int(code[start : start + 2], 16) for start in (1, 3, 5)], np.float32) / 255
