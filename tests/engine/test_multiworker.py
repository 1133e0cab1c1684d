"""Two machines (here two processes) that train together equal one that takes the whole batch."""

import json
import socket
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen

from tests.engine.processes import assert_same_arrays, ended, fit, newest, rows, start

SETTINGS = ("--optimizer", "sgd", "--ema", "0.9", "--checkpoint-every", "4", "--steps")


def cluster() -> list[str]:
    """TF_CONFIG of two workers on two free ports."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(2)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        places = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    task = [{"type": "worker", "index": index} for index in range(2)]
    return [json.dumps({"cluster": {"worker": places}, "task": task[index]}) for index in range(2)]


def fit_on_two(run: Path, steps: int) -> list[Popen]:
    more = (*SETTINGS, str(steps), "--strategy", "multiworker")
    return [fit("gan", run, *more, TF_CONFIG=config) for config in cluster()]


def both_ended(workers: list[Popen]) -> None:
    try:
        for worker in workers:
            ended(worker)
    finally:
        for worker in workers:
            worker.kill()  # one that waits for a partner that failed would wait for ever


def test_two_processes_train_as_one(tmp_path):
    alone = fit("gan", tmp_path / "one", *SETTINGS, "12", "--strategy", "one")
    both_ended(fit_on_two(tmp_path / "two", 12))
    ended(alone)
    assert_same_arrays(newest(tmp_path / "one"), newest(tmp_path / "two"), atol=1e-5)
    names = {path.relative_to(tmp_path / "two").parts[0] for path in (tmp_path / "two").rglob("*")}
    files = {"run.json", "metrics.jsonl", "report.html", "model.keras", ".lock"}
    assert names == files | {"checkpoints", "samples", "tensorboard"}
    assert [row["step"] for row in rows(tmp_path / "two")] == list(range(1, 13))
    assert len(list((tmp_path / "two" / "tensorboard").iterdir())) == 1, "both wrote"
    # Resumed on two machines from step 8: the second one must read the chief's checkpoint.
    (tmp_path / "two" / "model.keras").unlink()
    last = tmp_path / "two" / "checkpoints" / "step-00000012.npz"
    last.unlink()
    both_ended([start("resume", str(tmp_path / "two"), TF_CONFIG=config) for config in cluster()])
    assert last.exists()
    assert_same_arrays(newest(tmp_path / "one"), newest(tmp_path / "two"), atol=1e-5)
