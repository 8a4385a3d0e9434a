"""The target of a cluster under the contract: the test chart's hub on a real control plane and node.

A deploy takes half a minute there, so all tests of a run share one hub, and each begins by bringing it to what it needs.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from classhub.config.load import load
from classhub.config.model import Config
from classhub.operations import deploy, servers
from classhub.plan import release
from classhub.plan.steps import Plan, Revision
from classhub.targets.cluster.inspection import over_chart, settings_digest
from classhub.targets.cluster.target import ClusterTarget
from cluster.college import College
from cluster.control_plane import ControlPlane
from contract.harness import CANARY
from hub.student import eventually

VALUES = {
    "hub": {"config": {"KubeSpawner": {"http_timeout": 120}}},
    "scheduling": {"userPlaceholder": {"enabled": True, "replicas": 1}},
}
"""With a pool that can be scaled, and patience where the machine is busy."""


class ClusterHarness:
    parts = ("hub", "proxy", "user-placeholder")
    stay = frozenset({"user-placeholder"})
    pool = "placeholders"
    start = "classhub deploy"
    lacks: Mapping[str, str] = {
        "launched": "a pod does not say which settings it was started with; its deployment replaces it when they differ",
        "sizes": "the tests' disks are folders of the node, and a kubelet measures real volumes only",
        "one revision": "Helm numbers each upgrade, also one that changes nothing",
    }

    def __init__(self, college: College) -> None:
        self.college = college
        self.target = ClusterTarget(college.folder, college.environ, timeout_s=120)
        self.variant = 0
        secret = college.folder / "secrets.yaml"
        secret.write_text(yaml.safe_dump({**yaml.safe_load(secret.read_text()), "custom": {"canary": CANARY}}))

    def config(self, variant: int = 0) -> Config:
        self.college.configure({**VALUES, "singleuser": {"defaultUrl": f"/tree?variant={variant}"}})
        return load(self.college.folder, self.college.environ)

    def settings(self, variant: int = 0) -> Mapping[str, Any]:
        return self.target.settings(self.config(variant))

    def digest(self, variant: int) -> str:
        return settings_digest(self.target.at.chart().version, self.settings(variant)["values"])

    def values(self, variant: int) -> Mapping[str, Any]:
        return over_chart(self.settings(variant)["values"], self.target.at.chart().version)

    def plan(self, variant: int) -> Plan:
        self.config(variant)
        left = deploy.unfinished(self.target)
        folder, environ = self.college.folder, self.college.environ
        return deploy.prepare(self.target, folder, environ, what=f"variant {variant}", left=left).plan

    def cut_short(self, plan: Plan) -> Plan:
        done = [step.do for step in plan.steps].index(release.UPGRADE) + 1
        return replace(plan, steps=plan.steps[:done])

    def way_back(self, revision: Revision, outcome: str = "") -> Plan:
        running = self.target.inspect()
        assert running is not None
        return release.way_back(running, revision.number, outcome=outcome)

    def start_server(self, user: str) -> None:
        running = self.target.inspect()
        if running is not None and user in {one.user for one in running.servers if one.ready}:
            return
        with self.target.api() as api:
            if user not in {one["name"] for one in api.users()}:
                api.add_user(user)
        servers.start(self.target, user)
        eventually(lambda: user in {one.user for one in self.target.inspect().servers if one.ready}, 300)


@contextmanager
def make_cluster(plane: ControlPlane, folder: Path) -> Iterator[ClusterHarness]:
    """In a namespace of its own, which goes with all that is in it. Nothing is deployed yet."""
    made = ClusterHarness(College(plane, f"contract-{uuid.uuid4().hex[:8]}", folder))
    yield made
    path = f"/api/v1/namespaces/{made.college.namespace}"
    if plane.api.exists(path):
        plane.api.delete(path)
