"""The f-divergences of f-GAN and their variational bounds (Nowozin et al., 2016, tables 1, 2 and 6).

``D_f(P||Q) = E_q f(p(x) / q(x))`` is at least ``E_p T(x) - E_q f*(T(x))`` for any ``T`` with values in the domain of the
conjugate ``f*``, and equal to it where ``T = f'(p / q)`` (equations 2 to 5). A network's output ``v`` is brought into that
domain by the divergence's activation: ``T = g_f(v)``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keras import ops

LIMIT = 10.0  # beyond this exp(v) makes steps that nothing recovers from
Function = Callable[[Any], Any]


@dataclass(frozen=True)
class Divergence:
    """One row of the tables; every function is elementwise.

    Args:
        f: the generator function of the ratio u > 0; convex, f(1) = 0 (but for "gan").
        activation: g_f, any real v into the domain of ``conjugate``.
        conjugate: f*(t) = sup_u (u t - f(u)).
        composed: f*(g_f(v)) in a form that neither overflows nor cancels.
        threshold: f'(1): where p = q, so that a larger T says "real" (section 3.2).
        bounded: whether v is kept within +-10, because exp(v) or exp(-v) stands in the bound.
    """

    f: Function
    activation: Function
    conjugate: Function
    composed: Function
    threshold: float
    bounded: bool = False

    def of_real(self, v: Any) -> Any:
        """``g_f(v)``: the term whose mean over real samples is in the bound."""
        return self.activation(self._kept(v))

    def of_fake(self, v: Any) -> Any:
        """``f*(g_f(v))``: the term whose mean over generated samples is taken off."""
        return self.composed(self._kept(v))

    def bound(self, real: Any, fake: Any) -> Any:
        """``F = E_p g_f(v) - E_q f*(g_f(v))`` (equation 6), a scalar; the critic maximises it, the generator minimises it."""
        return ops.mean(self.of_real(real)) - ops.mean(self.of_fake(fake))

    def _kept(self, v: Any) -> Any:
        v = ops.cast(v, "float32")
        return ops.clip(v, -LIMIT, LIMIT) if self.bounded else v


def _log_mix(u: Any) -> Any:
    return u * ops.log(u) - (u + 1.0) * ops.log(u + 1.0)


LOG_2 = math.log(2.0)

DIVERGENCES: dict[str, Divergence] = {
    "kl": Divergence(
        f=lambda u: u * ops.log(u),
        activation=lambda v: v,
        conjugate=lambda t: ops.exp(t - 1.0),
        composed=lambda v: ops.exp(v - 1.0),
        threshold=1.0,
        bounded=True,
    ),
    "reverse-kl": Divergence(
        f=lambda u: -ops.log(u),
        activation=lambda v: -ops.exp(-v),
        conjugate=lambda t: -1.0 - ops.log(-t),
        composed=lambda v: v - 1.0,
        threshold=-1.0,
        bounded=True,
    ),
    "pearson": Divergence(
        f=lambda u: ops.square(u - 1.0),
        activation=lambda v: v,
        conjugate=lambda t: ops.square(t) / 4.0 + t,
        composed=lambda v: ops.square(v) / 4.0 + v,
        threshold=0.0,
    ),
    "hellinger": Divergence(
        f=lambda u: ops.square(ops.sqrt(u) - 1.0),
        activation=lambda v: 1.0 - ops.exp(-v),
        conjugate=lambda t: t / (1.0 - t),
        composed=lambda v: ops.exp(v) - 1.0,
        threshold=0.0,
        bounded=True,
    ),
    # Twice the usual Jensen-Shannon divergence, as in the paper.
    "jensen-shannon": Divergence(
        f=lambda u: _log_mix(u) + (u + 1.0) * LOG_2,
        activation=lambda v: LOG_2 - ops.softplus(-v),
        conjugate=lambda t: -ops.log(2.0 - ops.exp(t)),
        composed=lambda v: ops.softplus(v) - LOG_2,
        threshold=0.0,
    ),
    # The game of 2014: that divergence less log 4, so f(1) is not 0.
    "gan": Divergence(
        f=_log_mix,
        activation=lambda v: -ops.softplus(-v),
        conjugate=lambda t: -ops.log(1.0 - ops.exp(t)),
        composed=lambda v: ops.softplus(v),
        threshold=-LOG_2,
    ),
}
