"""Each kind of network, exported once for all tests."""

import json

import pytest

from tests.export import small_networks as networks

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
    networks.export_small(signature, folder)
    return request.param, signature, folder, json.loads((folder / "card.json").read_text())
