"""From the length that was asked for to the steps that are taken."""

import os
import subprocess
import sys

import pytest

from ganapps import registry
from ganapps.errors import UsageError
from ganapps.workflow import updates_a_step

pytestmark = pytest.mark.usefixtures("quick_collections")  # Keras' clear_session collects


@pytest.mark.parametrize(
    ("model", "config", "updates"),
    [
        ("gan", {"dimensions": 2}, 1),
        ("wgan-gp", {"dimensions": 2, "features": 8}, 5),
        ("wgan-gp", {"dimensions": 2, "features": 8, "critic_updates": 3}, 3),
        ("dualgan", {"resolution": 32, "features": 4}, 3),
        ("discogan", {"resolution": 32, "features": 4}, 2),
    ],
)
def test_an_epoch_counts_the_batches_of_the_player_with_most_updates(model, config, updates):
    assert updates_a_step(registry.get(model), config) == updates


def test_sizes_that_make_no_network_are_the_users_error():
    with pytest.raises(UsageError, match=r"dcgan cannot be built with these options: .*33"):
        updates_a_step(registry.get("dcgan"), {"resolution": 33})


def test_importing_the_package_switches_onednn_on_unless_the_user_said_otherwise():
    for said, taken in (({}, "1"), ({"TF_ENABLE_ONEDNN_OPTS": "0"}, "0")):
        environment = {k: v for k, v in os.environ.items() if k != "TF_ENABLE_ONEDNN_OPTS"} | said
        code = "import os, ganapps; print(os.environ['TF_ENABLE_ONEDNN_OPTS'])"
        told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert told.stdout.strip() == taken
