"""The same choices in a second art style, drawn flat: another domain for translation, with the right answer known."""

import numpy as np

from ganapps.data.faces.identity import Identity
from ganapps.data.faces.svg import document, load_style, rasterise, write
from ganapps.data.faces.vocabulary import choice

Table = dict[str, str]

VOXEL: dict[str, Table] = {
    "hair": {
        **{"theCaesar": "short", "shortFlat": "spiky", "shortRound": "bowl", "shortWaved": "sideSwept"},
        **{"shortCurly": "curly", "dreads01": "mohawk", "shaggy": "halfShaved", "shaggyMullet": "braids"},
        **{"bun": "ponytail", "bob": "bob", "miaWallace": "shoulderLength", "longButNotTooLong": "partedLong"},
        **{"straight01": "twinTails", "straightAndStrand": "longStraight", "curly": "buns", "curvy": "longWavy"},
        "fro": "afro",
    },
    "hat": {
        "hat": "cap",
        "winterHat02": "beanie",
        "winterHat03": "beanie",
        "winterHat04": "animalEars",
        "winterHat1": "bunnyEars",
    },
    "glasses": {
        "prescription01": "square",
        "prescription02": "cat",
        "round": "round",
        "sunglasses": "shades",
        "wayfarers": "visor",
    },
    "beard": {
        "beardLight": "goatee",
        "beardMedium": "stubble",
        "beardMajestic": "full",
        "moustacheFancy": "mustache",
        "moustacheMagnum": "mustache",
    },
    "mouth": {"smile": "laugh", "twinkle": "smile", "default": "ooh", "serious": "flat", "sad": "frown"},
    "eyes": {"open": "open", "wide": "wide", "side": "side", "happy": "happy", "closed": "closed"},
    "brows": {
        "defaultNatural": "soft",
        "raisedExcitedNatural": "raised",
        "flatNatural": "flat",
        "sadConcernedNatural": "angry",
    },
    "clothes": {
        "shirtCrewNeck": "plain",
        "shirtScoopNeck": "dress",
        "shirtVNeck": "stripes",
        "hoodie": "hoodie",
        "collarAndSweater": "tie",
        "blazerAndShirt": "suit",
    },
}
TOON: dict[str, Table] = {
    "hair": {
        **{"theCaesar": "undercut", "shortFlat": "undercut", "shortCurly": "spiky", "dreads01": "spiky"},
        **{"bun": "bun", "sides": "", "curly": "bun", "fro": "spiky"},
    },
    "rear": {
        **{"bob": "neckHigh", "miaWallace": "neckHigh", "longButNotTooLong": "shoulderHigh"},
        **{"straight01": "longStraight", "straightAndStrand": "longStraight", "curly": "longWavy"},
        **{"curvy": "longWavy", "shaggyMullet": "neckHigh"},
    },
    "beard": {
        "beardLight": "chinMoustache",
        "beardMedium": "fullBeard",
        "beardMajestic": "longBeard",
        "moustacheFancy": "moustacheTwirl",
        "moustacheMagnum": "moustacheTwirl",
    },
    "mouth": {"smile": "laugh", "twinkle": "smile", "default": "agape", "serious": "angry", "sad": "sad"},
    "eyes": {"open": "happy", "wide": "wide", "side": "wink", "happy": "bow", "closed": "humble"},
    "brows": {
        "defaultNatural": "neutral",
        "raisedExcitedNatural": "raised",
        "flatNatural": "angry",
        "sadConcernedNatural": "sad",
    },
    "clothes": {
        "shirtCrewNeck": "tShirt",
        "shirtScoopNeck": "dress",
        "shirtVNeck": "tShirt",
        "hoodie": "turtleNeck",
        "collarAndSweater": "shirt",
        "blazerAndShirt": "openJacket",
    },
}
PERSONAS: dict[str, Table] = {
    "hair": {
        **{"theCaesar": "buzzcut", "shortFlat": "fade", "shortWaved": "shortComboverChops", "sides": "balding"},
        **{"shortCurly": "curlyHighTop", "dreads01": "mohawk", "shaggy": "sideShave", "bun": "straightBun"},
        **{"bob": "bobCut", "miaWallace": "bobBangs", "longButNotTooLong": "long", "straight01": "extraLong"},
        **{"straightAndStrand": "extraLong", "curly": "curly", "curvy": "pigtails", "fro": "curly"},
    },
    "beard": {
        "beardLight": "goatee",
        "beardMedium": "shadow",
        "beardMajestic": "beardMustache",
        "moustacheFancy": "pyramid",
        "moustacheMagnum": "walrus",
    },
    "mouth": {"smile": "bigSmile", "twinkle": "smile", "default": "surprise", "serious": "smirk", "sad": "frown"},
    "eyes": {"open": "open", "wide": "open", "side": "wink", "happy": "happy", "closed": "sleep"},
    "clothes": {
        "shirtCrewNeck": "rounded",
        "shirtScoopNeck": "small",
        "shirtVNeck": "rounded",
        "hoodie": "squared",
        "collarAndSweater": "checkered",
        "blazerAndShirt": "checkered",
    },
}
# What of the drawing is shown: left, top, width, height in its own units.
VIEWS = {
    "voxel-art": (14.0, 2.0, 100.0, 100.0),
    "toon-head": (84.0, 110.0, 600.0, 600.0),
    "personas": (3.0, 3.0, 58.0, 58.0),
    "flat": (20.0, 10.0, 240.0, 240.0),
}
STYLES = tuple(VIEWS)


def draw_style(style: str, vector: np.ndarray, person: Identity, side: int) -> np.ndarray:
    """A face (12,) in one of `STYLES`, uint8 (side, side, 3); upright, in the identity's shades of the colours."""
    drawing = load_style("avataaars" if style == "flat" else style)
    components = {"voxel-art": _voxel, "toon-head": _toon, "personas": _personas, "flat": _flat}[style](vector)
    shown = {name: variant for name, variant in components.items() if variant}
    left, top, width, height = VIEWS[style]
    wall = f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="{_code(person.colour(vector, "background"))}"/>'
    body = wall + write(drawing, drawing["canvas"]["elements"], shown, _paints(vector, person))
    # Drawn at twice the size and averaged, or thin lines break up at 32 and 64 pixels.
    pixels = rasterise(document(body, VIEWS[style], 2 * side / width))[..., :3].astype(np.uint16)
    return ((pixels.reshape(side, 2, side, 2, 3).sum((1, 3)) + 2) // 4).astype(np.uint8)


def _voxel(vector: np.ndarray) -> Table:
    top = VOXEL["hat"].get(choice(vector, "hat")) or VOXEL["hair"].get(choice(vector, "hair"), "")
    return {
        "outfit": VOXEL["clothes"][choice(vector, "clothes")],
        "beard": VOXEL["beard"].get(choice(vector, "beard"), ""),
        "mouth": VOXEL["mouth"][choice(vector, "mouth")],
        "eyes": VOXEL["eyes"][choice(vector, "eyes")],
        "eyebrows": VOXEL["brows"][choice(vector, "brows")],
        "nose": "block",
        "glasses": VOXEL["glasses"].get(choice(vector, "glasses"), ""),
        "top": top,
    }


def _toon(vector: np.ndarray) -> Table:
    """No hats and no glasses in this style: the hair shows."""
    hair = choice(vector, "hair")
    return {
        "body": "body",
        "head": "head",
        "clothes": TOON["clothes"][choice(vector, "clothes")],
        "beard": TOON["beard"].get(choice(vector, "beard"), ""),
        "mouth": TOON["mouth"][choice(vector, "mouth")],
        "eyes": TOON["eyes"][choice(vector, "eyes")],
        "eyebrows": TOON["brows"][choice(vector, "brows")],
        "hair": TOON["hair"].get(hair, "sideComed"),
        "rearHair": TOON["rear"].get(hair, ""),
    }


def _personas(vector: np.ndarray) -> Table:
    """Glasses are a kind of eyes in this style, and have no brows over them."""
    glasses = choice(vector, "glasses")
    eyes = PERSONAS["eyes"][choice(vector, "eyes")]
    if glasses != "none":
        eyes = "sunglasses" if glasses in ("sunglasses", "wayfarers") else "glasses"
    hats = {"none": PERSONAS["hair"].get(choice(vector, "hair"), "shortCombover"), "hat": "cap"}
    return {
        "clothes": PERSONAS["clothes"][choice(vector, "clothes")],
        "facialHair": PERSONAS["beard"].get(choice(vector, "beard"), ""),
        "mouth": PERSONAS["mouth"][choice(vector, "mouth")],
        "nose": "mediumRound",
        "eyes": eyes,
        "hair": hats.get(choice(vector, "hat"), "beanie"),
    }


def _flat(vector: np.ndarray) -> Table:
    """The drawing that the rendered faces were made from."""
    hat, beard, glasses = (choice(vector, group) for group in ("hat", "beard", "glasses"))
    eyes = {"open": "default", "wide": "surprised"}
    return {
        "clothes": choice(vector, "clothes"),
        "mouth": choice(vector, "mouth"),
        "nose": "default",
        "eyes": eyes.get(choice(vector, "eyes"), choice(vector, "eyes")),
        "eyebrows": choice(vector, "brows"),
        "top": choice(vector, "hair") if hat == "none" else hat,
        "facialHair": "" if beard == "none" else beard,
        "accessories": "" if glasses == "none" else glasses,
    }


def _paints(vector: np.ndarray, person: Identity) -> Table:
    """Every name that one of the styles gives to a colour."""
    hair, cloth = _code(person.colour(vector, "hair_colour")), _code(person.colour(vector, "clothes_colour"))
    same = {"hair": hair, "facialHair": hair, "clothes": cloth, "clothing": cloth, "shirt": cloth, "jacket": cloth}
    fixed = {"pants": "#3b5b8c", "shoes": "#f1f3f5", "stroke": "#000000"}
    worn = {"hat": _code(person.hat), "accessories": _code(person.frame), "skin": _code(person.colour(vector, "skin"))}
    return same | fixed | worn


def _code(colour: np.ndarray) -> str:
    red, green, blue = np.rint(colour * 255).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"
