"""Semi-supervised data: the labels of a few rows, the pictures of all."""

from dataclasses import replace

import numpy as np

from ganapps.data.catalogue import DataSet, Field
from ganapps.data.source import ArraySource
from ganapps.errors import UsageError

OPTIONS = {
    "labels": "how many labels are kept, equally many of each class; all pictures then come as image_u too",
    "draw": "which of them: the number of the draw (default 0)",
}


def describe(card: DataSet, labels: str | None) -> DataSet:
    """The card with the unlabelled stream's field, where few labels are asked for."""
    if labels is None:
        return card
    unlabelled = Field(card.fields["image"].shape, "float32", "an independent draw from all pictures, labels unknown")
    return replace(card, fields=card.fields | {"image_u": unlabelled})


def keep(source: ArraySource, labels: str | None, draw: str) -> ArraySource:
    """A labelled stream of ``labels`` rows, balanced over the classes, beside the stream ``u`` of all pictures.

    Args:
        source: with images and labels in its main stream.
        labels: how many; None leaves the source as it is.
        draw: seeds the choice.

    Raises:
        UsageError: no whole number, or more than there are of a class, or not a multiple of the classes.
    """
    if labels is None:
        return source
    classes = len(source.info.classes)
    if not labels.isdigit() or not draw.isdigit() or int(labels) < classes or int(labels) % classes:
        raise UsageError(
            f"labels={labels},draw={draw} is not possible: give a multiple of {classes} labels, and a number."
        )
    columns, each = source.columns["main"], int(labels) // classes
    order = np.random.default_rng(int(draw)).permutation(len(columns["label"]))
    of_class = [order[columns["label"][order] == number][:each] for number in range(classes)]
    if min(map(len, of_class)) < each:
        raise UsageError(
            f"labels={labels} is too many: a class of {source.info.name} has {min(map(len, of_class))} rows."
        )
    rows = np.sort(np.concatenate(of_class))
    few = {name: array[rows] for name, array in columns.items()}
    return ArraySource(describe(source.info, labels), {"main": few, "u": {"image_u": columns["image"]}})
