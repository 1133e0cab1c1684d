"""Running a trained network: seeded inputs, and batches small enough for any machine."""

from typing import Any

import numpy as np
from keras import ops

from ganapps.engine.signature import Signature
from ganapps.errors import GanappsError


def draw_inputs(signature: Signature, n: int, seed: int, **conditions: Any) -> dict[str, np.ndarray]:
    """Inputs for ``n`` samples, fixed by ``seed``.

    Latents come from their prior. A label not given in ``conditions`` counts through the classes, so that a grid as wide
    as there are classes shows one class a column.

    Args:
        signature: whose inputs to draw.
        n: how many.
        seed: of the latents.
        conditions: values for named inputs, arrays of ``n`` rows or one value for all.

    Raises:
        GanappsError: for a condition that the network does not take, or a label out of range.
    """
    for name in conditions:
        if name not in signature.inputs:
            raise GanappsError(f"'{signature.name}' takes no '{name}'; it takes {', '.join(signature.inputs)}.")
    rng = np.random.default_rng(seed)
    inputs: dict[str, np.ndarray] = {}
    for name, spec in signature.inputs.items():
        shape = (n, *(size for size in spec.shape if size is not None))  # what can be drawn has no open sizes
        if name in conditions:
            inputs[name] = np.broadcast_to(np.asarray(conditions[name], spec.dtype), shape).copy()
        elif spec.kind == "latent" and spec.distribution == "uniform":
            inputs[name] = rng.uniform(-1.0, 1.0, shape).astype(spec.dtype)
        elif spec.kind == "latent":
            inputs[name] = rng.standard_normal(shape).astype(spec.dtype)
        elif spec.kind == "label":
            inputs[name] = (np.arange(n) % len(spec.classes)).astype(spec.dtype)
        else:
            raise GanappsError(f"'{signature.name}' needs '{name}' ({spec.kind}), which cannot be drawn: give it.")
        if spec.kind == "label" and not 0 <= inputs[name].min() <= inputs[name].max() < len(spec.classes):
            raise GanappsError(f"'{name}' goes from 0 to {len(spec.classes) - 1}.")
    return inputs


def run(signature: Signature, inputs: dict[str, np.ndarray], batch_size: int = 64) -> np.ndarray:
    """The network's output on ``inputs`` (arrays of equal length), computed in batches; float32."""
    n = len(next(iter(inputs.values())))
    parts = [
        ops.convert_to_numpy(signature(**{k: ops.convert_to_tensor(v[i : i + batch_size]) for k, v in inputs.items()}))
        for i in range(0, n, batch_size)
    ]
    return np.concatenate(parts).astype("float32")


def sample(signature: Signature, n: int, seed: int, **conditions: Any) -> np.ndarray:
    """``n`` samples: images float32 (n, height, width, channels) in [-1, 1], or vectors."""
    return run(signature, draw_inputs(signature, n, seed, **conditions))


def between(start: np.ndarray, end: np.ndarray, steps: int, distribution: str = "normal") -> np.ndarray:
    """The way from latents to latents.

    Normal latents go along the great circle, because the straight line passes where the prior has no mass (White,
    arXiv 1609.04468, section 2.1); uniform ones go straight.

    Args:
        start: (n, d).
        end: (n, d).
        steps: points on the way, both ends included; at least 2.
        distribution: ``"normal"`` or ``"uniform"``.

    Returns:
        float32 (n, steps, d).
    """
    t = np.linspace(0.0, 1.0, steps)[None, :, None]
    a, b = start[:, None], end[:, None]
    if distribution == "normal":
        unit = [x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (a, b)]
        angle = np.arccos(np.clip((unit[0] * unit[1]).sum(-1, keepdims=True), -1.0, 1.0))
        # Parallel vectors have no circle between them; there the straight line is the same way.
        apart = np.sin(angle) > 1e-4
        sine = np.where(apart, np.sin(angle), 1.0)
        first, second = (
            np.where(apart, np.sin((1 - t) * angle) / sine, 1 - t),
            np.where(apart, np.sin(t * angle) / sine, t),
        )
        return (first * a + second * b).astype("float32")
    return ((1 - t) * a + t * b).astype("float32")
