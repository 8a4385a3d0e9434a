"""What stands between us and Helm, without Helm: input, output, and its words turned into ours."""

import json
import os

import pytest
import yaml

from classhub.errors import NotFound, OutsideFailed, Refused
from classhub.outside import helm_sdk
from classhub.outside.helm import Access, HelmFailed, find_helm
from classhub.outside.helm_cli import HelmCli, as_input, clean, is_new_enough
from classhub.outside.helm_errors import About, failure
from classhub.outside.helm_manifest import hooks, objects
from classhub.outside.helm_release import release

ACCESS = Access(None, "", "jhub")


def told(said, values=None):
    return failure(said, About("jhub", ACCESS, values or {}))


SAID = {
    "pending": "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
    "conflict": 'Error: UPGRADE FAILED: conflict occurred while applying object jhub/hub apps/v1, Kind=Deployment: Apply failed '
    'with 2 conflicts: conflicts with "kubectl-edit" using apps/v1:\n- .spec.replicas\n- .spec.template.spec.containers[name="hub"].image',
    "schema": "Error: values don't meet the specifications of the schema(s) in the following chart(s):\njupyterhub:\n"
    "- hub.db: Additional property typ is not allowed",
    "quota": 'pods "hub" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
    "webhook": 'admission webhook "rules.college.edu" denied the request: images must come from gcr.io',
    "credentials": "Error: Kubernetes cluster unreachable: the server has asked for the client to provide credentials",
    "forbidden": 'query: failed to query with labels: secrets is forbidden: User "alice@college.edu" cannot list resource '
    '"secrets" in API group "" in the namespace "jhub"',
    "context": 'Error: Kubernetes cluster unreachable: context "gke" does not exist',
    "hook": "Error: UPGRADE FAILED: pre-upgrade hooks failed: 1 error occurred:\n\t* timed out waiting for the condition",
    "stopped": "Error: UPGRADE FAILED: release jhub failed, and has been rolled back: context canceled",
    "unreachable": 'Error: Kubernetes cluster unreachable: Get "https://203.0.113.7/version": dial tcp 203.0.113.7:443: i/o timeout',
    "immutable": 'Error: UPGRADE FAILED: cannot patch "hub" with kind Deployment: Deployment.apps "hub" is invalid: spec.selector: '
    'Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"s3cret-value"}}: field is immutable',
    "invalid": 'Error: Service "hub" is invalid: spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535, inclusive',
    "foreign": 'Error: Unable to continue with install: ConfigMap "hub" in namespace "jhub" exists and cannot be imported into the '
    "current release: invalid ownership metadata",
    "absent": 'Error: create: failed to create: namespaces "jhub" not found',
    "kubernetes": "Error: chart requires kubeVersion: >=1.28.0-0 which is incompatible with Kubernetes v1.25.3",
    "too large": 'create: Secret "sh.helm.release.v1.jhub.v1" is invalid: data: Too long: may not be more than 1048576 bytes',
    "none deployed": 'Error: UPGRADE FAILED: "jhub" has no deployed releases',
    "template": "Error: execution error at (jupyterhub/templates/NOTES.txt:172:4): BREAKING: rbac.enabled is gone",
    "other": "Error: something never heard of",
}  # fmt: skip


@pytest.mark.parametrize("kind", SAID)
def test_each_of_helms_failures_is_told_with_a_next_command(kind):
    error = told(SAID[kind])
    assert isinstance(error, HelmFailed) and error.kind == kind
    assert error.fix and error.what.endswith(".") and "\n" not in error.what
    assert "s3cret" not in str(error) and "{" not in str(error)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("conflict", ["kubectl-edit", "Deployment hub", ".spec.replicas", ".image"]),
        ("forbidden", ["alice@college.edu may not list secrets in namespace jhub", "role admin"]),
        ("quota", ["quota small", "pods=1", "pods=2"]),
        ("webhook", ["rules.college.edu", "images must come from gcr.io"]),
        ("immutable", ["Deployment hub", "spec.selector"]),
        ("template", ["NOTES.txt, line 172", "rbac.enabled is gone"]),
        ("hook", ["pre-upgrade"]),
        ("kubernetes", [">=1.28.0-0", "v1.25.3"]),
        ("unreachable", ["i/o timeout"]),
    ],
)
def test_what_matters_in_it_is_kept(kind, words):
    said = str(told(SAID[kind]))
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize(
    "said", ["Error: release: not found", "Error: release: not found\n", "release has no 7 version"]
)
def test_a_missing_release_is_no_failure_of_helm(said):
    assert isinstance(told(said), NotFound)


def test_no_value_is_in_a_message_whole_by_line_or_quoted():
    values = {"a": {"b": ['pass"word\\x', "first line\nsecond line"]}, "c": {"d": "s3cret"}, "e": None, "f": 7}
    said = 'Error: "pass\\"word\\\\x" and pass"word\\x, second line, s3cret: bad'
    assert told(said, values).cause == '"(hidden)" and (hidden), (hidden), (hidden): bad'


def test_a_message_of_any_length_becomes_a_sentence():
    assert len(str(told("x y " * 100_000))) < 1000
    assert told("").kind == "other"


@pytest.mark.parametrize(
    "text",
    [
        "\u2028",
        "\u0085",
        "\ufeff",
        "\x7f",
        "\x00",
        "😀",
        "é",
        "'\"\\",
        "{{ x }}",
        "- a: b\n",
        "~",
        "1e3",
        "2026-01-07",
        "",
    ],
)
def test_yaml_reads_our_json_as_the_same(text):
    values = {"key": text, f"k{text}": [text]}
    assert json.loads(as_input(values)) == values
    assert yaml.safe_load(as_input({"key": text.replace("\x00", "")})) == {"key": text.replace("\x00", "")}


def test_half_a_character_is_refused():
    with pytest.raises(Refused, match="half a character"):
        as_input({"key": "\ud83d"})


def test_scalars_of_a_manifest_are_kubernetes_own():
    text = "a: 12:30:45\nb: 1e3\nc: 2026-01-07\nd: 0o17\ne: 017\nf: =\ng: yes\nh: 2026_01_07\ni: ~\nj: -0x1f\nk: '1'\nl: .5\n"
    (found,) = objects(text)
    assert found == {
        "a": "12:30:45", "b": 1000, "c": "2026-01-07", "d": 15, "e": 15, "f": "=", "g": True, "h": "2026_01_07",
        "i": None, "j": -31, "k": "1", "l": 0.5,
    }  # fmt: skip


def test_a_manifest_is_its_objects_without_hooks_and_empty_documents():
    hook = "---\nkind: Job\nmetadata: {annotations: {helm.sh/hook: pre-upgrade}}\n"
    found = objects(f"---\n# Source: a\n---\nkind: A\nmetadata:\n{hook}---\nkind: B\nmetadata: {{annotations: null}}\n")
    assert [one["kind"] for one in found] == ["A", "B"]
    assert [one["kind"] for one in hooks([f"kind: C\nmetadata:\n{hook}---\nkind: D\n", ""])] == ["Job"]
    assert objects("") == hooks([]) == []


@pytest.mark.parametrize("text", ["a: [", "a: !!python/object:os.system {}", "\x01"])
def test_what_is_no_manifest_is_an_error(text):
    with pytest.raises(ValueError, match="no YAML"):
        objects(text)


def test_times_of_go_are_read():
    row = {
        "revision": 3,
        "status": "pending-upgrade",
        "updated": "2026-11-29T20:00:00.123456789+01:00",
        "description": None,
    }
    found = release("jhub", "jhub", row)
    assert (found.revision, found.is_pending, found.description, found.chart) == (3, True, "", "")
    assert found.updated == pytest.approx(1795978800.123456)
    assert release("jhub", "jhub", {**row, "updated": ""}).updated == 0


def test_nobodys_settings_of_helm_reach_it():
    assert clean({"HELM_DRIVER": "configmap", "PATH": "/bin", "KUBECONFIG": "k"}) == {"PATH": "/bin", "KUBECONFIG": "k"}


@pytest.mark.parametrize(
    ("version", "is_new"), [("3.14.4", False), ("3.15.0", True), ("4.0.0", True), ("2.17.0", False)]
)
def test_old_programs_are_left_alone(version, is_new):
    assert is_new_enough(version) is is_new


def a_program(folder, says):
    folder.mkdir(exist_ok=True)
    (folder / "helm").write_text(f"#!/bin/sh\n{says}\n")
    (folder / "helm").chmod(0o755)
    return str(folder)


def test_the_first_helm_on_path_that_is_one_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(helm_sdk, "MODULE", "no_such_module")
    synthesizer = a_program(tmp_path / "a", "echo music")
    broken = a_program(tmp_path / "b", "exit 3")
    old = a_program(tmp_path / "c", "echo v3.9.0")
    good = a_program(tmp_path / "d", "echo v3.17.3")
    assert find_helm(ACCESS, {"PATH": os.pathsep.join(["", synthesizer, broken, good, old])}).version == "3.17.3"
    with pytest.raises(OutsideFailed, match=r"c/helm is Helm 3\.9\.0; ClassHub needs 3\.15") as caught:
        find_helm(ACCESS, {"PATH": os.pathsep.join([synthesizer, old, good])})
    assert "make cluster" in caught.value.fix
    with pytest.raises(OutsideFailed, match="Helm is not here") as caught:
        find_helm(ACCESS, {"PATH": str(tmp_path)})
    assert "make cluster" in caught.value.fix and "https://helm.sh" in caught.value.fix


def test_without_a_program_the_sdk_is_taken(monkeypatch, tmp_path):
    monkeypatch.setattr(helm_sdk, "MODULE", "json")
    assert isinstance(find_helm(ACCESS, {"PATH": ""}), helm_sdk.HelmSdk)
    old = a_program(tmp_path / "c", "echo v3.9.0")
    assert isinstance(find_helm(ACCESS, {"PATH": old}), helm_sdk.HelmSdk)


def test_a_dry_run_brings_the_hooks_that_helm_tells_beside_the_manifest(tmp_path):
    hook = "kind: Job\nmetadata: {name: awaiter, annotations: {helm.sh/hook: pre-upgrade}}\n"
    said = {"manifest": "---\nkind: Service\nmetadata: {name: hub}\n", "hooks": [{"name": "awaiter", "manifest": hook}]}
    (tmp_path / "said.json").write_text(json.dumps(said))
    program = tmp_path / "helm"
    program.write_text(f"#!/bin/sh\ncat >/dev/null\ncat '{tmp_path}/said.json'\n")
    program.chmod(0o700)
    found = HelmCli(ACCESS, dict(os.environ), str(program), "4.0.0").dry_run(tmp_path, "jhub", {})
    assert [one["kind"] for one in found] == ["Service", "Job"]
