"""A chart as a release in a namespace, driven by plain Helm: what tests compare ClassHub with, and start from.

It is the test chart, or the package that CLASSHUB_REAL_CHART names (`make test-real-chart CHART=file`).
"""

import base64
import json
import os
import secrets
import subprocess
from pathlib import Path
from typing import Any

import pytest

from classhub.config.merge import layer
from classhub.outside.hub_api import HubApi
from cluster import helm_binaries
from cluster.api import Object
from cluster.control_plane import ControlPlane
from hub.student import Student

TEST_CHART = Path(__file__).parent / "chart"
CHART = Path(os.environ.get("CLASSHUB_REAL_CHART") or TEST_CHART)
NAME = "jhub"
BARE_NODE: dict[str, Any] = {
    "hub": {"networkPolicy": {"enabled": False}, "config": {"KubeSpawner": {"http_timeout": 120}}},
    "proxy": {"chp": {"networkPolicy": {"enabled": False}}},
    "singleuser": {
        "networkPolicy": {"enabled": False},
        "cloudMetadata": {"blockWithIptables": False},
        "memory": {"guarantee": "64M"},
        "storage": {"capacity": "100Mi"},
    },
    "prePuller": {"hook": {"enabled": False}, "continuous": {"enabled": False}},
    "scheduling": {
        "userScheduler": {"enabled": False},
        "userPlaceholder": {"enabled": False, "image": {"name": "localhost/pause", "tag": "1"}},
    },
    "cull": {"enabled": False},
}
"""What the real chart needs where a node has one small disk, no registry, little time and nobody who
keeps network policies."""
only_of_the_test_chart = pytest.mark.skipif(CHART != TEST_CHART, reason="the test chart alone has such a hook")


class Release:
    def __init__(
        self, plane: ControlPlane, namespace: str, folder: Path, chart: Path = CHART, helm_version: str = "4.3.1"
    ) -> None:
        self.plane, self.namespace, self.chart, self.helm_version = plane, namespace, chart, helm_version
        self.token = secrets.token_hex(32)
        self._values = folder / "values.json"
        self._values.write_text(json.dumps(self.values()))

    def values(self) -> dict[str, Any]:
        """Everybody may sign in; a service of the tests may look after users and servers."""
        scopes = ["admin:users", "admin:servers", "tokens", "access:servers", "list:users", "read:hub"]
        ours: dict[str, Any] = {
            "hub": {
                "config": {"Authenticator": {"allow_all": True}},
                "services": {"tests": {"apiToken": self.token}},
                "loadRoles": {"tests": {"scopes": scopes, "services": ["tests"]}},
            }
        }
        return ours if self.chart == TEST_CHART else layer(BARE_NODE, ours)

    def install(self, *arguments: str) -> None:
        self.helm("install", NAME, str(self.chart), "--values", str(self._values), "--wait", "--timeout=3m", *arguments)

    def upgrade(self, values: dict[str, Any], *arguments: str) -> None:
        more = self._values.with_name("more.json")
        more.write_text(json.dumps(values))
        both = ("--values", str(self._values), "--values", str(more))
        self.helm("upgrade", NAME, str(self.chart), *both, "--wait", "--timeout=3m", *arguments)

    def uninstall(self) -> None:
        self.helm("uninstall", NAME, "--ignore-not-found", "--wait", "--timeout=1m")

    def helm(self, *arguments: str) -> str:
        command = [
            str(helm_binaries.helm_program(self.helm_version)),
            f"--kubeconfig={self.plane.kubeconfig}",
            f"--namespace={self.namespace}",
            *arguments,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"helm {' '.join(arguments)}: {done.stderr}\n{self.pods()}"
        return done.stdout

    def pods(self) -> str:
        return self.plane.kubectl("-n", self.namespace, "get", "pods,events")

    @property
    def address(self) -> str:
        """Where people reach it, from this machine too."""
        service = self.only("services", "component=proxy-public")
        ingress = service["status"]["loadBalancer"].get("ingress", [{}])[0]
        return f"http://{ingress.get('ip', service['spec']['clusterIP'])}/"

    def api(self) -> HubApi:
        return HubApi(self.address, self.token)

    def student(self, name: str) -> Student:
        return Student(self.api(), self.address, name)

    def only(self, kind: str, selector: str) -> Object:
        """The one object of a kind with these labels that is not about to go."""
        path = f"/api/v1/namespaces/{self.namespace}/{kind}"
        found = self.plane.api.list(path, labelSelector=f"{selector},release={NAME}")
        staying = [one for one in found if "deletionTimestamp" not in one["metadata"]]
        assert len(staying) == 1, f"{len(staying)} {kind} with {selector}"
        return staying[0]

    def secret(self, key: str) -> str:
        content = self.plane.api.get(f"/api/v1/namespaces/{self.namespace}/secrets/hub")["data"]
        return base64.b64decode(content[key]).decode()
