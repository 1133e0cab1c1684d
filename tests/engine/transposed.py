"""Prints how far the transposed convolution's gradients on JAX are from those that JAX finds by itself."""

import json
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from ganapps.engine import backend

CASES = [
    (kernel, strides, padding, output_padding)
    for kernel in ((3, 3), (4, 4), (5, 3))
    for strides in ((1, 1), (2, 2))
    for padding in ("same", "valid")
    for output_padding in (None, (1, 0))
    if output_padding is None or all(o < s for o, s in zip(output_padding, strides, strict=True))
]


def slopes(function: Any, x: jax.Array, kernel: jax.Array) -> list[jax.Array]:
    """First gradients of a curved loss, and the gradients of their length."""

    def loss(x: jax.Array, kernel: jax.Array) -> jax.Array:
        return jnp.sum(jnp.tanh(function(x, kernel)))

    def length(x: jax.Array, kernel: jax.Array) -> jax.Array:
        return sum(jnp.sum(g**2) for g in jax.grad(loss, (0, 1))(x, kernel))

    return [*jax.grad(loss, (0, 1))(x, kernel), *jax.grad(length, (0, 1))(x, kernel)]


if __name__ == "__main__":
    assert keras.backend.backend() == "jax"
    rng, found = np.random.default_rng(0), {}
    for shape, strides, padding, output_padding in CASES:
        x = jnp.array(rng.normal(size=(2, 5, 4, 3)), "float32")
        kernel = jnp.array(0.3 * rng.normal(size=(*shape, 2, 3)), "float32")

        def theirs(x: jax.Array, kernel: jax.Array, how: tuple = (strides, padding, output_padding)) -> jax.Array:
            return keras.ops.conv_transpose(x, kernel, *how)

        def ours(x: jax.Array, kernel: jax.Array, how: tuple = (strides, padding, output_padding)) -> jax.Array:
            return backend.conv_transpose(x, kernel, *how)

        differences = [
            float(jnp.max(jnp.abs(a - b)) / jnp.max(jnp.abs(b)))
            for a, b in zip(*(jax.jit(partial(slopes, which))(x, kernel) for which in (ours, theirs)), strict=True)
        ]
        found[f"{shape} {strides} {padding} {output_padding}"] = max(differences)
    print(json.dumps(found))
