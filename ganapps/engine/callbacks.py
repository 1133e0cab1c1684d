"""What happens around the steps: records, checkpoints, pictures, progress, and stopping cleanly."""

import json
import math
import signal
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ganapps.engine import checkpoint, pictures
from ganapps.engine.run import RunFolder
from ganapps.errors import GanappsError


class Steps(keras.callbacks.Callback):
    """Counts steps from where the run stands; the other callbacks derive from it."""

    def __init__(self, run: RunFolder, start: int) -> None:
        super().__init__()
        self.run, self.start, self.total = run, start, run.settings.steps

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Hand the number of steps done and this step's scalars to ``after``."""
        self.after(self.start + batch + 1, {k: float(np.mean(v)) for k, v in (logs or {}).items()})

    def after(self, step: int, logs: dict[str, float]) -> None:
        """Called after each step; ``step`` counts from 1."""


class Guard(Steps):
    """Stops the run when a loss is no number any more, before anything of it is written."""

    def after(self, step: int, logs: dict[str, float]) -> None:
        """Raise for the first loss that is not finite, or gradient: the loss was still good, but the weights are not."""
        # With a scaled loss gradients may overflow: the optimiser skips that update and lowers the scale.
        watched = ("loss",) if self.run.settings.precision == "mixed_float16" else ("loss", "gradient_norm")
        bad = (name for term in watched for name in logs if name.endswith(f"/{term}") and not math.isfinite(logs[name]))
        for name in bad:
            player, _, term = name.partition("/")
            good = checkpoint.steps(self.run.checkpoints)
            last = f"The last good checkpoint is of step {good[-1]}" if good else "There is no checkpoint yet"
            raise GanappsError(
                f"The {player}'s {term.replace('_', ' ')} became {logs[name]} at step {step}. {last}: look at "
                f"{self.run.metrics}, then start again with a lower learning rate."
            )


class Recorder(Steps):
    """Means over the steps between two records, to ``metrics.jsonl`` and TensorBoard."""

    def __init__(self, run: RunFolder, start: int, images_per_step: int, every: int, last: dict[str, float]) -> None:
        super().__init__(run, start)
        self.images_per_step, self.every = images_per_step, every
        self.began = time.monotonic() - last.get("seconds", 0.0)
        self.cpu_began = time.process_time() - last.get("cpu_seconds", 0.0)  # what it cost, whatever ran beside it
        self.window: list[dict[str, float]] = []
        self.board = _board(run.path / "tensorboard")

    def after(self, step: int, logs: dict[str, float]) -> None:
        """Collect; record when a window is full or the run ends."""
        self.window.append(logs)
        if step % self.every and step != self.total:
            return
        names = dict.fromkeys(name for row in self.window for name in row)  # they change where a phase begins
        means = {name: float(np.mean([row[name] for row in self.window if name in row])) for name in names}
        self.window = []
        spent = {
            "seconds": round(time.monotonic() - self.began, 2),
            "cpu_seconds": round(time.process_time() - self.cpu_began, 2),
        }
        self.run.log({"step": step, **spent, "images": step * self.images_per_step, **means})
        for name, value in means.items():
            self.board.add_scalar(name, value, step)
        self.board.flush()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Close TensorBoard's file."""
        self.board.close()


class Checkpoints(Steps):
    """A checkpoint every so many steps and at the end."""

    def after(self, step: int, logs: dict[str, float]) -> None:
        """Save where due."""
        if step % self.run.settings.checkpoint_every == 0 or step == self.total or self.model.stop_training:
            checkpoint.save(self.run.checkpoints, self.model, step)


class Samples(Steps):
    """The model's own picture of its state, from the same inputs each time."""

    def __init__(self, run: RunFolder, start: int, batch: dict[str, np.ndarray]) -> None:
        super().__init__(run, start)
        self.batch = batch

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """The untrained state, for comparison."""
        if self.start == 0:
            self.draw(0)

    def after(self, step: int, logs: dict[str, float]) -> None:
        """Draw where due."""
        if step % self.run.settings.sample_every == 0 or step == self.total:
            self.draw(step)

    def draw(self, step: int) -> None:
        """Write ``samples/step-<n>.png``."""
        self.model.sync()
        picture = self.model.preview(self.batch, self.run.settings.seed)
        pictures.save_png(picture, self.run.samples / f"step-{step:06d}.png")


class Growth(Steps):
    """Lets a model change its networks between steps; the compiled step is made anew when it did."""

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Ask the model."""
        if self.model.grow(self.start + batch):
            self.model.make_train_function(force=True)


class Signals(Steps):
    """SIGTERM and SIGINT end the run after the step at hand; the checkpoint callback, later in the list, saves it."""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Listen."""
        self.caught = 0
        self.before = {s: signal.signal(s, self.catch) for s in (signal.SIGTERM, signal.SIGINT)}

    def catch(self, number: int, frame: Any) -> None:
        """Remember; a second signal acts as it always does."""
        self.caught = number
        signal.signal(number, self.before[signal.Signals(number)])

    def after(self, step: int, logs: dict[str, float]) -> None:
        """Stop after this step."""
        if self.caught:
            self.model.stop_training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Leave the signals as they were."""
        for number, handler in self.before.items():
            signal.signal(number, handler)


class Progress(Steps):
    """A bar with the players' losses, the speed and the time left."""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Show the bar; where the output is no terminal, a line now and then."""
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[losses]}"),
        )
        self.bar = Progress(*columns, refresh_per_second=4)
        self.task = self.bar.add_task(
            self.run.settings.model, total=self.total, completed=self.start, losses="compiling ..."
        )
        self.terminal = self.bar.console.is_terminal
        self.shown = time.monotonic()
        if self.terminal:
            self.bar.start()

    def after(self, step: int, logs: dict[str, float]) -> None:
        """Advance."""
        losses = "  ".join(f"{k.removesuffix('/loss')} {v:.3f}" for k, v in logs.items() if k.endswith("/loss"))
        now = time.monotonic()
        timed = step - self.start - 1  # the first one compiles, and tells nothing of the others
        if not timed:
            self.began = now
        if self.terminal:
            self.bar.update(self.task, completed=step, losses=losses)
        elif now - self.shown > 15 or step == self.total:
            self.shown = now
            minutes = (now - self.began) / max(timed, 1) * (self.total - step) / 60
            left = f"{minutes:.1f} min left" if timed or step == self.total else "compiled"
            print(f"step {step}/{self.total}  {losses}  {left}", flush=True)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Leave the finished bar on the screen."""
        self.bar.stop()


def _board(folder: Path) -> Any:
    from tensorboard.summary import Writer

    return Writer(str(folder))


def record_score(run: Path, row: dict[str, Any]) -> None:
    """Append a line to the run's ``scores.jsonl``."""
    with open(run / "scores.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
