"""Two fixed densities on the line and their f-divergences: p = N(0, 1) from q = N(0.7, 1.3^2)."""

import numpy as np

#: by quadrature
FROZEN = {
    "kl": 0.2032,
    "reverse-kl": 0.3276,
    "pearson": 0.3459,
    "hellinger": 0.1213,
    "jensen-shannon": 0.1138,
    "gan": -1.2724,
}


def frozen() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, p(x), q(x) on a fine grid."""
    x = np.linspace(-9.0, 9.0, 60_001)
    p, q = (np.exp(-(((x - m) / s) ** 2) / 2) / (s * np.sqrt(2 * np.pi)) for m, s in ((0.0, 1.0), (0.7, 1.3)))
    return x, p, q
