"""The mirror of course material as a process beside the cluster, where its pod would be.

Its Service is the one of its manifests, with this process at the end of it: pods reach it by the address that a deploy gives them.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2

from classhub.config.load import load
from classhub.config.overlay_servers import ForServers
from classhub.materials.student_side import files
from classhub.plan.mirror_objects import in_pod, objects
from classhub.plan.mirror_place import Mirror
from classhub.plan.mirror_settings import mirror_settings
from cluster.api import Object
from cluster.release import NAME, Release
from doubles.ports import free_port
from hub.student import eventually

COURSE, MATERIAL = "comp141", "material"


def add_course(config: Path) -> None:
    """To a deployment folder."""
    (config.parent / MATERIAL).mkdir()
    (config / "courses").mkdir()
    (config / "courses" / f"{COURSE}.yaml").write_text(f"title: Computing\nmaterial: {MATERIAL}\n")


def values_for_servers(namespace: str) -> ForServers:
    """As a deploy of such a folder gives them to servers."""
    return ForServers(files(), Mirror(NAME, namespace).address)


class MirrorBeside:
    """Of a release that is installed. It listens on the machine's end of the cable to the node."""

    def __init__(self, release: Release, config: Path, folder: Path) -> None:
        """config: the deployment folder."""
        self.release, self.folder = release, folder
        self.material = config.parent / MATERIAL
        self.mirror = Mirror(NAME, release.namespace)
        self.host, self.port = release.plane.slot.host, free_port(release.plane.slot.host)
        loaded = load(config, {})
        settings = mirror_settings(loaded, folder / "store", imports_here=False)
        made = objects(self.mirror, "none", settings, {}, values=loaded.values)
        release.plane.kubectl("apply", "-f", "-", stdin=_service(made, self.host, self.port))
        here = {
            "store": str(folder / "store"),
            "listen": f"{self.host}:{self.port}",
            "hub_api": f"{release.address}hub/api",
        }
        self._child: subprocess.Popen[bytes] | None = None
        self._settings = folder / "mirror.json"
        self._settings.write_text(json.dumps({**in_pod(self.mirror, settings), **here}))

    def start(self) -> None:
        """Returns when it answers."""
        with (self.folder / "mirror.log").open("a") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "classhub.materials.mirror", str(self._settings)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdout=log,
                stderr=log,
            )
        eventually(self._is_well)

    def close(self) -> None:
        """May be called again, and before start."""
        if self._child is not None:
            self._child.send_signal(signal.SIGTERM)
            self._child.wait(120)
            self._child = None

    def write(self, files: dict[str, bytes]) -> None:
        """As the instructor, into the course's folder."""
        for path, content in files.items():
            place = self.material / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

    def publish(self, files: dict[str, bytes]) -> str:
        """Written, and no waiting for the next look. Names the release."""
        self.write(files)
        answer = eventually(lambda: found if (found := self._ask("POST", "publish")).status_code == 200 else None)
        return str(answer.json()["release"])

    def students(self) -> list[dict[str, Any]]:
        """As staff see them."""
        answer = self._ask("GET", "status")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["students"])

    def has(self, name: str) -> bool:
        """Whether staff see that this student has what is out."""
        return [one["is_behind"] for one in self.students() if one["name"] == name] == [False]

    def _ask(self, method: str, what: str) -> httpx2.Response:
        """With ClassHub's own token."""
        token = self.release.secret("hub.services.classhub.apiToken")
        return self._send(method, f"/courses/{COURSE}/{what}", {"Authorization": f"token {token}"})

    def _is_well(self) -> bool:
        return self._send("GET", "/health", {}).status_code == 200

    def _send(self, method: str, path: str, headers: dict[str, str]) -> httpx2.Response:
        url = f"http://{self.host}:{self.port}{self.mirror.prefix}{path}"
        return httpx2.request(method, url, headers=headers, timeout=60, trust_env=False)


def _service(made: list[Object], host: str, port: int) -> str:
    """Without a selector a Service has the ends that it is given."""
    (service,) = [one for one in made if one["kind"] == "Service"]
    service = {**service, "spec": {key: value for key, value in service["spec"].items() if key != "selector"}}
    metadata = {**service["metadata"], "labels": {"kubernetes.io/service-name": service["metadata"]["name"]}}
    ends = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": metadata,
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": port, "protocol": "TCP"}],
        "endpoints": [{"addresses": [host]}],
    }
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": [service, ends]})
