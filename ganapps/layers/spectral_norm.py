"""Spectral normalisation whose norm is differentiated and whose kernel is never overwritten."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class SpectralNorm(keras.layers.Wrapper):
    """A linear layer with ``W / sigma(W)`` for its weights, and a bias (Miyato et al., 2018, section 2.1).

    The layer is linear, so its input is divided instead of its weights. ``sigma`` comes from power iteration: one step
    in each training call, none in evaluation, where the layer is a function of its input alone. The gradient passes
    through ``sigma`` but not through the singular vectors (equation 12). Float32 whatever the precision.

    Keras' ``SpectralNormalization`` assigns the normalised kernel in each training call instead: its norm has no
    gradient, and two calls in one step see two kernels.

    Args:
        layer: ``Dense``, ``Conv2D`` or ``Embedding``, without bias and activation.
        use_bias: whether a bias is added behind the division.
        kwargs: Keras' own.
    """

    def __init__(self, layer: keras.layers.Layer, use_bias: bool = True, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.use_bias = use_bias
        self.autocast = False  # inside a network the kernel then comes as it is stored; the layer casts for itself

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the singular vector's estimate and the bias."""
        super().build(shape)
        outputs = self.kernel.shape[-1]
        # An orthogonal matrix of one column is a random vector of length 1.
        self.u = self.add_weight(
            name="u", shape=(outputs, 1), initializer="orthogonal", trainable=False, autocast=False
        )
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(outputs,), initializer="zeros", autocast=False)

    @property
    def kernel(self) -> Any:
        """The stored weights, not normalised."""
        return self.layer.embeddings if isinstance(self.layer, keras.layers.Embedding) else self.layer.kernel

    def sigma(self, training: bool = False) -> Any:
        """The largest singular value of the weights as a matrix (everything else, outputs); a scalar, float32."""
        matrix = ops.reshape(ops.cast(self.kernel, "float32"), (-1, self.kernel.shape[-1]))
        fixed = ops.stop_gradient(matrix)
        u = _unit(ops.convert_to_tensor(self.u))  # an average of unit vectors is shorter than one
        if training:
            u = _unit(ops.matmul(ops.transpose(fixed), _unit(ops.matmul(fixed, u))))
            self.u.assign(u)
        return ops.sum(_unit(ops.matmul(fixed, u)) * ops.matmul(matrix, u))

    def call(self, x: Any, training: bool = False) -> Any:
        """The layer's output over sigma, and the bias."""
        sigma = self.sigma(training)
        if isinstance(self.layer, keras.layers.Embedding):
            y = self.layer(x) / sigma
        else:
            # Divided before the layer: behind a convolution TensorFlow's graph optimiser crashes on it (MulConvPushDown).
            y = self.layer(ops.cast(ops.cast(x, "float32") / sigma, self.compute_dtype))
        y = ops.cast(y, "float32")
        return ops.cast(y + self.bias if self.use_bias else y, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "use_bias": self.use_bias}


def _unit(vector: Any) -> Any:
    return vector * ops.rsqrt(ops.sum(ops.square(vector)) + 1e-12)
