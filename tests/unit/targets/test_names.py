"""Whose logs and events are meant by what an admin types, with and without a hub."""

import pytest

from classhub.errors import NotFound
from classhub.plan.records import Kind
from classhub.targets.local.records import LOGGED
from classhub.targets.local.target import LocalTarget
from classhub.walls import names


@pytest.fixture
def target(tmp_path):
    """jane.doe had a server here; nothing runs now."""
    made = LocalTarget(tmp_path / "config")
    made.paths.events.mkdir(parents=True)
    (made.paths.events / "jane.doe.jsonl").write_text('{"when": 1.0, "text": "The server is ready."}\n')
    return made


def test_no_part_has_a_name_that_a_user_can_have():
    assert set(LOGGED) == names.PARTS


@pytest.mark.parametrize("who", ["jane.doe", "Jane.Doe"])
def test_a_name_is_found_as_the_hub_writes_it(target, who):
    assert [record.text for record in target.records(who, Kind.EVENTS, False, False)] == ["The server is ready."]


def test_a_stranger_is_not_found_and_near_names_are_said(target):
    with pytest.raises(NotFound, match="Jane") as caught:
        target.records("Jane.Do", Kind.EVENTS, False, False)
    assert "did you mean jane.doe" in caught.value.cause.lower()


@pytest.mark.parametrize(
    ("typed", "fix"), [("jane.doe", "Stop My Server"), ("hbu", "classhub restart hub"), ("supervisor", "admin page")]
)
def test_what_cannot_be_restarted_gets_the_way_that_works(target, typed, fix):
    with pytest.raises(NotFound, match=f"no part named '{typed}'") as caught:
        target.restart(typed, str)
    assert fix in caught.value.fix
