"""Checkpoints and what goes wrong with them: damage, a full disk, a loss that is no number."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from keras import ops

from ganapps.engine import checkpoint
from ganapps.engine.run import RunFolder, Settings
from ganapps.engine.train import train
from ganapps.errors import GanappsError
from ganapps.models.basics.gan import GAN
from ganapps.registry import Entry

CONFIG = {"dimensions": 2, "latent_dim": 4, "units": 8, "optimizer": "adam"}


def model() -> GAN:
    made = GAN(**CONFIG)
    made.compile(steps=10, ema=0.9)
    return made


def mark(made: GAN, value: float) -> None:
    """Put ``value`` everywhere that takes it."""
    for variable in checkpoint.state(made).values():
        variable.assign(ops.full(variable.shape, value, variable.dtype))


def values(made: GAN) -> set[float]:
    return {
        float(x) for variable in checkpoint.state(made).values() for x in ops.convert_to_numpy(variable.value).ravel()
    }


@pytest.fixture
def two_checkpoints(tmp_path) -> Path:
    """Of step 3, full of threes, and of step 6."""
    made = model()
    for step in (3, 6):
        mark(made, step)
        checkpoint.save(tmp_path, made, step)
    return tmp_path


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(b"\x93NUMPY") + 150] ^= 0xFF  # in the first array's numbers, not in the archive's index
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


DAMAGE = pytest.mark.parametrize("damage", [truncate, flip_a_byte, empty])


def test_the_newest_two_are_kept_and_the_newest_is_restored(two_checkpoints):
    made = model()
    assert checkpoint.restore(two_checkpoints, made) == (6, [])
    assert values(made) == {6.0}
    checkpoint.save(two_checkpoints, made, 9)
    assert checkpoint.steps(two_checkpoints) == [6, 9]


@DAMAGE
def test_a_damaged_newest_one_falls_back_and_says_so(two_checkpoints, damage):
    damage(two_checkpoints / "step-00000006.npz")
    made = model()
    step, warnings = checkpoint.restore(two_checkpoints, made)
    assert step == 3 and values(made) == {3.0}
    assert len(warnings) == 1 and "step-00000006.npz is damaged" in warnings[0]


@DAMAGE
def test_all_damaged_is_an_error(two_checkpoints, damage):
    for path in two_checkpoints.iterdir():
        damage(path)
    with pytest.raises(GanappsError, match="all are damaged"):
        checkpoint.restore(two_checkpoints, model())


def test_another_model_is_refused(two_checkpoints):
    other = GAN(**{**CONFIG, "units": 9})
    other.compile(steps=10, ema=0.9)
    with pytest.raises(GanappsError, match="belongs to a model of other sizes"):
        checkpoint.restore(two_checkpoints, other)


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(("module", "name"), [(np, "savez"), (os, "fsync"), (os, "replace")])
def test_a_full_disk_leaves_the_old_file_whole(two_checkpoints, monkeypatch, module, name):
    made = model()
    mark(made, 7)
    with monkeypatch.context() as patched:
        patched.setattr(module, name, full)
        with pytest.raises(GanappsError, match=r"disk is full: .*step-00000006\.npz"):
            checkpoint.save(two_checkpoints, made, 6)
    assert sorted(path.name for path in two_checkpoints.iterdir()) == ["step-00000003.npz", "step-00000006.npz"]
    assert checkpoint.restore(two_checkpoints, made) == (6, [])
    assert values(made) == {6.0}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_the_system_s_own_disk_full(two_checkpoints):
    """The file is written to a device without room: the error is the kernel's."""
    (two_checkpoints / f".step-00000006.{os.getpid()}.npz").symlink_to("/dev/full")
    with pytest.raises(GanappsError, match="disk is full"):
        checkpoint.save(two_checkpoints, model(), 6)
    assert checkpoint.restore(two_checkpoints, model())[0] == 6


class Points:
    """A run's data: the same points at each step, except where they are no numbers."""

    def __init__(self, bad: int | None = None) -> None:
        self.bad = bad

    def examples(self, n: int) -> dict[str, np.ndarray]:
        return {"point": np.random.default_rng(0).normal(size=(n, 2)).astype("float32")}

    def dataset(self, batch_size: int, start_step: int) -> Any:
        import tensorflow as tf

        points = tf.constant(self.examples(batch_size)["point"])
        steps = tf.data.Dataset.range(start_step, 100)
        return steps.map(lambda s: {"point": tf.where(s + 1 == (self.bad or 0), np.float32("nan"), points)})


@pytest.fixture
def run(tmp_path) -> RunFolder:
    settings = Settings("gan", CONFIG, "ring", 8, 4, sample_every=100, checkpoint_every=1)
    return RunFolder.create(tmp_path / "run", settings)


def test_a_checkpoint_comes_after_the_rest_of_its_step(run, monkeypatch):
    """Resuming starts behind the newest checkpoint: what a kill left out before it would never be written."""
    save = checkpoint.save

    def checked(folder: Path, made: GAN, step: int) -> None:
        assert [row["step"] for row in run.rows()] == list(range(1, step + 1))
        assert (run.samples / f"step-{step:06d}.png").exists()
        save(folder, made, step)

    monkeypatch.setattr(checkpoint, "save", checked)
    run.settings.sample_every = 1
    assert train(run, Points(), quiet=True)
    assert checkpoint.steps(run.checkpoints) == [7, 8]


def broken(player: str, at: int, breaks: Callable[[Any, Any], Any]) -> type[GAN]:
    """A GAN in which ``breaks(loss, bad)`` makes a player's loss, ``bad`` being 1 at step ``at`` and else 0."""

    class Broken(GAN):
        pass

    def loss_method(self: GAN, batch: dict[str, Any]) -> tuple:
        loss, logs = getattr(GAN, f"{player}_loss")(self, batch)
        return breaks(loss, ops.cast(self.optimizer.iterations == at - 1, "float32")), logs

    setattr(Broken, f"{player}_loss", loss_method)
    return Broken


def no_number(loss: Any, bad: Any) -> Any:
    return loss + ops.where(bad > 0, np.float32("nan"), np.float32(0))


def steep(loss: Any, bad: Any) -> Any:
    """A root of zero: the loss is finite where its gradient is not."""
    return loss + ops.sqrt((1.0 - bad) * loss * loss)


@pytest.mark.parametrize(
    ("player", "breaks", "term"),
    [("discriminator", no_number, "loss"), ("generator", no_number, "loss"), ("generator", steep, "gradient norm")],
)
def test_what_is_no_number_stops_the_run(run, monkeypatch, player, breaks, term):
    with monkeypatch.context() as patched:
        patched.setattr(Entry, "load", lambda entry: broken(player, 5, breaks))
        expected = rf"The {player}'s {term} became (nan|inf) at step 5\. The last good checkpoint is of step 4"
        with pytest.raises(GanappsError, match=expected):
            train(run, Points(), quiet=True)
    assert checkpoint.steps(run.checkpoints) == [3, 4]
    assert run.rows()[-1]["step"] == 4 and not run.model.exists()
    assert train(run, Points(), quiet=True)  # the good one is good: the sound model goes on from it
    with np.load(run.checkpoints / "step-00000008.npz") as file:
        assert all(np.isfinite(file[name]).all() for name in file.files)


def test_data_that_are_no_numbers_stop_the_run(run):
    """TensorFlow's ReLU turns NaN into 0, so the loss of such a batch is finite; its gradient is not."""
    with pytest.raises(GanappsError, match=r"discriminator's (loss|gradient norm) became nan at step 5\. .* step 4"):
        train(run, Points(bad=5), quiet=True)
    assert checkpoint.steps(run.checkpoints) == [3, 4]
