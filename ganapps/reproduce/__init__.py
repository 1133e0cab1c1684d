"""The numbers of the documentation, each made again by its name."""

from ganapps.reproduce.experiments import names, run

__all__ = ["names", "run"]
