"""Whenever the script is killed, the database's name has the one of before or the copy, whole; the next run ends it.

It is killed before each of its lines at which the disk is another than a line before.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import classhub.targets.cluster.database_script as script
from unit.targets.cluster.test_database_script import WAL, change, make, people, run

OLD, NEW = ["alice@college.edu", "new@college.edu"], ["alice@college.edu"]

KILLER = """
import json, os, shutil, sys, types
place, source, linked, *argv = sys.argv[1:]
script = types.ModuleType("script")
code = compile(open(source).read(), source, "exec")

def disk(folder="."):
    found = []
    for one in sorted(os.scandir(folder), key=lambda one: one.name):
        seen = one.stat(follow_symlinks=False)
        found.append((one.path, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_nlink))
        found += disk(one.path) if one.is_dir() else ()
    return found

def run(folder, at_line):
    \"\"\"at_line: is given the number of each line before it runs.\"\"\"
    passed = 0
    def each(frame, event, _):
        nonlocal passed
        if frame.f_code.co_filename != source:
            return None
        if event == "line":
            passed += 1
            at_line(passed)
        return each
    child = os.fork()
    if not child:
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if linked == "no links":
            os.link = lambda *_: os.open("/nowhere/at/all", 0)
        exec(code, script.__dict__)
        sys.settrace(each)
        script.main(argv)
        os._exit(0)
    os.waitpid(child, 0)

def told(line):
    global before
    if (now := disk()) != before:
        os.write(tell, b"%d\\n" % line)
        before = now

before, (hear, tell) = [], os.pipe()
shutil.copytree(f"{place}/0", f"{place}/whole")
run(f"{place}/whole", told)
os.close(tell)
moments = os.fdopen(hear).read().split()
for moment in moments:
    shutil.copytree(f"{place}/0", f"{place}/{moment}")
    run(f"{place}/{moment}", lambda line: line == int(moment) and os.kill(os.getpid(), 9))
print(json.dumps([*moments, "whole"]))
"""


def killed_at_every_change(place, *argv, links=True):
    """place/0 is how it was; the folder of each moment, killed there, and one where the script came to its end."""
    linked = "links" if links else "no links"
    argv = [sys.executable, "-I", "-c", KILLER, place, script.__file__, linked, *argv]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return [place / moment for moment in json.loads(done.stdout)]


@pytest.fixture
def place(tmp_path):
    """In memory where there is such a disk: a kill is no power cut, and a hundred moments sync often."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield Path(folder)


@pytest.fixture
def before(place):
    """A copy, and a database whose schema a newer hub has changed since."""
    folder = place / "0"
    folder.mkdir()
    hub = make(folder / "hub.sqlite", "alice@college.edu")
    run("back-up", hub, folder / "copies", "7.sqlite")
    change(hub, "update alembic_version set version_num = 'v2'")
    change(hub, "insert into users values ('new@college.edu')")
    return folder


def is_whole(folder):
    """What a hub that is started now would find under the name."""
    hub = folder / "hub.sqlite"
    assert hub.exists(), "a hub would make an empty one"
    assert (script.schema(hub), people(hub)) in (("v2", OLD), ("v1", NEW))


def of_before(folder):
    return [people(one) for one in folder.glob("hub.sqlite.before-*") if one.suffix not in script.BESIDE]


def ends(folder, when):
    hub, copies = folder / "hub.sqlite", folder / "copies"
    script.restore(hub, copies, "7.sqlite", when)
    assert (script.schema(hub), people(hub)) == ("v1", NEW)
    assert OLD in of_before(folder), "what was replaced is kept"
    assert not (copies / script.MARK).exists() and not list(folder.rglob("*.part"))


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_a_kill_at_any_moment_of_a_way_back_leaves_one_of_both_and_the_next_run_ends_it(before, links):
    folders = killed_at_every_change(
        before.parent, "restore", "hub.sqlite", "copies", "7.sqlite", "needed", links=links
    )
    assert len(folders) > 8
    for folder in folders:
        is_whole(folder)
        ends(folder, "needed")


def test_nor_does_it_where_a_killed_hub_left_a_write_ahead_log(before):
    hub = before / "hub.sqlite"
    change(hub, "delete from users where name like 'new%'")
    subprocess.run([sys.executable, "-c", WAL, hub], check=False)
    assert Path(f"{hub}-wal").stat().st_size
    for folder in killed_at_every_change(before.parent, "restore", "hub.sqlite", "copies", "7.sqlite", "needed"):
        is_whole(folder)
        ends(folder, "needed")


def test_one_that_was_asked_for_is_ended_by_a_run_that_asks_for_less(before):
    change(before / "hub.sqlite", "update alembic_version set version_num = 'v1'")
    asked = killed_at_every_change(before.parent, "restore", "hub.sqlite", "copies", "7.sqlite", "always")
    begun = [folder for folder in asked if (folder / "copies" / script.MARK).exists()]
    assert begun
    for folder in begun:
        ends(folder, "needed")


def test_who_came_after_the_copy_was_in_place_is_kept(before):
    folders = killed_at_every_change(before.parent, "restore", "hub.sqlite", "copies", "7.sqlite", "needed")
    done = [one for one in folders if people(one / "hub.sqlite") == NEW and (one / "copies" / script.MARK).exists()]
    assert done, "killed between the last two steps"
    for folder in done:
        change(folder / "hub.sqlite", "insert into users values ('late@college.edu')")
        said = script.restore(folder / "hub.sqlite", folder / "copies", "7.sqlite", "needed")
        assert said["restored"] and people(said["aside"]) == OLD
        assert people(folder / "hub.sqlite") == [*NEW, "late@college.edu"]


def test_a_damaged_database_is_the_one_of_before_or_the_copy_too(before):
    hub = before / "hub.sqlite"
    was = b"no database at all" * 500
    hub.write_bytes(was)
    for folder in killed_at_every_change(before.parent, "restore", "hub.sqlite", "copies", "7.sqlite", "needed"):
        now = folder / "hub.sqlite"
        if now.read_bytes() != was:
            assert people(now) == NEW
        script.restore(now, folder / "copies", "7.sqlite", "needed")
        assert people(now) == NEW
        assert was in [one.read_bytes() for one in folder.glob("hub.sqlite.before-*")]


def test_what_a_lost_database_left_beside_it_is_kept_and_never_applied_to_the_copy(before):
    (before / "hub.sqlite").unlink()
    (before / "hub.sqlite-journal").write_bytes(b"of the lost one")
    for folder in killed_at_every_change(before.parent, "restore", "hub.sqlite", "copies", "7.sqlite", "needed"):
        now, left = folder / "hub.sqlite", folder / "hub.sqlite-journal"
        assert not (now.exists() and left.exists())
        script.restore(now, folder / "copies", "7.sqlite", "needed")
        assert people(now) == NEW and not left.exists()
        kept = [one.read_bytes() for one in folder.glob("hub.sqlite.before-*-journal")]
        assert set(kept) == {b"of the lost one"}


def test_a_kill_while_it_is_copied_never_leaves_half_a_copy(before):
    hub = before / "hub.sqlite"
    for number in range(6):
        Path(f"{hub}.before-200{number}0101-000000").write_bytes(b"old")
        shutil.copy(before / "copies" / "7.sqlite", before / "copies" / f"{number}.sqlite")
    for folder in killed_at_every_change(before.parent, "back-up", "hub.sqlite", "copies", "7.sqlite"):
        for _ in range(2):
            assert people(folder / "copies" / "7.sqlite") == NEW
            assert {script.schema(one) for one in (folder / "copies").glob("*.sqlite")} <= {"v1", "v2"}
            is_whole(folder)
            script.back_up(folder / "hub.sqlite", folder / "copies", "7.sqlite")
        assert people(folder / "copies" / "7-schema-v2.sqlite") == OLD
        assert not list(folder.rglob("*.part*"))


def test_the_name_is_found_wanting_where_the_database_is_moved_away(before):
    """The proof itself can fail."""
    (before / "hub.sqlite").unlink()
    with pytest.raises(AssertionError, match="empty one"):
        is_whole(before)
    with pytest.raises(sqlite3.OperationalError):
        script.schema(before / "hub.sqlite")
