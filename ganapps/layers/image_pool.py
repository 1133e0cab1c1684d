"""A history of generated pictures for the discriminator."""

from typing import Any

import keras
from keras import ops

from ganapps.engine import backend


@keras.saving.register_keras_serializable("ganapps")
class ImagePool(keras.layers.Layer):
    """Shows the discriminator older fakes half of the time (Shrivastava et al., 2017, section 2.3; CycleGAN, section 4).

    Until it is full it stores and returns what comes in. Then each picture is, with probability 1/2, exchanged for a
    stored one. The pictures are non-trainable variables, so that a run resumes with the pool it had.

    Args:
        size: pictures kept; 0 makes the layer the identity.
        shape: of a picture, (height, width, channels).
        kwargs: Keras' own.
    """

    def __init__(self, size: int, shape: tuple[int, int, int], **kwargs: Any) -> None:
        super().__init__(trainable=False, dtype="float32", **kwargs)
        self.size, self.shape = size, tuple(shape)
        if size:
            self.pictures = self.add_weight(
                name="pictures", shape=(size, *self.shape), initializer="zeros", trainable=False
            )
            self.count = self.add_weight(name="count", shape=(), initializer="zeros", dtype="int32", trainable=False)
        self.built = True

    def exchange(self, images: Any, coins: Any, places: Any) -> Any:
        """Put ``images`` in, take as many out.

        Args:
            images: (batch, height, width, channels), without gradient.
            coins: U(0, 1), (batch,).
            places: int32 (batch,) in 0 .. size - 1: where a full pool exchanges.
        """
        if not self.size:
            return images
        images = ops.cast(images, "float32")
        pictures, count = ops.convert_to_tensor(self.pictures), ops.convert_to_tensor(self.count)
        slots = ops.reshape(ops.arange(self.size), (-1, 1, 1, 1))
        out = []
        for i in range(images.shape[0]):
            image = images[i : i + 1]
            full = count >= self.size
            place = ops.where(full, places[i], count)
            stored = ops.take(pictures, ops.reshape(place, (1,)), axis=0)
            swap = ops.logical_and(full, coins[i] < 0.5)
            out.append(ops.where(swap, stored, image))
            entered = ops.logical_and(ops.equal(slots, place), ops.logical_or(swap, ops.logical_not(full)))
            # Not a slice's update: around that, XLA computes on CPUs what made the image once for every element.
            pictures = ops.where(entered, image, pictures)
            count = ops.minimum(count + 1, self.size)
        backend.assign(self.pictures, pictures)
        backend.assign(self.count, count)
        return ops.concatenate(out)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self.name, "size": self.size, "shape": self.shape}
