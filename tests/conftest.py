"""What all tests share: quiet TensorFlow, two logical CPU devices for the distribution tests, a fixed seed."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # pytest -n has a process for each core already

from collections.abc import Iterator

import pytest

INSTALL_BROWSER = "pip install playwright; apt-get install -y chromium"


@pytest.fixture
def float32_afterwards():
    """Put the precision back after a test that changes it."""
    import keras

    yield
    keras.config.set_dtype_policy("float32")


@pytest.fixture(scope="session")
def playwright() -> Iterator[object]:
    """Playwright, which a process can start only once."""
    api = pytest.importorskip("playwright.sync_api", reason=INSTALL_BROWSER)
    with api.sync_playwright() as running:
        yield running
