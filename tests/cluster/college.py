"""A college's deployment folder and the command line on it, as an admin has them; with a student at work."""

import base64
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import yaml

from classhub.config.merge import layer
from cluster import helm_binaries
from cluster.api import Object
from cluster.control_plane import ControlPlane
from cluster.release import CHART, NAME, Release
from hub.student import Student, eventually

ALICE = "alice@college.edu"
JANE = "Jane.Doe"
SETTINGS = {
    "target": "cluster",
    "chart": {"version": "4.4.0", "file": "../jupyterhub.tgz"},
    "cluster": {"context": "test"},
}


class College(Release):
    """config/ with the chart's package beside it. Every command has a time limit."""

    def __init__(
        self, plane: ControlPlane, namespace: str, folder: Path, chart: Path = CHART, helm_version: str = "4.3.1"
    ) -> None:
        super().__init__(plane, namespace, folder, chart, helm_version)
        self.folder = folder / "config"
        self.folder.mkdir()
        _pack(chart, folder / "jupyterhub.tgz")
        (self.folder / "classhub.yaml").write_text(yaml.safe_dump({**SETTINGS, "namespace": namespace}))
        self._write("secrets.yaml", {"hub": {"services": {"tests": {"apiToken": self.token}}}})
        self.environ = {
            **os.environ,
            "KUBECONFIG": str(plane.kubeconfig),
            "PATH": f"{helm_binaries.helm_program(helm_version).parent}:{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        self.number = 0
        self.base: dict[str, Any] = {}
        self.configure({})

    def configure(self, more: dict[str, Any]) -> None:
        """config.yaml: the usual one, with this over it."""
        values = self.values()
        del values["hub"]["services"]
        values["hub"]["config"]["JupyterHub"] = {"authenticator_class": "dummy"}
        self._write("config.yaml", layer(layer(values, self.base), more))

    def another(self, more: dict[str, Any] | None = None) -> str:
        """A change that restarts the hub and nothing else; the value that it sets."""
        self.number += 1
        wanted = f"/tree?number={self.number}"
        self.configure(layer({"singleuser": {"defaultUrl": wanted}}, more or {}))
        return wanted

    def keep_what_is_in_force(self) -> None:
        """config.yaml as the release has it, whatever the test before wrote: a deploy changes nothing."""
        self.configure({"singleuser": {"defaultUrl": self.in_force}})

    def _write(self, name: str, content: Any) -> None:
        path = self.folder / name
        path.write_text(yaml.safe_dump(content))
        path.chmod(0o600)

    def begin(self, *words: str) -> "Command":
        return Command(self, words)

    def classhub(self, *words: str, code: int = 0, limit_s: float = 900) -> "Command":
        """Run to its end, which must be this exit code."""
        done = self.begin(*words)
        assert done.end(limit_s) == code, f"{done.said()}\n{self.pods()}"
        return done

    # --- how it is

    @property
    def in_force(self) -> str:
        """The value of `another` that the hub has."""
        text = yaml.safe_load(self.secret("values.yaml"))
        return str((text.get("singleuser") or {}).get("defaultUrl"))

    def revisions(self) -> list[tuple[int, str]]:
        rows = json.loads(self.helm("history", NAME, "--output=json"))
        return [(row["revision"], row["status"]) for row in rows]

    def lease(self) -> Object | None:
        path = f"/apis/coordination.k8s.io/v1/namespaces/{self.namespace}/leases/classhub-{NAME}"
        return self.plane.api.get(path) if self.plane.api.exists(path) else None

    def is_held(self) -> bool:
        return bool(((self.lease() or {}).get("spec") or {}).get("holderIdentity"))

    def is_pending(self) -> bool:
        """The newest revision; of a helm that was killed an older one stays so for ever."""
        path = f"/api/v1/namespaces/{self.namespace}/secrets"
        found = [
            one["metadata"]["labels"] for one in self.plane.api.list(path, labelSelector=f"owner=helm,name={NAME}")
        ]
        newest = max(found, key=lambda labels: int(labels["version"]), default={"status": ""})
        return newest["status"].startswith("pending")

    def make_pending(self, age_s: float) -> None:
        """As a plain helm leaves it that was killed this long ago."""
        path = f"/api/v1/namespaces/{self.namespace}/secrets"
        for one in self.plane.api.list(path, labelSelector=f"owner=helm,name={NAME},status=pending-upgrade"):
            self.plane.api.delete(f"{path}/{one['metadata']['name']}")
        found = self.plane.api.list(path, labelSelector=f"owner=helm,name={NAME}")
        newest = max(found, key=lambda one: int(one["metadata"]["labels"]["version"]))
        labels = newest["metadata"]["labels"]
        number = int(labels["version"]) + 1
        record = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(newest["data"]["release"]))))
        record["version"] = number
        record["info"]["status"] = "pending-upgrade"
        record["info"]["last_deployed"] = (datetime.now(UTC) - timedelta(seconds=age_s)).isoformat()
        packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(record).encode()))).decode()
        labels = {**labels, "version": str(number), "status": "pending-upgrade"}
        name = f"sh.helm.release.v1.{NAME}.v{number}"
        body = {"metadata": {"name": name, "labels": labels}, "type": newest["type"], "data": {"release": packed}}
        self.plane.api.create(path, body)

    def errands(self) -> list[str]:
        return self.plane.kubectl(
            "-n", self.namespace, "get", "jobs,pods", "-l", "classhub/errand", "-o", "name"
        ).split()

    def hub(self) -> str:
        return str(self.only("pods", "component=hub")["metadata"]["uid"])

    def scale(self, replicas: int) -> None:
        self.plane.kubectl("-n", self.namespace, "scale", "deployment/hub", f"--replicas={replicas}")

    def people(self) -> set[str]:
        return {user["name"] for user in self.api().users()}

    def is_sound(self) -> None:
        """One release, whole: the old or the new one, and nothing of a command left."""
        assert self.revisions()[-1][1] == "deployed", self.revisions()
        assert not self.is_held()
        assert "classhub/turn" not in ((self.lease() or {})["metadata"].get("annotations") or {})
        eventually(lambda: self.errands() == [])  # what was deleted takes a moment to be gone
        self.hub()
        assert httpx2.get(f"{self.address}hub/login", timeout=60).status_code == 200


def _pack(chart: Path, package: Path) -> None:
    if chart.is_file():
        shutil.copy(chart, package)
        return
    with tarfile.open(package, "w:gz") as into:
        into.add(chart, "jupyterhub")


class Command:
    """`classhub WORDS` in the college's folder. What it writes to stderr is read as it comes."""

    def __init__(self, college: College, words: tuple[str, ...]) -> None:
        self.began = time.monotonic()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "classhub", *words],
            cwd=college.folder, env=college.environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._answer: list[str] = []
        self._other = threading.Thread(target=lambda: self._answer.append(self._child.stdout.read()), daemon=True)
        self._other.start()

    def _read(self) -> None:
        for line in self._child.stderr:
            self._lines.append(line.rstrip("\n"))

    @property
    def told(self) -> str:
        return "\n".join(self._lines)

    @property
    def answer(self) -> str:
        return "".join(self._answer)

    def said(self) -> str:
        return f"exit code {self._child.returncode}\n{self.told}\n{self.answer}"

    def until(self, is_so: "str | Callable[[], bool]", limit_s: float = 600) -> bool:
        """Once it says so, or the condition holds. False where it ended before."""
        until = time.monotonic() + limit_s
        while not (is_so in self.told if isinstance(is_so, str) else is_so()):
            if self._child.poll() is not None:
                self._reader.join(5)
                return is_so in self.told if isinstance(is_so, str) else False
            assert time.monotonic() < until, f"{is_so} never came\n{self.told}"
            time.sleep(0.02)
        return True

    def kill(self, number: int = signal.SIGKILL) -> None:
        self._child.send_signal(number)

    def kill_helm(self) -> bool:
        """False where none runs just now."""
        pid = _child_named(self._child.pid, "helm")
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    def end(self, limit_s: float = 900) -> int:
        try:
            code = self._child.wait(limit_s)
        except subprocess.TimeoutExpired:
            self._child.kill()
            raise AssertionError(f"not done in {limit_s} s\n{self.told}") from None
        self._reader.join(5)
        self._other.join(5)
        return code

    @property
    def took_s(self) -> float:
        return time.monotonic() - self.began


def _child_named(parent: int, name: str) -> int | None:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        comm, rest = text.partition("(")[2].rpartition(")")[::2]
        if comm == name and int(rest.split()[1]) == parent:
            return int(stat.parent.name)
    return None


class AtWork:
    """A student with a server and a variable in its kernel, and a name in the hub's database that no other place has."""

    def __init__(self, college: College) -> None:
        self.college = college
        self.alice: Student = college.student(ALICE)
        self.alice.start()
        self.alice.start_kernel()
        assert self.alice.run("kept = 41") == ""
        college.api().add_user(JANE)

    def goes_on(self) -> None:
        """The same kernel, and the same rows."""
        eventually(lambda: self.alice.get("/api/status").status_code == 200, timeout_s=300)
        assert self.alice.run("print(kept + 1)") == "42\n"
        assert {ALICE, JANE.lower()} <= {name.lower() for name in self.college.people()}
