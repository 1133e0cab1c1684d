"""The step's primitives on JAX: the imperative step runs unchanged inside a scope that holds every variable's value."""

from collections.abc import Callable
from typing import Any

import jax
import keras
from keras.src.backend.common.stateless_scope import get_stateless_scope


def _in_child_scope(function: Callable[[], Any], values: dict[int, Any]) -> tuple[Any, dict[int, Any]]:
    """Run ``function`` where variables (by id) have ``values`` on top of the current scope's; also return what it wrote.

    Nothing that JAX differentiates may write to an outer scope, so writes come back as values.
    """
    outer = get_stateless_scope()
    before = {**(outer.state_mapping if outer else {}), **values}
    with keras.StatelessScope() as scope:
        scope.state_mapping.update(before)
        out = function()
    return out, {k: v for k, v in scope.state_mapping.items() if v is not before.get(k)}


def _write_back(written: dict[int, Any]) -> None:
    if get_stateless_scope() is not None:
        get_stateless_scope().state_mapping.update(written)


def value_and_grad(
    function: Callable[[], tuple[Any, Any]], variables: list[keras.Variable]
) -> tuple[Any, Any, list[Any]]:
    """Run ``function() -> (loss, rest)`` and differentiate the loss.

    Args:
        function: the loss, a scalar, and anything else.
        variables: what to differentiate with respect to.

    Returns:
        ``(loss, rest, gradients)``, one gradient a variable.
    """
    keys = [id(v) for v in variables]

    def pure(values: list[Any]) -> tuple[Any, Any]:
        (loss, rest), written = _in_child_scope(function, dict(zip(keys, values, strict=True)))
        return loss, (rest, written)

    current = [_value(v) for v in variables]
    (loss, (rest, written)), gradients = jax.value_and_grad(pure, has_aux=True)(current)
    _write_back(written)
    return loss, rest, gradients


def _value(variable: keras.Variable) -> Any:
    scope = get_stateless_scope()
    value = scope.get_current_value(variable) if scope else None
    return variable.value if value is None else value


def input_gradient(function: Callable[[Any], Any], x: Any) -> Any:
    """The gradient of ``sum(function(x))`` with respect to ``x``, itself differentiable. Shape of ``x``."""

    def total(x: Any) -> tuple[Any, Any]:
        out, written = _in_child_scope(lambda: function(x), {})
        return out.sum(), written

    gradient, written = jax.grad(total, has_aux=True)(x)
    _write_back(written)
    return gradient


def apply_gradients(
    optimizer: keras.optimizers.Optimizer, gradients: list[Any], variables: list[keras.Variable]
) -> None:
    """One update of ``variables``."""
    new, new_slots = optimizer.stateless_apply(
        [_value(v) for v in optimizer.variables], gradients, [_value(v) for v in variables]
    )
    for variable, value in zip([*variables, *optimizer.variables], [*new, *new_slots], strict=True):
        variable.assign(value)


def assign(variable: keras.Variable, value: Any) -> None:
    """Assign in the middle of a step."""
    variable.assign(keras.ops.cast(value, variable.dtype))


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself: JAX compiles loops wherever they stand."""
    return function


def replica() -> tuple[int, int]:
    """JAX's arrays are global: there is one program, whatever the number of devices."""
    return 0, 1


def gather(x: Any) -> Any:
    """JAX's arrays hold the rows of all devices already."""
    return x


def synchronized_statistics() -> bool:
    """Never needed: a mean over the batch is a mean over the global batch."""
    return False


class BackendModel(keras.Model):
    """Connects ``play(batch) -> logs`` to the JAX trainer of Keras."""

    def train_step(self, state: tuple, data: Any) -> tuple[dict[str, Any], tuple]:
        """One step of the game as a pure function of the model's state."""
        groups = (
            self.trainable_variables,
            self.non_trainable_variables,
            self.optimizer.variables,
            self.metrics_variables,
        )
        mapping = [
            pair for group, values in zip(groups, state, strict=True) for pair in zip(group, values, strict=True)
        ]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            logs = self.play(data)
        return logs, tuple([scope.get_current_value(v) for v in group] for group in groups)

    def _symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        # The networks exist since __init__.
        pass

    def sync(self) -> None:
        """Bring the trained values back into the variables: during ``fit`` they live in the trainer's state."""
        if getattr(self, "_jax_state", None) is not None:
            self.jax_state_sync()
