"""What a deploy adds to the college's values, and that it adds nothing else."""

import pytest

from classhub.config.overlay import SCOPES, SERVICE, deployed, overlay


def test_homes_outlive_their_users():
    assert deployed({})["hub"]["config"]["KubeSpawner"] == {"delete_pvc": False}


@pytest.mark.parametrize("wish", [True, False])
def test_the_colleges_own_word_on_claims_stands(wish):
    own = {"hub": {"config": {"KubeSpawner": {"delete_pvc": wish}}}}
    assert "config" not in overlay(own)["hub"]
    assert deployed(own)["hub"]["config"]["KubeSpawner"] == {"delete_pvc": wish}


def test_one_service_with_a_role_of_its_own_is_added():
    hub = deployed({})["hub"]
    assert hub["services"] == {SERVICE: {}}
    assert hub["loadRoles"] == {SERVICE: {"scopes": list(SCOPES), "services": [SERVICE]}}


def test_no_scope_reads_more_than_operations_need():
    assert not {"admin", "self", "tokens", "proxy", "shutdown", "access:servers", "admin:auth_state"} & set(SCOPES)


def test_what_the_college_wrote_is_kept():
    own = {
        "hub": {"services": {"grader": {"url": "http://grader"}}, "config": {"X": {"y": 1}}},
        "cull": {"every": None},
    }
    made = deployed(own)
    assert made["hub"]["services"] == {"grader": {"url": "http://grader"}, SERVICE: {}}
    assert made["hub"]["config"]["X"] == {"y": 1}
    assert made["cull"] == {"every": None}, "a null deletes the chart's default"


def test_the_colleges_values_are_not_changed():
    own = {"hub": {"config": {}}}
    deployed(own)
    assert own == {"hub": {"config": {}}}


@pytest.mark.parametrize(
    "own", [{"hub": None}, {"hub": {"config": None}}, {"hub": {"services": None}}, {"hub": "text"}]
)
def test_a_section_that_is_null_takes_the_overlay(own):
    assert SERVICE in deployed(own)["hub"]["services"]
