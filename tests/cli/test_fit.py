"""`ganapps fit` hands to the workflow exactly what was typed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ganapps import registry, workflow
from ganapps.cli.run_options import TAKEN


@pytest.fixture
def fitted(monkeypatch, here) -> list:
    """What reached the workflow: model, data, keyword arguments, Keras backend."""
    seen: list = []

    def fit(model: str, data: str, **options: object) -> Path:
        seen.append((model, data, options, os.environ["KERAS_BACKEND"]))
        run = here / "runs" / "new"
        run.mkdir(parents=True)
        (run / "model.keras").touch()
        return run

    monkeypatch.setattr(workflow, "fit", fit)
    return seen


def test_only_what_was_typed_is_an_option(call, fitted):
    call("fit dcgan --data digits")
    model, data, told, backend = fitted[0]
    assert (model, data, backend) == ("dcgan", "digits", "tensorflow")
    assert told["options"] == {}
    given = {key: value for key, value in told.items() if value is not None and value is not False and key != "options"}
    assert given == {
        "batch_size": 64,
        "preset": "paper",
        "seed": 0,
        "ema": 0.0,
        "precision": "float32",
        "strategy": "auto",
    }


def test_every_option_of_the_run_arrives(call, fitted):
    call(
        "fit gan --data ring --preset bed --steps 30 --batch-size 16 --seed 5 --name toy --ema 0.99 --flip --no-jit "
        "--precision mixed_bfloat16 --strategy one --backend jax --sample-every 7 --checkpoint-every 9 --quiet"
    )
    _, _, told, backend = fitted[0]
    assert backend == "jax"
    assert told == {
        "options": {},
        "preset": "bed",
        "steps": 30,
        "epochs": None,
        "batch_size": 16,
        "seed": 5,
        "name": "toy",
        "ema": 0.99,
        "flip": True,
        "jit": False,
        "precision": "mixed_bfloat16",
        "strategy": "one",
        "sample_every": 7,
        "checkpoint_every": 9,
        "quiet": True,
    }


def test_the_workflow_takes_what_the_command_gives():
    import inspect

    taken = set(inspect.signature(workflow.fit).parameters)
    assert {name for name in TAKEN if name not in ("set_", "backend", "json_wanted")} | {"options"} <= taken


def test_hyper_parameters_are_typed(call, fitted):
    call("fit wgan-gp --data digits --critic-updates 3 --penalty 5 --no-decay --set latent_dim=9 --set features=8")
    options = fitted[0][2]["options"]
    assert options == {"critic_updates": 3, "penalty": 5.0, "decay": False, "latent_dim": 9, "features": 8}
    assert type(options["penalty"]) is float


def test_underscores_are_hyphens(call, fitted):
    call("fit wgan-gp --data digits --critic_updates 3 --batch_size 8")
    assert fitted[0][2]["options"] == {"critic_updates": 3} and fitted[0][2]["batch_size"] == 8


def test_run_is_another_word_for_name(call, fitted):
    call("fit dcgan --data digits --run mine")
    assert fitted[0][2]["name"] == "mine"


def test_every_hyper_parameter_of_every_model_is_an_option_with_its_default(call):
    for entry in registry.entries().values():
        told = "".join(call(f"fit {entry.name} --help").output.split())
        for parameter in entry.parameters.values():
            flag = f"--{parameter.name.replace('_', '-')}"
            assert flag in told, f"{entry.name} {flag}"
            if parameter.name not in TAKEN and isinstance(parameter.default, int | float | str):
                assert f"[default:{parameter.default}]" in told.partition(flag)[2], f"{entry.name} {flag}"


def test_no_hyper_parameter_but_the_seed_has_the_name_of_a_run_option():
    for entry in registry.entries().values():
        assert set(entry.parameters) & set(TAKEN) <= {"seed"}, entry.name


def test_the_end_says_where_things_are(call, fitted):
    output = call("fit dcgan --data digits").output
    assert "report.html" in output and "ganapps evaluate" in output and "ganapps export" in output


def test_json_is_one_value(call, fitted, here):
    import json

    assert json.loads(call("fit dcgan --data digits --json").stdout) == {
        "run": str(here / "runs" / "new"),
        "finished": True,
        "report": str(here / "runs" / "new" / "report.html"),
    }


def test_fit_alone_shows_its_help(call):
    assert "cyclegan" in call("fit", code=2).output


@pytest.mark.parametrize("line", ["resume one", "resume runs/one", "fit --resume runs/one", "resume one --quiet"])
def test_resume_takes_the_backend_of_the_run(call, monkeypatch, a_run, line):
    seen = []

    def resume(run: Path, quiet: bool = False) -> Path:
        seen.append((run.resolve(), quiet, os.environ["KERAS_BACKEND"]))
        return run

    monkeypatch.setattr(workflow, "resume", resume)
    assert call(line).output == "", "a run that did not come to its end has said so itself"
    assert seen == [(a_run, "--quiet" in line, "jax")]


def test_a_backend_that_is_not_installed_is_named(call, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install 'ganapps[jax]'" in call("fit dcgan --data digits --backend jax", code=1).stderr


def test_a_real_run_is_quiet_and_leaves_a_report(here):
    line = "fit gan --data ring --preset bed --units 8 --steps 4 --batch-size 8 --name tiny --sample-every 4 --quiet"
    result = subprocess.run(
        [sys.executable, "-m", "ganapps", *line.split()], capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == "", "nothing of what TensorFlow says"
    assert result.stdout.split() and "runs/tiny/report.html" in result.stdout
    page = (here / "runs" / "tiny" / "report.html").read_text()
    assert "GAN on ring" in page and "step 4" in page and "finished" in page
