"""The verbs that tell: models, info, data, report, version, evaluate, export, reproduce."""

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from PIL import Image

import ganapps
from ganapps import registry
from ganapps.data import catalogue


def test_models_are_listed_for_people(call):
    output = call("models").output
    for entry in registry.entries().values():
        row = next(line for line in output.splitlines() if line.split()[:1] == [entry.name])
        assert entry.title in row and str(entry.year) in row and entry.paper in row and entry.chapter in row


def test_models_are_listed_for_programs(call):
    models = json.loads(call("models --json").stdout)
    assert [model["name"] for model in models] == list(registry.entries())
    critic = next(model for model in models if model["name"] == "wgan-gp")["parameters"]["critic_updates"]
    assert (critic["type"], critic["default"]) == ("int", 5) and critic["doc"]


def test_a_model_is_told(call):
    output = call("info wgan-gp").output
    for words in ("https://arxiv.org/abs/1704.00028", "mode collapse", "--critic-updates", "image or point", "Presets"):
        assert words in output
    assert "Args:" not in output
    assert json.loads(call("info wgan-gp --json").stdout)["presets"].keys() >= {"paper", "small"}


def test_a_run_is_told(call, a_run):
    (a_run / "scores.jsonl").write_text(
        '{"metric": "fid", "value": 9.0, "step": 10}\n{"metric": "fid", "value": 5.0, "real_vs_real": 1.5, "step": 20}\n'
    )
    output = call("info one").output
    assert "at step 20 of 100" in output and "digits" in output
    assert "generator/loss" in output and "1.5" in output
    told = json.loads(call("info runs/one --json").stdout)
    assert told["last"] == {"step": 20, "generator/loss": 1.5} and told["finished"] is False
    assert [score["value"] for score in told["scores"]] == [5.0]


def test_a_bundle_is_told(call, a_bundle):
    output = call("info bundle").output
    assert "Draws digits." in output and "model_float32.tflite" in output and "outputs are synthetic" in output
    assert json.loads(call("info bundle --json").stdout)["name"] == "digits"


@pytest.mark.parametrize(
    ("what", "sentence"),
    [("dcgna", "Did you mean 'dcgan'?"), ("onee", "Did you mean 'runs/one'?"), (".", "neither a run")],
)
def test_what_is_not_known_is_said(call, a_run, what, sentence):
    assert sentence in call(f"info {what}", 1).stderr


def test_data_sets_are_listed(call):
    output = call("data list").output
    assert all(name in output for name in catalogue.names())
    cards = json.loads(call("data list --json").stdout)
    assert [card["name"] for card in cards] == catalogue.names()
    assert all(card["licence"] and card["fields"] for card in cards)


def test_data_sets_are_listed_for_a_model(call):
    names = {
        model: {card["name"] for card in json.loads(call(f"data list --for {model} --json").stdout)}
        for model in ("acgan", "gan", "cyclegan")
    }
    assert {"digits", "mnist"} <= names["acgan"] and "ring" not in names["acgan"]
    assert {"digits", "ring"} <= names["gan"]
    assert "earth" in names["cyclegan"] and "digits" not in names["cyclegan"]


@pytest.mark.parametrize(
    ("data", "size"),
    [("ring", (400, 400)), ("digits", (8 * 30 + 2, 8 * 30 + 2)), ("earth", (8 * 66 + 2, 8 * 66 - 2 + 12))],
)
def test_a_data_set_is_shown_with_a_sheet(call, here, data, size):
    output = call(f"data show {data} --out sheets/{data}.png").output
    card = catalogue.describe(data)
    assert card.title in output and card.licence in output and f"sheets/{data}.png" in output
    picture = Image.open(here / "sheets" / f"{data}.png")
    assert picture.size[0] == size[0] and len(picture.getcolors(1 << 20)) > 2
    if data != "earth":
        assert picture.size == size


def test_a_folder_is_shown_before_it_is_trained_on(call, here):
    (here / "mine").mkdir()
    for index in range(12):
        Image.new("RGB", (40, 50), (20 * index, 0, 0)).save(here / "mine" / f"{index}.png")
        (here / "mine" / f"broken{index}.png").write_text("no")
    result = call("data show folder:mine --out sheet.png")
    assert "image" in result.output and "Skipped" in result.stderr and "broken" in result.stderr
    assert Image.open(here / "sheet.png").size[0] > 100


def test_a_report_is_written_and_named(call, a_run):
    assert call("report one").output.strip() == "runs/one/report.html"
    assert "step 20 of 100" in (a_run / "report.html").read_text()


def test_a_report_of_what_is_no_run_is_refused(call, here):
    assert "is not a run folder" in call("report .", 1).stderr


@pytest.mark.parametrize("line", ["report one", "info one", "resume one"])
def test_a_damaged_run_is_named(call, a_run, line):
    (a_run / "run.json").write_text('{"model": "dcg')
    assert "runs/one/run.json is damaged" in call(line, 1).stderr


def test_the_version_is_told(call):
    told = json.loads(call("version --json").stdout)
    assert told["ganapps"] == ganapps.__version__ and told["python"].startswith("3.") and told["keras"]
    assert f"ganapps, version {ganapps.__version__}" in call("--version").output


@pytest.fixture
def measured(monkeypatch) -> list:
    """What reached the runner."""
    seen: list = []

    def evaluate(target: Path, **options: object) -> SimpleNamespace:
        seen.append((target, options))
        line = {"metric": "fid_n500", "value": 3.25, "real_vs_real": 1.0, "better": "lower", "step": 20}
        return SimpleNamespace(
            append=lambda path: path.write_text(json.dumps(line) + "\n"),
            table=lambda: "a table",
            to_json=lambda: {"scores": [line]},
        )

    runner = ModuleType("ganapps.evaluate.runner")
    runner.evaluate = evaluate  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ganapps.evaluate.runner", runner)
    monkeypatch.setattr("ganapps.evaluate.runner", runner, raising=False)
    return seen


def test_evaluate_hands_on_what_was_typed(call, measured, a_bundle):
    line = "evaluate bundle --against mnist --metrics fid,kid -n 500 --seed 2 --split train --extractor judge-digits"
    assert call(f"{line} --resolution 32 --signature sample").output == "a table\n"
    target, options = measured[0]
    assert target == Path("bundle")
    assert options == {
        "against": "mnist",
        "metrics": ["fid", "kid"],
        "n": 500,
        "seed": 2,
        "split": "train",
        "extractor": "judge-digits",
        "signature": "sample",
        "resolution": 32,
    }


def test_scores_of_a_run_are_kept_in_its_report(call, measured, a_run):
    told = json.loads(call("evaluate one --json").stdout)
    assert told["scores"][0]["value"] == 3.25 and measured[0][1]["metrics"] is None
    assert "fid_n500" in (a_run / "report.html").read_text()
    assert "3.25" in call("info one").output


def test_export_says_what_was_made(call, monkeypatch, a_run, a_bundle):
    from ganapps.export import of_run

    seen = []

    def export_run(run: Path, signature: str | None, out: Path | None) -> list[Path]:
        seen.append((run, signature, out))
        return [a_bundle]

    monkeypatch.setattr(of_run, "export_run", export_run)
    output = call("export one --signature sample --out there").output
    assert seen == [(Path("runs/one"), "sample", Path("there"))]
    assert "model_float32.tflite" in output and "1234" in output
    assert json.loads(call("export one --json").stdout)[0]["name"] == "digits"


def test_reproduce_lists_runs_and_corrects(call, monkeypatch):
    from ganapps.reproduce import experiments, record

    rows = json.loads(call("reproduce list --json").stdout)
    assert [row["name"] for row in rows] == experiments.names()
    output = call("reproduce").output
    assert all(row["name"] in output and row["title"] in output for row in rows)
    ran = []
    monkeypatch.setattr(record, "reproduce", lambda *given: ran.append(given) or Path("there.json"))
    ring = experiments.EXPERIMENTS["ring-gan"]
    assert call("reproduce ring-gan").output == call("reproduce ring-gan --seed 2").output == "there.json\n"
    assert ran == [("ring-gan", ring, None), ("ring-gan", ring, 2)]
    assert "leave --seed out" in call("reproduce scoreboard --seed 1", 2).stderr
    assert "Did you mean 'ring-gan'?" in call("reproduce ring-gann", 2).stderr
