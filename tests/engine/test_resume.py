"""A run that was killed at any moment and resumed ends with the bits of one that was not."""

import random
import signal
import time
from pathlib import Path
from subprocess import Popen

import pytest

from ganapps.engine.run import load
from ganapps.errors import GanappsError
from tests.engine.processes import (
    PATIENCE,
    TINY,
    assert_same_arrays,
    ended,
    fit,
    newest,
    rows,
    saved_weights,
    start,
    wait_for,
)

STEPS = {"gan": 60, "wgan-gp": 60, "dcgan": 40, "acgan": 30, "cyclegan": 24}
SETTINGS = ("--ema", "0.9", "--checkpoint-every", "3")


def begin(game: str, run: Path) -> Popen:
    return fit(game, run, *SETTINGS, "--steps", str(STEPS[game]))


def at_work(run: Path, process: Popen, beyond: int, rng: random.Random) -> None:
    """Wait for a checkpoint after step ``beyond``, and then a little: the kill falls somewhere in or between steps."""
    wait_for(lambda: any(int(p.stem[5:]) > beyond for p in (run / "checkpoints").glob("step-*.npz")), process)
    time.sleep(rng.uniform(0.0, 0.1))


def kill(run: Path, process: Popen) -> int:
    """``kill -9``; the newest checkpoint's step."""
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (run / "model.keras").exists()
    return max(int(path.stem[5:]) for path in (run / "checkpoints").glob("step-*.npz"))


def assert_same_run(whole: Path, broken: Path) -> None:
    assert_same_arrays(newest(whole), newest(broken))
    assert_same_arrays(saved_weights(whole), saved_weights(broken))
    steps = [row["step"] for row in rows(broken)]
    assert steps == list(range(1, len(steps) + 1))
    assert rows(whole) == rows(broken)
    hidden = {path.name for path in broken.rglob(".*") if path.is_file()}
    assert hidden <= {".lock"}, "a kill left half a file behind"


@pytest.mark.parametrize("game", TINY)
def test_killed_and_resumed_is_the_unbroken_run(game, tmp_path):
    rng = random.Random(f"moment {game}")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    reference, process = begin(game, whole), begin(game, broken)
    at_work(broken, process, 0, rng)
    stands = kill(broken, process)
    if game == "gan":  # twice
        process = start("resume", str(broken))
        at_work(broken, process, stands, rng)
        kill(broken, process)
    words = ended(start("resume", str(broken)))
    assert str(broken / "report.html") in words
    ended(reference)
    assert_same_run(whole, broken)


def test_sigterm_leaves_one_checkpoint_and_says_how_to_go_on(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    # No checkpoint is due before the end: the one found afterwards is the signal's.
    more = ("--ema", "0.9", "--checkpoint-every", "1000", "--steps", "150")
    reference, process = fit("dcgan", whole, *more), fit("dcgan", broken, *more)
    wait_for(lambda: (broken / "metrics.jsonl").exists() and (broken / "metrics.jsonl").stat().st_size > 0, process)
    process.send_signal(signal.SIGTERM)
    words = ended(process)
    assert f"ganapps resume {broken}" in words
    (checkpoint,) = (broken / "checkpoints").iterdir()
    stopped = int(checkpoint.stem[5:])
    assert 1 <= stopped < 150 and not (broken / "model.keras").exists()
    assert rows(broken)[-1]["step"] == stopped
    ended(start("resume", str(broken)))
    ended(reference)
    assert_same_run(whole, broken)
    # The model of a finished run, cut off, comes back from its checkpoint.
    (broken / "model.keras").write_bytes((broken / "model.keras").read_bytes()[:1000])
    with pytest.raises(GanappsError, match=f"is it damaged\\? `ganapps resume {broken}`"):
        load(broken)
    ended(start("resume", str(broken)))
    assert_same_arrays(saved_weights(whole), saved_weights(broken))


def test_a_second_process_in_the_folder_of_the_first_is_turned_away(tmp_path):
    whole, shared = tmp_path / "whole", tmp_path / "shared"
    reference, process = begin("dcgan", whole), begin("dcgan", shared)
    wait_for(lambda: any((shared / "checkpoints").glob("step-*.npz")), process)
    process.send_signal(signal.SIGSTOP)  # or it may be done before the second comes
    intruder = start("resume", str(shared))
    words, _ = intruder.communicate(timeout=PATIENCE)
    process.send_signal(signal.SIGCONT)
    assert intruder.returncode == 1 and words.strip().endswith(
        f"Another process is training in {shared}: let it end, or stop it."
    )
    ended(process)
    ended(reference)
    assert_same_run(whole, shared)
