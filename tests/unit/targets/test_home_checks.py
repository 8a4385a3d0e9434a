"""Homes that belong to another account, and homes that are not there."""

import json
import os

import pytest

from classhub.errors import Refused
from classhub.targets.local.home_checks import accounts, first_lines, owners, refuse_vanished
from classhub.targets.local.paths import Paths
from classhub.walls import machine_uids, uids

ME = os.geteuid()


@pytest.fixture
def hub(tmp_path):
    """Gives paths; makes students with uids, and homes that this account owns."""

    def make(given, homes=()):
        paths = Paths(tmp_path / ".classhub", tmp_path / "run", tmp_path / "the homes")
        for folder in (paths.state, paths.homes, *(paths.homes / name for name in homes)):
            folder.mkdir()
        paths.uids_json.write_text(json.dumps(given))
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


@pytest.mark.skipif(ME != 0, reason="needs root")
def test_a_home_that_its_student_closed_is_seen(hub):
    paths = hub({"alice@college.edu": 50001, "o'neil": 50002}, ["alice@college.edu", "o'neil"])
    for number, home in enumerate(sorted(paths.homes.iterdir()), 50001):
        os.chown(home, number, number)
    (paths.homes / "o'neil").rename(paths.homes / "o%27neil")
    assert owners(paths).ok
    (paths.homes / "o%27neil").chmod(0o500)
    check = owners(paths)
    assert check.problem == "1 home is closed to the student whose it is: o'neil"
    assert os.system(check.fix.partition("Or now: ")[2]) == 0
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
    ("given", "homes"), [({}, []), ({"alice": 50001}, ["alice"]), ({"alice": 50001}, ["lost+found"])]
)
def test_where_nothing_is_amiss_nothing_is_refused(hub, given, homes):
    refuse_vanished(hub(given, homes))


# --- students with the account of another hub's student


@pytest.fixture
def neighbour(tmp_path, monkeypatch):
    """Gives the map of another hub of this machine, and the machine's record."""
    record = tmp_path / "machine" / "uids.json"
    monkeypatch.setenv(machine_uids.VARIABLE, str(record))

    def make(given):
        other = tmp_path / "another hub" / "uids.json"
        other.parent.mkdir()
        other.write_text(json.dumps(given))
        uids.register(other, record)
        return other

    return make


def test_students_of_two_hubs_with_different_accounts_are_fine(hub, neighbour):
    paths = hub({"alice@college.edu": 50001})
    neighbour({"zed": 50002, "alice@college.edu": 50003})
    assert accounts(paths).ok and first_lines(paths) == []


def test_two_students_with_one_account_are_said_with_the_other_hub(hub, neighbour):
    paths = hub({"alice@college.edu": 50001, "jane.doe": 50002})
    other = neighbour({"zed": 50001})
    said = (
        "1 student of this hub has the account number of a student of another hub on this machine "
        f"({other.parent}), and each can read and change the other's files: alice@college.edu"
    )
    assert accounts(paths).problem == said
    assert first_lines(paths) == [f"{said}. `classhub doctor` says how to part them."]


@pytest.mark.skipif(ME != 0, reason="needs root")
def test_the_commands_part_them(hub, neighbour):
    students = {"alice@college.edu": 50001, "jane: 50001": 50002, "o'neil": 50003}
    paths = hub(students, ["alice@college.edu"])
    neighbour({"zed": 50001, "yve": 50003, "new": 50009})
    paths.uids_json.with_name("uids.json.copy").write_text(json.dumps(students, indent=1))
    paths.uids_json.write_text(json.dumps(students, indent=1))
    said, *commands, last = accounts(paths).fix.splitlines()
    assert "classhub down" in said and last.strip() == "classhub up"
    assert os.system("\n".join(commands)) == 0
    assert uids.users(paths.uids_json) == {**students, "alice@college.edu": 50010, "o'neil": 50011}
    assert (paths.homes / "alice@college.edu").stat().st_uid == 50010
    assert accounts(paths).ok


def test_a_damaged_record_is_a_problem_in_words(hub, neighbour):
    paths = hub({"alice@college.edu": 50001})
    neighbour({"zed": 50002})
    machine_uids.path().write_text("{")
    assert "is damaged" in accounts(paths).problem
    assert first_lines(paths) == []
