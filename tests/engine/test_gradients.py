"""The TensorFlow shim: an update may not overtake the values that were computed from the weights before it."""

import keras
import tensorflow as tf
from keras import ops

from ganapps.engine.backend import tensorflow as backend


def test_gradients_wait_for_the_loss_and_for_what_is_logged():
    """A linear loss's gradient does not need the network's value, which could then be computed from updated weights."""
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])

    @tf.function
    def step(x):
        def loss():
            value = ops.mean(network(x))
            return value, {"value": 2 * value, "constant": 1.0}

        return backend.value_and_grad(loss, network.trainable_variables)

    concrete = step.get_concrete_function(tf.ones((2, 3)))
    loss, rest, gradients = concrete.structured_outputs
    graph = concrete.graph
    inside = [graph.get_tensor_by_name(x.name) for x in (loss, rest["value"])]
    waiting = [op for op in graph.get_operations() if op.type == "Identity" and len(op.control_inputs) >= 2]
    assert len(waiting) == len(gradients) == 2
    before = {producer(x.op) for x in inside}
    for op in waiting:
        assert before <= {producer(x) for x in op.control_inputs}


def producer(op):
    """What made a tensor, past the identities that a function puts around its results."""
    while op.type == "Identity":
        op = op.inputs[0].op
    return op.name
