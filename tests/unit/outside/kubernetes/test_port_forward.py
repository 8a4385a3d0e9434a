"""A port here that leads to a pod's."""

import socket
import threading

import pytest

from classhub.errors import NotRunning, OutsideFailed
from classhub.outside.kubernetes import Cluster, Forbidden, calls
from unit.outside.kubernetes.pod import Pod

PATIENCE_S = 120
PORT = (8081).to_bytes(2, "little")


def shout(line):
    """Upper case, until the other side hangs up; "bye" makes it hang up itself."""
    line.accept("v4.channel.k8s.io")
    line.say(0, PORT)
    line.say(1, PORT)
    while (heard := line.hear()) is not None:
        _, piece = heard
        if piece == b"bye":
            line.close()
            return
        line.say(0, piece.upper())


@pytest.fixture
def hub(kubeconfig, monkeypatch):
    monkeypatch.setattr(calls, "WAITS_S", (0,))
    pod = Pod(shout)
    pod.cluster = Cluster.connect("jhub", kubeconfig=kubeconfig(pod.address))
    yield pod
    pod.close()


def connected(port):
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def said(near, text):
    threading.Thread(target=near.sendall, args=(text,), daemon=True).start()
    got = b""
    while len(got) < len(text):
        piece = near.recv(65536)
        if not piece:
            break
        got += piece
    return got


def test_several_connections_at_once_lead_to_the_pods_port(hub):
    with hub.cluster.forward("hub-1", 8081) as port, connected(port) as one, connected(port) as two:
        assert said(two, b"two") == b"TWO"
        assert said(one, b"one") == b"ONE"
        much = b"x" * 3_000_000
        assert said(one, much) == much.upper()
    assert {tuple(line.query["ports"]) for line in hub.lines} == {("8081",)}


def test_when_the_pod_hangs_up_so_do_we(hub):
    with hub.cluster.forward("hub-1", 8081) as port, connected(port) as near:
        assert said(near, b"bye") == b""


def test_when_it_is_over_nothing_listens_any_more(hub):
    with hub.cluster.forward("hub-1", 8081) as port:
        pass
    with pytest.raises(ConnectionRefusedError):
        connected(port)


def test_a_connection_made_while_the_api_server_is_away_waits_for_it(hub):
    with hub.cluster.forward("hub-1", 8081) as port:
        hub.refuse = 6
        with connected(port) as near:
            assert said(near, b"still") == b"STILL"
    assert hub.refuse == 0


def test_a_port_where_nothing_listens_is_told_at_once(kubeconfig):
    def play(line):
        told = b"error forwarding port 8081 to pod x: connection refused"
        line.accept("v4.channel.k8s.io", (0, PORT), (1, PORT), (1, told))
        line.hear()

    pod = Pod(play)
    cluster = Cluster.connect("jhub", kubeconfig=kubeconfig(pod.address))
    with pytest.raises(NotRunning, match="Nothing listens on port 8081") as told, cluster.forward("hub-1", 8081):
        pass
    assert "connection refused" in told.value.cause
    pod.close()


def test_whoever_may_not_learns_it_at_once(api, cluster):
    message = 'pods "hub-1" is forbidden: User "a" cannot get resource "pods/portforward" in API group "" in the namespace "jhub"'
    api.fail(403, message, "Forbidden")
    with pytest.raises(Forbidden, match="may not get pods/portforward"), cluster.forward("hub-1", 8081):
        pass


def test_a_pod_that_cannot_be_reached_is_told_at_once(api, cluster):
    api.fail(500, "error dialing backend: no route to host", "InternalError")
    with pytest.raises(OutsideFailed, match="status 500"), cluster.forward("hub-1", 8081):
        pass
