"""An admin looks after a hub on a real cluster: one release for all of these, with a student at work."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest

from classhub.config.merge import layer
from classhub.config.overlay import deployed
from classhub.errors import ClasshubError, NotFound, NotHere, NotRunning, Refused
from classhub.operations import records as reading
from classhub.operations import servers
from classhub.outside.kubernetes import Forbidden
from classhub.plan import release as steps
from classhub.plan.records import Kind
from classhub.plan.running import State
from classhub.plan.steps import Plan, Step
from classhub.targets.cluster import rights
from classhub.targets.cluster.target import ClusterTarget
from cluster import access, helm_binaries
from cluster.control_plane import ControlPlane
from cluster.mirror_beside import COURSE, MirrorBeside, add_course, values_for_servers
from cluster.node import Node
from cluster.release import Release
from hub.student import eventually

ALICE, JANE = "alice@college.edu", "jane.doe"


class Deployed(Release):
    """As ClassHub deploys it: with its overlay."""

    def values(self):
        pool = {"scheduling": {"userPlaceholder": {"enabled": True, "replicas": 1}}}
        often = {"singleuser": {"extraEnv": {"CLASSHUB_MATERIAL_EVERY_S": "1"}}}
        return deployed(layer(super().values(), pool, often), values_for_servers(self.namespace))


@pytest.fixture(scope="module")
def hub(control_plane: ControlPlane, node_with_hub: Node, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """release, target: of a folder that names this cluster. alice's server runs, and the mirror of its course material."""
    namespace = f"operations-{os.getpid()}"
    access.make_namespace(control_plane.api, namespace)
    folder = tmp_path_factory.mktemp("operations")
    release = Deployed(control_plane, namespace, folder)
    config = folder / "config"
    config.mkdir()
    (config / "config.yaml").write_text(json.dumps(release.values()))
    (config / "classhub.yaml").write_text(json.dumps({"target": "cluster", "namespace": namespace}))
    add_course(config)
    helm = Path(helm_binaries.helm_program("4.3.1")).parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", str(control_plane.kubeconfig))
        patch.setenv("PATH", f"{helm}:{os.environ['PATH']}")
        release.install()
        with closing(MirrorBeside(release, config, tmp_path_factory.mktemp("mirror"))) as mirror:
            mirror.write({"labs/lab01.txt": b"Week 1\n"})
            mirror.start()
            target = ClusterTarget(config, os.environ, timeout_s=120)
            with target.api() as api:
                api.add_user(ALICE)
            servers.start(target, ALICE)
            yield SimpleNamespace(release=release, target=target, config=config, namespace=namespace, mirror=mirror)
            release.uninstall()
    control_plane.api.delete(f"/api/v1/namespaces/{namespace}")


def told(act, *arguments):
    """What a change says."""
    lines = []
    act(*arguments, lines.append)
    return "\n".join(lines)


def test_the_hub_is_asked_with_a_token_of_ours_through_its_pod(hub):
    with hub.target.api() as api:
        assert ALICE in {user["name"] for user in api.users()}
        near = api._via
    assert near.startswith("http://127.0.0.1:")
    with pytest.raises(ClasshubError):
        api.users()


def test_a_part_and_a_student_have_logs_and_the_plain_story_on_top(hub):
    assert any("JupyterHub is now running" in one.text for one in reading.last(hub.target, "hub", Kind.LOGS, 0))
    lines = reading.last(hub.target, ALICE, Kind.LOGS, 0)
    assert any(one.text.startswith("hub: ") and ALICE in one.text for one in lines)
    assert any(one.source == ALICE for one in lines)
    assert [one.when for one in lines] == sorted(one.when for one in lines)
    assert reading.last_event(hub.target, ALICE).text.startswith(f"The server of {ALICE} runs since ")
    assert reading.last_event(hub.target, "proxy").text.startswith("The proxy runs since ")


def test_course_material_comes_into_the_pod_of_an_image_without_classhub_and_staff_see_it(hub):
    read = ["cat", f"{COURSE}/labs/lab01.txt"]
    eventually(lambda: hub.target.run(ALICE, read, terminal=False).out == "Week 1\n")
    eventually(lambda: hub.mirror.has(ALICE))


def test_events_are_sentences(hub):
    said = [one.text for one in reading.last(hub.target, ALICE, Kind.EVENTS, 0)]
    assert any(one.startswith("It got a place on the node ") for one in said)
    assert "Its container started." in said


def test_following_begins_with_what_is_there_and_goes_on(hub):
    there = reading.last(hub.target, "hub", Kind.LOGS, 0)
    coming = hub.target.records("hub", Kind.LOGS, previous=False, follow=True)
    assert [one.text for one in islice(coming, len(there))] == [one.text for one in there]
    with hub.target.api() as api:
        api.add_user("followed@college.edu")
        api.remove_user("followed@college.edu")
    assert next(coming).when > there[-1].when
    coming.close()


@pytest.mark.parametrize("who", ["nobody@college.edu", "../../etc/passwd", "a\nb", "x" * 300, "hub/../hub"])
@pytest.mark.parametrize("kind", Kind)
def test_an_unknown_name_is_not_found(hub, who, kind):
    with pytest.raises(NotFound):
        hub.target.records(who, kind, previous=False, follow=False)


def test_a_program_runs_where_the_students_server_does(hub):
    done = hub.target.run(ALICE, ["sh", "-c", "echo $JUPYTERHUB_USER; echo oops >&2; exit 7"], terminal=False)
    assert (done.code, done.out, done.err) == (7, f"{ALICE}\n", "oops\n")
    assert hub.target.run("hub", ["echo", "$(id)", "*"], terminal=False).out == "$(id) *\n"
    assert hub.target.run(ALICE, ["/no/such/program"], terminal=False).code in (126, 127)


def test_a_program_needs_a_running_server(hub):
    with hub.target.api() as api:
        api.add_user("idle@college.edu")
    with pytest.raises(NotRunning) as refused:
        hub.target.run("idle@college.edu", ["true"], terminal=False)
    assert "servers start idle@college.edu" in refused.value.fix


def test_usage_is_told_by_part_server_and_node_also_without_metrics(hub):
    found = eventually(lambda: _measured(hub.target.usage()), timeout_s=300)
    rows = {row.name: row for row in found.rows}
    assert {row.kind for row in found.rows} == {"part", "server", "node"}
    assert rows["hub"].memory_bytes > 10 * 2**20 and rows[ALICE].cores is not None
    assert found.disk_total_bytes > 0 and any("metrics" in note for note in found.notes)


def _measured(usage):
    known = {row.name for row in usage.rows if row.memory_bytes and row.cores is not None}
    return usage if {"hub", "proxy", ALICE} <= known else None


def test_one_screen_shows_everything(hub):
    seen = hub.target.overview()
    assert seen.running.state is State.RUNNING and seen.running.address
    assert {"hub", "proxy-public"} <= {one.part for one in seen.services}
    assert {"hub", "proxy", ALICE} <= {pod.what for pod in seen.pods}
    (node,) = [node for node in seen.nodes if node.servers]
    assert node.ready and 0 < node.free_memory_bytes < node.memory_bytes
    assert [home.owner for home in seen.homes] == [ALICE] and seen.homes[0].in_use
    assert seen.missing == () and seen.requests < 30


def test_a_students_server_is_stopped_and_started_through_the_hub(hub):
    with hub.target.api() as api:
        api.add_user(JANE)
    assert servers.start(hub.target, "Jane.Doe").state == "ready"
    assert {one.user for one in servers.listing(hub.target)} >= {ALICE, JANE}
    assert servers.stop(hub.target, JANE).state == "stopped"
    assert servers.stop(hub.target, JANE).state == "stopped"
    assert JANE not in {one.user for one in servers.listing(hub.target)}


def test_homes_are_kept_from_harm_and_deleted_when_they_may(hub):
    homes = {home.owner: home for home in hub.target.homes().list()}
    assert homes[ALICE].in_use and homes[ALICE].orphaned is False and homes[ALICE].capacity_bytes
    with pytest.raises(Refused, match="in use"):
        hub.target.homes().delete(homes[ALICE].path)
    with hub.target.api() as api:
        api.remove_user(JANE)
    gone = next(home for home in hub.target.homes().list() if home.owner == JANE)
    assert gone.orphaned and not gone.in_use
    hub.target.homes().delete(gone.path)
    eventually(lambda: JANE not in {home.owner for home in hub.target.homes().list()}, timeout_s=300)


def test_a_shared_claim_is_never_deleted(hub):
    claim = {"metadata": {"name": "everybody"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    claim["spec"]["resources"] = {"requests": {"storage": "1Gi"}}
    path = f"/api/v1/namespaces/{hub.namespace}/persistentvolumeclaims"
    hub.release.plane.api.create(path, claim)
    with pytest.raises(Refused, match="no mark of an owner"):
        hub.target.homes().delete("everybody")
    hub.release.plane.api.delete(f"{path}/everybody")


def test_a_restart_waits_for_the_new_pod_and_disturbs_no_student(hub):
    before = hub.release.only("pods", "component=hub")["metadata"]["uid"]
    alices = hub.release.only("pods", "component=singleuser-server")["metadata"]["uid"]
    assert "hub restarts" in told(hub.target.restart, "hub")
    after = hub.release.only("pods", "component=hub")
    assert after["metadata"]["uid"] != before
    assert hub.release.only("pods", "component=singleuser-server")["metadata"]["uid"] == alices
    with hub.target.api() as api:
        assert ALICE in {user["name"] for user in api.users()}
    with pytest.raises(NotFound, match="no part named 'hubb'"):
        hub.target.restart("hubb", lambda sentence: None)


def _placeholders(hub):
    path = f"/apis/apps/v1/namespaces/{hub.namespace}/statefulsets"
    (found,) = hub.release.plane.api.list(path, labelSelector="component=user-placeholder")
    return found["spec"]["replicas"]


def test_placeholders_are_scaled_so_that_the_next_upgrade_finds_no_conflict(hub):
    said = told(hub.target.scale, "placeholders", 2)
    assert "scheduling.userPlaceholder.replicas" in said
    assert _placeholders(hub) == 2
    hub.release.upgrade({"custom": {"note": "scaled"}})
    assert _placeholders(hub) == 1
    with pytest.raises(NotHere):
        hub.target.scale("hub", 2, lambda sentence: None)


def test_why_a_server_does_not_start_is_the_first_thing_said_and_stays_after_its_pod(hub):
    hub.release.upgrade({"singleuser": {"image": {"tag": "missing"}}})
    eventually(lambda: hub.target.inspect().state is State.RUNNING, timeout_s=300)
    with hub.target.api() as api:
        api.add_user("bob")
        api.start_server("bob")
    cause = "The server of bob does not run: its image "
    eventually(lambda: cause in reading.last_event(hub.target, "bob").text, timeout_s=300)
    assert "bob" in {pod.what for pod in hub.target.overview().pods if pod.reason}
    servers.stop(hub.target, "bob")
    trouble = "No server of bob runs. The last trouble: "
    eventually(lambda: reading.last_event(hub.target, "bob").text.startswith(trouble), timeout_s=300)
    assert any("image" in one.text for one in reading.last(hub.target, "bob", Kind.LOGS, 0))
    with hub.target.api() as api:
        api.remove_user("bob")
    hub.target.homes().delete(next(home.path for home in hub.target.homes().list() if home.owner == "bob"))
    hub.release.upgrade({"custom": {"note": "mended"}})
    eventually(lambda: hub.target.inspect().state is State.RUNNING, timeout_s=300)


@pytest.fixture
def acting_as(hub, monkeypatch, tmp_path):
    """acting_as(rules, cluster_rules): the target, as an account sees it that has just these rights."""

    def make(rules, cluster_rules=()):
        path = access.account(hub.release.plane, hub.namespace, tmp_path, list(rules), list(cluster_rules))
        monkeypatch.setenv("KUBECONFIG", str(path))
        return ClusterTarget(hub.config, os.environ, timeout_s=120)

    return make


def test_the_rights_to_look_are_enough_to_look_and_for_nothing_else(acting_as):
    target = acting_as(rights.LOOK)
    seen = target.overview()
    assert seen.running.state is State.RUNNING and [home.owner for home in seen.homes] == [ALICE]
    assert any("Room on the nodes is left out" in one for one in seen.missing)
    assert any("Nodes are left out" in one for one in seen.missing)
    assert reading.last(target, "hub", Kind.LOGS, 1) and reading.last_event(target, ALICE)
    assert {row.name for row in target.usage().rows} >= {"hub", ALICE}
    for act in (
        lambda: target.run(ALICE, ["true"], terminal=False),
        lambda: target.restart("proxy", lambda sentence: None),
        lambda: target.stop(keep_servers=True),
    ):
        with pytest.raises(Forbidden) as refused:
            act()
        assert "kubectl create rolebinding" in refused.value.fix


def test_the_rights_to_act_are_enough_to_act(acting_as):
    target = acting_as(rights.ACT, rights.EVERYWHERE)
    assert target.overview().missing == ()
    assert target.run(ALICE, ["true"], terminal=False).code == 0
    assert "placeholder" in told(target.scale, "placeholders", 2)
    assert told(target.restart, "user-placeholder")


def test_a_stopped_hub_is_told_as_such_and_the_next_deploy_starts_it(hub):
    hub.target.stop(keep_servers=False)
    assert hub.target.inspect().state is State.STOPPED and hub.target.inspect().servers == ()
    with pytest.raises(NotRunning):
        hub.target.api()
    assert [home.orphaned for home in hub.target.homes().list()] == [None]
    assert reading.last_event(hub.target, "hub").text == "The hub is stopped."
    hub.target.stop(keep_servers=False)
    plan = steps.plan(hub.target.inspect(), {}, what="a test")
    hub.target.apply(Plan(tuple(Step(do, do) for do in (steps.START, steps.WAIT, steps.CHECK))), lambda sentence: None)
    assert steps.START in [step.do for step in plan.steps]
    assert hub.target.inspect().state is State.RUNNING
    with hub.target.api() as api:
        assert ALICE in {user["name"] for user in api.users()}


def test_a_removed_hub_leaves_the_homes_and_nothing_of_ours(hub):
    assert "1 home stays" in told(hub.target.remove)
    assert hub.target.inspect() is None
    api = hub.release.plane.api
    space = f"namespaces/{hub.namespace}"
    assert api.list(f"/apis/coordination.k8s.io/v1/{space}/leases") == []
    names = {one["metadata"]["name"] for one in api.list(f"/api/v1/{space}/configmaps")}
    assert not {name for name in names if name.startswith("classhub")}
    (claim,) = api.list(f"/api/v1/{space}/persistentvolumeclaims")
    assert claim["metadata"]["annotations"]["hub.jupyter.org/username"] == ALICE
