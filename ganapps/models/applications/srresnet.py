"""SRResNet: a residual network that enlarges photographs, trained on squared error (Ledig et al., 2017)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from ganapps import losses
from ganapps.engine import pictures
from ganapps.engine.model import AdversarialModel, Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.layers import bicubic_shrink
from ganapps.networks.super_resolution import sr_resnet
from ganapps.registry import register


@register("srresnet", title="SRResNet", paper="1609.04802", year=2016, chapter="applications")
class SRResNet(AdversarialModel):
    """The generator of SRGAN without its adversary: photographs enlarged two or four times, closest in squared error.

    The model makes its small pictures itself: crops of photographs, reduced by an antialiased bicubic filter. The network
    is fully convolutional, so what was trained on crops enlarges pictures of any size.

    The defaults are the paper's (section 3.2): 96-pixel crops, 16 blocks; batches of 16, a million steps. The small preset
    is of a size for 2 cores: 64-pixel crops, 6 blocks of half the width.

    Args:
        resolution: of the crops that are to be restored, in pixels, a multiple of ``scale``.
        channels: of the pictures.
        scale: how many times wider and higher pictures become.
        features: width of the network (paper: 64).
        blocks: residual blocks (paper: 16).
        learning_rate: of Adam.
        beta_1: of Adam.
        tile: side, in pixels, of the picture that a .tflite file takes; larger pictures go through it tile by tile.
        seed: fixes the noise drawn in training.
    """

    needs = ("image",)
    players: tuple[Player, ...] = (Player("generator", trains=("generator",)),)
    presets = {"paper": {}, "small": {"resolution": 64, "features": 32, "blocks": 6, "learning_rate": 5e-4}}

    def __init__(
        self,
        resolution: int = 96,
        channels: int = 3,
        scale: Literal[2, 4] = 4,
        features: int = 64,
        blocks: int = 16,
        learning_rate: float = 1e-4,
        beta_1: float = 0.9,
        tile: int = 128,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.resolution, self.channels, self.features = resolution, channels, features
        self.scale, self.tile = scale, tile
        self.learning_rate, self.beta_1 = learning_rate, beta_1
        self.generator = sr_resnet(channels, features, blocks, scale)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam at one rate (section 3.2)."""
        return {"generator": keras.optimizers.Adam(self.learning_rate, self.beta_1, 0.999)}

    def generator_loss(self, batch: Batch) -> tuple:
        """Squared error of the pixels (equation 4)."""
        made = self.generator(bicubic_shrink(batch["image"], self.scale), training=True)
        error = losses.l2(made, batch["image"])
        return error, {"psnr": psnr(error)}

    def signatures(self) -> dict[str, Signature]:
        """``upscale``: picture (H, W, C) -> (scale H, scale W, C)."""
        inputs = {"image": Input("image", (None, None, self.channels))}
        return {"upscale": Signature("upscale", self.trained("generator"), inputs, "generated", tile=self.tile)}

    def upscale(self, images: np.ndarray) -> np.ndarray:
        """Pictures (n, H, W, C) -> (n, scale H, scale W, C), float32 in [-1, 1], each in one piece."""
        return self.translate(images, "upscale")

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Columns of eight: what the network sees, what it makes of it, and the photograph."""
        real = batch["image"][:8]
        small = ops.convert_to_numpy(bicubic_shrink(real, self.scale))
        return pictures.rows([small, self.upscale(small), real])


def psnr(error: Any) -> Any:
    """A mean squared error of pictures in [-1, 1] in decibels."""
    return 10.0 * ops.log10(4.0 / ops.maximum(error, 1e-10))
