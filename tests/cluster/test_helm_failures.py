"""Why Helm could not, in the same words whichever Helm it was, and without a secret in them."""

import base64
import json
import os

import pytest

from classhub.outside import helm_cli
from classhub.outside.helm import Access, HelmFailed, find_helm
from cluster.helms import BRIEF_S, SECRET, by_name, deploy, eventually, failed, kubeconfig


def test_the_schemas_refusal_names_the_place_and_no_value(helm, chart):
    for call in (helm.render, helm.dry_run):
        said = failed(call, chart, "jhub", {"fixed": f"{SECRET}1", "colour": 3}, kind="schema")
        assert "fixed: " in said and "colour: " in said
    failed(deploy, helm, chart, fixed=f"{SECRET}1", kind="schema")
    assert helm.history("jhub") == []


def test_a_failing_template_is_named_with_its_line(helm, chart):
    said = failed(deploy, helm, chart, fails=SECRET, token=SECRET, kind="template")
    assert "jupyterhub/templates/fails.yaml, line 1" in said and "it fails: " in said
    assert helm.history("jhub") == []


def test_another_programs_change_is_told_and_not_overwritten(helm_of, chart, control_plane, namespace, api):
    """Helm 3 merges by itself; what applies on the server is told."""
    for backend in ("helm 4", "sdk"):
        helm = helm_of(backend)
        deploy(helm, chart, colour="blue")
        path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
        theirs = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "settings"},
            "data": {"colour": "theirs"},
        }
        control_plane.api.apply(path, theirs, "kubectl-edit", force=True)
        said = failed(deploy, helm, chart, colour="green", token=SECRET, kind="conflict")
        assert "kubectl-edit" in said and ".data.colour" in said and "ConfigMap settings" in said
        assert api("configmaps", "settings")["data"]["colour"] == "theirs"
        helm.uninstall("jhub", timeout_s=BRIEF_S)


def test_a_cluster_that_does_not_answer_is_told(helm_of, backend, chart, tmp_path):
    path = tmp_path / "nowhere"
    path.write_text(json.dumps(kubeconfig("https://127.0.0.1:9")))
    helm = helm_of(backend, kubeconfig=path)
    for call in (lambda: helm.history("jhub"), lambda: helm.dry_run(chart, "jhub", {}), lambda: deploy(helm, chart)):
        assert "connection refused" in failed(call, kind="unreachable")


@pytest.mark.parametrize("theirs", [["PYTHONPATH=/theirs"], []])
def test_what_fetches_credentials_gets_its_users_environment(helm_of, backend, tmp_path, monkeypatch, theirs):
    """It may be a Python program of its own, which our PYTHONPATH would break."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    for line in theirs:
        monkeypatch.setenv(*line.split("="))
    script = tmp_path / "fetch"
    script.write_text(f"#!/bin/sh\n/usr/bin/env > {tmp_path}/seen\nexit 3\n")
    script.chmod(0o755)
    fetch = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(script), "interactiveMode": "Never"}
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(kubeconfig("https://127.0.0.1:9", exec=fetch)))
    failed(helm_of(backend, kubeconfig=path).history, "jhub", kind="credentials")
    seen = (tmp_path / "seen").read_text().splitlines()
    assert [line for line in seen if line.startswith(("PYTHONPATH=", "HELM_"))] == theirs


def test_expired_credentials_are_told(helm_of, backend, chart, tmp_path, control_plane):
    server = json.loads(control_plane.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    path = tmp_path / "expired"
    path.write_text(json.dumps(kubeconfig(server, token="expired-token")))
    helm = helm_of(backend, kubeconfig=path)
    for call in (lambda: helm.history("jhub"), lambda: deploy(helm, chart)):
        assert "expired-token" not in failed(call, kind="credentials")


def test_a_context_that_is_not_there_is_told(helm_of, backend):
    helm = helm_of(backend, context="no-such")
    assert "no-such" in failed(helm.history, "jhub", kind="context")


def test_a_right_that_is_lacking_is_named(helm_of, backend, chart, account):
    rules = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]}]
    helm = helm_of(backend, kubeconfig=account(rules))
    said = failed(deploy, helm, chart, token=SECRET, kind="forbidden")
    assert "configmaps" in said and "role admin in namespace" in said and "kubectl auth can-i" in said
    nobody = helm_of(backend, kubeconfig=account([]))
    assert "may not list secrets" in failed(nobody.history, "jhub", kind="forbidden")


def test_a_full_quota_is_told_with_its_figures(helm, chart, control_plane, namespace):
    path = f"/api/v1/namespaces/{namespace}/resourcequotas"
    control_plane.api.create(path, {"metadata": {"name": "small"}, "spec": {"hard": {"count/configmaps": "2"}}})
    eventually(lambda: control_plane.api.get(f"{path}/small").get("status", {}).get("used"))
    said = failed(deploy, helm, chart, many=9, token=SECRET, kind="quota")
    assert "quota small" in said and "count/configmaps=2" in said


@pytest.fixture
def dead_webhook(control_plane, namespace):
    """Asked before every ConfigMap of this namespace, and nobody listens."""
    path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    hook = {
        "name": "rules.college.edu", "clientConfig": {"url": "https://127.0.0.1:9/"}, "sideEffects": "None",
        "admissionReviewVersions": ["v1"], "timeoutSeconds": 1,
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["configmaps"]}],
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
    }  # fmt: skip
    control_plane.api.create(path, {"metadata": {"name": namespace}, "webhooks": [hook]})
    yield
    control_plane.api.delete(f"{path}/{namespace}")


def test_a_webhook_in_the_way_is_named(helm, chart, dead_webhook):
    def refused():
        try:
            deploy(helm, chart, token=SECRET)
        except HelmFailed as error:
            assert SECRET not in str(error)
            return error
        helm.uninstall("jhub", timeout_s=BRIEF_S)  # the API server takes a moment to hear of it
        return None

    error = eventually(refused)
    assert error.kind == "webhook" and "rules.college.edu" in error.what


def test_a_namespace_is_made_only_when_wanted(helm, chart, control_plane, namespace):
    control_plane.api.delete(f"/api/v1/namespaces/{namespace}")
    eventually(lambda: not control_plane.api.exists(f"/api/v1/namespaces/{namespace}"))
    with pytest.raises(HelmFailed) as caught:
        helm.upgrade(chart, "jhub", {}, description="", timeout_s=BRIEF_S, create_namespace=False)
    assert caught.value.kind == "absent" and namespace in caught.value.what
    assert by_name(helm.dry_run(chart, "jhub", {}))["ConfigMap", "settings"]
    assert not control_plane.api.exists(f"/api/v1/namespaces/{namespace}")
    assert deploy(helm, chart).status == "deployed"


def test_a_large_deployment_that_no_secret_holds_is_told(helm, chart):
    noise = base64.b64encode(os.urandom(1_300_000)).decode()
    failed(deploy, helm, chart, noise=noise, kind="too large")


def test_an_old_or_foreign_helm_is_not_taken(tmp_path, paths):
    access = Access(None, "", "jhub")
    (tmp_path / "helm").write_text("#!/bin/sh\necho Helm, the synthesizer\n")
    (tmp_path / "helm").chmod(0o755)
    assert helm_cli.program({"PATH": str(tmp_path)}) is None
    both = f"relative::{tmp_path}:{paths['helm 4']}"
    assert find_helm(access, {"PATH": both}).version == "4.3.1"
