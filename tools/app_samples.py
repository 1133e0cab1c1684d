"""Draws the sample pictures of the apps: ``python tools/app_samples.py``. What it writes is committed.

The faces are rendered here, people of the held-out part of the data set ``faces``; the photographs are those that
scikit-image carries and that are in the public domain or CC0.
"""

import json
from pathlib import Path

from PIL import Image
from skimage import data

from ganapps.data.faces.build import draw_people
from ganapps.data.faces.vocabulary import ATTRIBUTES, attributes_of
from ganapps.data.faces.worker import FACES, draw

APPS = Path(__file__).parents[1] / "apps"
SIDE = 128
#: name on the page -> number of the person in the held-out part
PEOPLE = {"Red hair": 24, "Blond": 31, "Quiff": 34, "Bob": 17, "Beard": 18, "Hat": 43}
PHOTOGRAPHS = {"cat": data.chelsea, "coffee": data.coffee, "astronaut": data.astronaut}


def faces(folder: Path) -> None:
    """One PNG a person, and faces.json: name -> the file and the attributes that the face has."""
    people, told = draw_people(5000, 1000, seed=0)["test"], {}
    for name, number in PEOPLE.items():
        choices, file = people["choices"][number], f"{name.lower().replace(' ', '-')}.png"
        picture = draw(FACES, choices, int(people["identity"][number]), SIDE)["image"]
        Image.fromarray(picture).save(folder / file, optimize=True)
        holds = [name for name, on in zip(ATTRIBUTES, attributes_of(choices), strict=True) if on]
        told[name] = {"file": file, "holds": holds}
    (folder / "faces.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def photographs(folder: Path) -> None:
    """The photographs as JPEG files of about 60 kB."""
    for name, load in PHOTOGRAPHS.items():
        Image.fromarray(load()).save(folder / f"{name}.jpg", quality=90, optimize=True)


if __name__ == "__main__":
    faces(APPS / "editing" / "samples")
    photographs(APPS / "enlarging" / "samples")
