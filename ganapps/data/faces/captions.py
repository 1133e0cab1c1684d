"""Captions of faces: one English sentence each, from their choices, and its words as integers."""

import numpy as np

from ganapps.data.faces.vocabulary import GROUPS, choice

HAIR = {
    "theCaesar": "cropped",
    "shortFlat": "short",
    "shortRound": "short",
    "shortWaved": "short wavy",
    "shortCurly": "short curly",
    "dreads01": "short frizzy",
    "sides": "receding",
    "shaggy": "shaggy",
    "shaggyMullet": "shaggy",
    "bun": "tied up",
    "bob": "chin length",
    "miaWallace": "chin length",
    "longButNotTooLong": "shoulder length",
    "straight01": "long straight",
    "straightAndStrand": "long straight",
    "curly": "big curly",
    "curvy": "long wavy",
    "fro": "big frizzy",
}
GLASSES = {
    "prescription01": "glasses",
    "prescription02": "glasses",
    "round": "round glasses",
    "sunglasses": "sunglasses",
    "wayfarers": "sunglasses",
}
BEARD = {
    "beardLight": "a short beard",
    "beardMedium": "a beard",
    "beardMajestic": "a big beard",
    "moustacheFancy": "a thin moustache",
    "moustacheMagnum": "a thick moustache",
}
MOUTH = {
    "smile": "laughing",
    "twinkle": "smiling",
    "default": "talking",
    "serious": "looking serious",
    "sad": "looking sad",
}
EYES = {"wide": "wide eyes", "side": "eyes turned aside", "happy": "closed eyes", "closed": "closed eyes"}
HAT = {
    "hat": "a wide hat",
    "winterHat02": "a knitted hat with ear flaps",
    "winterHat03": "a bobble hat",
    "winterHat04": "a hat with cat ears",
    "winterHat1": "a fur hat",
}
CLOTHES = {
    "shirtCrewNeck": "shirt",
    "shirtScoopNeck": "low cut shirt",
    "shirtVNeck": "v neck shirt",
    "hoodie": "hoodie",
    "collarAndSweater": "sweater with a collar",
    "blazerAndShirt": "blazer",
}
OPENINGS = ("a person", "someone", "a portrait of a person", "a rendered face of a person")


def caption_of(choices: np.ndarray, identity: int) -> str:
    """A sentence about a face; the identity picks how it begins, in which order it goes on and what it leaves out."""
    random = np.random.default_rng([identity, 2])

    def say(group: str, words: dict[str, str]) -> str:
        return words.get(choice(choices, group), "")

    colour = choice(choices, "hair_colour")
    hat = say("hat", HAT)
    glasses, beard, eyes = say("glasses", GLASSES), say("beard", BEARD), say("eyes", EYES)
    if beard and hat:
        beard = beard.replace("a ", f"{'an' if colour == 'auburn' else 'a'} {colour} ", 1)
    traits = [trait for trait in (beard, glasses, "" if "sun" in glasses else eyes) if trait]
    random.shuffle(traits)
    traits = [f"wearing {hat}", *traits] if hat else [f"{say('hair', HAIR)} {colour} hair", *traits]
    joined = traits[0] if len(traits) == 1 else f"{', '.join(traits[:-1])} and {traits[-1]}"
    sentence = f"{random.choice(OPENINGS)} {'' if hat else 'with '}{joined}, {say('mouth', MOUTH)}"
    garment = f"{choice(choices, 'clothes_colour')} {say('clothes', CLOTHES)}"
    if random.random() < 0.8:
        sentence += f", in a {garment}"
    if random.random() < 0.5:
        sentence += f", on a {choice(choices, 'background')} background"
    return sentence


def _words() -> tuple[str, ...]:
    colours = (*GROUPS["hair_colour"], *GROUPS["clothes_colour"], *GROUPS["background"])
    tables = (table.values() for table in (HAIR, GLASSES, BEARD, MOUTH, EYES, HAT, CLOTHES))
    phrases = (*OPENINGS, *colours, *(phrase for table in tables for phrase in table))
    joints = "with wearing hair and in a an on background"
    return tuple(sorted({word for phrase in (*phrases, joints) for word in phrase.split()}))


# Word 0 fills up short captions.
WORDS = ("<pad>", *_words())
LONGEST = 40


def tokens_of(caption: str) -> tuple[np.ndarray, int]:
    """The caption's words as indices into `WORDS`, int32 (40,) filled up with 0, and how many they are."""
    numbers = [WORDS.index(word) for word in caption.replace(",", "").split()]
    return np.array(numbers + [0] * (LONGEST - len(numbers)), np.int32), len(numbers)
