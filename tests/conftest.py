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
