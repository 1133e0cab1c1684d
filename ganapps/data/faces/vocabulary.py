"""What a rendered face can look like: twelve independent choices, and the attributes and classes that follow from them.

A face is a vector of twelve small integers, one for each entry of `GROUPS` in that order. Each choice can be changed
alone; hats replace the hair, and beards take the colour of the hair.
"""

from collections.abc import Callable

import numpy as np

GROUPS: dict[str, tuple[str, ...]] = {
    "hair": (
        "theCaesar",
        "shortFlat",
        "shortRound",
        "shortWaved",
        "shortCurly",
        "dreads01",
        "sides",
        "shaggy",
        "shaggyMullet",
        "bun",
        "bob",
        "miaWallace",
        "longButNotTooLong",
        "straight01",
        "straightAndStrand",
        "curly",
        "curvy",
        "fro",
    ),
    "hair_colour": (
        "black",
        "dark brown",
        "brown",
        "auburn",
        "red",
        "dark blond",
        "golden blond",
        "platinum blond",
        "grey",
        "pink",
    ),
    "skin": ("very light", "light", "tan", "brown", "dark"),
    "glasses": ("none", "prescription01", "prescription02", "round", "sunglasses", "wayfarers"),
    "beard": ("none", "beardLight", "beardMedium", "beardMajestic", "moustacheFancy", "moustacheMagnum"),
    "mouth": ("smile", "twinkle", "default", "serious", "sad"),
    "eyes": ("default", "wide", "side", "happy", "closed"),
    "brows": ("defaultNatural", "raisedExcitedNatural", "flatNatural", "sadConcernedNatural"),
    "hat": ("none", "hat", "winterHat02", "winterHat03", "winterHat04", "winterHat1"),
    "clothes": (
        "shirtCrewNeck",
        "shirtScoopNeck",
        "shirtVNeck",
        "hoodie",
        "collarAndSweater",
        "blazerAndShirt",
    ),
    "clothes_colour": (
        "black",
        "grey",
        "white",
        "navy",
        "blue",
        "sky blue",
        "green",
        "yellow",
        "pink",
        "red",
    ),
    "background": ("white", "grey", "blue", "green", "sand", "rose"),
}
