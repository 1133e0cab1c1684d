"""What a translator has to beat: outputs that took no learning of the mapping.

They know the real outputs' colours as a whole, never the partner of a picture.
"""

import numpy as np

from ganapps.evaluate.pictures import resized_cubic, with_channels


def baselines(inputs: np.ndarray, reals: np.ndarray) -> dict[str, np.ndarray]:
    """Baseline outputs, uint8 of the shape of ``reals``, by name.

    - ``identity``: the input itself; enlarged bicubically where it is smaller.
    - ``colour-statistics``: the input with each channel's mean and standard deviation, over the whole set, brought to
      those of the real outputs.
    - ``constant-colour``: the median colour of the real outputs everywhere, the best constant for L1.

    Args:
        inputs: uint8 (N, h, w, c) pictures that were translated.
        reals: uint8 (N, H, W, C) of the target domain.
    """
    identity = with_channels(resized_cubic(inputs, reals.shape[1]), reals.shape[-1])
    over = (0, 1, 2)
    centred = identity.astype(np.float32) - identity.mean(over, dtype=np.float64).astype(np.float32)
    gain = reals.std(over, dtype=np.float64) / np.maximum(identity.std(over, dtype=np.float64), 1e-6)
    matched = centred * gain.astype(np.float32) + reals.mean(over, dtype=np.float64).astype(np.float32)
    constant = np.median(reals.reshape(-1, reals.shape[-1]), axis=0)
    return {
        "identity": identity,
        "colour-statistics": np.rint(matched).clip(0, 255).astype(np.uint8),
        "constant-colour": np.broadcast_to(np.rint(constant).astype(np.uint8), reals.shape),
    }
