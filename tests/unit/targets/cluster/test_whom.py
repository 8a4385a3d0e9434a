"""Whom a name means, and how it stands with them."""

import pytest

from classhub.targets.cluster import lines, stories, whom
from classhub.targets.cluster.inside import main_container
from unit.targets.cluster.objects import image_missing, pod, workload
from unit.targets.cluster.objects_more import claim, event, user

ALICE = "alice@college.edu"


def student(name, **more):
    return pod("singleuser-server", user=name, **more)


@pytest.mark.parametrize(("typed", "found"), [(ALICE, ALICE), ("Jane.Doe", "jane.doe"), ("jane.doe", "jane.doe")])
def test_a_user_is_found_by_the_mark_whatever_the_case(typed, found):
    pods = [student(ALICE), student("jane.doe"), pod("hub")]
    assert whom.the_server(typed, pods, []).user == found


def test_a_named_server_is_apart_from_the_default_one():
    pods = [student(ALICE), student(ALICE, server="gpu")]
    assert whom.the_server(f"{ALICE}/gpu", pods, []).pods == (pods[1],)
    assert whom.the_server(ALICE, pods, []).pods == (pods[0],)


def test_a_user_without_pod_or_claim_is_known_to_the_hub():
    found = whom.the_server("bob", [], [], user("bob", "", "c", pod_name="jupyter-bob"))
    assert (found.user, found.pods, found.pod_name) == ("bob", (), "jupyter-bob")
    assert whom.the_server("bob", [], [claim("c")], user("bob", "", "c")).claims == (claim("c"),)


def test_two_names_that_differ_in_case_are_not_mixed_up():
    pods = [student("Bob"), student("bob")]
    assert whom.the_server("bob", pods, []).pods == (pods[1],)
    assert whom.the_server("BOB", pods, []) is None


def test_a_user_named_like_a_part_of_another_release_is_no_part():
    assert whom.the_part("hub", [workload("proxy")], []) is None


def test_an_unknown_name_is_told_with_near_ones():
    refused = whom.nobody("alise@college.edu", [workload("hub")], [ALICE])
    assert "did you mean alice@college.edu?" in str(refused) and "parts are hub" in refused.fix
    assert "restart hub" in whom.no_part("hubb", [workload("hub")]).fix


def server(*pods):
    return whom.TheServer(ALICE, ALICE, "", pods)


def test_a_server_that_cannot_start_is_told_with_its_cause():
    story = stories.of_server(server(student(ALICE, ready=False, **image_missing())), [])
    assert (
        story == f"The server of {ALICE} does not run: its image hub:9 cannot be pulled: there is no such image or tag."
    )


def test_a_server_that_ended_says_how():
    ended = {"name": "notebook", "state": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}
    story = stories.of_server(server(student(ALICE, ready=False, phase="Failed", containerStatuses=[ended])), [])
    assert "has ended: out of memory" in story


def test_a_server_that_waits_is_told_with_its_last_warning():
    events = [event("FailedAttachVolume", "still attached elsewhere", warning=True), event("Pulled", "")]
    story = stories.of_server(server(student(ALICE, ready=False, phase="Pending")), events)
    assert story.endswith("is starting. Its disk cannot be attached to the node: still attached elsewhere.")


def test_of_a_server_that_is_gone_the_last_trouble_or_the_hubs_word_is_told():
    assert "The last trouble" in stories.of_server(server(), [event("FailedMount", "no", warning=True)])
    assert "took too long" in stories.of_server(server(), [], "alice took too long")


def test_a_part_is_told_as_it_stands():
    hub = whom.ThePart("hub", workload("hub"), (pod("hub") | {"spec": {"nodeName": "node-1"}},))
    assert stories.of_part(hub, []).endswith("on the node node-1.")
    assert stories.of_part(whom.ThePart("hub", workload("hub", replicas=0), ()), []) == "The hub is stopped."


@pytest.mark.parametrize(
    ("line", "mine"),
    [
        ("User alice@college.edu took 5 s to start", True),
        ("302 GET /hub/user/alice%40college.edu/lab", True),
        ("302 GET /hub/user/alice@college.edu/lab (alice@college.edu@10.0.0.1)", True),
        ("200 GET /hub/api/user (alice@college.edu@10.0.0.1) 12.3ms", True),
        ("User malice@college.edu took 5 s to start", False),
        ("User alice@college.edu.au took 5 s to start", False),
        ("User alice@college.educator", False),
    ],
)
def test_the_hubs_lines_about_a_user_are_those_that_name_them(line, mine):
    assert lines.about(ALICE)(line) is mine


def test_a_program_runs_in_the_container_of_the_server_and_not_in_a_side_car():
    side = {"metadata": {}, "spec": {"containers": [{"name": "log-shipper"}, {"name": "notebook"}]}}
    assert main_container(side, ALICE) == "notebook"
    hub = {"metadata": {}, "spec": {"containers": [{"name": "sync"}, {"name": "hub"}]}}
    assert main_container(hub, "hub") == "hub"
    marked = side | {"metadata": {"annotations": {"kubectl.kubernetes.io/default-container": "log-shipper"}}}
    assert main_container(marked, ALICE) == "log-shipper"
