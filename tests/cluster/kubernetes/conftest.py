"""The door to a real API server, with all rights in a namespace of its own."""

import pytest

from classhub.outside.kubernetes import Cluster
from cluster.kubernetes.bodies import eventually
from cluster.kubernetes.second_server import SecondServer


@pytest.fixture
def cluster(control_plane, namespace):
    with Cluster.connect(namespace, kubeconfig=control_plane.kubeconfig) as cluster:
        yield cluster


@pytest.fixture
def of_the_cluster(control_plane):
    """make(body): an object in no namespace, gone after the test."""
    made = []
    with Cluster.connect("default", kubeconfig=control_plane.kubeconfig) as cluster:

        def make(body):
            made.append((body["kind"], body["metadata"]["name"]))
            return cluster.create(body)

        yield make
        for kind, name in reversed(made):
            cluster.delete(kind, name)


@pytest.fixture
def second_server(control_plane, tmp_path):
    server = SecondServer(control_plane, tmp_path)
    try:
        eventually(server.is_well, 300)
        yield server
    finally:
        server.kill()
