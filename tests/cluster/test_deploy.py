"""A folder is brought to a real cluster, and what fails is taken back: a student at work notices nothing."""

import json
import signal
import uuid
from collections.abc import Iterator

import pytest

from cluster import access
from cluster.college import AtWork, College
from cluster.control_plane import ControlPlane
from cluster.node import Node
from cluster.release import only_of_the_test_chart

NO_IMAGE = {"hub": {"image": {"name": "localhost/nothere", "tag": "9", "pullPolicy": "Never"}}}
CRASH = """
print("the college forgot a comma")
print(open("/usr/local/etc/jupyterhub/secret/hub.services.tests.apiToken").read(), flush=True)
raise SystemExit(3)
"""
CRASHES = {"hub": {"extraConfig": {"crash": CRASH}}}
FAILING_HOOK = {"prePuller": {"hook": {"enabled": True}}, "custom": {"hookCommand": "echo no; exit 1"}}
SLOW_HOOK = {"prePuller": {"hook": {"enabled": True}}, "custom": {"hookCommand": "sleep 300"}}
NEWER_SCHEMA = """
import sqlite3
database = sqlite3.connect("/srv/jupyterhub/jupyterhub.sqlite")
database.execute("update alembic_version set version_num = 'of-the-future'")
database.execute("delete from users")
database.commit()
raise SystemExit("the newer hub has touched the database")
"""


@pytest.fixture(scope="module")
def college(control_plane: ControlPlane, node_with_hub: Node, tmp_path_factory) -> Iterator[College]:
    """Deployed."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    made = College(control_plane, name, tmp_path_factory.mktemp("college"))
    made.classhub("deploy", "--yes")
    yield made
    control_plane.api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture(scope="module")
def at_work(college: College) -> AtWork:
    return AtWork(college)


@pytest.fixture
def other(control_plane: ControlPlane, node_with_hub: Node, tmp_path) -> Iterator[College]:
    """Where nothing is installed yet."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    yield College(control_plane, name, tmp_path)
    if control_plane.api.exists(f"/api/v1/namespaces/{name}"):
        control_plane.api.delete(f"/api/v1/namespaces/{name}")


def test_a_second_deploy_changes_nothing_and_restarts_nothing(college: College, at_work: AtWork):
    hub, revisions = college.hub(), college.revisions()
    again = college.classhub("deploy", "--yes", "--json")
    assert json.loads(again.answer)["changed"] is False
    assert (college.hub(), college.revisions()) == (hub, revisions)


def test_a_change_restarts_the_hub_alone(college: College, at_work: AtWork):
    hub, proxy = college.hub(), college.only("pods", "component=proxy")["metadata"]["uid"]
    wanted = college.another()
    done = college.classhub("deploy", "--yes", "--json")
    assert json.loads(done.answer)["changed"] is True
    assert college.in_force == wanted
    assert college.hub() != hub
    assert college.only("pods", "component=proxy")["metadata"]["uid"] == proxy
    college.is_sound()
    at_work.goes_on()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        pytest.param(NO_IMAGE, ["localhost/nothere:9 is not on the node"], marks=pytest.mark.long),
        pytest.param(CRASHES, ["its last lines:", "the college forgot a comma"], marks=pytest.mark.long),
        pytest.param(FAILING_HOOK, ["pre-upgrade job"], marks=only_of_the_test_chart),
    ],
    ids=["image", "crash", "hook"],
)
def test_what_fails_is_taken_back(college: College, at_work: AtWork, broken, said):
    was, hub = college.in_force, college.hub()
    college.another(broken)
    failed = college.classhub("deploy", "--yes", "--timeout=2m", code=3)
    assert "is in force again, and answers." in failed.told
    assert all(one in failed.told for one in said), failed.told
    assert college.token not in failed.said()
    assert college.in_force == was
    college.is_sound()
    at_work.goes_on()
    if broken is FAILING_HOOK:
        assert college.hub() == hub, "a hub that nothing happened to needs no restart"
    outcomes = [row["outcome"] for row in json.loads(college.classhub("history", "--json").answer)]
    assert outcomes[-2:] == ["failed", ""]


@pytest.mark.long
def test_a_hub_that_changed_the_schema_brings_the_copy_back(college: College, at_work: AtWork):
    was = college.in_force
    college.another({"hub": {"extraConfig": {"schema": NEWER_SCHEMA}}})
    failed = college.classhub("deploy", "--yes", "--timeout=2m", code=3)
    assert "the newer hub has changed its schema (of-the-future)" in failed.told
    assert college.in_force == was
    college.is_sound()
    at_work.goes_on()


@pytest.mark.parametrize(
    "step", ["The hub's database is copied", "is applied.", pytest.param("must answer", marks=pytest.mark.long)]
)
def test_ctrl_c_goes_back(college: College, at_work: AtWork, step):
    was = college.in_force
    college.another()
    command = college.begin("deploy", "--yes")
    assert command.until(step)
    command.kill(signal.SIGINT)
    assert command.end() == 130, command.said()
    assert "goes on." in command.told or "is in force again, and answers." in command.told
    assert college.in_force == was
    college.is_sound()
    at_work.goes_on()


@only_of_the_test_chart
def test_ctrl_c_in_a_hook_goes_back(college: College, at_work: AtWork):
    was = college.in_force
    college.another(SLOW_HOOK)
    command = college.begin("deploy", "--yes")
    assert command.until(college.is_pending)
    command.kill(signal.SIGINT)
    assert command.end() == 130, command.said()
    assert college.in_force == was
    college.is_sound()
    at_work.goes_on()


@pytest.mark.long
def test_a_way_back_on_demand_keeps_who_came_since(college: College, at_work: AtWork):
    first = college.another()
    college.classhub("deploy", "--yes")
    number = college.revisions()[-1][0]
    second = college.another()
    college.classhub("deploy", "--yes")
    college.api().add_user("newcomer")
    back = college.classhub("rollback", "--yes", "--json")
    assert json.loads(back.answer)["again"] == number
    assert college.in_force == first
    assert "newcomer" in college.people()
    college.classhub("rollback", "--yes")
    assert college.in_force == second, "without a number it is the one before, as it was"
    college.classhub("rollback", str(number), "--database", "--yes")
    assert college.in_force == first
    assert "newcomer" not in college.people(), "its database was asked for"
    college.is_sound()
    at_work.goes_on()


def test_a_way_back_without_a_copy_stops_nothing(college: College, at_work: AtWork):
    hub = college.hub()
    college.plane.kubectl(
        "-n", college.namespace, "exec", "deploy/hub", "--", "rm", "-r", "/srv/jupyterhub/classhub-backups"
    )
    oldest = str(college.revisions()[0][0])
    refused = college.classhub("rollback", oldest, "--database", "--yes", code=1)
    assert "no copy of the hub's database" in refused.told
    assert college.hub() == hub
    assert "There is no revision 99." in college.classhub("rollback", "99", "--yes", code=1).told
    college.is_sound()


@only_of_the_test_chart
def test_a_second_deploy_at_the_same_time_is_refused_by_name(college: College):
    college.another(SLOW_HOOK)
    first = college.begin("deploy", "--yes")
    assert first.until(college.is_pending)
    refused = college.classhub("rollback", "1", "--yes", code=1)
    assert "is changing this release since" in refused.told and "@" in refused.told
    first.kill(signal.SIGINT)
    first.end()
    college.is_sound()


@pytest.mark.long
def test_another_tools_change_is_shown_and_refused_until_it_is_taken_over(college: College, at_work: AtWork):
    wanted = college.another()
    college.classhub("deploy", "--yes")
    college.plane.kubectl(
        "-n", college.namespace, "patch", "service/hub", "--type=merge", "--field-manager=kubectl-edit",
        '-p={"spec":{"ports":[{"name":"hub","port":8082,"targetPort":"http","protocol":"TCP"}]}}',
    )  # fmt: skip
    college.classhub("deploy", "--yes")
    wanted = college.another()
    refused = college.classhub("deploy", "--yes", code=1)
    assert "kubectl edit changed" in refused.told and "--take-over" in refused.told
    assert college.in_force != wanted
    college.classhub("deploy", "--yes", "--take-over")
    assert college.in_force == wanted
    ports = college.plane.api.get(f"/api/v1/namespaces/{college.namespace}/services/hub")["spec"]["ports"]
    assert [port["port"] for port in ports] == [8081]
    college.is_sound()
    at_work.goes_on()


@pytest.mark.long
def test_a_way_back_meets_another_tools_change_before_it_stops_anything(college: College, at_work: AtWork):
    before = college.in_force
    college.another()
    college.classhub("deploy", "--yes")
    hub = college.hub()
    college.plane.kubectl(
        "-n", college.namespace, "patch", "service/proxy-public", "--type=merge", "--field-manager=kubectl-edit",
        '-p={"metadata":{"labels":{"chart":"mine"}}}',
    )  # fmt: skip
    refused = college.classhub("rollback", "--yes", code=1)
    assert "kubectl edit changed" in refused.told and "--take-over" in refused.told
    assert college.hub() == hub
    college.classhub("rollback", "--yes", "--take-over")
    assert college.in_force == before
    college.is_sound()
    at_work.goes_on()


@pytest.mark.long
def test_an_evicted_hub_stands_in_nobodys_way(college: College, at_work: AtWork):
    """As the node's kubelet leaves it: a pod that is over stays listed."""
    old = college.only("pods", "component=hub")
    labels = {key: value for key, value in old["metadata"]["labels"].items() if key != "pod-template-hash"}
    spec = {"schedulerName": "nobody", "containers": [{"name": "hub", "image": "localhost/hub:1"}]}
    ghost = {"metadata": {"name": "hub-evicted", "labels": labels}, "spec": spec}
    college.plane.api.create(f"/api/v1/namespaces/{college.namespace}/pods", ghost)
    over = {"status": {"phase": "Failed", "reason": "Evicted", "message": "The node was low on memory."}}
    college.plane.api.patch(f"/api/v1/namespaces/{college.namespace}/pods/hub-evicted/status", over)
    college.another()
    college.classhub("deploy", "--yes")
    college.classhub("rollback", "--yes")
    college.plane.api.delete(f"/api/v1/namespaces/{college.namespace}/pods/hub-evicted")
    college.is_sound()
    at_work.goes_on()


def test_a_hub_that_was_deleted_by_hand_comes_back(college: College, at_work: AtWork):
    college.keep_what_is_in_force()
    college.plane.kubectl("-n", college.namespace, "delete", "deployment/hub", "service/proxy-public", "--wait")
    told = college.classhub("plan", "--json").answer
    assert "deleted" in told or "made again" in told, told
    college.classhub("deploy", "--yes")
    college.is_sound()
    at_work.goes_on()


@pytest.mark.long
def test_a_hub_that_somebody_scaled_away_comes_back(college: College, at_work: AtWork):
    college.scale(0)
    college.classhub("deploy", "--yes", "--take-over")
    college.is_sound()
    at_work.goes_on()


@pytest.mark.long
def test_a_release_that_plain_helm_left_pending_is_mended_when_it_is_old_and_asked_about_when_young(
    college: College, at_work: AtWork
):
    was = college.another()
    college.classhub("deploy", "--yes")
    college.make_pending(age_s=5)
    refused = college.classhub("deploy", "--yes", code=1)
    assert "Another helm may be at work" in refused.told
    refused = college.classhub("rollback", "--yes", code=1)
    assert "Another helm may be at work" in refused.told
    assert college.is_pending()
    college.make_pending(age_s=3600)
    mended = college.classhub("deploy", "--yes")
    assert "is stuck in pending-upgrade" in mended.told
    assert college.in_force == was
    college.is_sound()
    at_work.goes_on()


@pytest.mark.long
def test_a_quota_a_policy_and_a_node_that_is_full_are_said_and_taken_back(college: College, at_work: AtWork):
    was = college.in_force
    college.another({"hub": {"resources": {"requests": {"memory": "4000Gi"}}}})
    failed = college.classhub("deploy", "--yes", "--timeout=1m", code=3)
    assert "no node has room for it (not enough memory)" in failed.told
    assert college.in_force == was
    college.is_sound()
    at_work.goes_on()


def test_a_trial_starts_a_server_and_takes_it_away_with_its_claim(college: College, at_work: AtWork):
    college.keep_what_is_in_force()
    revisions = college.revisions()
    tried = college.classhub("deploy", "--yes", "--try")
    assert "A server of a test user was ready after" in tried.told
    claims = college.plane.kubectl("-n", college.namespace, "get", "pvc,pods", "-o", "yaml")
    assert "classhub-try" not in claims and college.people() == {"alice@college.edu", "jane.doe"}
    assert college.revisions() == revisions
    at_work.goes_on()


@pytest.mark.long
def test_a_trial_that_fails_is_a_deploy_that_fails(college: College, at_work: AtWork):
    was = college.in_force
    broken = {"singleuser": {"image": {"name": "localhost/nothere", "tag": "9", "pullPolicy": "Never"}}}
    college.another(broken)
    failed = college.classhub("deploy", "--yes", "--try", "--timeout=40s", code=3)
    assert "A server of a test user does not come up. Revision" in failed.told
    assert "localhost/nothere:9" in failed.told
    assert college.in_force == was
    college.is_sound()
    at_work.goes_on()


@pytest.mark.long
def test_a_first_installation_that_fails_is_removed(other: College):
    other.configure(NO_IMAGE)
    failed = other.classhub("deploy", "--yes", "--timeout=1m", code=3)
    assert "What had been installed was removed again." in failed.told
    gone = other.plane.kubectl("-n", other.namespace, "get", "deploy,pvc,secret,configmap", "-o", "name")
    assert set(gone.split()) <= {"configmap/kube-root-ca.crt"}
    other.configure({})
    other.classhub("deploy", "--yes")
    other.is_sound()


@pytest.mark.long
def test_a_chart_that_draws_secrets_leaves_nothing_to_do_after_its_installation(other: College):
    other.configure({"custom": {"drawsAnew": True}})
    first = other.classhub("deploy", "--yes")
    assert "Revision 2 runs." in first.answer
    hub = other.hub()
    assert "Nothing would change." in other.classhub("plan").answer
    assert json.loads(other.classhub("deploy", "--yes", "--json").answer)["changed"] is False
    assert other.hub() == hub


def test_an_account_without_rights_hears_which_role_it_lacks(other: College, account):
    other.environ["KUBECONFIG"] = str(access.account(other.plane, "default", other.folder, [], []))
    refused = other.classhub("deploy", "--yes", code=1)
    assert "may not" in refused.told or "forbids" in refused.told
    assert "role" in refused.told


def test_a_cluster_that_does_not_answer_is_said(other: College):
    text = other.plane.kubeconfig.read_text().replace(other.plane.url, "https://127.0.0.1:1")
    path = other.folder.parent / "away.kubeconfig"
    path.write_text(text)
    other.environ["KUBECONFIG"] = str(path)
    assert "Nothing answers at https://127.0.0.1:1" in other.classhub("deploy", "--yes", code=3).told
