"""Phantoms: slices through made-up bodies in two modalities, with lesions whose place is known.

The test-bed of medical translation. A body is a stack of ellipsoids of tissue, a modality a table of what each tissue
measures, so both modalities of a slice are known to the pixel. The numbers are like those of a T1 magnetic resonance
scan (arbitrary units) and of computed tomography (Hounsfield units, stored with 1024 added); nothing is a patient's.
Slices are stored in 16 bits and shown through a window that the field carries along.
"""

from dataclasses import replace

import numpy as np

from ganapps.data.catalogue import DataSet, Field
from ganapps.data.phantom_bodies import LESION, SLICES, Modality, bodies
from ganapps.data.source import ArraySource
from ganapps.data.window import Window
from ganapps.errors import UsageError, nearest

SIDE = 64
#: of 200 a network kept the lesions that it had trained on brighter than others', of 1,000 nearly as bright
PATIENTS = {"train": np.r_[:200, 250:1050], "test": np.arange(200, 250)}
PREVALENCE = 0.5
#: for each modality what air, fat, muscle, lung, organ, fluid, bone and lesion measure
MODALITIES = {
    "mr": Modality((20, 1050, 480, 60, 640, 240, 120, 900), 20.0, Window(550.0, 1200.0, "arbitrary units")),
    "ct": Modality((-1000, -100, 50, -800, 110, 10, 350, 190), 12.0, Window(50.0, 500.0, "Hounsfield units", -1024.0)),
}
SLICE = Field((SIDE, SIDE, 1), "float32", "")

PHANTOMS = DataSet(
    name="phantoms",
    title="slices of made-up bodies in two modalities, with lesions",
    kind="procedural",
    fields={
        "a": replace(SLICE, meaning="first modality (option a=, default mr)", window=MODALITIES["mr"].window),
        "b": replace(SLICE, meaning="second modality (option b=, default ct)", window=MODALITIES["ct"].window),
        "mask": replace(SLICE, meaning="1 on the body, else 0"),
        "lesion": replace(SLICE, meaning="1 on the lesion, else 0; all 0 where there is none"),
        "patient": Field((), "int32", "number of the body; no body is in both splits"),
    },
    sizes={split: len(SLICES) * len(patients) for split, patients in PATIENTS.items()},
    licence="none needed",
    credit="drawn here",
    how_to_get="built in",
    opener="ganapps.data.phantoms:open_phantoms",
    describer="ganapps.data.phantoms:describe_phantoms",
    channels=1,
    resolution=SIDE,
    paired=True,
    options={
        "a": "modality of the field a: mr (default) or ct",
        "b": "modality of the field b: mr or ct (default)",
        "unpaired": "train on a and b of different patients; the test split keeps the pairs",
        "prevalence_a": "unpaired: share of the patients of a that have a lesion (default 0.5)",
        "prevalence_b": "unpaired: share of the patients of b that have a lesion (default 0.5)",
    },
)


def describe_phantoms(
    a: str = "mr", b: str = "ct", unpaired: bool = False, prevalence_a: str = "", prevalence_b: str = ""
) -> DataSet:
    """The card that holds under these options; unpaired, only the domains remain in the training split."""
    for modality in (a, b):
        if modality not in MODALITIES:
            known = ", ".join(MODALITIES)
            raise UsageError(f"phantoms has no modality '{modality}', only {known}.{nearest(modality, MODALITIES)}")
    if (prevalence_a or prevalence_b) and not unpaired:
        raise UsageError("Pairs share their lesions: write phantoms:unpaired beside prevalence_a and prevalence_b.")
    shares = [_share(text) for text in (prevalence_a, prevalence_b)]
    fields = dict(PHANTOMS.fields)
    for name, modality in (("a", a), ("b", b)):
        fields[name] = replace(fields[name], window=MODALITIES[modality].window)
    card = replace(PHANTOMS, fields=fields)
    if not unpaired:
        return card
    return replace(
        card,
        title=f"{card.title}: {shares[0]:.0%} of a's patients have one, {shares[1]:.0%} of b's",
        fields={name: fields[name] for name in "ab"},
        sizes=card.sizes | {"train": card.sizes["train"] // 2},
        paired=False,
    )


def open_phantoms(
    split: str,
    resolution: int | None,
    channels: int | None,
    a: str = "mr",
    b: str = "ct",
    unpaired: bool = False,
    prevalence_a: str = "",
    prevalence_b: str = "",
) -> ArraySource:
    """Slices of phantoms, stored as uint16 and handed out through the window of their modality.

    Unpaired, the training split has the streams ``a`` and ``b``: each one modality of one half of the patients. The test
    split gives pairs in either case, half of its patients with a lesion.

    Raises:
        UsageError: an unknown modality, a prevalence outside [0, 1] or without ``unpaired``, three channels.
    """
    card = describe_phantoms(a, b, unpaired, prevalence_a, prevalence_b)
    if channels == 3:
        raise UsageError("phantoms measures one value a pixel: ask for 1 channel.")
    side = resolution or SIDE
    card, patients, shown = replace(card, resolution=side), PATIENTS[split], {"a": MODALITIES[a], "b": MODALITIES[b]}
    if unpaired and split == "train":
        streams = {}
        for first, (name, share) in enumerate((("a", prevalence_a), ("b", prevalence_b))):
            tissues, _ = bodies(patients[first::2], _share(share), side)
            streams[name] = {name: shown[name].measure(tissues, first)}
        return ArraySource(card, streams)
    tissues, owners = bodies(patients, PREVALENCE, side)
    pair = {name: modality.measure(tissues, number + 2) for number, (name, modality) in enumerate(shown.items())}
    known = {"mask": (tissues > 0)[..., None], "lesion": (tissues == LESION)[..., None], "patient": owners}
    return ArraySource(replace(card, fields=PHANTOMS.fields | card.fields, paired=True), {"main": pair | known})


def _share(text: str) -> float:
    try:
        share = float(text or PREVALENCE)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"A prevalence of '{text}' is not possible: give a share from 0 to 1.")
    return share
