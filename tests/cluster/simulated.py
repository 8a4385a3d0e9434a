"""Nodes that exist on paper: the scheduler places pods on them, and the pods say that they run.

For scale, quota, placeholders and pods that find no room. They carry a taint, so that pods which must really run keep to
the real node: what shall come here tolerates it (TOLERATION) and may choose it (SELECTOR).
"""

import contextlib
import threading
from datetime import UTC, datetime
from typing import Any

import httpx2

from cluster.api import Api, Object, Refused

MARK = "classhub.test/simulated"
SELECTOR = {MARK: "true"}
TOLERATION = {"key": MARK, "operator": "Exists", "effect": "NoSchedule"}
NODES = "/api/v1/nodes"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
HEARTBEAT_S = 8


class SimulatedNodes:
    """with SimulatedNodes(api, 20): ... ; at the end the nodes and their pods are gone."""

    def __init__(self, api: Api, count: int, prefix: str = "paper", **room: str) -> None:
        """Room of each: cpu, memory, pods."""
        self.api = api
        self.names = [f"{prefix}-{index}" for index in range(count)]
        self.room = {"cpu": "4", "memory": "16Gi", "pods": "110", **room}
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._beat, self._run_pods)]

    def __enter__(self) -> "SimulatedNodes":
        for name in self.names:
            self._make(name)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for name in self.names:
            for pod in self.api.list("/api/v1/pods", fieldSelector=f"spec.nodeName={name}"):
                self._end(pod)
            self.api.delete(f"{NODES}/{name}")
            self.api.delete(f"{LEASES}/{name}")

    def vanish(self, name: str) -> None:
        """Its machine is gone: no heartbeat any more, and the cluster says NotReady after half a minute."""
        self.names.remove(name)

    def _make(self, name: str) -> None:
        self.api.create(
            NODES,
            {
                "metadata": {"name": name, "labels": {MARK: "true", "kubernetes.io/hostname": name}},
                "spec": {"taints": [{"key": MARK, "value": "true", "effect": "NoSchedule"}]},
            },
        )
        ready = {"type": "Ready", "status": "True", "reason": "OnPaper"}
        status = {"capacity": self.room, "allocatable": self.room, "conditions": [{**ready, **_times()}]}
        self.api.patch(f"{NODES}/{name}/status", {"status": status})
        spec = {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": _now_precise()}
        self.api.create(LEASES, {"metadata": {"name": name}, "spec": spec})

    def _beat(self) -> None:
        while not self._over.wait(HEARTBEAT_S):
            for name in list(self.names):
                with contextlib.suppress(Refused, httpx2.HTTPError):
                    self.api.patch(f"{LEASES}/{name}", {"spec": {"renewTime": _now_precise()}})

    def _run_pods(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(httpx2.HTTPError, Refused):
                for kind, pod in self.api.watch("/api/v1/pods", timeout_s=30):
                    if self._over.is_set():
                        return
                    if kind != "DELETED" and pod["spec"].get("nodeName") in self.names:
                        self._step(pod)

    def _step(self, pod: Object) -> None:
        with contextlib.suppress(Refused):  # somebody else was faster
            if "deletionTimestamp" in pod["metadata"]:
                self._end(pod)
            elif pod["status"].get("phase") == "Pending":
                self.api.patch(f"{_path(pod)}/status", {"status": running(pod)})

    def _end(self, pod: Object) -> None:
        self.api.delete(_path(pod), gracePeriodSeconds=0)


def running(pod: Object) -> dict[str, Any]:
    """The status of a pod whose containers all run."""
    started = {"running": {"startedAt": _now()}}
    return {
        "phase": "Running",
        "startTime": _now(),
        "podIP": "192.0.2.1",
        "podIPs": [{"ip": "192.0.2.1"}],
        "conditions": [
            {"type": kind, "status": "True", "lastTransitionTime": _now()}
            for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
        ],
        "containerStatuses": [
            {
                "name": one["name"],
                "image": one["image"],
                "imageID": one["image"],
                "ready": True,
                "started": True,
                "restartCount": 0,
                "state": started,
            }
            for one in pod["spec"]["containers"]
        ],
    }


def _path(pod: Object) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def _times() -> dict[str, str]:
    return {"lastHeartbeatTime": _now(), "lastTransitionTime": _now()}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _now_precise() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
