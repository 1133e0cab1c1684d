import subprocess
import sys

import pytest

from ganapps.errors import UsageError
from ganapps.metrics.catalogue import METRICS, find_metric


def test_a_number_finds_the_metric_that_gives_it() -> None:
    assert find_metric("fid").name == "fid"
    assert find_metric("recall").name == "precision-recall"
    assert find_metric("modes", {"points"}).name == "mode-coverage"
    assert find_metric("modes", {"channels"}).name == "stacked-modes"


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no metric 'fidd'.*Did you mean 'fid'"):
        find_metric("fidd")
    with pytest.raises(UsageError, match=r"Did you mean 'precision'"):
        find_metric("precison")


def test_settings_that_change_a_number_are_in_its_protocol() -> None:
    assert METRICS["kid"].protocol(2000) == "50x1000" and METRICS["kid"].protocol(400) == "50x200"
    assert METRICS["precision-recall"].protocol(2000) == "k3"
    assert METRICS["density-coverage"].protocol(2000) == "k5"


def test_metrics_import_no_framework() -> None:
    code = (
        "import sys, ganapps.metrics.catalogue; print([m for m in ('tensorflow', 'keras', 'jax') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
