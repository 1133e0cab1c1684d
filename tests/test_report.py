"""The report: one file that tells a run's story, whatever state the run is in."""

import base64
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from ganapps.engine import charts, pictures
from ganapps.engine.report import write_report
from ganapps.errors import GanappsError

VOID = {"meta", "img", "input", "line", "circle", "polyline", "polygon"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page(HTMLParser):
    """Collects tags, texts and scripts, and complains about tags that are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.data: list[object] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)
        if self.open[-1:] == ["script"] and self.tags[-1][1].get("type") == "application/json":
            self.data.append(json.loads(data))

    def find(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that has just begun: settings and nothing else."""
    folder = tmp_path / "runs" / "night"
    folder.mkdir(parents=True)
    about = {
        "model": "dcgan",
        "config": {"resolution": 16, "widths": [64, 128], "labels": None, "seed": 7},
        "data": "digits",
        "steps": 1000,
        "batch_size": 64,
        "preset": "small",
        "seed": 7,
        "ema": 0.0,
        "flip": False,
        "precision": "float32",
        "strategy": "one",
        "jit": False,
        "backend": "tensorflow",
        "command": "ganapps fit dcgan --data 'folder:<my pictures>'",
        "created": "2026-11-23T05:40:12+00:00",
        "versions": {"ganapps": "0.1.0", "keras": "3.15.1"},
    }
    (folder / "run.json").write_text(json.dumps(about))
    return folder


def train(run: Path, steps: int, every: int = 10) -> None:
    rng = np.random.default_rng(0)
    with open(run / "metrics.jsonl", "w") as file:
        for step in range(every, steps + 1, every):
            row = {"step": step, "seconds": step / 10, "images": 64 * step}
            for player in ("generator", "discriminator"):
                row |= {f"{player}/loss": rng.normal(1, 0.1), f"{player}/gradient_norm": 1.0}
            row |= {"discriminator/real_logit": 1.0, "generator/learning_rate": 2e-4, "generator/match": step}
            file.write(json.dumps(row) + "\n")


def draw(run: Path, *steps: int) -> None:
    for step in steps:
        pictures.save_png(np.full((8, 8, 3), step % 255, np.uint8), run / "samples" / f"step-{step:06d}.png")


def read(run: Path) -> Page:
    return Page(write_report(run).read_text())


def commands(page: Page) -> list[str]:
    return [text for text in page.texts if re.match("ganapps (resume|sample|translate|evaluate|export|report) ", text)]


def test_a_run_without_anything_yet_has_a_report(run):
    page = read(run)
    assert "DCGAN on digits" in page.text and "step 0 of 1,000" in page.text
    assert "No pictures yet" in page.text and "No metrics yet." in page.text and "Not scored yet" in page.text
    assert [line.split()[1] for line in commands(page)] == ["resume", "report"]


def test_what_the_user_wrote_is_escaped(run):
    assert "--data 'folder:<my pictures>'" in read(run).text
    assert "<my pictures>" not in (run / "report.html").read_text()


def test_settings_hyper_parameters_and_versions_are_told(run):
    text = read(run).text
    for fact in (
        "batch size 64",
        "preset small",
        "seed 7",
        "precision float32",
        "jit no",
        "resolution 16",
        "latent dim 100",
        "widths 64, 128",
        "labels none",
        "keras 3.15.1",
    ):
        assert fact in text, fact


def test_nothing_comes_from_the_network(run):
    train(run, 1000)
    draw(run, 0, 500)
    page = read(run)
    for tag, attributes in page.tags:
        source = attributes.get("src") or ""
        assert not source or source.startswith("data:"), f"{tag} loads {source}"
        assert tag != "link" and (tag != "script" or "src" not in attributes)
    assert "@import" not in write_report(run).read_text() and "url(" not in write_report(run).read_text()


def test_pictures_over_time_are_inside(run):
    draw(run, 0, 500, 1000)
    page = read(run)
    frames = page.data[0]
    assert [frame["label"] for frame in frames] == ["step 0", "step 500", "step 1,000"]
    assert base64.b64decode(frames[1]["src"].split(",")[1]) == (run / "samples" / "step-000500.png").read_bytes()
    assert page.find("img")[0]["src"] == frames[2]["src"], "the newest one shows without any script"
    assert page.find("input")[0]["max"] == "2"


def test_the_number_of_pictures_is_bounded(run):
    draw(run, *range(0, 1000, 10))
    page = read(run)
    assert len(page.data[0]) == 40 and "40 of 100 pictures" in page.text
    assert (page.data[0][0]["label"], page.data[0][-1]["label"]) == ("step 0", "step 990")


def test_the_weight_of_pictures_is_bounded(run):
    noise = np.random.default_rng(0).integers(0, 256, (900, 900, 3), np.uint8)
    for step in range(8):
        pictures.save_png(noise, run / "samples" / f"step-{step:06d}.png")
    assert write_report(run).stat().st_size < 12e6


def test_curves_are_grouped_by_what_they_measure(run):
    train(run, 1000)
    page = read(run)
    assert [[line["name"] for line in chart["lines"]] for chart in page.data] == [
        ["generator", "discriminator"],
        ["discriminator: real logit"],
        ["generator", "discriminator"],
        ["match"],
    ]
    titles = [
        text
        for text in page.texts
        if text in ("Losses", "Logits", "Gradient norms", "Terms of generator", "Learning rates")
    ]
    assert titles == ["Losses", "Logits", "Gradient norms", "Terms of generator"], (
        "a constant learning rate is no curve"
    )
    assert page.data[0]["lines"][0]["x"][-1] == 1000
    assert "1,000" in page.text and "64,000" in page.text and "1 min 40 s" in page.text and "640" in page.text


def test_a_killed_run_is_shown_up_to_where_it_came(run):
    train(run, 400)
    with open(run / "metrics.jsonl", "a") as file:
        file.write('{"step": 410, "seco')
    draw(run, 0, 400)
    page = read(run)
    assert "step 400 of 1,000" in page.text
    assert [line.split()[1] for line in commands(page)] == ["resume", "sample", "evaluate", "export", "report"]


def test_a_finished_run_says_so(run):
    train(run, 1000)
    (run / "model.keras").write_bytes(b"")
    page = read(run)
    assert "finished" in page.text
    assert [line.split()[1] for line in commands(page)] == ["sample", "evaluate", "export", "report"]


def test_commands_can_be_typed_from_here(run, monkeypatch):
    monkeypatch.chdir(run.parent.parent)
    assert "ganapps resume runs/night" in commands(read(Path("runs/night")))
    monkeypatch.chdir(run)
    assert f"ganapps resume {run}" in commands(read(run.parent / "night")) or "ganapps resume ." in commands(
        read(Path("."))
    )


def test_scores_stand_beside_real_against_real(run):
    rows = [
        {"step": s, "metric": "fid", "value": 900 / s, "real_vs_real": 2.5, "better": "lower"} for s in (300, 600, 900)
    ]
    rows.append({"step": 900, "metric": "modes", "value": 10, "real_vs_real": None, "better": "higher"})
    (run / "scores.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    page = read(run)
    assert "fid 1 2.5 lower 900" in page.text and "modes 10 \u2013 higher 900" in page.text
    assert len(page.data) == 1 and page.data[0]["lines"][0]["y"] == ["3", "1.5", "1"], "one point is no curve"
    assert any(attributes.get("class") == "level" for attributes in page.find("line"))


def test_a_score_shows_its_spread_and_what_took_no_learning(run):
    row = {"step": 9, "metric": "l1_n500", "value": 0.1, "deviation": 0.02, "real_vs_real": None, "better": "lower"}
    broken = {"step": 9, "metric": "fid_judge-digits_n2000", "value": None, "real_vs_real": 1.0, "better": "lower"}
    rows = [row | {"baselines": {"identity": 0.3, "mean colour": 0.2}}, broken]
    (run / "scores.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    text = read(run).text
    assert "identity mean colour better at step l1_n500 0.1 \u00b1 0.02 \u2013 0.3 0.2 lower 9" in text
    assert "fid_judge-digits_n2000 \u2013 1 \u2013 \u2013 lower 9" in text


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(GanappsError, match="is not a run folder"):
        write_report(tmp_path)


def test_the_report_needs_no_tensorflow():
    code = "import sys, ganapps.engine.report; print({'keras', 'tensorflow', 'jax'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.12345, "0.1235"),
        (-0.5, "-0.5"),
        (2e-4, "2e-4"),
        (1234.5, "1,234"),
        (12345678, "1.23e7"),
        (3.0, "3"),
    ],
)
def test_numbers_are_written_for_people(value, text):
    assert charts.number(value) == text


def test_ticks_are_round_and_inside():
    assert charts.ticks(0, 1000, 6) == [0, 200, 400, 600, 800, 1000]
    assert charts.ticks(-0.11, 0.23, 5) == [-0.1, 0.0, 0.1, 0.2]
    for low, high in [(0, 1e-6), (1e6, 1.1e6), (-3, -2.99)]:
        ticks = charts.ticks(low, high, 5)
        assert 3 <= len(ticks) <= 6 and low <= ticks[0] and ticks[-1] <= high


def points(svg: str) -> list[list[tuple[float, float]]]:
    lines = re.findall(r'<polyline [^>]*points="([^"]*)"', svg)
    return [[tuple(map(float, pair.split(","))) for pair in line.split()] for line in lines]


def test_a_line_goes_from_corner_to_corner():
    line = points(charts.line_chart("t", [charts.Series("a", np.array([0.0, 10.0]), np.array([0.0, 1.0]))]))[0]
    assert line[0][0] == charts.LEFT and line[1][0] == charts.WIDTH - charts.RIGHT
    assert line[0][1] > line[1][1], "greater values stand higher"


def test_a_gap_breaks_the_line_and_a_constant_line_stays_inside():
    values = np.array([1.0, 1.0, np.nan, np.inf, 1.0, 1.0])
    lines = points(charts.line_chart("t", [charts.Series("a", np.arange(6.0), values)]))
    assert [len(line) for line in lines] == [2, 2]
    assert all(charts.TOP < y < charts.HEIGHT - charts.BOTTOM for line in lines for _, y in line)


def test_long_series_become_means_with_a_band():
    steps = np.arange(6000.0)
    svg = charts.line_chart("t", [charts.Series("a", steps, np.where(steps % 2, 1.0, 3.0))])
    line = points(svg)[0]
    assert len(line) == charts.BUCKETS and len({y for _, y in line}) == 1, "the mean of 1 and 3 is 2 everywhere"
    assert 'class="band"' in svg


def test_one_spike_does_not_flatten_the_curve():
    values = np.sin(np.arange(100.0))
    values[50] = 1e6
    line = points(charts.line_chart("t", [charts.Series("a", np.arange(100.0), values)]))[0]
    heights = np.array([y for _, y in line])
    assert heights[:50].max() - heights[:50].min() > 20


@pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium")
def test_the_slider_and_the_pointer_work_in_a_browser(run, tmp_path):
    train(run, 1000)
    draw(run, 0, 500, 1000)
    probe = """<script>
      const slider = document.querySelector('.player input'), chart = document.querySelector('.chart');
      slider.value = 1; slider.oninput();
      const box = chart.querySelector('.plot').getBoundingClientRect();
      chart.querySelector('.plot').onpointermove({clientX: box.left + box.width * 0.99});
      document.title = [document.querySelector('.player output').textContent, chart.querySelector('.tip').innerText].join('|');
    </script></body>"""
    page = tmp_path / "probe.html"
    page.write_text(write_report(run).read_text().replace("</body>", probe))
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile", "--dump-dom"]
    dom = subprocess.run([CHROMIUM, *flags, page.as_uri()], capture_output=True, text=True, timeout=120).stdout
    title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)[1]
    assert title.startswith("step 500|step 1,000") and "generator" in title and "discriminator" in title
