"""What a cluster may do to a deploy: each is said in a sentence with its cause and the next command, and nothing is half-way."""

import json
import time
import uuid
from collections.abc import Iterator

import pytest
import yaml

from cluster import access
from cluster.college import College
from cluster.control_plane import API_SERVER, ControlPlane
from cluster.gate import Gate
from cluster.node import Node
from hub.student import eventually


@pytest.fixture(scope="module")
def college(control_plane: ControlPlane, node_with_hub: Node, tmp_path_factory) -> Iterator[College]:
    name = f"test-{uuid.uuid4().hex[:8]}"
    made = College(control_plane, name, tmp_path_factory.mktemp("college"))
    # A quota on memory takes no pod that does not say how much it needs.
    made.base = {"hub": {"resources": {"requests": {"memory": "64Mi"}}}}
    made.configure({})
    made.classhub("deploy", "--yes")
    yield made
    control_plane.api.delete(f"/api/v1/namespaces/{name}")


def made(college: College, *bodies: dict) -> str:
    text = "\n---\n".join(json.dumps(body) for body in bodies)
    return college.plane.kubectl("-n", college.namespace, "create", "-f", "-", "-o", "name", stdin=text)


def refused(college: College, more: dict, *said: str, words: tuple[str, ...] = ("deploy", "--yes", "--timeout=1m")):
    """The change fails with these words and a next command, and the hub is as it was."""
    was, hub = college.in_force, college.hub()
    college.another(more)
    done = college.begin(*words)
    assert done.end() in (1, 3), done.said()
    assert all(one in done.told for one in said), done.told
    assert "Next: " in done.told and college.token not in done.said()
    assert college.in_force == was
    college.is_sound()
    return hub


@pytest.mark.long
def test_a_quota_that_has_no_room_for_the_hubs_pod(college: College):
    hard = {"spec": {"hard": {"requests.memory": "1Gi"}}}
    made(college, {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, **hard})
    try:
        refused(college, {"hub": {"resources": {"requests": {"memory": "2Gi"}}}}, "exceeded quota: small")
    finally:
        college.plane.kubectl("-n", college.namespace, "delete", "resourcequota", "small")


def test_a_policy_of_the_cluster(college: College):
    name = f"rule-{college.namespace}"
    own = {"matchLabels": {"kubernetes.io/metadata.name": college.namespace}}
    rules = [
        {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["deployments"]}
    ]
    admission = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": name}}
    valid = {
        "expression": "!object.spec.template.spec.containers.exists(c, has(c.env) && c.env.exists(e, e.name == 'BAD'))"
    }
    policy = {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": rules},
        "validations": [{**valid, "message": "the college allows no BAD"}],
    }
    binding = {"policyName": name, "validationActions": ["Deny"], "matchResources": {"namespaceSelector": own}}
    made(
        college,
        {**admission, "kind": "ValidatingAdmissionPolicy", "spec": policy},
        {**admission, "kind": "ValidatingAdmissionPolicyBinding", "spec": binding},
    )
    try:
        refused_until_known(college, name)
    finally:
        kinds = "validatingadmissionpolicies,validatingadmissionpolicybindings"
        college.plane.kubectl("delete", kinds, name)


def refused_until_known(college: College, name: str) -> None:
    """The API server needs some seconds to learn of a policy: until a try is refused."""
    deployment = yaml.safe_load(college.plane.kubectl("-n", college.namespace, "get", "deploy", "hub", "-o", "yaml"))
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    container["env"].append({"name": "BAD", "value": "1"})

    def is_known() -> bool:
        try:
            college.plane.kubectl("replace", "--dry-run=server", "-f", "-", stdin=json.dumps(deployment))
        except AssertionError as error:
            return "the college allows no BAD" in str(error)
        return False

    eventually(is_known, timeout_s=300, every_s=1)
    hub = refused(college, {"hub": {"extraEnv": {"BAD": "1"}}}, name, "the college allows no BAD")
    assert college.hub() == hub


@pytest.mark.long
def test_no_node_has_room(college: College):
    refused(
        college,
        {"hub": {"resources": {"requests": {"memory": "4000Gi"}}}},
        "no node has room for it (not enough memory)",
    )


def test_an_account_that_may_only_read_hears_what_it_lacks(college: College):
    """May read everything and nothing else."""
    rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]}]
    path = access.account(college.plane, college.namespace, college.folder.parent, rules, [])
    before, college.environ["KUBECONFIG"] = college.environ["KUBECONFIG"], str(path)
    context = yaml.safe_load(path.read_text())["current-context"]
    settings = college.folder / "classhub.yaml"
    kept = settings.read_text()
    settings.write_text(kept.replace("context: test", f"context: {context}"))
    try:
        refused(college, {}, "may not", "role")
    finally:
        college.environ["KUBECONFIG"] = before
        settings.write_text(kept)


def test_credentials_that_the_cluster_does_not_take(college: College):
    config = yaml.safe_load(college.plane.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": "expired-long-ago"}
    path = college.folder.parent / "expired.kubeconfig"
    path.write_text(yaml.safe_dump(config))
    before, college.environ["KUBECONFIG"] = college.environ["KUBECONFIG"], str(path)
    try:
        refused(college, {}, "does not accept our credentials", words=("deploy", "--yes"))
    finally:
        college.environ["KUBECONFIG"] = before


@pytest.fixture
def gate(college: College) -> Iterator[Gate]:
    """Between the college and its cluster."""
    between = Gate(college.plane.slot.port(API_SERVER))
    before = college.environ["KUBECONFIG"]
    path = between.kubeconfig(college.plane.kubeconfig, college.folder.parent / "gate.kubeconfig")
    college.environ["KUBECONFIG"] = str(path)
    yield between
    college.environ["KUBECONFIG"] = before
    between.shut()


@pytest.mark.long
@pytest.mark.parametrize("step", ["is copied", " is applied.", "must answer"])
def test_a_cluster_that_is_away_for_a_moment_is_waited_for(college: College, gate: Gate, step: str):
    was, wanted = college.in_force, college.another()
    command = college.begin("deploy", "--yes")
    assert command.until(step), command.said()
    gate.shut()
    time.sleep(8)
    gate.open()
    code = command.end()
    assert code in (0, 3), command.said()
    assert code == 0 or "is in force again" in command.told or "goes on" in command.told, command.said()
    college.is_sound()
    assert college.in_force == (wanted if code == 0 else was)


@pytest.mark.long
def test_after_a_cluster_that_stayed_away_the_next_command_ends_it(college: College, gate: Gate):
    wanted = college.another()
    command = college.begin("deploy", "--yes")
    assert command.until(" is applied."), command.said()
    gate.shut()
    assert command.end(900) == 3
    assert "Going back failed too" in command.told and "Nothing answers at" in command.told
    assert "Next: " in command.told
    gate.open()
    college.classhub("deploy", "--yes")
    college.is_sound()
    assert college.in_force == wanted
