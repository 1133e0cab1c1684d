"""What differs between TensorFlow and JAX, behind one set of names. One small file each; nothing else imports either."""

import keras

if keras.backend.backend() == "jax":
    from ganapps.engine.backend.jax import (
        BackendModel,
        apply_gradients,
        assign,
        compiled,
        conv_transpose,
        gather,
        input_gradient,
        replica,
        synchronized_statistics,
        value_and_grad,
    )
elif keras.backend.backend() == "tensorflow":
    from ganapps.engine.backend.tensorflow import (
        BackendModel,
        apply_gradients,
        assign,
        compiled,
        conv_transpose,
        gather,
        input_gradient,
        replica,
        synchronized_statistics,
        value_and_grad,
    )
else:
    raise ImportError(f"ganapps runs on the TensorFlow and JAX backends of Keras, not on '{keras.backend.backend()}'.")

__all__ = [
    "BackendModel",
    "apply_gradients",
    "assign",
    "compiled",
    "conv_transpose",
    "gather",
    "input_gradient",
    "replica",
    "synchronized_statistics",
    "value_and_grad",
]
