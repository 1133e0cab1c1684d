"""Which devices a run takes, and whether XLA compiles its step."""

import json

import pytest
import tensorflow as tf

from ganapps import workflow
from ganapps.engine import strategy
from ganapps.errors import UsageError

TWO = {"cluster": {"worker": ["first.local:1", "second.local:1"]}}


@pytest.mark.parametrize(
    ("gpus", "machines", "taken", "jit"),
    [(0, {}, "one", False), (1, {}, "one", True), (2, {}, "mirrored", False), (1, TWO, "multiworker", False)],
)
def test_auto_takes_what_there_is(monkeypatch: pytest.MonkeyPatch, gpus: int, machines: dict, taken: str, jit: bool):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["one"] * (gpus if kind == "GPU" else 0))
    monkeypatch.setenv("TF_CONFIG", json.dumps(machines))
    assert strategy.resolve("auto") == taken and strategy.resolve("one") == "one"
    assert workflow._jit(None, "auto") is jit, "tf.distribute and XLA do not go together"
    assert workflow._jit(None, "one") is (gpus > 0)
    assert workflow._jit(True, "one") is True and workflow._jit(False, "auto") is False


def test_xla_on_several_devices_is_refused():
    for name in ("mirrored", "multiworker", "tpu"):
        with pytest.raises(UsageError, match="--jit compiles for one device: leave it out, or add --strategy one"):
            workflow._jit(True, name)
    with pytest.raises(UsageError, match=r"no strategy 'mirorred'.* Did you mean 'mirrored'"):
        strategy.resolve("mirorred")
