"""No answer, or half of one."""

import datetime
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from classhub.errors import OutsideFailed
from classhub.outside.kubernetes import Cluster, Unreachable, calls, silence

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "hub"}}


@pytest.fixture
def own_certificate(tmp_path):
    """A file with a key and a certificate that nobody knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(hours=1))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = tmp_path / "server.pem"
    path.write_bytes(key.private_bytes(pem, plain, serialization.NoEncryption()) + made.public_bytes(pem))
    return path


def test_a_cluster_that_is_down_is_told_after_a_few_tries(api, cluster):
    api.server.shutdown()
    api.server.server_close()
    with pytest.raises(Unreachable, match=r"Nothing answers at http://127\.0\.0\.1") as told:
        cluster.version()
    assert told.value.exit_code == 3
    assert cluster.requests == len(calls.WAITS_S) + 1


def test_an_address_that_has_no_name_server_is_told(kubeconfig, monkeypatch):
    monkeypatch.setattr(calls, "WAITS_S", ())
    with pytest.raises(Unreachable, match=r"address https://kube\.invalid:6443 is not known") as told:
        Cluster.connect("jhub", kubeconfig=kubeconfig("https://kube.invalid:6443")).version()
    assert "DNS" in told.value.cause


def test_a_certificate_that_is_not_trusted_is_told_at_once(api, kubeconfig, own_certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate)
    api.server.socket = context.wrap_socket(api.server.socket, server_side=True)
    cluster = Cluster.connect(
        "jhub", kubeconfig=kubeconfig(api.address.replace("http://127.0.0.1", "https://localhost"))
    )
    with pytest.raises(Unreachable, match="is not trusted") as told:
        cluster.version()
    assert "of another cluster" in told.value.cause
    assert cluster.requests == 1


def test_a_name_that_the_certificate_must_hold_may_differ_from_the_address(api, kubeconfig, own_certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate)
    api.server.socket = context.wrap_socket(api.server.socket, server_side=True)
    api.say({"gitVersion": "v1.34.4"})
    address = api.address.replace("http://", "https://")
    trusted = {"certificate-authority": str(own_certificate), "tls-server-name": "localhost"}
    assert Cluster.connect("jhub", kubeconfig=kubeconfig(address, cluster=trusted)).version() == "v1.34.4"


def test_a_cluster_that_says_nothing_is_not_waited_for_for_ever(kubeconfig, monkeypatch):
    monkeypatch.setattr(calls, "WAITS_S", ())
    monkeypatch.setattr(calls, "QUIET_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(Unreachable, match="did not answer in time"):
            Cluster.connect("jhub", kubeconfig=kubeconfig(address)).version()


def test_an_answer_that_is_cut_is_asked_for_again(api, cluster):
    api.say(POD, cut=True).say(POD)
    assert cluster.get("Pod", "hub") == POD
    api.answers.clear()
    api.say(POD, cut=True)
    with pytest.raises(silence.BrokenOff, match="broke off"):
        cluster.get("Pod", "hub")


def test_a_server_that_starts_is_waited_for(api, cluster):
    api.fail(503, "starting").say(b"bad gateway", 502).say(POD)
    assert cluster.get("Pod", "hub") == POD
    api.answers.clear()
    api.fail(503, "apiserver is shutting down")
    with pytest.raises(OutsideFailed, match="failed with status 503") as told:
        cluster.get("Pod", "hub")
    assert "shutting down" in told.value.cause


def test_an_object_is_never_made_twice(api, cluster):
    api.say(POD, cut=True)
    with pytest.raises(silence.BrokenOff):
        cluster.create(POD)
    api.answers.clear()
    api.fail(503, "starting")
    with pytest.raises(OutsideFailed):
        cluster.create(POD)
    assert len(api.asked) == 2


def test_a_deletion_whose_answer_was_lost_is_done(api, cluster):
    api.say({}, cut=True).fail(404, "", "NotFound", {"name": "hub", "kind": "pods"})
    cluster.delete("Pod", "hub", missing_ok=False)


def test_no_token_is_in_any_message(api, cluster):
    api.fail(403, "no", "Forbidden")
    with pytest.raises(Exception, match="refused") as told:
        cluster.get("Pod", "hub")
    error = told.value
    while error is not None:
        assert "the-token-of-alice" not in f"{error!s}{error!r}{vars(error)!r}"
        error = error.__cause__


def test_many_threads_may_ask_at_once(api, cluster):
    api.say(POD)
    found = []
    threads = [threading.Thread(target=lambda: found.append(cluster.get("Pod", "hub"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [POD] * 20
