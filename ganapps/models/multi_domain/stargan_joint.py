"""StarGAN on several data sets that know different things: the mask vector (Choi et al., 2017, section 3.2)."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ganapps.engine.model import Batch
from ganapps.models.multi_domain.stargan import StarGAN
from ganapps.registry import register


@register("stargan-joint", title="StarGAN, joint", paper="1711.09020", year=2017, chapter="multi-domain image-to-image")
class StarGANJoint(StarGAN):
    """StarGAN whose pictures come from data sets that know different attributes, all of which it can then put on any picture.

    The generator is told ``[c_1, ..., c_n, m]`` (equation 7): the attributes of all sets, 0 where the picture's set does
    not know them, and a mask ``m``, one-hot, of the set that speaks. The class terms are of that set's attributes alone,
    and what a picture is turned into is taken from its own set.

    The defaults are the paper's pair: CelebA, and the expressions of RaFD, whose head here has a sigmoid for each.

    Args:
        attributes: names of the data's attributes, set after set.
        vocabularies: how many of them each set knows, in order.
    """

    needs = ("image", "attributes", "dataset_id")

    def __init__(
        self,
        attributes: tuple[str, ...] = (
            "Black_Hair",
            "Blond_Hair",
            "Brown_Hair",
            "Male",
            "Young",
            "angry",
            "contemptuous",
            "disgusted",
            "fearful",
            "happy",
            "neutral",
            "sad",
            "surprised",
        ),
        vocabularies: tuple[int, ...] = (5, 8),
        **kwargs: Any,
    ) -> None:
        if sum(vocabularies) != len(attributes):
            raise ValueError(f"vocabularies must add up to the {len(attributes)} attributes.")
        super().__init__(attributes=attributes, **kwargs)
        owners = np.repeat(np.arange(len(vocabularies)), vocabularies)[list(self.places)]
        self.knows = np.equal.outer(np.arange(len(vocabularies)), owners).astype("float32")  # (sets, k)

    def told_length(self) -> int:
        """All attributes, and the mask."""
        return super().told_length() + len(self.arguments["vocabularies"])

    def origin(self, batch: Batch) -> Any:
        """The data set of each picture, from the batch."""
        return batch["dataset_id"]

    def known(self, batch: Batch) -> Any:
        """(B, k): 1 for the attributes of the picture's own data set."""
        return ops.take(ops.convert_to_tensor(self.knows), batch["dataset_id"], axis=0)

    def told(self, labels: Any, batch: Batch) -> Any:
        """``[c_1, ..., c_n, m]``; what is unknown is 0."""
        mask = ops.one_hot(batch["dataset_id"], len(self.knows), dtype="float32")
        return ops.concatenate([labels * self.known(batch), mask], axis=1)

    def parts(self) -> dict[str, tuple[str, ...]]:
        """``_1``, ``_2``, ...: each data set's attributes, of those that are learnt."""
        names = np.array(self.names)
        return {f"_{number + 1}": tuple(map(str, names[row > 0])) for number, row in enumerate(self.knows) if row.any()}

    def editor(self, end: str) -> keras.Model:
        """[pictures, one set's attributes] -> pictures: the others are 0, the mask is of that set."""
        number, length = int(end[1:]) - 1, self.told_length()
        image = keras.Input(self.shape, name="image")
        vector = keras.Input((int(self.knows[number].sum()),), name="attributes")
        placed = layers.Dense(length, trainable=False, name="placed")
        label = placed(vector)
        where = np.flatnonzero(self.knows[number])
        placed.set_weights([np.eye(length)[where], np.eye(length)[len(self.names) + number]])
        return keras.Model([image, vector], self.trained("generator")([image, label]), name=f"edit{end}")
