"""Helm 3, Helm 4 and the SDK's child do the same to a real API server, and say the same when they cannot."""

import base64
import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from classhub.errors import ClasshubError, NotFound
from classhub.outside import helm_cli, helm_sdk
from classhub.outside.helm import Access, HelmFailed, find_helm
from cluster import helm_binaries
from cluster.tiny_chart import tiny_chart

BACKENDS = ("helm 3", "helm 4", "sdk")
PROGRAMS = {"helm 3": "3.17.3", "helm 4": "4.3.1"}
SECRET = "s3cret-of-the-college"
HOSTILE = {
    "text": "é 😀 \u2028\u0085\ufeff\t'\"\\ {{ fail }} \n- y: z\n# no\n",
    "😀: {[": [1, 2.5, None, True, "yes", "1e3", "2026-01-07", "0o17", "12:30:45", "~", ""],
    "large": "x" * 300_000,
}
BRIEF_S = 30.0


def without(reason):
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="session")
def paths():
    """By backend: a PATH with the one helm in it."""
    try:
        return {name: str(helm_binaries.helm_program(version).parent) for name, version in PROGRAMS.items()}
    except helm_binaries.NotToBeHad as error:
        without(str(error))


@pytest.fixture
def helm_of(control_plane, namespace, paths):
    """helm_of(backend, kubeconfig=..., context=...) -> Helm in this test's namespace."""

    def made(backend, kubeconfig=None, context=""):
        access = Access(kubeconfig or control_plane.kubeconfig, context, namespace)
        environ = {**os.environ, "HELM_NAMESPACE": "elsewhere", "HELM_KUBEAPISERVER": "https://127.0.0.1:9"}
        if backend == "sdk":
            if importlib.util.find_spec("helm_python") is None:
                without("helm-python-sdk is not installed: it is in requirements/dev.txt")
            return helm_sdk.HelmSdk(access, {**environ, "PATH": "/nowhere"})
        return find_helm(access, {**environ, "PATH": paths[backend]})

    return made


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


@pytest.fixture
def helm(helm_of, backend):
    return helm_of(backend)


@pytest.fixture(scope="session")
def chart(tmp_path_factory):
    path = tmp_path_factory.mktemp("chart") / "jupyterhub-4.4.0.tgz"
    path.write_bytes(tiny_chart())
    return path


@pytest.fixture
def api(control_plane, namespace):
    """api(name) -> the data of a ConfigMap or Secret here, or None."""
    core = f"/api/v1/namespaces/{namespace}"

    def found(kind, name):
        path = f"{core}/{kind}/{name}"
        return control_plane.api.get(path) if control_plane.api.exists(path) else None

    return found


def deploy(helm, chart, timeout_s=BRIEF_S, description="by test", **values):
    return helm.upgrade(chart, "jhub", values, description=description, timeout_s=timeout_s)


def failed(call, *arguments, kind=None, **more):
    """The error's text. Every one has a next command, and none holds a secret."""
    with pytest.raises(ClasshubError) as caught:
        call(*arguments, **more)
    error = caught.value
    said = str(error)
    assert error.fix and SECRET not in said and "\n" not in error.what
    if kind:
        assert isinstance(error, HelmFailed) and error.kind == kind, said
    return said


def statuses(helm):
    return [(one.revision, one.status) for one in helm.history("jhub")]


def by_name(objects):
    return {(one["kind"], one["metadata"]["name"]): one for one in objects}


def test_the_first_upgrade_installs_and_the_next_makes_a_revision(helm, chart, api, namespace):
    assert helm.history("jhub") == []
    before = time.time()
    first = deploy(helm, chart, colour="blue")
    assert (first.name, first.namespace, first.revision, first.status) == ("jhub", namespace, 1, "deployed")
    assert (first.chart, first.app_version, first.description) == ("jupyterhub-4.4.0", "5.5.0", "by test")
    assert before - 1 <= first.updated <= time.time() + 1
    second = deploy(helm, chart, description="with 'quotes' and é", colour="green")
    assert (second.revision, second.status, second.description) == (2, "deployed", "with 'quotes' and é")
    assert statuses(helm) == [(1, "superseded"), (2, "deployed")] and helm.history("jhub")[1] == second
    assert api("configmaps", "settings")["data"]["colour"] == "green"


def test_values_and_manifest_of_each_revision_are_kept(helm, chart):
    deploy(helm, chart, colour="blue", token=SECRET)
    deploy(helm, chart, colour="green")
    assert helm.values("jhub", 1) == {"colour": "blue", "token": SECRET}
    assert helm.values("jhub") == helm.values("jhub", 2) == {"colour": "green"}
    for revision, colour in ((1, "blue"), (2, "green"), (0, "green")):
        found = by_name(helm.manifest("jhub", revision))
        assert found.keys() == {("ConfigMap", "settings"), ("ConfigMap", "fixed"), ("Secret", "made")}
        assert found["ConfigMap", "settings"]["data"]["colour"] == colour


def test_no_values_mean_the_charts_defaults_and_not_the_last_ones(helm, chart, api):
    deploy(helm, chart, colour="blue")
    deploy(helm, chart)
    assert helm.values("jhub") == {} and api("configmaps", "settings")["data"]["colour"] == "red"


def test_hostile_values_arrive_as_they_are(helm, chart, api):
    deploy(helm, chart, token=SECRET, **HOSTILE)
    whole = json.loads(api("configmaps", "settings")["data"]["whole"])
    assert {name: whole[name] for name in HOSTILE} == HOSTILE
    assert helm.values("jhub") == {"token": SECRET, **HOSTILE}
    found = by_name(helm.manifest("jhub"))["ConfigMap", "settings"]
    assert {name: json.loads(found["data"]["whole"])[name] for name in HOSTILE} == HOSTILE


def test_rendering_asks_no_cluster_and_leaves_hooks_out(helm_of, backend, chart, tmp_path):
    nowhere = tmp_path / "nowhere"
    nowhere.write_text(json.dumps(kubeconfig("https://127.0.0.1:9")))
    helm = helm_of(backend, kubeconfig=nowhere)
    found = by_name(helm.render(chart, "jhub", {"colour": "blue", "waits": True}))
    assert found.keys() == {("ConfigMap", "settings"), ("ConfigMap", "fixed"), ("Secret", "made")}
    assert found["ConfigMap", "settings"]["data"]["colour"] == "blue"


def test_a_dry_run_before_the_first_install_changes_nothing(helm, chart, api):
    found = by_name(helm.dry_run(chart, "jhub", {"colour": "blue", "waits": True}))
    assert found["ConfigMap", "settings"]["data"]["colour"] == "blue"
    assert ("Job", "waits") not in found
    assert helm.history("jhub") == [] and api("configmaps", "settings") is None


def test_a_dry_run_honours_lookup_and_changes_nothing(helm, chart, api):
    deploy(helm, chart, colour="blue")
    made, settings = api("secrets", "made"), api("configmaps", "settings")
    found = by_name(helm.dry_run(chart, "jhub", {"colour": "green"}))
    assert found["Secret", "made"]["data"]["random"] == made["data"]["random"]
    assert found["ConfigMap", "settings"]["data"]["colour"] == "green"
    assert (api("secrets", "made"), api("configmaps", "settings")) == (made, settings)
    assert statuses(helm) == [(1, "deployed")]


def test_a_rollback_is_a_new_revision_with_all_of_the_old_one(helm, chart, api):
    deploy(helm, chart, colour="blue", many=2)
    deploy(helm, chart, colour="green")
    assert api("configmaps", "many-1") is None
    back = helm.rollback("jhub", 1, timeout_s=BRIEF_S)
    assert (back.revision, back.status) == (3, "deployed")
    assert statuses(helm) == [(1, "superseded"), (2, "superseded"), (3, "deployed")]
    assert helm.values("jhub") == {"colour": "blue", "many": 2}
    assert api("configmaps", "settings")["data"]["colour"] == "blue" and api("configmaps", "many-1")


def test_an_upgrade_of_what_never_changes_fails_and_leads_back(helm, chart, api):
    deploy(helm, chart)
    said = failed(deploy, helm, chart, fixed="b", token=SECRET, kind="immutable")
    assert "ConfigMap fixed" in said
    assert statuses(helm) == [(1, "deployed"), (2, "failed")]
    assert api("configmaps", "fixed")["data"] == {"value": "a"}
    assert helm.rollback("jhub", 1, timeout_s=BRIEF_S).status == "deployed"
    assert deploy(helm, chart, colour="green").status == "deployed"


def test_a_failed_first_install_can_be_tried_again(helm, chart, control_plane, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    control_plane.api.create(path, {"metadata": {"name": "fixed"}})
    said = failed(deploy, helm, chart, kind="foreign")
    assert "ConfigMap fixed" in said
    control_plane.api.delete(f"{path}/fixed")
    assert deploy(helm, chart).status == "deployed"


def test_uninstalling_removes_all_and_is_refused_twice(helm, chart, api):
    deploy(helm, chart, many=3)
    helm.uninstall("jhub", timeout_s=BRIEF_S)
    assert helm.history("jhub") == [] and api("configmaps", "settings") is None and api("configmaps", "many-2") is None
    with pytest.raises(NotFound):
        helm.uninstall("jhub", timeout_s=BRIEF_S)


def test_a_missing_release_or_revision_is_told(helm, chart):
    for call in (helm.values, helm.manifest):
        with pytest.raises(NotFound, match="no release jhub"):
            call("jhub")
    with pytest.raises(NotFound):
        helm.rollback("jhub", 1, timeout_s=BRIEF_S)
    deploy(helm, chart)
    for call in (helm.values, helm.manifest):
        with pytest.raises(NotFound, match="this revision"):
            call("jhub", 7)
    with pytest.raises(NotFound):
        helm.rollback("jhub", 7, timeout_s=BRIEF_S)
    assert statuses(helm) == [(1, "deployed")]


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


@pytest.mark.parametrize(
    "order",
    [
        ("helm 3", "sdk", "helm 3", "helm 4"),
        ("sdk", "helm 3", "sdk", "helm 4"),
        ("helm 4", "sdk", "helm 4", "helm 3"),
        ("helm 4", "helm 3", "sdk", "helm 4"),
    ],
    ids=" then ".join,
)
def test_one_goes_on_where_another_left_off(helm_of, chart, api, order):
    for number, backend in enumerate(order):
        assert deploy(helm_of(backend), chart, colour=f"c{number}").revision == number + 1
        assert api("configmaps", "settings")["data"]["colour"] == f"c{number}"
    for backend in order:
        assert helm_of(backend).rollback("jhub", 1, timeout_s=BRIEF_S).status == "deployed"
    assert api("configmaps", "settings")["data"]["colour"] == "c0"
    managers = {one["manager"] for one in api("configmaps", "settings")["metadata"]["managedFields"]}
    assert managers == {"helm"}


def children(argv0):
    """Pids of our children by the first word of their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
            parent = int(path.with_name("stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if parent == os.getpid() and Path(words[0].decode(errors="replace")).name == argv0:
            found.append((int(path.parent.name), words))
    return found


def eventually(check, limit_s=60):
    until = time.monotonic() + limit_s
    while not (found := check()):
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.02)
    return found


def in_background(call):
    """thread, caught: what the call raised."""
    caught = []

    def work():
        try:
            call()
        except ClasshubError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    return thread, caught


def is_pending(helm):
    return any(one.is_pending for one in helm.history("jhub"))


def test_a_killed_upgrade_is_pending_and_can_be_led_back(helm, helm_of, backend, chart, api):
    deploy(helm, chart, colour="blue")
    onlooker = helm_of(next(one for one in BACKENDS if one != backend))
    thread, caught = in_background(lambda: deploy(helm, chart, colour="green", waits=True, token=SECRET))
    eventually(lambda: is_pending(onlooker))
    for pid, words in children("helm"):
        assert not any(SECRET.encode() in word for word in words)
        if b"history" not in words:
            os.kill(pid, signal.SIGKILL)
    thread.join()
    assert isinstance(caught[0], ClasshubError) and SECRET not in str(caught[0])
    assert statuses(helm) == [(1, "deployed"), (2, "pending-upgrade")]
    assert "classhub rollback" in failed(deploy, helm, chart, kind="pending")
    assert helm.rollback("jhub", 1, timeout_s=BRIEF_S).status == "deployed"
    assert deploy(helm, chart, colour="green").status == "deployed"


def test_secrets_are_in_no_argv_environment_or_open_file_with_a_name(helm, helm_of, backend, chart):
    onlooker = helm_of(next(one for one in BACKENDS if one != backend))
    thread, _ = in_background(lambda: deploy(helm, chart, waits=True, token=SECRET, timeout_s=2))
    eventually(lambda: is_pending(onlooker))
    ((pid, words),) = children("helm")
    assert SECRET.encode() not in b"".join(words)
    assert SECRET.encode() not in Path(f"/proc/{pid}/environ").read_bytes()
    for one in Path(f"/proc/{pid}/fd").iterdir():
        target = str(one.readlink())
        if target.startswith("/") and "memfd:" not in target and Path(target).is_file():
            assert SECRET.encode() not in Path(target).read_bytes()
    thread.join()


def test_a_hook_that_never_ends_is_told_in_time(helm, chart):
    deploy(helm, chart)
    said = failed(deploy, helm, chart, waits=True, token=SECRET, timeout_s=2, kind="hook")
    assert "pre-upgrade" in said
    assert statuses(helm) == [(1, "deployed"), (2, "failed")]


INTERRUPTED = """
import os, sys
from pathlib import Path
from classhub.outside import helm_sdk
from classhub.outside.helm import Access, find_helm
kubeconfig, namespace, backend, chart = sys.argv[1:]
access = Access(Path(kubeconfig), "", namespace)
helm = helm_sdk.HelmSdk(access, os.environ) if backend == "sdk" else find_helm(access, os.environ)
try:
    helm.upgrade(Path(chart), "jhub", {"waits": True}, description="", timeout_s=300)
except KeyboardInterrupt:
    sys.exit(7)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_helm_comes_to_its_own_end_when_we_are_stopped(helm, backend, chart, paths, control_plane, namespace, number):
    deploy(helm, chart)
    environ = {**os.environ, "PATH": paths.get(backend, ""), "PYTHONPATH": os.pathsep.join(sys.path)}
    argv = [sys.executable, "-c", INTERRUPTED, control_plane.kubeconfig, namespace, backend, chart]
    with subprocess.Popen(argv, env=environ) as ours:
        eventually(lambda: is_pending(helm))
        eventually(lambda: api_job(control_plane, namespace))
        ours.send_signal(number)
        code = ours.wait(60)
    if number == signal.SIGINT:
        assert code == 7 and statuses(helm) == [(1, "deployed"), (2, "failed")]
        return
    assert statuses(helm) == [(1, "deployed"), (2, "pending-upgrade")]
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs/waits/status"
    now = {"startTime": "2026-01-01T00:00:00Z", "completionTime": "2026-01-01T00:00:01Z"}
    times = {"lastProbeTime": "2026-01-01T00:00:01Z", "lastTransitionTime": "2026-01-01T00:00:01Z"}
    done = [{"type": kind, "status": "True", **times} for kind in ("SuccessCriteriaMet", "Complete")]
    control_plane.api.patch(path, {"status": {**now, "succeeded": 1, "active": 0, "ready": 0, "conditions": done}})
    eventually(lambda: statuses(helm) == [(1, "superseded"), (2, "deployed")])


def api_job(control_plane, namespace):
    return control_plane.api.exists(f"/apis/batch/v1/namespaces/{namespace}/jobs/waits")


def kubeconfig(server, **user):
    return {
        "apiVersion": "v1", "kind": "Config", "current-context": "t",
        "contexts": [{"name": "t", "context": {"cluster": "t", "user": "t"}}],
        "clusters": [{"name": "t", "cluster": {"server": server, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "t", "user": user}],
    }  # fmt: skip


def test_a_cluster_that_does_not_answer_is_told(helm_of, backend, chart, tmp_path):
    path = tmp_path / "nowhere"
    path.write_text(json.dumps(kubeconfig("https://127.0.0.1:9")))
    helm = helm_of(backend, kubeconfig=path)
    for call in (lambda: helm.history("jhub"), lambda: helm.dry_run(chart, "jhub", {}), lambda: deploy(helm, chart)):
        assert "connection refused" in failed(call, kind="unreachable")


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
