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
