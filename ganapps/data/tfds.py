"""``tfds:NAME``: the sets of TensorFlow Datasets, their features mapped to the fields of a batch.

A feature called "image", or the only one of pictures, becomes ``image``; "label", or the only one of classes, becomes
``label``; a group of booleans, as CelebA has it, becomes ``attributes``. The sets of ``cycle_gan`` are two unpaired
domains. Where there is no test split the validation split stands for it, and where there is neither a tenth of the
training split.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ganapps.data.catalogue import DataSet, Field
from ganapps.data.pictures import default_resolution
from ganapps.data.source import ArraySource
from ganapps.data.tfds_rows import TWO_DOMAINS, Reader, Roles, parts_of, size_of
from ganapps.errors import GanappsError, UsageError, nearest

if TYPE_CHECKING:
    from tensorflow_datasets.core import DatasetBuilder

log = logging.getLogger("ganapps")

TFDS = DataSet(
    name="tfds",
    title="a set of TensorFlow Datasets: tfds:NAME",
    kind="tfds",
    fields={"image": Field((None, None, None), "float32", "the middle square of the picture, resized")},
    sizes={"train": 0, "test": 0},
    licence="see the set's page in the catalogue of TensorFlow Datasets",
    credit="the set's authors",
    how_to_get="downloaded on first use into $TFDS_DATA_DIR; without internet prepare it elsewhere: `tfds build NAME`",
    opener="ganapps.data.tfds:open_tfds",
    describer="ganapps.data.tfds:describe_tfds",
    options={
        "image": "the feature to use as picture, where there are several",
        "label": "the feature to use as class, where there are several",
    },
)


def describe_tfds(name: str, image: str | None = None, label: str | None = None) -> DataSet:
    """The card of a set; nothing is downloaded, so the sizes are 0 until it was once prepared on this machine.

    Raises:
        UsageError: no such set or feature. GanappsError: it has no pictures, or tensorflow-datasets is not installed.
    """
    builder = _builder(name)
    roles = _roles(builder, image, label)
    features = builder.info.features
    height, width, depth = features[roles.image].shape
    picture = TFDS.fields["image"]
    domains = builder.name in TWO_DOMAINS
    fields = {"a": picture, "b": picture} if domains else {"image": picture}
    classes: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    if roles.label and not domains:
        fields["label"] = Field((), "int32", f"the feature {roles.label}")
        classes = tuple(features[roles.label].names or map(str, range(features[roles.label].num_classes)))
    if roles.attributes and not domains:
        attributes = tuple(features[roles.attributes])
        fields["attributes"] = Field((len(attributes),), "float32", "1 where the attribute holds, else 0")
    return replace(
        TFDS,
        name=f"tfds:{name}",
        title=f"{name} of TensorFlow Datasets",
        fields=fields,
        sizes={split: size_of(builder, split) for split in TFDS.sizes} if builder.info.splits else TFDS.sizes,
        licence=f"see {builder.info.homepage}",
        credit=f"see {builder.info.homepage}",
        classes=classes,
        attributes=attributes,
        channels=1 if depth == 1 else 3,
        resolution=width if width and width == height else None,
        paired=False if domains else None,
    )


def open_tfds(
    split: str,
    resolution: int | None,
    channels: int | None,
    name: str,
    image: str | None = None,
    label: str | None = None,
) -> ArraySource:
    """A set of TensorFlow Datasets, downloaded when it is not on this machine.

    Pictures come as their middle square at ``resolution`` pixels (None: as they are when they are equal squares up to
    256, else 64). What does not fit into the memory budget is laid once, resized, into a file of the cache folder.

    Raises:
        UsageError: no such set or feature. GanappsError: it cannot be downloaded, or has no pictures.
    """
    builder = _builder(name)
    _prepare(builder, name)
    info = describe_tfds(name, image, label)
    roles = _roles(builder, image, label)
    reader = Reader(builder, roles, resolution or default_resolution(info.resolution), channels or info.channels)
    columns = {}
    for stream, part in parts_of(builder, split).items():
        column = reader.read(part)
        columns[stream] = {key: column[key] for key in info.fields if key in column} or {stream: column["image"]}
    return ArraySource(info, columns)


def _builder(name: str) -> DatasetBuilder:
    try:
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise GanappsError(f"tfds:{name} needs TensorFlow Datasets: pip install tensorflow-datasets.") from error
    try:
        return tfds.builder(name)
    except tfds.core.DatasetNotFoundError as error:
        hint = nearest(name, tfds.list_builders())
        raise UsageError(f"TensorFlow Datasets has no set '{name}'.{hint}") from error
    except ValueError as error:
        raise UsageError(f"TensorFlow Datasets cannot build '{name}': {_first_line(error)}") from error


def _prepare(builder: DatasetBuilder, name: str) -> None:
    if not Path(builder.data_dir).exists():
        log.warning("tfds:%s is not on this machine yet; downloading it to %s", name, builder.data_dir)
    try:
        builder.download_and_prepare()
    except Exception as error:  # each set downloads in its own way, and fails in it
        raise GanappsError(
            f"tfds:{name} could not be downloaded or prepared: {_first_line(error)}; on a machine with internet run "
            f"`tfds build {name}` and set TFDS_DATA_DIR here to a copy of its data folder, or use folder:PATH."
        ) from error


def _roles(builder: DatasetBuilder, image: str | None, label: str | None) -> Roles:
    import tensorflow_datasets as tfds

    kinds = tfds.features
    features = dict(builder.info.features.items())
    groups = [
        key
        for key, feature in features.items()
        if isinstance(feature, kinds.FeaturesDict) and all(part.dtype == bool for part in feature.values())
    ]
    picture = _choose(builder, "image", image, [key for key in features if isinstance(features[key], kinds.Image)])
    if picture is None:
        raise GanappsError(f"tfds:{builder.name} has no pictures.")
    classes = [key for key in features if isinstance(features[key], kinds.ClassLabel)]
    return Roles(picture, _choose(builder, "label", label, classes), groups[0] if groups else None)


def _choose(builder: DatasetBuilder, role: str, asked: str | None, known: list[str]) -> str | None:
    """The feature for a role: the one asked for, else the one so called, else the only one."""
    if asked is not None and asked not in known:
        raise UsageError(
            f"tfds:{builder.name} has no feature '{asked}' that could be the {role} (it has: "
            f"{', '.join(known) or 'none'}).{nearest(asked, known)}"
        )
    if asked is None and role not in known and len(known) > 1:
        raise UsageError(
            f"tfds:{builder.name} has several features for the {role}, {' and '.join(known)}: write {role}=NAME."
        )
    return asked or (role if role in known else known[0] if known else None)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
