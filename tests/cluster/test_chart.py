"""The test chart runs a real hub: it installs, a student works, an upgrade disturbs nobody, it goes."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from cluster.control_plane import ControlPlane
from cluster.node import Node
from cluster.release import Release
from hub.student import eventually

ALICE = "alice@college.edu"


@pytest.fixture
def release(control_plane: ControlPlane, node_with_hub: Node, namespace: str, tmp_path: Path) -> Iterator[Release]:
    made = Release(control_plane, namespace, tmp_path)
    yield made
    made.uninstall()


def test_an_upgrade_keeps_a_students_server_and_the_hubs_database(release: Release):
    release.install()
    assert httpx2.get(f"{release.address}hub/login", timeout=60).status_code == 200
    alice = release.student(ALICE)
    alice.start()
    alice.start_kernel()
    assert alice.run("kept = 41") == ""
    claim = release.only("persistentvolumeclaims", "component=singleuser-storage")
    assert claim["metadata"]["annotations"]["hub.jupyter.org/username"] == ALICE
    hub = release.only("pods", "component=hub")["metadata"]["uid"]

    release.upgrade({"hub": {"concurrentSpawnLimit": 7}})
    eventually(lambda: release.only("pods", "component=hub")["metadata"]["uid"] != hub, timeout_s=300)
    eventually(lambda: alice.get("/api/status").status_code == 200, timeout_s=300)
    assert alice.run("print(kept + 1)") == "42\n"
    assert ALICE in {user["name"] for user in release.api().users()}


@pytest.mark.long
def test_generated_secrets_outlive_an_upgrade(release: Release):
    release.install()
    before = release.secret("hub.config.JupyterHub.cookie_secret")
    release.upgrade({"singleuser": {"defaultUrl": "/lab"}})
    assert release.secret("hub.config.JupyterHub.cookie_secret") == before
    assert json.loads(release.helm("list", "-o", "json"))[0]["revision"] == "2"
