"""Where `ganapps` starts."""

import os
import sys
import warnings

from ganapps.cli import quiet
from ganapps.cli.app import ganapps


def main() -> None:
    """Run the command line. With GANAPPS_DEBUG set, tracebacks and everything the libraries say reach the terminal."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if not os.environ.get("GANAPPS_DEBUG"):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
        quiet.on_first_import()
    ganapps(prog_name="ganapps")


if __name__ == "__main__":
    main()
