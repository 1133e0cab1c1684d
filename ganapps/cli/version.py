"""`ganapps version`: what is installed."""

import click

import ganapps
from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json, facts

PACKAGES = ("keras", "tensorflow", "jax", "numpy", "tensorflow-datasets", "ai-edge-litert", "onnxruntime", "tf2onnx")


@click.command(
    "version",
    cls=Verb,
    short_help="Show what is installed.",
    examples=(("ganapps version --json", "for a bug report or a program"),),
)
@as_json
def command(json_wanted: bool) -> None:
    """Show the versions of ganapps, Python and the libraries that matter for results."""
    import platform
    from importlib import metadata

    found = {"ganapps": ganapps.__version__, "python": platform.python_version(), "platform": platform.platform()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    if json_wanted:
        echo_json(found)
    else:
        facts(found)
