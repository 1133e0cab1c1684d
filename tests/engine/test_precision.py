"""Half precision in the compiled step; every model's own tests take their half-precise steps uncompiled."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from ganapps.engine import precision as arithmetic
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


AVX2 = "flags : fpu sse2 avx avx2 f16c"


@pytest.mark.parametrize(
    ("flags", "bfloat16", "float16"),
    [(AVX2, True, True), (f"{AVX2} avx512_bf16 avx512_fp16", True, True), (f"{AVX2} amx_bf16 amx_fp16", False, False)],
)
def test_a_format_without_instructions_that_pay_is_slower(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flags: str, bfloat16: bool, float16: bool
) -> None:
    (tmp_path / "cpuinfo").write_text(flags)
    monkeypatch.setattr(arithmetic, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(arithmetic, "accelerated", lambda: False)
    assert not arithmetic.slower("float32")
    assert arithmetic.slower("mixed_bfloat16") is bfloat16 and arithmetic.slower("mixed_float16") is float16
    monkeypatch.setattr(arithmetic, "CPUINFO", tmp_path / "none")
    assert arithmetic.slower("mixed_bfloat16"), "a processor that does not say"
    monkeypatch.setattr(arithmetic, "accelerated", lambda: True)
    assert not arithmetic.slower("mixed_bfloat16")


def test_a_slower_format_is_said_and_reproduce_goes_round_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from ganapps import workflow
    from ganapps.reproduce.experiment import Experiment
    from ganapps.reproduce.record import reproduce, trained

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(arithmetic, "accelerated", lambda: False)
    for flags, said, taken in ((AVX2, True, "float32"), ("amx_bf16", False, "mixed_bfloat16")):
        (tmp_path / "cpuinfo").write_text(flags)
        monkeypatch.setattr(arithmetic, "CPUINFO", tmp_path / "cpuinfo")
        name = f"ring-{taken}"
        workflow.fit(
            "gan", "ring", preset="bed", steps=2, batch_size=8, name=name, precision="mixed_bfloat16", quiet=True
        )
        assert (
            "bfloat16 is slower than float32 on this processor: --precision float32" in capfd.readouterr().err
        ) is said
        one = Experiment("a title", "gan", "ring", "bed", steps=2, batch_size=8, minutes=1, precision="mixed_bfloat16")
        record = json.loads(reproduce(name, one).read_text())
        assert record["training"]["precision"] == "mixed_bfloat16" and record["seeds"][0]["precision"] == taken
        assert f'"precision": "{taken}"' in (trained(name).parent / "run.json").read_text()
        assert "slower" not in capfd.readouterr().err
