"""Homes that belong to another account, and homes that are not there."""

import json
import os

import pytest

from classhub.errors import Refused
from classhub.targets.local.home_checks import owners, refuse_vanished
from classhub.targets.local.paths import Paths

ME = os.geteuid()


@pytest.fixture
def hub(tmp_path):
    """Gives paths; makes students with uids, and homes that this account owns."""

    def make(uids, homes=()):
        paths = Paths(tmp_path / ".classhub", tmp_path / "run", tmp_path / "the homes")
        for folder in (paths.state, paths.homes, *(paths.homes / name for name in homes)):
            folder.mkdir()
        paths.uids_json.write_text(json.dumps(uids))
        return paths

    return make


def test_a_home_of_the_right_owner_is_fine(hub):
    assert owners(hub({"alice@college.edu": ME or 50001}, [])).ok


def test_homes_of_other_owners_are_counted_and_handed_over(hub):
    students = {f"student{number}": 50001 + number for number in range(5)}
    paths = hub(students | {"away": 50099}, students)
    check = owners(paths)
    assert check.problem == (
        "5 homes belong to another account than the student's, whose server cannot start: "
        "student0, student1, student2 and others"
    )
    assert check.fix.splitlines()[1] == f"  chown -hR 50001:50001 '{paths.homes}/student0'"
    assert len(check.fix.splitlines()) == 6


@pytest.mark.skipif(ME != 0, reason="needs root")
def test_the_commands_mend_it(hub):
    paths = hub({"alice@college.edu": 50001}, ["alice@college.edu"])
    assert os.system(owners(paths).fix.removeprefix("hand over:")) == 0
    assert owners(paths).ok


def test_a_damaged_map_is_a_problem_in_words(hub):
    paths = hub({"a": 50001, "b": 50001})
    assert "two users have the same uid" in owners(paths).problem


def test_an_empty_folder_where_homes_were_is_refused(hub):
    paths = hub({"alice@college.edu": 50001})
    with pytest.raises(Refused, match="is empty, and 1 student of this hub had homes there") as caught:
        refuse_vanished(paths)
    assert "findmnt" in caught.value.fix
    (paths.homes / ".begin").touch()
    refuse_vanished(paths)


@pytest.mark.parametrize(
    ("uids", "homes"), [({}, []), ({"alice": 50001}, ["alice"]), ({"alice": 50001}, ["lost+found"])]
)
def test_where_nothing_is_amiss_nothing_is_refused(hub, uids, homes):
    refuse_vanished(hub(uids, homes))
