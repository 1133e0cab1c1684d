"""What the tests of the command line share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ganapps.cli.app import ganapps


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test runs in an empty folder, and leaves the environment as it was."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.delenv("GANAPPS_DEBUG", raising=False)
    return tmp_path


@pytest.fixture
def call() -> Callable[..., Result]:
    """Run a command line in this process."""

    def run(line: str, code: int = 0) -> Result:
        result = CliRunner().invoke(ganapps, line.split(), prog_name="ganapps")
        assert result.exit_code == code, result.output
        assert code or result.exception is None
        return result

    return run


@pytest.fixture
def a_run(here: Path) -> Path:
    """The folder of a run that has come to step 20 of 100."""
    run = here / "runs" / "one"
    run.mkdir(parents=True)
    settings: dict[str, Any] = {
        "model": "dcgan",
        "config": {"seed": 0},
        "data": "digits",
        "steps": 100,
        "backend": "jax",
    }
    settings |= {
        "batch_size": 64,
        "seed": 0,
        "command": "ganapps fit dcgan",
        "created": "2026-11-23T05:40",
        "versions": {},
    }
    (run / "run.json").write_text(json.dumps(settings))
    (run / "metrics.jsonl").write_text('{"step": 10, "generator/loss": 2.0}\n{"step": 20, "generator/loss": 1.5}\n{"st')
    return run


@pytest.fixture
def a_bundle(here: Path) -> Path:
    """The folder of an edge bundle, as far as its card tells."""
    bundle = here / "bundle"
    bundle.mkdir()
    card = {
        "format": 1,
        "name": "digits",
        "title": "Digits",
        "model": "acgan",
        "description": "Draws digits.",
        "signature": "sample",
        "inputs": {"latent": {"kind": "latent", "shape": [100], "dtype": "float32", "classes": []}},
        "output": {"name": "image", "kind": "image", "shape": [28, 28, 1], "dtype": "uint8"},
        "files": {"model_float32.tflite": {"precision": "float32", "runtime": "litert", "bytes": 1234}},
        "data": {"name": "digits", "licence": "BSD"},
        "limits": "Small.",
        "notice": "outputs are synthetic",
    }
    (bundle / "card.json").write_text(json.dumps(card))
    return bundle
