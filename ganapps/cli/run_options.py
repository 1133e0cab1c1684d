"""What every run can be told, whatever the model. The names are those of `workflow.fit`."""

from typing import Any

import click

from ganapps.cli.typed import OneOf


def option(*names: str, **told: Any) -> click.Option:
    """An option whose default is shown, where it has one that says something."""
    return click.Option(names, show_default=told.get("default") is not None, **told)


def count(*names: str, **told: Any) -> click.Option:
    """An option that takes a whole number from 1 up."""
    return option(*names, type=click.IntRange(min=1), metavar="INT", **told)


DATA = option(
    "--data", metavar="DATA", help="What to train on: a name of `ganapps data list`, folder:PATH or tfds:NAME."
)
RUN_OPTIONS = (
    count("--steps", help="Updates of the generator.  [default: 5000]"),
    option(
        "--epochs", type=click.FloatRange(0, min_open=True), metavar="NUMBER", help="Passes over the data, instead."
    ),
    count("--batch-size", default=64, help="Real samples an update, over all devices."),
    option(
        "--seed", type=click.IntRange(0), metavar="INT", default=0, help="Fixes weights, order of the data and noise."
    ),
    option("--name", "--run", "name", help="The run folder: a name in runs/, or a path.  [default: model-data-number]"),
    option(
        "--ema",
        type=click.FloatRange(0, 1, max_open=True),
        metavar="NUMBER",
        default=0.0,
        help="Decay of averaged weights, such as 0.999; 0 keeps none.",
    ),
    click.Option(["--flip"], is_flag=True, help="Mirror half of the pictures."),
    option(
        "--precision",
        type=OneOf("float32", "mixed_bfloat16", "mixed_float16"),
        default="float32",
        help="Number format of the arithmetic; the mixed ones pay on GPUs, TPUs and some processors.",
    ),
    option(
        "--strategy",
        type=OneOf("auto", "one", "mirrored", "multiworker", "tpu"),
        default="auto",
        help="One device, all of this machine, or several machines (TF_CONFIG).",
    ),
    option("--jit/--no-jit", default=None, help="Compile the step with XLA.  [default: on one GPU, and on JAX]"),
    option("--backend", type=OneOf("tensorflow", "jax"), help="What computes.  [default: tensorflow]"),
    count("--sample-every", help="Steps between sample pictures.  [default: about 20 in a run]"),
    count("--checkpoint-every", help="Steps between checkpoints.  [default: about 20 in a run]"),
    option("--set", "set_", multiple=True, metavar="KEY=VALUE", help="Any hyper-parameter; may be repeated."),
    click.Option(["--quiet"], is_flag=True, help="No progress bar."),
    click.Option(["--json", "json_wanted"], is_flag=True, help="Print JSON for programs."),
)
TAKEN = ("data", "preset", *(str(known.name) for known in RUN_OPTIONS))
