"""`ganapps arithmetic`: sums and differences of latents."""

from pathlib import Path

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json
from ganapps.cli.places import PLACE


def numbers(context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, ...]:
    """``3,7,12`` as numbers from 0 up."""
    parts = value.split(",")
    if not all(part.strip().isdigit() for part in parts):
        raise click.BadParameter(f"'{value}' is no list of sample numbers such as 3,7,12.")
    return tuple(int(part) for part in parts)


@click.command(
    "arithmetic",
    cls=Verb,
    short_help="Add and subtract what samples have in common.",
    examples=(
        ("ganapps sample runs/dcgan-faces-1 -n 64 --seed 5", "look at 64 samples and note numbers, counted from 0"),
        (
            "ganapps arithmetic runs/dcgan-faces-1 --seed 5 --plus 3,17,40 --minus 8,21,33 --base 12,50,61",
            "then do the sum",
        ),
    ),
)
@click.argument("source", metavar="RUN", type=PLACE)
@click.option("--plus", required=True, callback=numbers, help="Samples that have it, by their number in the sheet.")
@click.option("--minus", required=True, callback=numbers, help="Samples that do not.")
@click.option("--base", required=True, callback=numbers, help="Samples that are to get it.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the sheet.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("arithmetic.png"), show_default=True
)
@as_json
def command(
    source: Path,
    plus: tuple[int, ...],
    minus: tuple[int, ...],
    base: tuple[int, ...],
    seed: int,
    out: Path,
    json_wanted: bool,
) -> None:
    """Draw ``base``, and below it ``base - mean(minus) + mean(plus)``, in the latents of RUN (DCGAN, section 6.3.2).

    The numbers are places in the sheet that `ganapps sample RUN --seed SEED` draws, row by row from 0.
    """
    from ganapps.cli.abilities import able
    from ganapps.engine import inference, pictures

    model = able(source, "arithmetic")
    offered = model.signatures()["sample"]
    drawn = inference.draw_inputs(offered, max(*plus, *minus, *base) + 1, seed)["latent"]
    before = model.decode(drawn[list(base)])
    after = model.arithmetic(drawn[list(plus)], drawn[list(minus)], drawn[list(base)])
    if before.ndim == 2:
        raise click.UsageError(f"{source} makes points, which have nothing to look at in common.")
    pictures.save_png(pictures.rows([before, after]), out.with_suffix(".png"))
    if json_wanted:
        echo_json({"file": out.with_suffix(".png"), "plus": plus, "minus": minus, "base": base})
    else:
        click.echo(f"{len(base)} samples over what became of them: {out.with_suffix('.png')}")
