"""What a run tells about the time left, where its output is no terminal."""

from pathlib import Path

import pytest

from ganapps.engine import callbacks
from ganapps.engine.callbacks import Progress
from ganapps.engine.run import RunFolder, Settings


def test_the_time_left_leaves_the_compilation_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The first step takes 60 seconds, the others 2 each."""
    run = RunFolder.create(tmp_path / "run", Settings("gan", {}, "ring", steps=100, batch_size=4))
    progress = Progress(run, start=40)
    clock = [0.0, 60.0, *(60.0 + 2.0 * step for step in range(1, 60))]
    monkeypatch.setattr(callbacks.time, "monotonic", lambda: clock.pop(0))
    progress.on_train_begin()
    for batch in range(60):
        progress.on_train_batch_end(batch, {"generator/loss": 1.0})
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == "step 41/100  generator 1.000  compiled"
    assert lines[1] == "step 49/100  generator 1.000  1.7 min left"  # 51 steps of 2 seconds
    assert lines[-1].endswith("0.0 min left")
