"""What all tests share: quiet TensorFlow, two logical CPU devices for the distribution tests, a fixed seed."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as ``import ganapps`` does, which here comes after TensorFlow
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # pytest -n has a process for each core already

import gc
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

gc.set_threshold(100_000, 50, 50)  # TensorFlow's graphs are many objects, and hardly ever garbage

ROOT = Path(__file__).parent.parent
INSTALL_BROWSER = "pip install playwright; apt-get install -y chromium"


@pytest.fixture
def float32_afterwards():
    """Put the precision back after a test that changes it."""
    import keras

    yield
    keras.config.set_dtype_policy("float32")


@pytest.fixture(scope="module")
def quick_collections() -> Iterator[None]:
    """For code that collects garbage: that takes seconds where other tests left TensorFlow's graphs."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def playwright() -> Iterator[object]:
    """Playwright, which a process can start only once."""
    api = pytest.importorskip("playwright.sync_api", reason=INSTALL_BROWSER)
    with api.sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def tiny(request: pytest.FixtureRequest) -> Path:
    """The bundles of tests/apps/tiny.py, exported once and kept in pytest's cache until what makes them changes."""
    makers = [ROOT / "tests/apps/tiny.py", ROOT / "ganapps/edge.py", *sorted((ROOT / "ganapps/export").glob("*.py"))]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in makers)).hexdigest()[:12]
    folder = request.config.cache.mkdir("tiny-bundles") / digest
    if not folder.is_dir():
        work = folder.with_name(f"{digest}.{os.getpid()}")
        subprocess.run([sys.executable, "-m", "tests.apps.tiny", str(work)], check=True, cwd=ROOT)
        try:
            work.rename(folder)
        except OSError:  # another worker was quicker
            shutil.rmtree(work)
    return folder
