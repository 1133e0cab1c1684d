"""Deep multi-scale video prediction beyond mean square error (Mathieu, Couprie, LeCun, 2015)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import inference, pictures
from ganapps.engine.model import AdversarialModel, Batch
from ganapps.engine.players import Player
from ganapps.engine.schedules import PowerAnneal
from ganapps.engine.signature import Input, Signature
from ganapps.networks.multiscale_video import (
    PAST,
    multiscale_discriminator,
    multiscale_generator,
    pyramid,
    sequences,
)
from ganapps.registry import register


@register(
    "multiscale-video", title="Multi-scale video prediction", paper="1511.05440", year=2015, chapter="applications"
)
class MultiScaleVideo(AdversarialModel):
    """Four frames to the next one, predicted at an eighth of the size first and refined at a quarter, a half, and whole.

    Each scale adds its correction to the enlarged prediction of the scale below. Beside the distance to the true frame
    there is the difference of gradients, which keeps edges, and a discriminator a scale, which sees the past frames with
    the candidate, so that a sharp frame that does not follow is a fake too. Fed with its own predictions the model goes on
    for as long as one likes.

    The defaults are the paper's for its 32-pixel patches. All distances are means over pixels, summed over the scales.

    Args:
        resolution: of the frames, in pixels, a multiple of 8 from 32 up.
        channels: of the frames.
        features: width that all others are multiples of.
        adversarial_weight: of the adversarial loss.
        distance_weight: of the distance to the true frame.
        gradient_weight: of the difference of gradients.
        power: of the distance: 1 takes its absolute value, 2 squares it.
        optimizer: the paper's SGD, or Adam.
        learning_rate: of the generator, at the start.
        final_rate: of the generator at the end of the run.
        discriminator_rate: of the discriminator.
        seed: fixes the noise drawn in training.
    """

    players = (
        Player("generator", trains=("generator",)),
        Player("discriminator", trains=("discriminator",)),
    )
    needs = ("frames",)
    presets = {
        "paper": {},
        "small": {
            "features": 16,
            "optimizer": "adam",
            "learning_rate": 1e-3,
            "final_rate": 1e-4,
            "discriminator_rate": 1e-4,
        },
    }

    def __init__(
        self,
        resolution: int = 32,
        channels: int = 3,
        features: int = 128,
        adversarial_weight: float = 0.05,
        distance_weight: float = 1.0,
        gradient_weight: float = 1.0,
        power: Literal[1, 2] = 1,
        optimizer: Literal["sgd", "adam"] = "sgd",
        learning_rate: float = 0.04,
        final_rate: float = 0.005,
        discriminator_rate: float = 0.02,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.resolution, self.channels = resolution, channels
        self.adversarial_weight, self.distance_weight = adversarial_weight, distance_weight
        self.gradient_weight, self.distance = gradient_weight, losses.l1 if power == 1 else losses.l2
        self.optimizer_name, self.learning_rate = optimizer, learning_rate
        self.final_rate, self.discriminator_rate = final_rate, discriminator_rate
        self.generator = multiscale_generator(resolution, channels, features)
        self.discriminator = multiscale_discriminator(resolution, channels, features)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """SGD without momentum, or Adam; the generator's rate falls during the run."""
        kind = keras.optimizers.SGD if self.optimizer_name == "sgd" else keras.optimizers.Adam
        rate = PowerAnneal(self.learning_rate, self.final_rate, steps, power=1.0)
        return {"generator": kind(rate), "discriminator": kind(self.discriminator_rate)}

    def generator_loss(self, batch: Batch) -> tuple:
        """Adversarial loss, distance and difference of gradients, each over all scales; hands on the predictions."""
        past, targets = self.split(batch["frames"])
        fakes = self.generator([batch["frames"][:, t] for t in range(PAST)], training=True)
        logits = self.discriminator(sequences(past, fakes), training=True)
        pairs = list(zip(targets, fakes, strict=True))
        fool = sum(losses.non_saturating_generator(logit) for logit in logits)
        distance = sum(self.distance(fake, target) for target, fake in pairs)
        gradient = sum(losses.gradient_difference(fake, target) for target, fake in pairs)
        loss = self.adversarial_weight * fool + self.distance_weight * distance + self.gradient_weight * gradient
        logs = {"adversarial": fool, "distance": distance, "gradient": gradient}
        return loss, logs, {"fakes": [ops.stop_gradient(fake) for fake in fakes]}

    def discriminator_loss(self, batch: Batch) -> tuple:
        """Binary cross-entropy at every scale on the past with the true frame, and with the predicted one."""
        past, targets = self.split(batch["frames"])
        real = self.discriminator(sequences(past, targets), training=True)
        fake = self.discriminator(sequences(past, batch["fakes"]), training=True)
        loss = sum(losses.non_saturating_discriminator(x, y) for x, y in zip(real, fake, strict=True))
        return loss, {"real_logit": ops.mean(real[-1]), "fake_logit": ops.mean(fake[-1])}

    def split(self, frames: Any) -> tuple[list[Any], list[Any]]:
        """The past (B, h, w, 4 C) and the frame after it (B, h, w, C), at every scale, coarse to fine."""
        past = ops.concatenate([frames[:, t] for t in range(PAST)], axis=-1)
        return pyramid(past), pyramid(frames[:, PAST])

    def signatures(self) -> dict[str, Signature]:
        """``next_frame``: the last four frames, oldest first -> the frame after them."""
        network = self.trained("generator")
        frame = layers.Activation("hard_tanh", dtype="float32")(network.outputs[-1])
        shape = (self.resolution, self.resolution, self.channels)
        inputs = {f"frame_{number}": Input("image", shape) for number in range(1, PAST + 1)}
        return {
            "next_frame": Signature("next_frame", keras.Model(network.inputs, frame, name="next"), inputs, "generated")
        }

    def predict_frames(self, frames: np.ndarray, steps: int = 1) -> np.ndarray:
        """What follows the last four of ``frames``: each predicted frame is part of the next one's past.

        Args:
            frames: (n, 4 or more, H, W, C) in [-1, 1].
            steps: how many frames.

        Returns:
            float32 (n, steps, H, W, C) in [-1, 1].
        """
        signature = self.signatures()["next_frame"]
        seen = list(np.moveaxis(frames[:, -PAST:], 1, 0))
        for _ in range(steps):
            seen.append(inference.run(signature, dict(zip(signature.inputs, seen[-PAST:], strict=True))))
        return np.stack(seen[PAST:], axis=1)

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Columns of eight: the four frames of the past; below, in turn, a true frame and what is predicted for it."""
        frames = batch["frames"][:8]
        future = frames[:, PAST:]
        predicted = self.predict_frames(frames[:, :PAST], future.shape[1])
        shown = np.stack([future, predicted], axis=2).reshape(len(frames), -1, *frames.shape[2:])
        return pictures.rows([*np.moveaxis(frames[:, :PAST], 1, 0), *np.moveaxis(shown, 1, 0)])
