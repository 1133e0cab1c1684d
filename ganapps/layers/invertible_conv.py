"""The invertible 1 x 1 convolution."""

from typing import Any

import keras
import numpy as np
from keras import ops
from scipy.linalg import lu


@keras.saving.register_keras_serializable("ganapps")
class InvertibleConv(keras.layers.Layer):
    """Mixes the channels by ``W = P L (U + diag(s))`` (Kingma and Dhariwal, 2018, section 3.2, equations 10 and 11).

    W starts as a random rotation. The permutation P and the signs of s stay as they were then; L (unit lower
    triangular), U (strictly upper triangular) and log |s| are learnt, so the log-determinant is a sum.
    """

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Draw a rotation and decompose it."""
        rotation = keras.initializers.Orthogonal()((shape[-1], shape[-1]), dtype="float32")
        permutation, lower, upper = lu(ops.convert_to_numpy(rotation))
        scale = np.diag(upper)

        def weight(name: str, value: np.ndarray, trainable: bool = True) -> Any:
            constant = keras.initializers.Constant(value.astype("float32"))
            return self.add_weight(name=name, shape=value.shape, initializer=constant, trainable=trainable)

        self.permutation = weight("permutation", permutation, trainable=False)
        self.sign = weight("sign", np.sign(scale), trainable=False)
        self.lower, self.upper = weight("lower", np.tril(lower, -1)), weight("upper", np.triu(upper, 1))
        self.log_scale = weight("log_scale", np.log(np.abs(scale)))

    def matrix(self) -> Any:
        """W, (C, C)."""
        size = self.log_scale.shape[0]
        below = np.tril(np.ones((size, size), "float32"), -1)
        lower = self.lower * below + np.eye(size, dtype="float32")
        upper = self.upper * below.T + ops.diag(self.sign * ops.exp(self.log_scale))
        return ops.matmul(self.permutation, ops.matmul(lower, upper))

    def call(self, x: Any) -> tuple[Any, Any]:
        """y, and the log-determinant: that of one pixel for each pixel, a scalar."""
        return self.mixed(x, self.matrix()), x.shape[1] * x.shape[2] * ops.sum(self.log_scale)

    def inverse(self, y: Any) -> Any:
        """x of y."""
        return self.mixed(y, ops.inv(self.matrix()))

    @staticmethod
    def mixed(x: Any, matrix: Any) -> Any:
        """Every pixel's channels through the matrix, as a convolution."""
        return ops.conv(x, ops.transpose(matrix)[None, None])
