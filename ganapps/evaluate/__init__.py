"""Measures models, bundles and pictures against real data; `runner.evaluate` is the way in."""
