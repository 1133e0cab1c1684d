"""Schedules that papers use and Keras does not have."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class LinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Constant for a while, then linearly to zero at the end of the run.

    Args:
        initial: the learning rate at the start.
        updates: updates in the whole run; None for a run without an end, which never decays.
        hold: share of the run before the decay begins (0: decays from the start; 0.5: CycleGAN, section 4).
    """

    def __init__(self, initial: float, updates: int | None, hold: float = 0.0) -> None:
        self.initial, self.updates, self.hold = initial, updates, hold

    def __call__(self, step: Any) -> Any:
        """The learning rate of update number ``step``."""
        if self.updates is None:
            return ops.convert_to_tensor(self.initial, "float32")
        start = self.hold * self.updates
        left = 1.0 - (ops.cast(step, "float32") - start) / (self.updates - start)
        return self.initial * ops.clip(left, 0.0, 1.0)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"initial": self.initial, "updates": self.updates, "hold": self.hold}


@keras.saving.register_keras_serializable("ganapps")
class DividedRate(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate divided by a constant after every update, down to a floor (Goodfellow et al., 2014, code).

    Args:
        initial: the learning rate at the start.
        divisor: divides it once an update.
        floor: the lowest learning rate.
    """

    def __init__(self, initial: float = 0.1, divisor: float = 1.000004, floor: float = 1e-6) -> None:
        self.initial, self.divisor, self.floor = initial, divisor, floor

    def __call__(self, step: Any) -> Any:
        """The learning rate of update number ``step``."""
        return ops.maximum(self.initial * ops.power(self.divisor, -ops.cast(step, "float32")), self.floor)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"initial": self.initial, "divisor": self.divisor, "floor": self.floor}


@keras.saving.register_keras_serializable("ganapps")
class HeldExponential(keras.optimizers.schedules.LearningRateSchedule):
    """Constant for a while, then exponentially down to a share at the end of the run (BiGAN, authors' code).

    Args:
        initial: the learning rate at the start.
        updates: updates in the whole run; None for a run without an end, which never decays.
        hold: share of the run before the decay begins.
        share: of the initial rate, at the end.
    """

    def __init__(self, initial: float, updates: int | None, hold: float = 0.5, share: float = 0.01) -> None:
        self.initial, self.updates, self.hold, self.share = initial, updates, hold, share

    def __call__(self, step: Any) -> Any:
        """The learning rate of update number ``step``."""
        if self.updates is None:
            return ops.convert_to_tensor(self.initial, "float32")
        start = self.hold * self.updates
        done = ops.clip((ops.cast(step, "float32") - start) / (self.updates - start), 0.0, 1.0)
        return self.initial * ops.power(self.share, done)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"initial": self.initial, "updates": self.updates, "hold": self.hold, "share": self.share}


@keras.saving.register_keras_serializable("ganapps")
class PowerAnneal(keras.optimizers.schedules.LearningRateSchedule):
    """``initial - (initial - final) t^power``, where t goes from 0 to 1 in the run (VAE/GAN, authors' code).

    Args:
        initial: the learning rate at the start.
        final: the learning rate at the end.
        updates: updates in the whole run; None for a run without an end, which never decays.
        power: below 1 the rate falls quickly at first.
    """

    def __init__(self, initial: float, final: float, updates: int | None, power: float = 0.75) -> None:
        self.initial, self.final, self.updates, self.power = initial, final, updates, power

    def __call__(self, step: Any) -> Any:
        """The learning rate of update number ``step``."""
        if self.updates is None:
            return ops.convert_to_tensor(self.initial, "float32")
        done = ops.clip(ops.cast(step, "float32") / self.updates, 0.0, 1.0)
        return self.initial - (self.initial - self.final) * ops.power(done, self.power)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"initial": self.initial, "final": self.final, "updates": self.updates, "power": self.power}


@keras.saving.register_keras_serializable("ganapps")
class RampedSGD(keras.optimizers.SGD):
    """SGD whose momentum grows linearly (0.5 to 0.7 over 250 epochs of 500 updates: Goodfellow et al., 2014, code).

    Args:
        learning_rate: a number or a schedule.
        momentum: at the start; must be above 0.
        final_momentum: at the end of the ramp.
        ramp: how many updates the ramp takes.
        kwargs: Keras' own.
    """

    def __init__(
        self,
        learning_rate: Any = 0.1,
        momentum: float = 0.5,
        final_momentum: float = 0.7,
        ramp: int = 125_000,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, momentum=momentum, **kwargs)
        self.final_momentum, self.ramp = final_momentum, ramp

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """The momentum update with this update's momentum."""
        done = ops.clip(ops.cast(self.iterations, variable.dtype) / self.ramp, 0.0, 1.0)
        momentum = self.momentum + (self.final_momentum - self.momentum) * done
        velocity = self.momentums[self._get_variable_index(variable)]
        step = momentum * ops.cast(velocity, variable.dtype) - ops.cast(learning_rate, variable.dtype) * gradient
        self.assign(velocity, step)
        self.assign_add(variable, step)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "final_momentum": self.final_momentum, "ramp": self.ramp}
