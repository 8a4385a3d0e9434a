"""Two hubs of one machine never give two students the same uid."""

import json
import multiprocessing
import os
import shlex
import stat
import subprocess
from pathlib import Path

import pytest

from classhub.errors import ClasshubError, OutsideFailed
from classhub.walls import machine_uids, uids


@pytest.fixture
def record(tmp_path):
    return tmp_path / "machine" / "uids.json"


@pytest.fixture
def hubs(tmp_path):
    """The maps of two hubs."""
    maps = [tmp_path / name / "uids.json" for name in ("one", "two")]
    for map_file in maps:
        map_file.parent.mkdir()
    return maps


def test_two_hubs_have_no_uid_in_common(hubs, record):
    for user in ("alice@college.edu", "jane.doe", "zed"):
        for map_file in hubs:
            uids.uid_for(map_file, user, machine=record)
    one, two = (set(uids.users(map_file).values()) for map_file in hubs)
    assert len(one) == len(two) == 3 and not one & two
    assert max(one | two) < 50010, "small numbers: a container has few"


def test_the_record_is_roots_alone(hubs, record):
    uids.uid_for(hubs[0], "alice", machine=record)
    assert stat.S_IMODE(record.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in record.parent.iterdir()} == {0o600}


def _ask(arguments):
    map_file, record, names = arguments
    return [uids.uid_for(map_file, name, machine=record) for name in names]


def test_hubs_that_ask_at_the_same_moment_get_different_uids(hubs, record):
    work = [(hubs[number % 2], record, [f"{number}-{name}" for name in range(10)]) for number in range(6)]
    with multiprocessing.get_context("fork").Pool(6) as pool:
        answers = pool.map(_ask, work, chunksize=1)
    given = [uid for answer in answers for uid in answer]
    assert len(set(given)) == len(given) == 60


def test_a_hub_that_is_gone_leaves_its_uids_given(hubs, record):
    first = uids.uid_for(hubs[0], "alice", machine=record)
    for path in hubs[0].parent.iterdir():
        path.unlink()
    assert uids.uid_for(hubs[1], "bob", machine=record) > first
    assert machine_uids.read(record).maps == {hubs[1]}


def test_uids_of_before_the_record_are_not_given_by_another_hub(hubs, record):
    older = {uids.uid_for(hubs[0], name) for name in "abc"}
    uids.register(hubs[0], record)
    assert uids.uid_for(hubs[1], "bob", machine=record) not in older


@pytest.mark.parametrize("lost", [[""], ["", ".copy"]])
def test_a_lost_record_is_made_again_and_never_below_what_is_known(hubs, record, lost):
    given = [uids.uid_for(hubs[0], name, machine=record) for name in "abc"]
    for ending in lost:
        record.with_name(record.name + ending).unlink()
    uids.uid_for(hubs[0], "a", machine=record)
    assert uids.uid_for(hubs[1], "bob", machine=record) > max(given)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"highest": "1", "maps": []}', '{"highest": -1, "maps": []}', '{"highest": 1, "maps": [1]}'],
)
def test_a_damaged_record_gives_no_uid_and_one_command_mends_it(hubs, record, text):
    known = uids.uid_for(hubs[0], "alice", machine=record)
    record.write_text(text)
    with pytest.raises(ClasshubError, match="damaged") as told:
        uids.uid_for(hubs[1], "bob", machine=record)
    assert not hubs[1].exists()
    assert uids.uid_for(hubs[0], "alice", machine=record) == known, "who was here before is not locked out"
    subprocess.run(shlex.split(told.value.fix.split(": ", 1)[1]), check=True)
    assert uids.uid_for(hubs[1], "bob", machine=record) > known


def test_a_damaged_record_whose_copy_is_no_better_is_taken_away(hubs, record):
    known = uids.uid_for(hubs[0], "alice", machine=record)
    for path in (record, record.with_name("uids.json.copy")):
        path.write_text("{")
    with pytest.raises(ClasshubError, match="damaged") as told:
        uids.register(hubs[0], record)
    assert "classhub up" in told.value.fix
    subprocess.run(shlex.split(told.value.fix.splitlines()[-1]), check=True)
    uids.register(hubs[0], record)
    assert uids.uid_for(hubs[1], "bob", machine=record) > known


def test_a_disk_that_cannot_be_written_is_a_sentence_with_a_way_out(hubs):
    with pytest.raises(OutsideFailed, match="cannot be recorded") as told:
        uids.uid_for(hubs[0], "alice", machine=Path("/proc/none/uids.json"))
    assert machine_uids.VARIABLE in told.value.fix and not hubs[0].exists()


def test_the_record_lies_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv(machine_uids.VARIABLE, str(tmp_path / "elsewhere"))
    assert machine_uids.path() == tmp_path / "elsewhere"
    monkeypatch.delenv(machine_uids.VARIABLE)
    assert machine_uids.path() == machine_uids.FILE


def test_no_test_writes_the_machines_own_record():
    assert Path(os.environ[machine_uids.VARIABLE]) != machine_uids.FILE


# --- hubs that gave uids before there was a record


@pytest.fixture
def older(hubs, record):
    """Both gave 50001 and 50002; `jane` is one person in both."""
    hubs[0].write_text(json.dumps({"alice": 50001, "jane": 50002}))
    hubs[1].write_text(json.dumps({"zed": 50001, "jane": 50002}))
    for map_file in hubs:
        uids.register(map_file, record)
    return hubs


def test_a_uid_of_two_people_is_found_in_both_hubs(older, record):
    one, two = older
    assert uids.shared(one, record) == {two: ["alice"]}
    assert uids.shared(two, record) == {one: ["zed"]}
    assert uids.unused(one, record, 2) == [50003, 50004]


def test_another_hub_that_is_gone_or_damaged_shares_nothing(older, record):
    one, two = older
    two.write_text("{")
    assert uids.shared(one, record) == {}
    two.unlink()
    assert uids.shared(one, record) == {}
