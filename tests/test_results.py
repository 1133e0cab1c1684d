"""What is committed as measured was measured with the recipe that the package names today."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ganapps import registry
from ganapps.errors import GanappsError
from ganapps.reproduce.experiment import Experiment
from ganapps.reproduce.experiments import EXPERIMENTS

RESULTS = Path(__file__).parent.parent / "benchmarks" / "results"
MEASURED = {path.stem: json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))}
TRAINED = [name for name, record in MEASURED.items() if "training" in record]


def test_there_are_results():
    assert len(TRAINED) >= 10


@pytest.mark.parametrize("name", TRAINED)
def test_a_result_comes_from_the_experiment_of_its_name(name):
    record, experiment = MEASURED[name]["training"], EXPERIMENTS[name]
    for key in ("model", "data", "preset", "steps", "batch_size", "ema", "flip", "precision"):
        assert record[key] == getattr(experiment, key), key
    assert MEASURED[name]["command"] == f"ganapps reproduce {name}"
    assert tuple(seed["seed"] for seed in MEASURED[name]["seeds"]) == experiment.seeds

    preset = registry.get(record["model"]).presets[record["preset"]]

    def whole(options):  # a preset that took an option over, or gave it up, did not change the recipe
        return json.loads(json.dumps(preset | options))

    assert whole(record["options"]) == whole(experiment.options)


def test_a_run_of_an_older_recipe_is_not_passed_off_as_today_s(tmp_path):
    from ganapps.engine.run import RunFolder, Settings
    from ganapps.reproduce.record import same_recipe

    today = Experiment("a title", "gan", "ring", "bed", steps=10, batch_size=4, minutes=1, options={"units": 8})
    config = registry.get("gan").presets["bed"] | {"units": 8, "seed": 0}
    RunFolder.create(tmp_path / "run", Settings("gan", config, "ring", 10, 4, preset="bed"))
    same_recipe(tmp_path / "run", today)
    for told, change in (
        ("steps 10", {"steps": 20}),
        ("ema 0.0", {"ema": 0.9}),
        ("units 8", {"options": {"units": 16}}),
    ):
        with pytest.raises(GanappsError, match=f"run was trained with {told}, "):
            same_recipe(tmp_path / "run", replace(today, **change))


def test_a_run_that_begins_with_another_is_made_after_it(tmp_path, monkeypatch):
    from ganapps.reproduce import experiments, record

    monkeypatch.chdir(tmp_path)
    ran = []
    monkeypatch.setattr(record, "reproduce", lambda name, experiment: ran.append(name))
    experiments.run("photographs-srgan")
    assert ran == ["photographs-srresnet", "photographs-srgan"]
    start = Path(EXPERIMENTS["photographs-srgan"].options["start"])
    assert start == record.trained("photographs-srresnet").parent
    start.mkdir(parents=True)
    record.trained("photographs-srresnet").touch()
    experiments.run("photographs-srgan")
    assert ran[2:] == ["photographs-srgan"]


def test_what_begins_with_another_run_says_so():
    for name, one in EXPERIMENTS.items():
        assert bool(one.after) == ("start" in one.options), name
