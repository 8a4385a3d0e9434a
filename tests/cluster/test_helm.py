"""Helm 3, Helm 4 and the SDK's child do the same to a real API server, each where another left off, and survive us."""

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
from cluster.helms import BACKENDS, BRIEF_S, SECRET, by_name, deploy, eventually, failed, kubeconfig, statuses

HOSTILE = {
    "text": "é 😀 \u2028\ufeff\t'\"\\ {{ fail }} \n- y: z\n# no\n",
    "😀: {[": [1, 2.5, None, True, "yes", "1e3", "2026-01-07", "0o17", "12:30:45", "~", ""],
    "large": "x" * 300_000,
}


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
    assert "helm.sh/hook" in found["Job", "waits"]["metadata"]["annotations"]
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
    thread, _ = in_background(lambda: deploy(helm, chart, waits=True, token=SECRET))
    eventually(lambda: is_pending(onlooker))
    ((pid, words),) = children("helm")
    assert SECRET.encode() not in b"".join(words)
    assert SECRET.encode() not in Path(f"/proc/{pid}/environ").read_bytes()
    for one in Path(f"/proc/{pid}/fd").iterdir():
        target = str(one.readlink())
        if target.startswith("/") and "memfd:" not in target and Path(target).is_file():
            assert SECRET.encode() not in Path(target).read_bytes()
    os.kill(pid, signal.SIGKILL)  # it had time until now
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
        code = ours.wait(300)
    if number == signal.SIGINT:
        assert code == 7 and statuses(helm) == [(1, "deployed"), (2, "failed")]
        return
    assert statuses(helm) == [(1, "deployed"), (2, "pending-upgrade")]
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs/waits/status"
    begun = eventually(lambda: (control_plane.api.get(path).get("status") or {}).get("startTime"))
    now = {"startTime": begun, "completionTime": begun}
    times = {"lastProbeTime": begun, "lastTransitionTime": begun}
    done = [{"type": kind, "status": "True", **times} for kind in ("SuccessCriteriaMet", "Complete")]
    control_plane.api.patch(path, {"status": {**now, "succeeded": 1, "active": 0, "ready": 0, "conditions": done}})
    eventually(lambda: statuses(helm) == [(1, "superseded"), (2, "deployed")])


def api_job(control_plane, namespace):
    return control_plane.api.exists(f"/apis/batch/v1/namespaces/{namespace}/jobs/waits")
