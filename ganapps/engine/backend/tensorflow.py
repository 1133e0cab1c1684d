"""The step's primitives on TensorFlow: tapes, and the two places where tf.distribute wants something special."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf


def value_and_grad(
    function: Callable[[], tuple[Any, Any]], variables: list[keras.Variable]
) -> tuple[Any, Any, list[Any]]:
    """Run ``function() -> (loss, rest)`` and differentiate the loss.

    The loss is divided by the number of replicas first, because Keras' optimisers add the replicas' gradients up.

    Args:
        function: the loss, a scalar, and anything else.
        variables: what to differentiate with respect to, and nothing else.

    Returns:
        ``(loss, rest, gradients)``, one dense gradient a variable.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for variable in variables:
            tape.watch(variable.value)
        loss, rest = function()
        share = loss / tf.cast(tf.distribute.get_strategy().num_replicas_in_sync, loss.dtype)
    gradients = tape.gradient(share, [v.value for v in variables], unconnected_gradients="zero")
    # A gradient that does not need the networks' values (Wasserstein) leaves them to be computed at any time, even after
    # the update and then with some of the new weights (of a small critic's steps 1 to 7 in 1,000, without oneDNN up to 290).
    with tf.control_dependencies([x for x in tf.nest.flatten((loss, rest)) if tf.is_tensor(x)]):
        return loss, rest, [tf.identity(g) for g in gradients]


def input_gradient(function: Callable[[Any], Any], x: Any) -> Any:
    """The gradient of ``sum(function(x))`` with respect to ``x``, itself differentiable. Shape of ``x``."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x)


def conv_transpose(x: Any, kernel: Any, strides: tuple[int, int], padding: str, output_padding: Any) -> Any:
    """Keras' transposed convolution, whose gradients TensorFlow has kernels for."""
    return keras.ops.conv_transpose(x, kernel, strides, padding, output_padding)


def apply_gradients(
    optimizer: keras.optimizers.Optimizer, gradients: list[Any], variables: list[keras.Variable]
) -> None:
    """One update of ``variables``."""
    optimizer.apply(gradients, variables)


def assign(variable: keras.Variable, value: Any) -> None:
    """Assign in the middle of a step: on every replica its own copy (tf.distribute refuses a plain assign there)."""

    def update(strategy: Any, new: Any) -> None:
        strategy.extended.update(variable.value, lambda v, x: v.assign(x), args=(new,), group=False)

    strategy = tf.distribute.get_strategy()
    tf.__internal__.distribute.interim.maybe_merge_call(update, strategy, tf.cast(value, variable.dtype))


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tensors as one graph: a long loop outside of a training step would else run in Python."""
    return tf.function(function, autograph=False)


def replica() -> tuple[Any, int]:
    """``(number of this replica, how many there are)``; inside a step only the count is a Python number."""
    context = tf.distribute.get_replica_context()
    if context is None:
        return 0, 1
    return context.replica_id_in_sync_group, context.num_replicas_in_sync


def gather(x: Any) -> Any:
    """The rows of all replicas, in the replicas' order, from this replica's (rows, ...); gradients find their way back."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return x
    return context.all_gather(x, axis=0)


def synchronized_statistics() -> bool:
    """Whether batch normalisation must add the replicas' statistics up to equal one device."""
    return tf.distribute.has_strategy()


class BackendModel(keras.Model):
    """Connects ``play(batch) -> logs`` to the TensorFlow trainer of Keras."""

    def train_step(self, data: Any) -> dict[str, Any]:
        """One step of the game on this replica's share of the batch."""
        logs = self.play(data)
        if isinstance(self.distribute_strategy, tf.distribute.MultiWorkerMirroredStrategy):
            # Keras reduces the workers' logs along axis 0, which a scalar does not have.
            return {name: tf.reshape(value, (1,)) for name, value in logs.items()}
        return logs

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        # The networks exist since __init__; Keras would try to build from a batch that lies spread over replicas.
        pass

    def sync(self) -> None:
        """Variables are always current on TensorFlow."""
