"""What models that edit attributes share: their signatures, edits by name, and how they are shown."""

from collections.abc import Mapping, Sequence

import keras
import numpy as np
from keras import layers, ops

from ganapps.attributes import edited
from ganapps.engine import inference, pictures
from ganapps.engine.model import AdversarialModel
from ganapps.engine.signature import Input, Signature
from ganapps.errors import UsageError, nearest


class EditingModel(AdversarialModel):
    """A generator that is given a picture and the attributes it is to have, and a critic that reads attributes.

    A paper's class builds ``generator`` ([pictures in [-1, 1], attributes (B, k)] -> pictures) and ``critic`` (pictures ->
    [values, logits (B, k)]) and sets ``names`` (of the k attributes) and ``shape`` (of the pictures).
    """

    names: tuple[str, ...]
    shape: tuple[int, int, int]
    critic: keras.Model

    def parts(self) -> dict[str, tuple[str, ...]]:
        """The attributes that can be asked for together, by the end of the signatures' names."""
        return {"": self.names}

    def editor(self, end: str) -> keras.Model:
        """[pictures of the trained size, the attributes of that part] -> pictures."""
        given = [keras.Input(self.shape, name="image"), keras.Input((len(self.names),), name="attributes")]
        return keras.Model(given, self.trained("generator")(given), name="edit")

    def signatures(self) -> dict[str, Signature]:
        """``edit``: picture and attributes -> picture. ``attributes``: picture -> how likely each of them holds."""
        found, image = {}, Input("image", self.shape)
        for end, names in self.parts().items():
            vector = Input("attributes", (len(names),), classes=names)
            inputs = {"image": image, "attributes": vector}
            found[f"edit{end}"] = Signature(f"edit{end}", self.editor(end), inputs, "generated")
            logits = self.critic.outputs[1]
            if names != self.names:
                logits = ops.take(logits, [self.names.index(name) for name in names], axis=1)
            reader = keras.Model(self.critic.inputs, layers.Activation("sigmoid", dtype="float32")(logits))
            found[f"attributes{end}"] = Signature(
                f"attributes{end}", reader, {"image": image}, "likely", "vector", classes=names
            )
        return found

    def domains(self) -> tuple[str, ...]:
        """The names of all attributes that ``edit`` takes."""
        return self.names

    def edit(self, images: np.ndarray, changes: Mapping[str, bool]) -> np.ndarray:
        """Pictures with other attributes; what is not named stays as the critic's class head reads it.

        Args:
            images: (n, H, W, C) in [-1, 1].
            changes: name -> whether the attribute is to hold. Those that exclude it go off by themselves, see
                ``ganapps.attributes``.

        Raises:
            UsageError: an unknown name; the nearest is given.
        """
        for name in changes:
            if name not in self.names:
                raise UsageError(f"There is no attribute '{name}'.{nearest(name, self.names)}")
        offered = self.signatures()
        for end, names in self.parts().items():
            mine = {name: on for name, on in changes.items() if name in names}
            if mine:
                own = inference.run(offered[f"attributes{end}"], {"image": images})
                asked = {"image": images, "attributes": edited(own, names, mine)}
                images = inference.run(offered[f"edit{end}"], asked)
        return images

    def edit_multi(self, images: np.ndarray, names: Sequence[str]) -> np.ndarray:
        """Pictures with all of these attributes put on at once."""
        return self.edit(images, dict.fromkeys(names, True))

    def translate(self, images: np.ndarray, signature: str | Mapping[str, bool]) -> np.ndarray:
        """``edit``; with a name instead of changes, into that one domain."""
        return self.edit(images, {signature: True} if isinstance(signature, str) else signature)

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Eight pictures, and below them one row for each of the first eight attributes, put on."""
        real = batch["image"][:8]
        return pictures.rows([real, *(self.translate(real, name) for name in self.names[:8])])
