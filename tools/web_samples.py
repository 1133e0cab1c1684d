"""Draw the small pictures that the phone page starts from, into exports/web/samples/ (committed; run once).

    python tools/web_samples.py

Faces and their line drawings are rendered here, coasts are cut from the Earth's mask, both from test splits. The
photographs are in the public domain.
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from ganapps.data import catalogue
from ganapps.data.earth import CLASSES
from ganapps.data.photograph_files import test_pictures
from ganapps.data.source import from_model_range

FOLDER = Path(__file__).resolve().parent.parent / "exports" / "web" / "samples"
FACES, COASTS = 6, 5
#: file among the test pictures: title, the part that is shown (left, top, right, bottom), side of the sample
PHOTOGRAPHS = {
    "astronaut.png": ("Astronaut Eileen Collins, 1993 (NASA)", (120, 0, 370, 250), 128),
    "rocket.jpg": ("Falcon 9 with DSCOVR, 2015 (SpaceX)", (200, 80, 540, 420), 170),
}


def faces() -> list[dict[str, object]]:
    """Faces that differ: each next one is the one least like those before."""
    source = catalogue.open("faces", "test", 128)
    rows = source.take("main", np.arange(400))
    held, chosen = np.asarray(rows["attributes"]), [0]
    while len(chosen) < FACES:
        far = np.min([np.abs(held - held[one]).sum(1) for one in chosen], axis=0)
        chosen.append(int(np.argmax(far)))
    names, entries = source.info.attributes, []
    for number, row in enumerate(chosen):
        save(rows["image"][row], f"face-{number}.png")
        save(rows["sketch"][row], f"lines-{number}.png")
        words = [name for name, there in zip(names, held[row], strict=True) if there]
        entries.append({"file": f"samples/face-{number}.png", "title": ", ".join(words), "attributes": words})
    return entries


def coasts() -> list[dict[str, object]]:
    """Tiles of the mask with much coast, and rivers or lakes."""
    source = catalogue.open("earth:a=mask,b=satellite", "test", 128)
    rows = source.take("main", np.arange(source.info.sizes["test"]))
    mask = np.asarray(rows["segmentation"])
    shares = np.stack([np.mean(mask == number, axis=(1, 2)) for number in range(len(CLASSES))], axis=1)
    liked = np.minimum(shares[:, 0], 0.4) + 2 * np.minimum(shares[:, 2], 0.1) + 4 * np.minimum(shares[:, 3], 0.03)
    liked *= np.minimum(shares[:, 1], 0.4)
    chosen = np.argsort(-liked)[:COASTS]
    for number, row in enumerate(chosen):
        save(rows["a"][row], f"coast-{number}.png")
    return [{"file": f"samples/coast-{number}.png", "title": f"coast {number + 1}"} for number in range(COASTS)]


def photographs() -> list[dict[str, object]]:
    """Small photographs to enlarge."""
    entries = []
    for path in test_pictures():
        if path.name in PHOTOGRAPHS:
            title, part, side = PHOTOGRAPHS[path.name]
            picture = Image.open(path).convert("RGB").crop(part).resize((side, side), Image.Resampling.LANCZOS)
            picture.save(FOLDER / f"photo-{len(entries)}.png", optimize=True)
            entries.append({"file": f"samples/photo-{len(entries)}.png", "title": title})
    return entries


def save(image: np.ndarray, name: str) -> None:
    """A picture in [-1, 1], or of bytes, as PNG."""
    picture = image if image.dtype == np.uint8 else from_model_range(image)
    Image.fromarray(picture).save(FOLDER / name, optimize=True)


def main() -> None:
    """Draw all and list them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawn = faces()
    lines = [{"file": entry["file"].replace("face-", "lines-"), "title": "line drawing"} for entry in drawn]
    found = {"faces": drawn, "lines": lines, "coasts": coasts(), "photographs": photographs()}
    (FOLDER / "samples.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
