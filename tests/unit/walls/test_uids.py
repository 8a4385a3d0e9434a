"""A uid belongs to one user for ever, whoever asks at the same time and whatever happens to the file."""

import json
import multiprocessing
import pwd
import shlex
import stat
import subprocess

import pytest

from classhub.errors import ClasshubError
from classhub.walls import uids


@pytest.fixture
def map_file(tmp_path):
    return tmp_path / "uids.json"


def test_the_first_user_gets_the_first_uid_and_keeps_it(map_file):
    assert uids.uid_for(map_file, "alice@college.edu") == 50001
    assert uids.uid_for(map_file, "Jane.Doe") == 50002
    assert uids.uid_for(map_file, "alice@college.edu") == 50001
    assert uids.users(map_file) == {"alice@college.edu": 50001, "Jane.Doe": 50002}


def test_the_map_is_the_owners_alone_and_leaves_no_half_file(map_file):
    uids.uid_for(map_file, "alice")
    assert stat.S_IMODE(map_file.stat().st_mode) == 0o600
    assert {path.name for path in map_file.parent.iterdir()} == {"uids.json", "uids.json.copy", "uids.json.lock"}


def test_nobody_yet_is_an_empty_map(map_file):
    assert uids.users(map_file) == {}


def test_accounts_of_the_machine_are_skipped(map_file, monkeypatch):
    def getpwuid(uid):
        if uid in (50001, 50003):
            return "somebody"
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", getpwuid)
    assert [uids.uid_for(map_file, name) for name in "ab"] == [50002, 50004]


def test_the_machines_reserved_range_is_jumped(map_file):
    assert uids.uid_for(map_file, "a", first=60001) == 65536


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"a": "50001"}',
        '{"a": true}',
        '{"a": 0}',
        '{"a": 50001, "b": 50001}',
        '{"a": 50001, "a": 50002}',
        "\ufffe",
    ],
)
def test_a_damaged_map_is_said_and_never_begun_again(map_file, text):
    uids.uid_for(map_file, "alice")
    map_file.write_text(text)
    for name in ("alice", "bob"):
        with pytest.raises(ClasshubError, match="damaged") as told:
            uids.uid_for(map_file, name)
        assert "restore" in told.value.fix
    with pytest.raises(ClasshubError, match="damaged"):
        uids.users(map_file)
    assert map_file.read_text() == text


def test_bytes_that_are_no_text_are_damage(map_file):
    map_file.write_bytes(b"\xff\xfe")
    with pytest.raises(ClasshubError, match="UTF-8"):
        uids.uid_for(map_file, "alice")


def test_a_lost_map_is_not_a_first_start(map_file):
    uids.uid_for(map_file, "alice")
    map_file.unlink()
    with pytest.raises(ClasshubError, match="gone"):
        uids.uid_for(map_file, "mallory")


def test_an_older_copy_gives_no_uid_twice(map_file):
    uids.uid_for(map_file, "alice")
    older = map_file.read_text()
    uids.uid_for(map_file, "bob")
    map_file.write_text(older)
    with pytest.raises(ClasshubError, match="older"):
        uids.uid_for(map_file, "mallory")


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(ClasshubError, match="cannot be used"):
        uids.uid_for(tmp_path / "none" / "uids.json", "alice")


def _ask(arguments):
    map_file, names = arguments
    return {name: uids.uid_for(map_file, name) for name in names}


def test_many_processes_at_once_agree(map_file):
    shared = [f"student{number}" for number in range(15)]
    work = [(map_file, [*shared, f"only{process}"]) for process in range(8)]
    with multiprocessing.get_context("fork").Pool(8) as pool:
        answers = pool.map(_ask, work, chunksize=1)
    final = uids.users(map_file)
    assert all(final[name] == uid for answer in answers for name, uid in answer.items())
    assert len(final) == len(set(final.values())) == 23
    assert json.loads(map_file.read_text()) == final
    assert min(final.values()) >= 50001


@pytest.mark.parametrize("harm", ["cut short", "gone", "edited"])
def test_one_command_brings_a_damaged_map_back(map_file, harm):
    given = {name: uids.uid_for(map_file, name) for name in ("alice@college.edu", "Jane.Doe")}
    text = map_file.read_text()
    map_file.write_text({"cut short": text[:10], "gone": "", "edited": text.replace("50002", "50001")}[harm])
    if harm == "gone":
        map_file.unlink()
    with pytest.raises(ClasshubError, match="damaged") as told:
        uids.users(map_file)
    _, command = told.value.fix.split(": ", 1)
    subprocess.run(shlex.split(command), check=True)
    assert uids.users(map_file) == given
    assert stat.S_IMODE(map_file.stat().st_mode) == 0o600


@pytest.mark.parametrize("copy", [None, "{", '{"alice": 50001}'])
def test_a_copy_that_is_no_better_is_not_offered(map_file, copy):
    for name in ("alice", "bob"):
        uids.uid_for(map_file, name)
    map_file.with_name("uids.json.copy").unlink()
    if copy is not None:
        map_file.with_name("uids.json.copy").write_text(copy)
    map_file.write_text("{")
    with pytest.raises(ClasshubError) as told:
        uids.users(map_file)
    assert "from a backup" in told.value.fix and "cp -p" not in told.value.fix
