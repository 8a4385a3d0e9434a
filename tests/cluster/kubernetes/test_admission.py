"""What a real cluster's own rules refuse, in words."""

import base64
import contextlib
import datetime
import ipaddress
import json
import ssl
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from classhub.errors import OutsideFailed
from classhub.outside.kubernetes import Changed, OverQuota, RefusedByPolicy
from cluster.kubernetes.bodies import claim, config_map, eventually

ADMISSION = "admissionregistration.k8s.io/v1"
NEW_CONFIG_MAPS = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}]


def test_a_quota_that_is_full_is_told_with_its_numbers(cluster):
    hard = {"requests.storage": "2Gi", "limits.memory": "1Gi"}
    cluster.create({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": hard}})
    eventually(lambda: cluster.get("ResourceQuota", "small").get("status", {}).get("used"))

    def claimed():
        with contextlib.suppress(OverQuota):  # the API server hears of a quota's status a moment later
            return cluster.create(claim("claim-alice"))

    eventually(claimed)
    with pytest.raises(OverQuota, match="quota small") as told:
        cluster.create(claim("claim-bob", "2Gi"))
    for part in ("requests.storage=2Gi", "Used: requests.storage=1Gi", "Limit: requests.storage=2Gi"):
        assert part in told.value.cause
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "x"},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    }
    with pytest.raises(OverQuota, match="quota small") as told:
        cluster.create(pod)
    assert "limits.memory" in told.value.cause


def test_a_policy_is_told_in_its_own_words(cluster, of_the_cluster):
    name = f"policy-{uuid.uuid4().hex[:8]}"
    validations = [{"expression": "object.metadata.name != 'bad'", "message": "no bad names here"}]
    of_the_cluster(
        {
            "apiVersion": ADMISSION,
            "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": name},
            "spec": {"matchConstraints": {"resourceRules": NEW_CONFIG_MAPS}, "validations": validations},
        }
    )
    here = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": cluster.namespace}}}
    of_the_cluster(
        {
            "apiVersion": ADMISSION,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": name},
            "spec": {"policyName": name, "validationActions": ["Deny"], "matchResources": here},
        }
    )
    error = refusal(cluster, RefusedByPolicy)
    assert name in error.what
    assert error.cause == "no bad names here"


def test_a_namespace_on_its_way_out_is_told_as_such(cluster, of_the_cluster):
    name = f"leaving-{uuid.uuid4().hex[:8]}"
    of_the_cluster(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "finalizers": ["college.edu/x"]}}
    )
    cluster.delete("Namespace", name)
    with pytest.raises(Changed, match=f"namespace {name} is being deleted"):
        cluster.create({**config_map("one"), "metadata": {"name": "one", "namespace": name}})
    cluster.patch("Namespace", name, {"metadata": {"finalizers": None}})


class Webhook:
    """An admission webhook on the loopback that refuses what is named "bad"."""

    def __init__(self, folder):
        self.certificate = _certificate(folder / "webhook.pem")
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "webhook.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    class _Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            request = asked["request"]
            is_good = request["name"] != "bad"
            status = {} if is_good else {"status": {"code": 403, "message": "no bad names here"}}
            answer = {**asked, "response": {"uid": request["uid"], "allowed": is_good, **status}}
            del answer["request"]
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_):
            """Quiet."""

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def _certificate(path):
    """Writes key and certificate; gives the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "webhook")])
    now = datetime.datetime.now(datetime.UTC)
    start, end = now - datetime.timedelta(hours=1), now + datetime.timedelta(hours=1)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, end).add_extension(names, critical=False)
    pem = serialization.Encoding.PEM
    made = builder.sign(key, hashes.SHA256()).public_bytes(pem)
    path.write_bytes(made + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return made


@pytest.fixture
def webhook(cluster, of_the_cluster, tmp_path):
    hook = Webhook(tmp_path)
    name = f"rules-{uuid.uuid4().hex[:8]}.college.edu"
    of_the_cluster(
        {
            "apiVersion": ADMISSION,
            "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": name},
            "webhooks": [
                {
                    "name": name,
                    "clientConfig": {"url": hook.url, "caBundle": base64.b64encode(hook.certificate).decode()},
                    "rules": NEW_CONFIG_MAPS,
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": cluster.namespace}},
                    "sideEffects": "None",
                    "admissionReviewVersions": ["v1"],
                }
            ],
        }
    )
    yield hook
    hook.close()


def refusal(cluster, kind):
    """The error of making what must not be made, once the cluster has taken up its new rule."""

    def refused():
        try:
            cluster.create(config_map("bad"))
        except kind as error:
            return error
        cluster.delete("ConfigMap", "bad")
        return None

    return eventually(refused)


def test_a_webhook_is_told_in_its_own_words_and_missed_when_it_is_away(cluster, webhook):
    error = refusal(cluster, RefusedByPolicy)
    assert "webhook rules-" in error.what
    assert error.cause == "no bad names here"
    cluster.create(config_map("good"))
    webhook.close()
    with pytest.raises(OutsideFailed, match=r"webhook rules-.* did not answer") as told:
        cluster.create(config_map("better"))
    assert "refused" in told.value.cause
