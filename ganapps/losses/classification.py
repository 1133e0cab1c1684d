"""Class terms of conditional games."""

from typing import Any

from keras import ops


def cross_entropy(labels: Any, logits: Any) -> Any:
    """Mean cross-entropy over the labelled rows; 0 when none is labelled.

    Args:
        labels: int32 (batch,), -1 where unknown (such rows are left out).
        logits: (batch, classes).
    """
    known = ops.cast(labels >= 0, "float32")
    rows = ops.sparse_categorical_crossentropy(ops.maximum(labels, 0), ops.cast(logits, "float32"), from_logits=True)
    return ops.sum(rows * known) / ops.maximum(ops.sum(known), 1.0)


def real_logit(logits: Any) -> Any:
    """``log Z`` of the class logits, the logit of ``D = Z / (Z + 1)`` (arXiv 1606.03498, section 5); (B, K) -> (B,).

    Args:
        logits: of K classes of real samples; the generated class's is fixed at 0.
    """
    return ops.logsumexp(ops.cast(logits, "float32"), axis=-1)


def attribute_cross_entropy(labels: Any, logits: Any, known: Any = 1.0) -> Any:
    """Binary cross-entropy summed over attributes, averaged over rows (StarGAN, equations 2 and 3, authors' code).

    Args:
        labels: 0 or 1, (batch, attributes).
        logits: (batch, attributes).
        known: 1 where the label is known, 0 where nothing may be learnt from it; any shape that broadcasts.
    """
    logits = ops.cast(logits, "float32")
    terms = ops.softplus(logits) - ops.cast(labels, "float32") * logits
    return ops.sum(known * terms) / labels.shape[0]
