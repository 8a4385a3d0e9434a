"""How many servers this machine carries, starts under way included."""

import json
import time

import pytest

from classhub.hub import limits, registry
from classhub.walls import identity

ALICE, BOB, CAROL = (("alice", ""), ("bob", ""), ("carol", ""))


@pytest.fixture
def machine(tmp_path):
    """Two servers at most; bob's runs."""
    (tmp_path / "servers").mkdir()
    registry.write(tmp_path / "servers", registry.Entry(*BOB, identity.me(), "", time.time()))
    return {"servers": 2, "folders": {"state": str(tmp_path), "servers": str(tmp_path / "servers")}}


def test_servers_that_run_and_starts_under_way_count_once_each(machine):
    assert limits.no_room(machine, ALICE, [ALICE]) == ""
    assert limits.no_room(machine, ALICE, [ALICE, BOB]) == "", "bob's start is about to end"
    assert "2 servers run" in limits.no_room(machine, ALICE, [CAROL, ALICE])


def test_a_server_is_not_in_its_own_way(machine):
    machine["servers"] = 1
    assert limits.no_room(machine, BOB, [BOB]) == ""
    assert "1 server runs" in limits.no_room(machine, ALICE, [ALICE])


def test_without_a_limit_there_is_room_and_scale_has_the_last_word(machine, tmp_path):
    assert limits.no_room({**machine, "servers": 0}, ALICE, [ALICE, CAROL]) == ""
    (tmp_path / "limits.json").write_text(json.dumps({"servers": 1}))
    assert "1 server runs" in limits.no_room(machine, ALICE, [ALICE])
