"""The scoreboard: what was measured stands beside what others published, and nothing stands there that was not measured."""

import json
from dataclasses import replace

import pytest

from ganapps import registry, workflow
from ganapps.data import catalogue
from ganapps.evaluate.probes import PROBES
from ganapps.evaluate.tasks.catalogue import TASKS
from ganapps.metrics.catalogue import METRICS
from ganapps.reproduce import experiments, scoreboard
from ganapps.reproduce.experiment import Experiment
from ganapps.reproduce.markdown import anchor
from ganapps.reproduce.tables import TABLES, Published, Table

TABLE = Table(
    title="Codes",
    words="Nearest neighbours.",
    rows={"BiGAN": "one-bigan", "ALI": "one-ali"},
    scores=("accuracy", "fid", "never-taken"),
    published={"one-bigan": (Published("paper", "97.4 %", "28 px"),)},
)


def score(metric: str, value: float | None, real: float | None, better: str) -> dict:
    told = {"name": f"{metric}_n9", "metric": metric, "value": value, "real_vs_real": real}
    return told | {"better": better, "baselines": {}}


def record(name: str, values: list[float]) -> dict:
    seeds = [
        {
            "seed": seed,
            "minutes": 1.5 + seed,
            "scores": [
                {
                    "name": "accuracy_n9",
                    "metric": "accuracy",
                    "value": value,
                    "real_vs_real": 0.99,
                    "better": "higher",
                    "baselines": {},
                },
                {
                    "name": "fid_n9",
                    "metric": "fid",
                    "value": None,
                    "real_vs_real": None,
                    "better": "lower",
                    "baselines": {},
                },
            ],
        }
        for seed, value in enumerate(values)
    ]
    summary = {"accuracy_n9": {"mean": sum(values) / len(values), "min": min(values), "max": max(values)}}
    training = {
        "model": "gan",
        "data": "ring",
        "preset": "bed",
        "steps": 5,
        "batch_size": 2,
        "options": {},
        "ema": 0,
        "flip": False,
        "precision": "float32",
    }
    facts = {"title": name, "command": f"ganapps reproduce {name}", "machine": "2 cores", "date": "2026-11-23"}
    return {"name": name, **facts, "training": training, "summary": summary, "seeds": seeds}


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "benchmarks" / "results"
    folder.mkdir(parents=True)
    one = Experiment("a title", "gan", "ring", "bed", steps=5, batch_size=2, minutes=1)
    for name in TABLE.rows.values():
        monkeypatch.setitem(scoreboard.EXPERIMENTS, name, replace(one, seeds=(0, 1)))
    return folder


def test_a_table_shows_mean_range_real_and_published(results):
    assert scoreboard.comparison("codes", TABLE) == ""
    (results / "one-bigan.json").write_text(json.dumps(record("one-bigan", [0.9, 0.96])))
    text = scoreboard.comparison("codes", TABLE)
    assert "0.93 (0.9 to 0.96) / real 0.99" in text
    assert "paper 97.4 % (28 px)" in text and "`ganapps reproduce one-bigan`" in text
    assert "3 to 5" in text and "accuracy (higher)" in text and "never-taken" not in text
    assert "Not measured yet: ALI." in text
    row = next(line for line in text.splitlines() if line.startswith("| BiGAN"))
    assert row.split("|")[3].strip() == "-"  # no number where none was measured


def test_a_row_whose_seeds_are_not_all_there_is_named(results):
    (results / "one-bigan.json").write_text(json.dumps(record("one-bigan", [0.9])))
    (results / "one-ali.json").write_text(json.dumps(record("one-ali", [0.5, 0.5])))
    assert "Not all of their seeds yet: BiGAN." in scoreboard.comparison("codes", TABLE)


def test_baselines_stand_in_the_table_where_all_rows_share_them(results):
    for name, identity in (("one-bigan", 0.25), ("one-ali", 0.25)):
        one = record(name, [0.5])
        one["seeds"][0]["scores"][0]["baselines"] = {"identity": identity}
        (results / f"{name}.json").write_text(json.dumps(one))
    row = next(line for line in scoreboard.comparison("codes", TABLE).splitlines() if line.startswith("| baseline"))
    assert [cell.strip() for cell in row.split("|")[1:4]] == ["baseline: identity", "0.25", "-"]
    fewer = json.loads(json.dumps(one).replace("_n9", "_n3").replace("0.25", "0.2"))
    (results / "one-ali.json").write_text(json.dumps(fewer))
    assert "| baseline: identity | 0.25 |" in scoreboard.comparison("codes", TABLE)
    one["seeds"][0]["scores"][0]["baselines"] = {"identity": 0.3}  # the two saw different data
    (results / "one-ali.json").write_text(json.dumps(one))
    assert "baseline" not in scoreboard.comparison("codes", TABLE)


def test_the_overview_tells_every_table_in_a_line(results, monkeypatch):
    monkeypatch.setitem(TABLES, "codes", TABLE)
    assert "Codes" not in scoreboard.overview()
    (results / "one-bigan.json").write_text(json.dumps(record("one-bigan", [0.9, 0.96])))
    (results / "one-ali.json").write_text(json.dumps(record("one-ali", [0.5, 0.5])))
    line = next(line for line in scoreboard.overview().splitlines() if "Codes" in line)
    assert "[Codes](docs/scoreboard.md#codes) | accuracy (higher)" in line
    assert "BiGAN 0.93 (0.9 to 0.96); ALI 0.5 (each seed); real data 0.99" in line


def test_the_parameters_stand_where_they_were_counted(results):
    one = record("one-ali", [0.5])
    (results / "one-ali.json").write_text(json.dumps(one))
    assert "| - | 3 |" in scoreboard.comparison("codes", TABLE)
    counted = one | {"parameters": {"generator": 8430528, "critic": 44762048}}
    (results / "one-ali.json").write_text(json.dumps(counted))
    assert "| 53.19 M | 3 |" in scoreboard.comparison("codes", TABLE)
    assert "Parameters" not in scoreboard.experiment(one, "###")
    told = scoreboard.experiment(one | {"parameters": {"generator": 8430528, "critic": 7}}, "###")
    assert "Parameters: generator 8,430,528, critic 7." in told


def test_the_precision_is_that_of_the_runs():
    one = record("one-ali", [0.5, 0.6])
    assert "float" not in scoreboard.experiment(one, "###")
    one["training"]["precision"] = "mixed_bfloat16"
    assert ", mixed_bfloat16; seeds 0, 1;" in scoreboard.experiment(one, "###"), "from before seeds had theirs"
    one["seeds"][1]["precision"] = "float32"
    assert ", mixed_bfloat16 (seed 1: float32); seeds" in scoreboard.experiment(one, "###")
    one["seeds"][0]["precision"] = "float32"
    assert "float" not in scoreboard.experiment(one, "###")


def test_links_reach_their_headings(results, monkeypatch):
    monkeypatch.setitem(TABLES, "codes", TABLE)
    (results / "one-ali.json").write_text(json.dumps(record("one-ali", [0.5])))
    assert "- [Codes](#codes)" in scoreboard.scoreboard()
    assert anchor("A thousand modes: stacked MNIST digits") == "a-thousand-modes-stacked-mnist-digits"
    assert anchor("GAN: the critic's gap, 100 %") == "gan-the-critics-gap-100-"


def test_the_page_is_written_from_what_is_there(results, monkeypatch):
    monkeypatch.setitem(TABLES, "codes", TABLE)
    (results / "one-ali.json").write_text(json.dumps(record("one-ali", [0.5])))
    page = experiments.run("scoreboard").read_text()
    assert "## Codes" in page and "### one-ali" in page and "Not measured yet: BiGAN." in page


def test_every_row_is_an_experiment_and_every_published_number_a_row():
    for table in TABLES.values():
        assert set(table.rows.values()) <= set(experiments.EXPERIMENTS)
        assert set(table.published) <= set(table.rows.values())
        assert experiments.told(next(iter(table.rows.values())))[1] > 0


@pytest.mark.parametrize("name", experiments.EXPERIMENTS)
def test_experiments_are_runs_that_could_begin(name):
    one = experiments.EXPERIMENTS[name]
    entry, info = registry.get(one.model), catalogue.describe(one.data)
    workflow.check_fields(entry, info)
    workflow.configure(entry, info, one.preset, one.options)
    known = {*METRICS, *(part for metric in METRICS.values() for part in metric.better), *PROBES, *TASKS}
    assert set(one.metrics or ()) <= known
