"""Each kind of network, exported once for all tests."""

import json

import pytest
import small_networks as networks

from ganapps.export.bundle import export

KINDS = {
    "dcgan": networks.dcgan,
    "points": networks.points,
    "embedding": networks.conditional,
    "one-hot": lambda: networks.conditional(embedding=False),
    "resnet-in": networks.resnet,
    "resnet-bn": lambda: networks.resnet(batch_norm=True),
    "attributes": networks.attributes,
}


@pytest.fixture(scope="session", params=KINDS)
def exported(request, tmp_path_factory):
    """(kind, signature, folder, card.json) of a bundle."""
    signature = KINDS[request.param]()
    folder = tmp_path_factory.mktemp("bundles") / request.param
    export_small(signature, folder)
    return request.param, signature, folder, json.loads((folder / "card.json").read_text())


def export_small(signature, folder, **options):
    """Export with 32 calibration inputs and 6 others to compare on."""
    calibration = [networks.real_inputs(signature, 16, seed) for seed in (7, 8)]
    reference = networks.real_inputs(signature, 6, 9)
    return export(signature, folder, facts=networks.FACTS, calibration=calibration, reference=reference, **options)
