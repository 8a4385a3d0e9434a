"""What other cluster tests rely on: this is a real Kubernetes, and it goes as it came."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from cluster import cache, control_groups, kept
from cluster.api import Api, Object, Refused
from cluster.control_plane import ControlPlane
from cluster.image import STUDENT
from cluster.node import Node
from cluster.simulated import SELECTOR, TOLERATION, SimulatedNodes
from hub.student import eventually

ALICE = "alice@college.edu"
READS_PODS = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}


def pods(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/pods"


def pod(name: str, command: list[str], **more: object) -> Object:
    container = {"name": "main", "image": STUDENT, "imagePullPolicy": "Never", "command": command}
    container |= more.pop("container", {})  # type: ignore[arg-type]
    spec = {"containers": [container], "terminationGracePeriodSeconds": 0, "restartPolicy": "Never", **more}
    return {"metadata": {"name": name, "labels": {"name": name}}, "spec": spec}


def main_state(plane: ControlPlane, namespace: str, name: str) -> Object:
    status = plane.api.get(f"{pods(namespace)}/{name}")["status"]
    return next(iter(status.get("containerStatuses", [{"state": {}}])))["state"]


def test_the_server_reports_its_true_version(control_plane: ControlPlane):
    assert control_plane.api.get("/version")["gitVersion"] == "v1.34.4"


def test_an_account_does_what_its_role_allows_and_nothing_else(control_plane: ControlPlane, namespace: str, account):
    reader = Api(account([READS_PODS]))
    assert reader.list(pods(namespace)) == []
    for forbidden in (f"/api/v1/namespaces/{namespace}/secrets", pods("kube-system"), "/api/v1/nodes"):
        with pytest.raises(Refused, match="forbidden") as refused:
            reader.get(forbidden)
        assert refused.value.code == 403


def test_two_managers_of_one_field_conflict(control_plane: ControlPlane, namespace: str):
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    wanted = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "1"}}
    control_plane.api.apply(path, wanted, manager="helm")
    with pytest.raises(Refused, match='conflict with "helm"'):
        control_plane.api.apply(path, {**wanted, "data": {"a": "2"}}, manager="somebody-else")


def test_a_claim_gets_a_volume_which_goes_with_it(control_plane: ControlPlane, namespace: str):
    claims = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Mi"}}}
    control_plane.api.create(claims, {"metadata": {"name": "home"}, "spec": spec})
    volume = eventually(lambda: control_plane.api.get(f"{claims}/home")["spec"].get("volumeName"))
    path = Path(control_plane.api.get(f"/api/v1/persistentvolumes/{volume}")["spec"]["hostPath"]["path"])
    eventually(lambda: control_plane.api.get(f"{claims}/home")["status"]["phase"] == "Bound")
    assert path.is_dir()
    control_plane.api.delete(f"{claims}/home")
    eventually(lambda: not control_plane.api.exists(f"/api/v1/persistentvolumes/{volume}"))
    assert not path.exists()


def test_simulated_nodes_carry_the_pods_that_they_have_room_for(control_plane: ControlPlane, namespace: str):
    with SimulatedNodes(control_plane.api, 4, pods="10") as nodes:
        for index in range(41):
            asked = pod(f"p-{index}", ["true"], tolerations=[TOLERATION], nodeSelector=SELECTOR)
            control_plane.api.create(pods(namespace), asked)

        def running() -> list[Object]:
            return control_plane.api.list(pods(namespace), fieldSelector="status.phase=Running")

        eventually(lambda: len(running()) == 40, timeout_s=300)
        assert {one["spec"]["nodeName"] for one in running()} == set(nodes.names)

        def waiting() -> list[str]:
            found = control_plane.api.list(pods(namespace), fieldSelector="status.phase=Pending")
            return [one["status"].get("conditions", [{}])[0].get("reason", "") for one in found]

        eventually(lambda: waiting() == ["Unschedulable"])


def test_a_pod_writes_logs_and_runs_commands(control_plane: ControlPlane, namespace: str, node_with_hub: Node):
    control_plane.api.create(pods(namespace), pod("talks", ["sh", "-c", "echo hello; exec sleep 600"]))
    path = f"{pods(namespace)}/talks"
    eventually(lambda: "running" in main_state(control_plane, namespace, "talks"))
    eventually(lambda: control_plane.api.text(f"{path}/log") == "hello\n")
    inside = ("-n", namespace, "exec", "-i", "talks", "--")
    assert control_plane.kubectl(*inside, "cat", stdin="given") == "given"
    with pytest.raises(AssertionError, match="exit code 7"):
        control_plane.kubectl(*inside, "sh", "-c", "exit 7")


def test_a_pod_over_its_memory_is_killed(control_plane: ControlPlane, namespace: str, node_with_hub: Node):
    greedy = ["python3", "-c", "held = bytearray(300_000_000)"]
    limits = {"resources": {"limits": {"memory": "64Mi"}}}
    control_plane.api.create(pods(namespace), pod("greedy", greedy, container=limits))
    ended = eventually(lambda: main_state(control_plane, namespace, "greedy").get("terminated"))
    assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)


def test_an_image_that_is_not_there_is_said(control_plane: ControlPlane, namespace: str, node: Node):
    control_plane.api.create(pods(namespace), pod("none", ["true"], container={"image": "localhost/absent:1"}))
    eventually(
        lambda: main_state(control_plane, namespace, "none").get("waiting", {}).get("reason") == "ErrImageNeverPull"
    )


def test_a_service_is_reached_by_name_from_pods_and_by_address_from_here(
    control_plane: ControlPlane, namespace: str, node_with_hub: Node
):
    serves = ["sh", "-c", "cd /tmp; echo world > index.html; exec python3 -m http.server 8080"]
    control_plane.api.create(pods(namespace), pod("web", serves))
    ports = [{"port": 80, "targetPort": 8080}]
    balanced = {"selector": {"name": "web"}, "ports": ports, "type": "LoadBalancer"}
    services = f"/api/v1/namespaces/{namespace}/services"
    control_plane.api.create(services, {"metadata": {"name": "web"}, "spec": balanced})
    service = eventually(
        lambda: (one := control_plane.api.get(f"{services}/web"))["status"]["loadBalancer"].get("ingress") and one
    )
    for address in (service["spec"]["clusterIP"], service["status"]["loadBalancer"]["ingress"][0]["ip"]):
        eventually(lambda address=address: httpx2.get(f"http://{address}/index.html", timeout=2).text == "world\n")
    asks = ["python3", "-c", "import urllib.request as r; print(r.urlopen('http://web/index.html').read().decode())"]
    control_plane.api.create(pods(namespace), pod("asks", asks))
    eventually(lambda: "terminated" in main_state(control_plane, namespace, "asks"))
    assert "world" in control_plane.api.text(f"{pods(namespace)}/asks/log")


def test_a_pod_speaks_with_the_api_server(control_plane: ControlPlane, namespace: str, node_with_hub: Node):
    asks = (
        "import ssl, urllib.request as r; place = '/var/run/secrets/kubernetes.io/serviceaccount/'; "
        "trust = ssl.create_default_context(cafile=place + 'ca.crt'); "
        "print(r.urlopen('https://kubernetes.default.svc/livez', context=trust).read())"
    )
    control_plane.api.create(pods(namespace), pod("asks", ["python3", "-c", asks]))
    eventually(lambda: "terminated" in main_state(control_plane, namespace, "asks"))
    assert "ok" in control_plane.api.text(f"{pods(namespace)}/asks/log")


BORROWER = """\
import sys
from cluster import control_plane, node
plane = control_plane.start(sys.argv[1])
pods = node.start(plane) if sys.argv[2] == "node" else None
print(plane.folder, plane.slot.cable, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("what", ["node", "no node"])
def test_nothing_is_left_of_a_run_that_was_killed(what: str, control_plane: ControlPlane, request):
    if what == "node":
        request.getfixturevalue("node")
    run = f"killed-{os.getpid()}"
    borrower = subprocess.Popen(
        [sys.executable, "-c", BORROWER, run, what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(kept.TESTS)},
    )
    assert borrower.stdout
    folder, cable = borrower.stdout.readline().split()
    assert processes_of(run)
    assert Path("/sys/class/net", cable).exists() == (what == "node")
    borrower.send_signal(signal.SIGKILL)
    borrower.wait()
    eventually(lambda: not Path(folder).parent.exists(), timeout_s=300)
    eventually(lambda: not processes_of(run))
    assert not Path("/sys/class/net", cable).exists()
    assert run not in Path("/proc/mounts").read_text()
    assert not list(control_groups.TREES.glob(f"*/{cable}")) + list(control_groups.TREES.glob(cable))


def test_what_a_killed_keeper_leaves_goes_with_the_next_start(tmp_path: Path):
    stale = kept.root() / f"stale-{os.getpid()}" / "control-plane"
    stale.mkdir(parents=True)
    (stale / "keeper.lock").touch()
    kept.sweep_stale()
    assert not stale.parent.exists()


def processes_of(run: str) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            argv = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(f"/{run}/".encode() in word for word in argv):
            found.append(b" ".join(argv).decode())
    return found


def test_two_runs_make_one_thing_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made: list[Path] = []
    for _ in range(2):
        cache.made_once("thing", lambda into: (into / "part").touch() or made.append(into))  # type: ignore[func-returns-value]
    assert len(made) == 1
    assert (cache.folder() / "thing" / "part").exists()


def test_what_was_half_made_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ZeroDivisionError):
        cache.made_once("thing", lambda into: (into / "part").touch() or 1 / 0)
    assert not (cache.folder() / "thing").exists()
    cache.made_once("thing", lambda into: (into / "other").touch())
    assert [one.name for one in (cache.folder() / "thing").iterdir()] == ["other"]
