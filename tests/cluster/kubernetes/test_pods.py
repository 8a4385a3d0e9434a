"""What runs in pods, on a real node: logs, programs, terminals, forwarded ports."""

import contextlib
import os
import socket
import threading
from itertools import islice

import pytest

from classhub.errors import ClasshubError, NotRunning
from classhub.outside.kubernetes import Cluster
from classhub.outside.process import Output
from cluster.kubernetes.bodies import PATIENCE_S, eventually
from cluster.kubernetes.outer import Outer

IMAGE = "localhost/hub:1"
ECHO = """
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while piece := self.request.recv(65536):
            self.request.sendall(piece)
socketserver.ThreadingTCPServer(("127.0.0.1", 8081), Echo).serve_forever()
"""


@pytest.fixture
def pod(node_with_hub, cluster):
    """pod(script): the name of a pod that runs it with sh."""
    names = []

    def start(script, restart="Never"):
        name = f"pod-{len(names)}"
        container = {"name": "c", "image": IMAGE, "imagePullPolicy": "Never", "command": ["sh", "-c", script]}
        spec = {"containers": [container], "restartPolicy": restart, "terminationGracePeriodSeconds": 0}
        cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})
        names.append(name)
        for _, one in cluster.watch("Pod", name=name, timeout_s=300):
            if one.get("status", {}).get("phase") in ("Running", "Succeeded", "Failed"):
                return name
        raise AssertionError(f"{name} does not start: {cluster.get('Pod', name)['status']}")

    yield start
    for name in names:
        cluster.delete("Pod", name, grace_s=0)


@pytest.fixture
def idle(pod):
    return pod("exec sleep 600")


def test_a_log_is_read_whole_or_from_its_end(pod, cluster):
    name = pod("seq 5")
    eventually(lambda: cluster.get("Pod", name)["status"]["phase"] == "Succeeded")
    assert list(cluster.logs(name, "c")) == ["1", "2", "3", "4", "5"]
    assert list(cluster.logs(name, "c", tail=2)) == ["4", "5"]
    [line] = cluster.logs(name, "c", tail=1, timestamps=True)
    assert line.endswith("Z 5")


def test_a_log_is_followed_until_the_container_ends(pod, cluster):
    name = pod("echo one; sleep 1; echo two; sleep 1; echo three")
    assert list(cluster.logs(name, "c", follow=True)) == ["one", "two", "three"]


def test_the_log_of_the_container_before_is_still_there(pod, cluster):
    name = pod("echo start; sleep 1; exit 1", restart="Always")

    def has_restarted():
        return cluster.get("Pod", name)["status"]["containerStatuses"][0]["restartCount"] > 0

    eventually(has_restarted)
    assert list(cluster.logs(name, "c", previous=True)) == ["start"]


def test_a_container_that_is_not_there_has_no_log(idle, cluster):
    with pytest.raises(ClasshubError, match="Pod pod-0") as told:
        list(cluster.logs(idle, "nope"))
    assert "nope" in told.value.cause
    with pytest.raises(ClasshubError):
        list(cluster.logs(idle, "c", previous=True))


def test_a_program_gives_its_code_and_both_streams_to_the_byte(idle, cluster):
    output = cluster.run(idle, "c", ["sh", "-c", r"printf '\377\000ok'; echo no >&2; exit 7"])
    assert output == Output(7, b"\xff\x00ok".decode(errors="surrogateescape"), "no\n")
    assert cluster.run(idle, "c", ["sh", "-c", 'echo $0 "$1"', "a b", "*"]) == Output(0, "a b *\n", "")


def test_a_program_gets_its_input_and_the_end_of_it(idle, cluster):
    much = os.urandom(3_000_000)
    output = cluster.run(idle, "c", ["cat"], stdin=much)
    assert output.out.encode(errors="surrogateescape") == much


def test_a_program_that_is_not_there_ends_as_in_a_shell(idle, cluster):
    assert cluster.run(idle, "c", ["nosuch"]).code == 127
    assert cluster.run(idle, "c", ["/etc"]).code == 126


def test_a_container_that_has_ended_runs_nothing(pod, cluster):
    name = pod("true")
    eventually(lambda: cluster.get("Pod", name)["status"]["phase"] == "Succeeded")
    with pytest.raises(NotRunning, match="does not run"):
        cluster.run(name, "c", ["true"])


def test_a_terminal_has_our_size_and_keys_and_gives_the_exit_code(idle, cluster, control_plane):
    outer = Outer(control_plane.kubeconfig, cluster.namespace, idle, "c", "sh")
    try:
        os.write(outer.keyboard, b"stty size; cat\n")
        outer.shows(b"33 111")
        os.write(outer.keyboard, b"\x03")  # ends cat, and nothing of ours
        outer.shows(b"\n$ ")  # a shell forgets what is typed while it is being interrupted
        os.write(outer.keyboard, b"echo still $((40+2)); exit 42\n")
        outer.shows(b"still 42")
        assert outer.process.wait(PATIENCE_S) == 42
        assert outer.is_as_before()
    finally:
        outer.close()


@pytest.fixture
def echo(pod, cluster):
    """A pod that sends back what comes on its port 8081."""
    name = pod(f"exec python3 -c '{ECHO}'")

    def listens():
        with contextlib.suppress(NotRunning), cluster.forward(name, 8081):
            return True

    eventually(listens)
    return name


def test_a_forwarded_port_leads_into_the_pod(echo, cluster):
    much = os.urandom(2_000_000)
    with cluster.forward(echo, 8081) as port:
        for sent in (b"one", much):
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as near:
                threading.Thread(target=near.sendall, args=(sent,)).start()
                got = b""
                while len(got) < len(sent):
                    got += near.recv(65536)
                assert got == sent


def test_a_forwarded_port_works_again_when_the_api_server_was_killed_and_came_back(echo, cluster, second_server):
    with (
        Cluster.connect(cluster.namespace, kubeconfig=second_server.kubeconfig) as there,
        there.forward(echo, 8081) as port,
    ):
        second_server.kill()
        second_server.start()
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as near:
            near.sendall(b"again")
            assert near.recv(10) == b"again"


def test_a_port_where_nothing_listens_is_told(idle, cluster):
    with pytest.raises(NotRunning, match="Nothing listens on port 8081"), cluster.forward(idle, 8081):
        pass


def test_a_log_that_is_followed_goes_on_over_a_killed_api_server(pod, cluster, second_server):
    name = pod("n=0; while [ $n -lt 400 ]; do echo $n; n=$((n+1)); sleep 0.05; done")
    with Cluster.connect(cluster.namespace, kubeconfig=second_server.kubeconfig) as there:
        lines = there.logs(name, "c", follow=True)
        first = list(islice(lines, 20))
        second_server.kill()
        second_server.start()
        assert first + list(lines) == [str(n) for n in range(400)]
