"""How well codes found without labels name what is in a picture (InfoGAN and encoder models)."""

import numpy as np
from scipy.optimize import linear_sum_assignment


def matched_accuracy(codes: np.ndarray, labels: np.ndarray) -> float:
    """Accuracy of categorical codes under the best one-to-one naming of codes (Hungarian matching), in [0, 1].

    Args:
        codes: (N,) integer codes.
        labels: (N,) integer labels.
    """
    size = int(max(codes.max(), labels.max())) + 1
    table = np.bincount(codes * size + labels, minlength=size * size).reshape(size, size)
    rows, columns = linear_sum_assignment(table, maximize=True)
    return float(table[rows, columns].sum() / len(codes))


def information_bound(log_q: np.ndarray, entropy: float) -> float:
    """``L_I = E[log Q(c|x)] + H(c)`` in nats, a lower bound of the mutual information I(c; G(z, c)) (Chen et al. 2016,
    arXiv 1606.03657, equation 5); at most ``entropy``.

    Args:
        log_q: (N,) log-probability (or density) that the recogniser gives to the code that made each picture.
        entropy: H(c) of the code's prior.
    """
    return float(np.mean(log_q) + entropy)
