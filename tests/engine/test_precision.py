"""Half precision in the compiled step; every model's own tests take their half-precise steps uncompiled."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.models.harness import Game


class DCGANGame(Game):
    name = "dcgan"
    tiny = {"resolution": 16, "features": 4, "latent_dim": 8, "channels": 1}
    channels = 1

    def batch(self, n: int, resolution: int = 16) -> dict[str, np.ndarray]:
        return super().batch(n, resolution)


class WGANGPGame(Game):
    name = "wgan-gp"
    tiny = {"dimensions": 2, "latent_dim": 2, "features": 16, "penalty": 0.1}

    def batch(self, n: int, resolution: int = 16) -> dict[str, np.ndarray]:
        return {"point": np.random.default_rng(0).normal(size=(n, 2)).astype("float32")}


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("game", [DCGANGame(), WGANGPGame()], ids=lambda game: game.name)
def test_compiled_steps_are_the_uncompiled_ones(float32_afterwards: Any, game: Game, precision: str) -> None:
    """Scaled losses are a branch of the graph: float16 takes it, bfloat16 does not."""
    keras.config.set_dtype_policy(precision)
    compiled, eager = (game.fit(game.build(), steps=3, run_eagerly=how) for how in (False, True))
    losses = [name for name in compiled if name.endswith("/loss")]
    assert losses and compiled.keys() == eager.keys()
    for name in losses:
        assert np.isfinite(compiled[name])
        assert compiled[name] == pytest.approx(eager[name], rel=0.05, abs=0.02), name


def test_a_run_s_precision_ends_with_the_run(float32_afterwards: Any, tmp_path: Path) -> None:
    """What is measured after a run, in the same process, is measured in float32."""
    from ganapps import workflow

    name = str(tmp_path / "run")
    workflow.fit("gan", "ring", preset="bed", steps=2, batch_size=8, name=name, precision="mixed_bfloat16", quiet=True)
    assert '"precision": "mixed_bfloat16"' in (tmp_path / "run" / "run.json").read_text()
    assert keras.config.dtype_policy().name == "float32"
