"""What is committed as measured was measured with the recipe that the package names today."""

import json
from pathlib import Path

import pytest

from ganapps import registry
from ganapps.reproduce.experiments import EXPERIMENTS

RESULTS = Path(__file__).parent.parent / "benchmarks" / "results"
MEASURED = {path.stem: json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))}
TRAINED = [name for name, record in MEASURED.items() if "training" in record]


def test_there_are_results():
    assert len(TRAINED) >= 10


@pytest.mark.parametrize("name", TRAINED)
def test_a_result_comes_from_the_experiment_of_its_name(name):
    record, experiment = MEASURED[name]["training"], EXPERIMENTS[name]
    for key in ("model", "data", "preset", "steps", "batch_size", "ema", "flip"):
        assert record[key] == getattr(experiment, key), key
    assert MEASURED[name]["command"] == f"ganapps reproduce {name}"
    assert tuple(seed["seed"] for seed in MEASURED[name]["seeds"]) == experiment.seeds

    preset = registry.get(record["model"]).presets[record["preset"]]

    def whole(options):  # a preset that took an option over, or gave it up, did not change the recipe
        return json.loads(json.dumps(preset | options))

    assert whole(record["options"]) == whole(experiment.options)
