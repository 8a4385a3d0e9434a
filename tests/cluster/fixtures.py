"""What tests take from the bed. A conftest.py that wants them says `from cluster.fixtures import *`."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cluster import access, binaries, control_plane, image, node
from cluster.control_plane import ControlPlane
from cluster.node import Node

__all__ = ["account", "api_server", "namespace", "node_with_hub", "own_api_server", "pods_node"]


def leave_out(reason: str) -> None:
    """Skip; where the suite must be whole, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"left out, which CI never may: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session", name="control_plane")
def api_server() -> Iterator[ControlPlane]:
    """A real API server with its controllers and scheduler and no node; all workers of a run share one."""
    if not binaries.is_buildable():
        leave_out("the tests' Kubernetes is built with Go, and there is no `go` on PATH")
    started = control_plane.start(run_name())
    yield started
    started.close()


@pytest.fixture(name="own_control_plane")
def own_api_server() -> Iterator[ControlPlane]:
    """For a test that harms it."""
    if not binaries.is_buildable():
        leave_out("the tests' Kubernetes is built with Go, and there is no `go` on PATH")
    started = control_plane.start(f"own-{uuid.uuid4().hex[:8]}")
    yield started
    started.close()


@pytest.fixture(scope="session", name="node")
def pods_node(control_plane: ControlPlane) -> Iterator[Node]:
    """A real node, where pods run; it knows the image localhost/pause:1. Started for the first test that asks."""
    if os.getuid() != 0:
        leave_out("a node for pods needs root")
    if missing := node.missing_here():
        leave_out(missing)
    started = node.start(control_plane)
    yield started
    started.close()


@pytest.fixture(scope="session")
def node_with_hub(node: Node) -> Node:
    """The same node; it knows the hub's, the proxy's and the student's image, too (image.py)."""
    if not image.is_makable():
        leave_out(f"the hub's image needs {', '.join(image.PROGRAMS)}: sudo sh scripts/node-packages")
    node.load_once(image.ensure(), image.HUB)
    return node


def run_name() -> str:
    """One for all workers of a test run."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8] or f"run-{os.getpid()}"


@pytest.fixture
def namespace(control_plane: ControlPlane) -> Iterator[str]:
    """Fresh, with its default account; deleted afterwards, and gone once its pods are."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    access.make_namespace(control_plane.api, name)
    yield name
    control_plane.api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def account(control_plane: ControlPlane, namespace: str, tmp_path: Path) -> Callable[..., Path]:
    """account(rules, cluster_rules=[]) -> the kubeconfig of a new account with just these rights."""

    def make(rules: list[access.Rule], cluster_rules: list[access.Rule] | None = None) -> Path:
        return access.account(control_plane, namespace, tmp_path, rules, cluster_rules or [])

    return make
