"""The tests that every game must pass. A model's own test file names it, gives it a tiny size, and inherits them all."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from tensorflow.python.framework import kernels, op_callbacks

from ganapps import registry

if tf.config.get_logical_device_configuration(tf.config.list_physical_devices("CPU")[0]) is None:
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)


def value(variable: Any) -> np.ndarray:
    return ops.convert_to_numpy(variable)


class Game:
    """Derive, set the attributes, and override ``batch`` where pictures are not all the game needs."""

    name: str
    tiny: dict[str, Any] = {}
    #: what to change for the comparison of one device and two (randomness inside Keras' own layers differs by replica)
    replicable: dict[str, Any] = {}
    #: steps of that comparison
    replica_steps = 3
    channels = 3
    #: ends of variables' paths whose gradient is zero by the loss's own invariance
    invariant: tuple[str, ...] = ()

    def build(self, **options: Any) -> Any:
        """A tiny model, its weights fixed."""
        keras.utils.set_random_seed(1)
        return registry.get(self.name).load()(**{**self.tiny, **options})

    def batch(self, n: int, resolution: int = 32) -> dict[str, np.ndarray]:
        """``n`` rows of every field the game needs."""
        rng = np.random.default_rng(0)
        return {"image": rng.uniform(-1, 1, (n, resolution, resolution, self.channels)).astype("float32")}

    def rows(self, model: Any, n: int = 4, **kwargs: Any) -> dict[str, np.ndarray]:
        """A batch for one step: ``n`` rows an update."""
        return self.batch(n * max(player.updates for player in model.players), **kwargs)

    def dataset(self, batch: dict[str, np.ndarray]) -> tf.data.Dataset:
        return tf.data.Dataset.from_tensors(batch).repeat().map(lambda b: b)

    def fit(self, model: Any, steps: int = 2, **compile_options: Any) -> dict[str, float]:
        """Train and return the last step's records."""
        model.compile(steps=10, **compile_options)
        return self.go_on(model, steps)

    def go_on(self, model: Any, steps: int, eagerly: bool = False) -> dict[str, float]:
        """More steps; ``eagerly`` spares the compilation, which takes longer than a few of them."""
        if eagerly:
            model.run_eagerly, model.train_function = True, None
        found: dict[str, float] = {}
        start = int(value(model.optimizer.iterations))
        keep = keras.callbacks.LambdaCallback(
            on_train_batch_begin=lambda batch, logs: (
                model.make_train_function(force=True) if model.grow(start + batch) else None
            ),
            on_train_batch_end=lambda batch, logs: found.update(logs),
        )
        model.fit(self.dataset(self.rows(model)), steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=[keep])
        return found

    @pytest.fixture(scope="class")
    @staticmethod
    def trained(request: pytest.FixtureRequest) -> tuple[Any, dict[str, float]]:
        """A model after three steps with averages, and the last one's records: compiling a step is what takes long."""
        game = request.cls()
        model = game.build()
        return model, game.fit(model, steps=3, ema=0.9)

    # The tests

    def test_builds_from_its_config_and_back(self):
        model = self.build()
        again = type(model).from_config(model.get_config())
        assert again.get_config() == model.get_config()
        assert [v.shape for v in again.variables] == [v.shape for v in model.variables]

    def test_every_preset_is_made_of_constructor_arguments(self):
        entry = registry.get(self.name)
        assert "paper" in entry.presets and "small" in entry.presets
        for preset in entry.presets.values():
            assert set(preset) <= set(entry.parameters)

    def test_outputs_have_the_shape_and_range_they_promise(self):
        for resolution in (32, 64):
            model = self.build(**({"resolution": resolution} if "resolution" in self.tiny else {}))
            for signature in model.signatures().values():
                draw = np.random.default_rng(0).normal
                open_size = resolution // signature.scale  # of what takes pictures of any size
                sizes = {
                    n: [open_size if side is None else side for side in s.shape] for n, s in signature.inputs.items()
                }
                inputs = {n: draw(size=(2, *sizes[n])).astype(spec.dtype) for n, spec in signature.inputs.items()}
                inputs |= {n: np.zeros(2, "int32") for n, spec in signature.inputs.items() if spec.kind == "label"}
                output = ops.convert_to_numpy(signature(**inputs))
                assert output.dtype == np.float32 and np.isfinite(output).all()
                if signature.output_kind == "image":
                    assert output.shape == (2, resolution, resolution, self.channels)
                    assert output.min() >= -1.0 and output.max() <= 1.0

    def test_each_player_moves_its_own_variables_and_no_others(self):
        model = self.build()
        model.compile(steps=10)
        batch = {k: ops.convert_to_tensor(v) for k, v in self.batch(4).items()}
        shared: dict[str, Any] = {}
        for player in model.players:
            before = [value(v) for v in model.trainable_variables]
            for _ in range(2):
                _, handed = model.update(player, {**batch, **shared})
            shared |= handed
            own = {id(v) for v in model.variables_of(player)}
            for variable, old in zip(model.trainable_variables, before, strict=True):
                if id(variable) in own and variable.path.endswith(self.invariant or "nothing"):
                    continue  # its gradient is nought or what rounding leaves of nought
                moved = not np.array_equal(value(variable), old)
                assert moved == (id(variable) in own), f"{player.name}: {variable.path}"

    def test_every_op_of_a_step_is_one_that_xla_compiles_for_gpus(self):
        """A run on a GPU compiles its step; to compile it here would take ten times as long as to look its ops up."""
        model = self.build()
        model.compile(steps=10, ema=0.9)
        batch = {k: ops.convert_to_tensor(v) for k, v in self.rows(model).items()}
        ran: set[str] = set()
        op_callbacks.add_op_callback(lambda op, *_: ran.add(op.decode() if isinstance(op, bytes) else op))
        try:
            model.play(batch)
        finally:
            op_callbacks.clear_op_callbacks()
        assert len(ran) > 20
        compiled = {op: {k.device_type for k in kernels.get_registered_kernels_for_op(op).kernel} for op in ran}
        assert not [op for op, devices in compiled.items() if "XLA_GPU_JIT" not in devices]

    def test_records_losses_gradients_and_the_scores_of_real_and_fake(self, trained):
        model, logs = trained
        for player in model.players:
            assert np.isfinite(logs[f"{player.name}/loss"])
            assert logs[f"{player.name}/gradient_norm"] > 0

    def test_keras_file_keeps_everything_to_the_bit(self, trained, tmp_path):
        model, _ = trained
        model.save(tmp_path / "model.keras")
        again = keras.models.load_model(tmp_path / "model.keras")
        states = [[*m.variables, *m.optimizer.variables] for m in (model, again)]
        for old, new in zip(*states, strict=True):
            if "seed_generator" not in old.path:  # Keras' own random layers do not save where they stand
                assert np.array_equal(value(old), value(new)), old.path
        if not any(isinstance(x, keras.layers.Dropout) for x in model._flatten_layers()):
            assert self.go_on(model, 1, eagerly=True) == self.go_on(again, 1, eagerly=True)

    def test_averages_follow_the_weights(self, trained):
        model, _ = trained
        for name, average in model.averages.items():
            pairs = list(zip(average.trainable_variables or average.weights, getattr(model, name).weights, strict=True))
            assert any(not np.allclose(value(a), value(b)) for a, b in pairs)
            assert all(np.abs(value(a) - value(b)).max() < 1.0 for a, b in pairs)
            assert model.trained(name) is average

    def test_half_precision_stays_finite(self, float32_afterwards):
        for precision in ("mixed_bfloat16", "mixed_float16"):
            keras.config.set_dtype_policy(precision)
            # Compiling takes longer than the steps; tests/engine/test_precision.py compiles them.
            logs = self.fit(self.build(), steps=3, run_eagerly=True)
            losses = {k: v for k, v in logs.items() if k.endswith("/loss")}
            assert losses and np.isfinite(list(losses.values())).all(), (precision, losses)

    def test_two_replicas_give_what_one_device_gives(self, tmp_path):
        from tests.models import replicas

        log = tmp_path / "log"
        code = replicas.compare(type(self).__module__, type(self).__name__, log)
        assert code == 0, log.read_text()[-3000:] if log.exists() else f"the process ended with {code}"

    def compare_replicas(self) -> None:
        """Steps of SGD on one device and on two logical CPU devices, from the same weights and global batch."""
        one = self.build(**self.replicable)
        strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
        with strategy.scope():
            two = self.build(**self.replicable)
            self._plain(two)
        two.set_weights(one.get_weights())
        self._plain(one)
        first, second = self.go_on(one, self.replica_steps, eagerly=True), self.go_on(two, self.replica_steps)
        for a, b in zip(one.trainable_variables, two.trainable_variables, strict=True):
            np.testing.assert_allclose(value(a), value(b), rtol=1e-5, atol=2e-6, err_msg=a.path)
        assert first.keys() == second.keys()

    def _plain(self, model: Any) -> None:
        """SGD shows differences as they are; Adam would blow rounding errors up where gradients are near zero."""
        model.compile(optimizers={p.name: keras.optimizers.SGD(0.001) for p in model.players})

    def test_exported_files_verify(self, trained, tmp_path):
        from tests.models.exporting import export_and_compare

        model, _ = trained
        for signature in model.signatures().values():
            if signature.portable:
                export_and_compare(signature, tmp_path)
