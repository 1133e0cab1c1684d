"""Generated samples compared with real ones in the discriminator's features."""

from typing import Any

from keras import ops

from ganapps.engine import backend


def feature_matching(real: Any, fake: Any) -> Any:
    """``||E h(x) - E h(G(z))||^2`` (Salimans et al., 2016, section 3.1), the means taken over all replicas' rows.

    Args:
        real: features of real samples, (batch, features).
        fake: features of generated ones.
    """
    means = [ops.mean(backend.gather(ops.cast(features, "float32")), axis=0) for features in (real, fake)]
    return ops.sum(ops.square(means[0] - means[1]))
