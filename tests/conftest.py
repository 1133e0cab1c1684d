"""What all tests share: quiet TensorFlow, two logical CPU devices for the distribution tests, a fixed seed."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import pytest


@pytest.fixture
def float32_afterwards():
    """Put the precision back after a test that changes it."""
    import keras

    yield
    keras.config.set_dtype_policy("float32")


@pytest.fixture(autouse=True, scope="session")
def plain_graphs():
    """Without TensorFlow's graph optimiser: for a few steps of a tiny network it costs more than the steps.

    It is on in the processes that the tests of replicas, of resuming and of the command line start, and those play every
    game.
    """
    if os.environ["KERAS_BACKEND"] == "tensorflow":
        import tensorflow as tf

        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
