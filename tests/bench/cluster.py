"""A large college on a real API server: 5,000 users with a claim each, 300 servers. What looking at all of it costs.

No pod really runs: nodes and pods are written by hand. The hub's list of users comes from a small server that answers as
JupyterHub does, 200 users a page.
"""

import json
import resource
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

USERS, SERVERS, NODES = 5000, 300, 20
RELEASE = "jhub"
LABELS = {"app": "jupyterhub", "release": RELEASE, "app.kubernetes.io/instance": RELEASE}
NOW = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def user(number: int) -> str:
    return f"student-{number:04}@college.edu"


def claim(number: int) -> dict[str, Any]:
    marks = {
        "hub.jupyter.org/username": user(number),
        "hub.jupyter.org/kubespawner-version": "7.0.0",
        "hub.jupyter.org/jupyterhub-version": "5.5.0",
    }
    labels = LABELS | {"component": "singleuser-storage", "app.kubernetes.io/component": "singleuser-server"}
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": ""}
    spec["volumeName"] = f"pvc-{uuid.uuid4()}"
    return {"metadata": {"name": f"claim-{number}", "labels": labels, "annotations": marks}, "spec": spec}


def pod(number: int) -> dict[str, Any]:
    labels = LABELS | {"component": "singleuser-server", "app.kubernetes.io/component": "singleuser-server"}
    container = {
        "name": "notebook",
        "image": "gcr.io/college-cs/jserver:1",
        "env": [{"name": "A", "value": "x" * 40}] * 20,
    }
    container["resources"] = {"requests": {"cpu": "100m", "memory": "1Gi"}}
    mount = {"name": "home", "persistentVolumeClaim": {"claimName": f"claim-{number}"}}
    return {
        "metadata": {
            "name": f"jupyter-{number}",
            "labels": labels,
            "annotations": {"hub.jupyter.org/username": user(number)},
        },
        "spec": {
            "nodeName": f"bench-{number % NODES}",
            "containers": [container],
            "volumes": [mount],
            "automountServiceAccountToken": False,
            "tolerations": [{"operator": "Exists"}],
        },
    }


def node(number: int) -> dict[str, Any]:
    return {"metadata": {"name": f"bench-{number}", "labels": {"hub.jupyter.org/node-purpose": "user"}}}


def deployment(part: str) -> dict[str, Any]:
    labels = LABELS | {"component": part}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": part, "image": "x"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": {"component": part}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": part, "labels": labels}, "spec": spec}


def fill(api: Any, namespace: str) -> None:
    """By many hands at once: the API server makes one object a request."""
    space = f"/api/v1/namespaces/{namespace}"
    room = {"cpu": "16", "memory": "64Gi", "pods": "110"}
    status = {
        "allocatable": room,
        "capacity": room,
        "conditions": [{"type": "Ready", "status": "True", "reason": "Bench"}],
    }
    for number in range(NODES):
        api.create("/api/v1/nodes", node(number))
        api.patch(f"/api/v1/nodes/bench-{number}/status", {"status": status})
    for part in ("hub", "proxy"):
        api.create(f"/apis/apps/v1/namespaces/{namespace}/deployments", deployment(part))
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda number: api.create(f"{space}/persistentvolumeclaims", claim(number)), range(USERS)))
        list(hands.map(lambda number: api.create(f"{space}/pods", pod(number)), range(SERVERS)))


def model(number: int) -> dict[str, Any]:
    """As JupyterHub 5 gives it with include_stopped_servers and admin:server_state."""
    runs = number < SERVERS
    server = {
        "name": "",
        "full_name": f"{user(number)}/",
        "last_activity": NOW,
        "started": NOW if runs else None,
        "pending": None,
        "ready": runs,
        "stopped": not runs,
        "url": f"/user/{user(number)}/",
        "user_options": {},
        "progress_url": f"/hub/api/users/{user(number)}/server/progress",
        "full_url": None,
        "full_progress_url": None,
        "state": {
            "kubespawner_version": "7.0.0",
            "pod_name": f"jupyter-{number}",
            "namespace": "jhub",
            "dns_name": f"jupyter-{number}.jhub.svc.cluster.local",
            "pvc_name": f"claim-{number}",
        },
    }
    return {
        "name": user(number),
        "admin": False,
        "roles": ["user"],
        "groups": [],
        "server": server["url"] if runs else None,
        "pending": None,
        "created": NOW,
        "last_activity": NOW,
        "servers": {"": server},
        "kind": "user",
    }


@contextmanager
def hub() -> Iterator[tuple[str, list[str]]]:
    """Its address, and the paths that were asked for."""
    people, asked = [model(number) for number in range(USERS)], list[str]()

    class Pages(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            query = parse_qs(urlsplit(self.path).query)
            offset, limit = int(query["offset"][0]), min(200, int(query["limit"][0]))
            following = {"offset": offset + limit, "limit": limit} if offset + limit < len(people) else None
            page = {"items": people[offset : offset + limit], "_pagination": {"total": len(people), "next": following}}
            body = json.dumps(page).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/jupyterhub-pagination+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()


def look(what: str, kubeconfig: str, namespace: str, address: str) -> dict[str, Any]:
    """In a process of its own: CPU seconds of all of it, the start of Python included."""
    from classhub.outside.helm import Release
    from classhub.outside.hub_api import HubApi
    from classhub.outside.kubernetes import Cluster
    from classhub.targets.cluster import overview
    from classhub.targets.cluster.homes import ClusterHomes

    cluster = Cluster.connect(namespace, kubeconfig=Path(kubeconfig))

    def api() -> HubApi:
        return HubApi(address, "bench")

    if what == "homes list":
        count = len(ClusterHomes(cluster, RELEASE, api).list())
    else:
        helm = SimpleNamespace(values=lambda *_: {})
        at = SimpleNamespace(cluster=cluster, release=RELEASE, helm=helm, place="bench")
        seen = overview.overview(at, api, Release(RELEASE, namespace, 1, "deployed", "jupyterhub-4.4.0", "", 0.0))
        count = (
            len(seen.homes) if len(seen.pods) == SERVERS and sum(one.servers for one in seen.nodes) == SERVERS else -1
        )
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_s": used.ru_utime + used.ru_stime, "requests": cluster.requests, "homes": count}


def rows() -> list[tuple[str, str, str]]:
    """Without Go there is no API server to ask: no rows."""
    from cluster import access, binaries, control_plane

    if not binaries.is_buildable():
        return [("a cluster of 5,000 users: there is no Go here", "-", "-")]
    plane, namespace = control_plane.start(f"bench-{uuid.uuid4().hex[:8]}"), "bench"
    try:
        access.make_namespace(plane.api, namespace)
        fill(plane.api, namespace)
        with hub() as (address, asked):
            return [_row(what, plane, namespace, address, asked) for what in ("status", "homes list")]
    finally:
        plane.close()


def _row(what: str, plane: Any, namespace: str, address: str, asked: list[str]) -> tuple[str, str, str]:
    asked.clear()
    argv = [sys.executable, "-m", "bench.cluster", what, str(plane.kubeconfig), namespace, address]
    done = subprocess.run(argv, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    found = json.loads(done.stdout)
    assert found["homes"] == USERS, done.stdout
    name = f"{what}: {USERS} users and homes, {SERVERS} servers"
    figures = f"{found['requests']} requests to the cluster, {len(asked)} to the hub"
    return name, f"{found['cpu_s']:.2f} s CPU", figures


if __name__ == "__main__":
    print(json.dumps(look(*sys.argv[1:])))
