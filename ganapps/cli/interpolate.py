"""`ganapps interpolate`: the way from one sample to another."""

from pathlib import Path

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json
from ganapps.cli.places import PLACE


@click.command(
    "interpolate",
    cls=Verb,
    short_help="Walk from one sample to another.",
    examples=(
        ("ganapps interpolate runs/dcgan-digits-1 --rows 8 --steps 10", "eight walks between random samples"),
        ("ganapps interpolate runs/bigan-mnist-1 --between three.png eight.png", "between two pictures of yours"),
    ),
)
@click.argument("source", metavar="RUN", type=PLACE)
@click.option(
    "--between",
    nargs=2,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Two pictures, for models with an encoder.",
)
@click.option("--rows", type=click.IntRange(min=1), default=8, show_default=True, help="Walks, one a row.")
@click.option("--steps", type=click.IntRange(min=2), default=10, show_default=True, help="Pictures on a walk.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Fixes the ends.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("interpolation.png"), show_default=True
)
@as_json
def command(
    source: Path, between: tuple[Path, Path] | None, rows: int, steps: int, seed: int, out: Path, json_wanted: bool
) -> None:
    """Draw the samples of RUN on the way between pairs of latents, one pair a row.

    Normal latents go along the great circle, uniform ones straight. What else the model takes (a label, a code) stays
    the same along a row.
    """
    from ganapps.cli.abilities import able, pictures_for
    from ganapps.engine import inference, pictures

    model = able(source, "encode" if between else "generate")
    if "sample" not in model.signatures():
        raise click.UsageError(f"{model.title} has no latents to walk between.")
    offered = model.signatures()["sample"]
    name, latent = next((n, spec) for n, spec in offered.inputs.items() if spec.kind == "latent")
    if between:
        codes = model.encode(pictures_for(model, between))
        inputs, rows = inference.draw_inputs(offered, 1, seed), 1
        ends = codes[:1], codes[1:]
    else:
        inputs = inference.draw_inputs(offered, 2 * rows, seed)
        ends = inputs[name][:rows], inputs[name][rows:]
    way = inference.between(*ends, steps, latent.distribution).reshape(rows * steps, -1)
    others = {key: value[:rows].repeat(steps, axis=0) for key, value in inputs.items() if key != name}
    samples = inference.run(offered, others | {name: way})
    sheet = pictures.scatter(samples) if samples.ndim == 2 else pictures.grid(samples, columns=steps)
    pictures.save_png(sheet, out.with_suffix(".png"))
    if json_wanted:
        echo_json({"file": out.with_suffix(".png"), "rows": rows, "steps": steps})
    else:
        click.echo(f"{rows} walks of {steps}: {out.with_suffix('.png')}")
