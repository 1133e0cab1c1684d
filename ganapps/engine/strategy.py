"""Where a step runs: one device, several, several machines. tf.distribute on TensorFlow, keras.distribution on JAX."""

import contextlib
import json
import os
from typing import Any

import keras

from ganapps.errors import UsageError, nearest

NAMES = ("auto", "one", "mirrored", "multiworker", "tpu")


def resolve(name: str) -> str:
    """The strategy that ``auto`` stands for here, or the one that was named.

    Several machines when TF_CONFIG names them, all devices of this machine when it has several GPUs (on JAX: several
    devices), else one device.

    Raises:
        UsageError: for an unknown name.
    """
    if name not in NAMES:
        raise UsageError(f"There is no strategy '{name}'.{nearest(name, NAMES)} There are {', '.join(NAMES)}.")
    if name != "auto":
        return name
    if keras.backend.backend() == "jax":
        return "mirrored" if len(keras.distribution.list_devices()) > 1 else "one"
    import tensorflow as tf

    workers = _told().get("cluster", {}).get("worker", [])
    if len(workers) > 1:
        return "multiworker"
    return "mirrored" if len(tf.config.list_physical_devices("GPU")) > 1 else "one"


def choose(name: str) -> Any:
    """The strategy of that name: has ``scope()`` and ``num_replicas_in_sync``.

    Several machines must be chosen before any other use of TensorFlow.

    Raises:
        UsageError: for an unknown name, or one that the backend or the machine lacks.
    """
    name = resolve(name)
    if keras.backend.backend() == "jax":
        return _jax(name)
    import tensorflow as tf

    if name == "one":
        return OneDevice()
    if name == "mirrored":
        devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    if name == "multiworker":
        if not _told().get("cluster"):
            raise UsageError(
                "'multiworker' reads the machines from TF_CONFIG, which is not set; see docs/distribute.md."
            )
        return tf.distribute.MultiWorkerMirroredStrategy()
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver()
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
    except ValueError as error:
        raise UsageError(f"No TPU was found ({error}); choose --strategy auto.") from None
    return tf.distribute.TPUStrategy(resolver)


class OneDevice:
    """No distribution at all."""

    num_replicas_in_sync = 1

    def scope(self) -> Any:
        """Nothing to enter."""
        return contextlib.nullcontext()


def _jax(name: str) -> OneDevice:
    """On JAX one program runs on all devices, each holding a share of the batch."""
    if name in ("multiworker", "tpu"):
        raise UsageError(
            f"'{name}' belongs to TensorFlow; on JAX choose 'mirrored', which takes all devices there are."
        )
    if name == "mirrored":
        keras.distribution.set_distribution(keras.distribution.DataParallel(keras.distribution.list_devices()))
    return OneDevice()


def accelerated() -> bool:
    """Whether there is a GPU or a TPU."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.default_backend() != "cpu"
    import tensorflow as tf

    return any(tf.config.list_physical_devices(kind) for kind in ("GPU", "TPU"))


def is_chief() -> bool:
    """Whether this process writes the run folder: the first machine, or the only one."""
    return _told().get("task", {}).get("index", 0) == 0


def _told() -> dict[str, Any]:
    """What TF_CONFIG says of the machines; nothing where it is not set."""
    return json.loads(os.environ.get("TF_CONFIG", "{}"))
