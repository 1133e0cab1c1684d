"""Games whose players change during the run."""

from types import SimpleNamespace

from ganapps.engine.callbacks import Recorder


def test_a_record_that_spans_two_phases_has_the_means_of_both(tmp_path):
    rows = []
    run = SimpleNamespace(path=tmp_path, settings=SimpleNamespace(steps=4), log=rows.append)
    recorder = Recorder(run, 0, 1, 3, {})
    for step, logs in enumerate([{"first/loss": 1.0}, {"first/loss": 3.0}, {"second/loss": 5.0}, {"second/loss": 7.0}]):
        recorder.after(step + 1, logs)
    recorder.on_train_end()
    losses = [{name: value for name, value in row.items() if name.endswith("loss")} for row in rows]
    assert losses == [{"first/loss": 2.0, "second/loss": 5.0}, {"second/loss": 7.0}]
