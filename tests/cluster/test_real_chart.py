"""The real chart, where this user's cache has it: `make test-real-chart CHART=file` tries much more of it."""

import json
import os
import uuid
from collections.abc import Iterator

import pytest

from classhub.outside import chart_package
from cluster.college import AtWork, College
from cluster.control_plane import ControlPlane
from cluster.node import Node

VERSION = "4.4.0"


@pytest.fixture(scope="module")
def college(control_plane: ControlPlane, node_with_hub: Node, tmp_path_factory) -> Iterator[College]:
    """Deployed."""
    cache = chart_package.folder(os.environ)
    chart = cache / chart_package.file_name(VERSION) if cache else None
    if chart is None or not chart.exists():
        pytest.skip(f"the real chart is not in this user's cache: {chart}")
    name = f"test-{uuid.uuid4().hex[:8]}"
    made = College(control_plane, name, tmp_path_factory.mktemp("college"), chart)
    made.classhub("deploy", "--yes")
    yield made
    control_plane.api.delete(f"/api/v1/namespaces/{name}")


def test_nothing_is_to_be_done_after_a_deploy(college: College):
    hub = college.hub()
    assert json.loads(college.classhub("deploy", "--yes", "--json").answer)["changed"] is False
    assert college.hub() == hub


def test_a_change_is_applied_and_taken_back_while_a_student_works(college: College):
    at_work, first = AtWork(college), college.in_force
    second = college.another()
    college.classhub("deploy", "--yes")
    assert college.in_force == second
    at_work.goes_on()
    college.classhub("rollback", "--yes")
    assert college.in_force == first
    college.is_sound()
    at_work.goes_on()
