"""How a cluster is told who we are."""

import stat
import sys
from datetime import UTC, datetime, timedelta

import pytest

from classhub.outside.kubernetes import Cluster, NotSignedIn

POD = {"kind": "Pod", "metadata": {"name": "hub"}}

PLUGIN = """#!{python}
import json, os, sys
count = len(open({calls!r}, "a").close() or open({calls!r}).read())
open({calls!r}, "a").write("x")
told = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
assert os.environ["COLOUR"] == "blue" and sys.argv[1:] == ["get", "hush-hush"], sys.argv
status = {{"token": f"hush-{{count}}", "expirationTimestamp": {ends!r}}}
print(json.dumps({{"kind": "ExecCredential", "apiVersion": told["apiVersion"], "status": status}}))
"""


@pytest.fixture
def plugin(tmp_path):
    """Writes a credential plugin; gives the user of a kubeconfig that names it."""

    def write(text=PLUGIN, lasts=timedelta(hours=1), name="gke-gcloud-auth-plugin", version="v1"):
        path = tmp_path / name
        ends = (datetime.now(UTC) + lasts).strftime("%Y-%m-%dT%H:%M:%SZ")
        path.write_text(text.format(python=sys.executable, calls=str(tmp_path / "calls"), ends=ends))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        api = f"client.authentication.k8s.io/{version}"
        env = [{"name": "COLOUR", "value": "blue"}]
        return {"exec": {"command": str(path), "args": ["get", "hush-hush"], "apiVersion": api, "env": env}}

    return write


def tokens(api):
    return [headers["Authorization"] for *_, headers in api.asked]


@pytest.mark.parametrize("version", ["v1beta1", "v1"])
def test_a_plugin_gives_the_token_once_for_many_calls(api, kubeconfig, plugin, version):
    api.say(POD)
    cluster = Cluster.connect("jhub", kubeconfig=kubeconfig(api.address, plugin(version=version)))
    assert cluster.get("Pod", "hub") == cluster.get("Pod", "hub") == POD
    assert tokens(api) == ["Bearer hush-0", "Bearer hush-0"]


def test_a_token_that_ends_is_renewed_before_it_is_used(api, kubeconfig, plugin):
    api.say(POD)
    cluster = Cluster.connect("jhub", kubeconfig=kubeconfig(api.address, plugin(lasts=timedelta(seconds=5))))
    cluster.get("Pod", "hub")
    cluster.get("Pod", "hub")
    assert tokens(api) == ["Bearer hush-0", "Bearer hush-1"]


def test_a_token_that_is_refused_is_renewed_once(api, kubeconfig, plugin):
    api.say(POD).fail(401, "Unauthorized").say(POD).fail(401, "Unauthorized")
    cluster = Cluster.connect("jhub", kubeconfig=kubeconfig(api.address, plugin()))
    assert cluster.get("Pod", "hub") == cluster.get("Pod", "hub") == POD
    with pytest.raises(NotSignedIn, match="does not accept our credentials") as told:
        cluster.get("Pod", "hub")
    assert told.value.fix == "gcloud auth login"
    assert told.value.exit_code == 3
    assert tokens(api)[-2:] == ["Bearer hush-1", "Bearer hush-2"]


def test_a_missing_plugin_is_named_with_the_way_to_install_it(api, kubeconfig, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    user = {"exec": {"command": "gke-gcloud-auth-plugin", "args": ["hush-hush"], "apiVersion": "x"}}
    with pytest.raises(NotSignedIn, match=r"gke-gcloud-auth-plugin, which signs in .* is not on this machine") as told:
        Cluster.connect("jhub", kubeconfig=kubeconfig(api.address, user)).version()
    assert told.value.fix == "gcloud components install gke-gcloud-auth-plugin"
    assert "hush" not in str(told.value)
    hinted = {"exec": {"command": "corporate-login", "installHint": "Ask\nthe help desk"}}
    with pytest.raises(NotSignedIn, match="corporate-login") as told:
        Cluster.connect("jhub", kubeconfig=kubeconfig(api.address, hinted)).version()
    assert told.value.fix == "Ask the help desk"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#!/bin/sh\necho hush-out\necho 'Please log in again.' >&2\nexit 1\n", "Please log in again."),
        ("#!/bin/sh\necho hush-out\n", "of another version"),
        ('#!/bin/sh\necho \'{{"status": {{"clientKeyData": "hush-out"}}}}\'\n', "of another version"),
    ],
)
def test_a_failing_plugin_is_told_without_what_it_was_given_or_gave(api, kubeconfig, plugin, text, says):
    with pytest.raises(NotSignedIn, match="gke-gcloud-auth-plugin") as told:
        Cluster.connect("jhub", kubeconfig=kubeconfig(api.address, plugin(text))).version()
    assert says in told.value.cause
    assert "hush" not in str(told.value)
    assert api.asked == []


def test_a_token_in_a_file_is_read_again_when_it_is_refused(api, kubeconfig, tmp_path):
    (tmp_path / "token").write_text("old\n")
    api.say(POD).fail(401, "Unauthorized").say(POD)
    cluster = Cluster.connect("jhub", kubeconfig=kubeconfig(api.address, {"tokenFile": "token"}))
    cluster.get("Pod", "hub")
    (tmp_path / "token").write_text("new\n")
    assert cluster.get("Pod", "hub") == POD
    assert tokens(api) == ["Bearer old", "Bearer old", "Bearer new"]


@pytest.mark.parametrize(
    "user",
    [
        {"client-certificate": "gone.crt", "client-key": "gone.key"},
        {"client-certificate-data": "bm9uc2Vuc2U=", "client-key-data": "bm9uc2Vuc2U="},
        {"client-certificate-data": "%", "client-key-data": "%"},
        {"tokenFile": "gone"},
        {"auth-provider": {"name": "gcp"}},
    ],
)
def test_credentials_of_no_use_are_a_sentence(api, kubeconfig, user):
    with pytest.raises(NotSignedIn, match="kube context 'class'"):
        Cluster.connect("jhub", kubeconfig=kubeconfig(api.address, user)).version()


def test_whoever_acts_as_another_is_not_taken_for_oneself(api, kubeconfig):
    api.say(POD)
    user = {"token": "t", "as": "alice@college.edu", "as-groups": ["admins", "staff"]}
    Cluster.connect("jhub", kubeconfig=kubeconfig(api.address, user)).get("Pod", "hub")
    assert api.asked[0][-1]["Impersonate-User"] == "alice@college.edu"
    assert api.asked[0][-1]["Impersonate-Group"] in ("admins", "staff")


def test_a_proxy_of_the_environment_never_sees_what_goes_to_this_machine(api, kubeconfig, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    api.say(POD)
    assert Cluster.connect("jhub", kubeconfig=kubeconfig(api.address)).get("Pod", "hub") == POD


def test_a_cluster_elsewhere_is_asked_through_the_proxy_of_the_environment(api, kubeconfig, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", api.address)
    monkeypatch.setenv("http_proxy", api.address)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    api.say(POD)
    assert Cluster.connect("jhub", kubeconfig=kubeconfig("http://kube.college.edu")).get("Pod", "hub") == POD
