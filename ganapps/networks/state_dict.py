"""Copy a published state dictionary into a network whose layers carry its names."""

from collections.abc import Callable, Mapping

import keras
import numpy as np

from ganapps.errors import GanappsError

State = Mapping[str, np.ndarray]


def copy_state(
    network: keras.Model, state: State, values_of: Callable[[keras.Layer, State], list[np.ndarray]], complaint: str
) -> None:
    """Set every layer's weights.

    Args:
        network: functional, as deep as the state says.
        state: arrays by name, in PyTorch's layout.
        values_of: a layer's weights in Keras' layout and order; KeyError where a name is missing.
        complaint: how the error begins: which file does not hold what.

    Raises:
        GanappsError: a name is missing or has another shape.
    """
    for layer in network.layers:
        try:
            values = values_of(layer, state)
        except KeyError as missing:
            raise GanappsError(f"{complaint}: {missing} is missing.") from missing
        if [value.shape for value in values] != [tuple(weight.shape) for weight in layer.weights]:
            raise GanappsError(f"{complaint}: {layer.name} has another shape.")
        layer.set_weights(values)
