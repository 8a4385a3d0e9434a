"""Which cluster is meant."""

import json
import subprocess
import sys

import pytest

from classhub.errors import ClasshubError, NotFound, OutsideFailed
from classhub.outside.kubernetes import Cluster, NotSignedIn, kubeconfig


def whole(**parts):
    named = {"contexts": "context", "clusters": "cluster", "users": "user"}
    rows = {key: [{"name": name, named[key]: entry} for name, entry in parts.get(key, {}).items()] for key in named}
    return json.dumps({"current-context": parts.get("current", ""), **rows})


@pytest.fixture
def two_files(tmp_path, monkeypatch):
    """$KUBECONFIG with a file that is missing, one with contexts, one in another folder with the rest."""
    (tmp_path / "other").mkdir()
    context = {"cluster": "c", "user": "u"}
    (tmp_path / "one").write_text(
        whole(current="near", contexts={"near": context, "far": context}, clusters={"c": {"server": "https://one"}})
    )
    (tmp_path / "other" / "two").write_text(
        whole(
            current="far",
            clusters={"c": {"server": "https://two"}},
            users={"u": {"client-certificate": "u.crt", "client-key": "/keys/u.key"}},
        )
    )
    named = [tmp_path / "missing", tmp_path / "one", tmp_path / "other" / "two"]
    monkeypatch.setenv("KUBECONFIG", ":".join(map(str, named)))


def test_of_several_files_the_first_word_counts(two_files):
    cluster = Cluster.connect("jhub")
    assert (cluster.context, cluster.server, cluster.namespace) == ("near", "https://one", "jhub")
    assert Cluster.connect("jhub", context="far").context == "far"


def test_a_file_is_named_relative_to_the_kubeconfig_that_names_it(two_files, tmp_path):
    user = kubeconfig.access().user
    assert user == {"client-certificate": str(tmp_path / "other" / "u.crt"), "client-key": "/keys/u.key"}


def test_an_unknown_context_is_told_with_those_there_are(two_files):
    with pytest.raises(NotFound, match="no kube context 'gke'") as told:
        Cluster.connect("jhub", context="gke")
    assert "far, near" in told.value.cause


def test_no_kubeconfig_is_told_with_the_way_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(NotFound, match=r"no kubeconfig at ~/\.kube/config") as told:
        Cluster.connect("jhub")
    assert "get-credentials" in told.value.fix
    with pytest.raises(NotFound, match="nowhere"):
        Cluster.connect("jhub", kubeconfig=tmp_path / "nowhere")


def test_the_pod_that_we_run_in_is_asked_last(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "6443")
    monkeypatch.setattr(kubeconfig, "SERVICE_ACCOUNT", tmp_path)
    (tmp_path / "token").write_text("t")
    cluster = Cluster.connect("jhub")
    assert (cluster.context, cluster.server) == ("in-cluster", "https://[fd00::1]:6443")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("users: [{name: u, user: {token: hush-hush\n", "is not YAML"),
        ("hush-hush", "is not a kubeconfig"),
        ("contexts: [hush-hush]", "its contexts are wrong"),
        ("users: hush-hush", "its users are wrong"),
        ("current-context: ''", "No kube context is chosen"),
        (whole(current="x", contexts={"x": {"cluster": "gone"}}), "names the cluster 'gone', which is not"),
        (
            whole(
                current="x", contexts={"x": {"cluster": "c", "user": "gone"}}, clusters={"c": {"server": "https://c"}}
            ),
            "names the user 'gone', who is not",
        ),
    ],
)
def test_a_damaged_kubeconfig_is_a_sentence_that_quotes_nothing_of_it(text, says, tmp_path):
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(ClasshubError, match=says) as told:
        Cluster.connect("jhub", kubeconfig=path)
    assert "hush-hush" not in str(told.value)
    assert isinstance(told.value, NotFound | OutsideFailed | NotSignedIn)


def test_nothing_heavy_is_imported_before_the_first_call(two_files):
    heavy = ("httpx2", "lightkube", "msgspec", "wsproto")
    code = f"""
import sys
from classhub.outside.kubernetes import Cluster
Cluster.connect("jhub")
print([name for name in {heavy} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_the_extra_the_way_to_get_it_is_told(two_files, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightkube", None)
    with pytest.raises(OutsideFailed, match="installed without") as told:
        Cluster.connect("jhub")
    assert told.value.fix.startswith("make cluster")


def test_no_secret_is_in_what_is_shown_of_a_cluster(tmp_path):
    path = tmp_path / "config"
    path.write_text(
        whole(
            current="x",
            contexts={"x": {"cluster": "c", "user": "u"}},
            clusters={"c": {"server": "https://alice:hush-hush@c.college.edu:6443"}},
            users={"u": {"token": "hush-hush"}},
        )
    )
    cluster = Cluster.connect("jhub", kubeconfig=path)
    assert repr(cluster) == "Cluster(context='x', server='https://c.college.edu:6443', namespace='jhub')"
    assert "hush-hush" not in repr(kubeconfig.access("", path))
