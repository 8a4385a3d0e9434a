"""The hub's database is copied while it is used, and comes back whole: run as it runs in the hub's pod."""

import ast
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import classhub.targets.cluster.database_script as script

SOURCE = Path(script.__file__).read_text()


ENDS = ("", "-journal")
WAL = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("pragma journal_mode = wal")
database.execute("insert into users values ('new@college.edu')")
database.commit()
os.kill(os.getpid(), 9)
"""
"""A hub that is killed with a write-ahead log."""


def run(*argv, before=""):
    """before: what the script finds changed in its interpreter."""
    source = before + SOURCE.replace("from __future__ import annotations", "") if before else SOURCE
    done = subprocess.run(
        [sys.executable, "-I", "-c", source, *map(str, argv)], capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout)


def asides(hub):
    return {path.name for path in hub.parent.glob(f"{hub.name}.before-*")}


def make(path, *users, schema="v1"):
    with sqlite3.connect(path) as database:
        database.execute("create table alembic_version (version_num text)")
        database.execute("insert into alembic_version values (?)", (schema,))
        database.execute("create table users (name text)")
        database.executemany("insert into users values (?)", [(user,) for user in users])
    database.close()
    return path


def change(path, sql):
    with sqlite3.connect(path) as database:
        database.execute(sql)
    database.close()


def people(path):
    database = sqlite3.connect(path)
    try:
        return [row[0] for row in database.execute("select name from users")]
    finally:
        database.close()


@pytest.fixture
def hub(tmp_path):
    return make(tmp_path / "jupyterhub.sqlite", "alice@college.edu")


@pytest.fixture
def copies(tmp_path):
    return tmp_path / "copies"


def test_a_database_in_use_is_copied_whole(hub, copies):
    writer = sqlite3.connect(hub)
    writer.execute("insert into users values ('half')")  # not committed
    assert run("back-up", hub, copies, "7.sqlite")["schema"] == "v1"
    writer.rollback()
    assert people(copies / "7.sqlite") == ["alice@college.edu"]
    assert not list(copies.glob("*.part"))


def test_where_no_hub_ever_came_up_there_is_nothing_to_copy(tmp_path, copies):
    assert run("back-up", tmp_path / "jupyterhub.sqlite", copies, "1.sqlite") == {"copied": False}


def test_a_damaged_database_is_not_taken_for_a_copy(hub, copies):
    whole = hub.read_bytes()
    hub.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert "error" in run("back-up", hub, copies, "7.sqlite")
    assert not (copies / "7.sqlite").exists()


def test_the_newest_copies_stay(hub, copies):
    for number in range(8):
        run("back-up", hub, copies, f"{number}.sqlite")
        os.utime(copies / f"{number}.sqlite", (number, number))
    assert sorted(path.name for path in copies.iterdir()) == [f"{number}.sqlite" for number in range(3, 8)]


def test_an_old_copy_that_is_to_come_back_stays(hub, copies):
    for number in range(8):
        run("back-up", hub, copies, f"{number}.sqlite", "0.sqlite")
        os.utime(copies / f"{number}.sqlite", (number, number))
    assert sorted(path.name for path in copies.iterdir()) == [f"{number}.sqlite" for number in (0, 4, 5, 6, 7)]


def test_a_copy_of_another_schema_is_never_overwritten(hub, copies):
    run("back-up", hub, copies, "revision-7.sqlite")
    for schema in ("v2", "v3", "v2"):
        change(hub, f"update alembic_version set version_num = '{schema}'")
        assert run("back-up", hub, copies, "revision-7.sqlite")["name"] == f"revision-7-schema-{schema}.sqlite"
    assert script.schema(copies / "revision-7.sqlite") == "v1"
    assert script.schema(copies / "revision-7-schema-v3.sqlite") == "v3"
    assert run("find", hub, copies, "revision-8.sqlite")["error"] == "copies there are of: 7"
    assert run("restore", hub, copies, "revision-7.sqlite", "needed")["schema"] == "v1"


def test_a_database_that_was_emptied_does_not_take_the_place_of_a_copy(hub, copies):
    run("back-up", hub, copies, "revision-7.sqlite")
    hub.write_bytes(b"")
    assert run("back-up", hub, copies, "revision-7.sqlite")["name"] == "revision-7-schema-none.sqlite"
    assert people(copies / "revision-7.sqlite") == ["alice@college.edu"]


def test_a_newer_copy_of_the_same_schema_takes_the_place_of_the_old_one(hub, copies):
    run("back-up", hub, copies, "7.sqlite")
    change(hub, "insert into users values ('new@college.edu')")
    assert run("back-up", hub, copies, "7.sqlite")["name"] == "7.sqlite"
    assert people(copies / "7.sqlite") == ["alice@college.edu", "new@college.edu"]


@pytest.mark.parametrize("harm", [b"no database" * 999, b""], ids=["damaged", "empty"])
def test_a_copy_that_is_of_no_use_is_overwritten(hub, copies, harm):
    copies.mkdir()
    (copies / "7.sqlite").write_bytes(harm)
    assert run("back-up", hub, copies, "7.sqlite")["name"] == "7.sqlite"
    assert people(copies / "7.sqlite") == ["alice@college.edu"]


def test_people_of_now_are_kept_while_the_schema_is_the_same(hub, copies):
    run("back-up", hub, copies, "7.sqlite")
    with sqlite3.connect(hub) as database:
        database.execute("insert into users values ('new@college.edu')")
    assert run("restore", hub, copies, "7.sqlite", "needed")["restored"] is False
    assert people(hub) == ["alice@college.edu", "new@college.edu"]


def test_a_newer_schema_brings_the_copy_back_and_nothing_is_lost(hub, copies):
    run("back-up", hub, copies, "7.sqlite")
    with sqlite3.connect(hub) as database:
        database.execute("update alembic_version set version_num = 'v2'")
        database.execute("insert into users values ('new@college.edu')")
    done = run("restore", hub, copies, "7.sqlite", "needed")
    assert (done["restored"], done["schema"]) == (True, "v1")
    assert people(hub) == ["alice@college.edu"]
    assert people(done["aside"]) == ["alice@college.edu", "new@college.edu"]


@pytest.mark.parametrize("harm", ["missing", "damaged", "empty"])
def test_a_database_that_cannot_be_read_is_replaced(hub, copies, harm):
    run("back-up", hub, copies, "7.sqlite")
    if harm == "missing":
        hub.unlink()
    else:
        hub.write_bytes(b"" if harm == "empty" else b"no database at all" * 500)
    assert run("restore", hub, copies, "7.sqlite", "needed")["restored"] is True
    assert people(hub) == ["alice@college.edu"]


def test_it_comes_back_when_asked(hub, copies):
    run("back-up", hub, copies, "7.sqlite")
    assert run("restore", hub, copies, "7.sqlite", "always")["why"] == "asked"


def test_without_a_copy_the_database_stays(hub, copies):
    copies.mkdir()
    assert "error" in run("restore", hub, copies, "9.sqlite", "always")
    assert people(hub) == ["alice@college.edu"]


def test_a_damaged_copy_never_replaces_the_database(hub, copies):
    copies.mkdir()
    (copies / "7.sqlite").write_bytes(b"no database" * 999)
    assert "error" in run("restore", hub, copies, "7.sqlite", "always")
    assert people(hub) == ["alice@college.edu"]


def test_a_hot_journal_is_not_applied_to_the_copy(hub, copies):
    run("back-up", hub, copies, "7.sqlite")
    Path(f"{hub}-journal").write_bytes(b"journal of the other database")
    run("restore", hub, copies, "7.sqlite", "always")
    assert not Path(f"{hub}-journal").exists()
    assert people(hub) == ["alice@college.edu"]


@pytest.mark.parametrize("copy", [None, b"no database" * 999], ids=["missing", "damaged"])
def test_without_need_a_copy_is_not_needed(hub, copies, copy):
    copies.mkdir()
    if copy:
        (copies / "7.sqlite").write_bytes(copy)
    assert run("restore", hub, copies, "7.sqlite", "needed") == {"restored": False, "why": "no copy"}
    assert people(hub) == ["alice@college.edu"]


def test_what_a_killed_hub_left_half_written_is_taken_back_and_not_called_damage(hub, copies):
    run("back-up", hub, copies, "7.sqlite")
    half = (
        "import os, sqlite3, sys; database = sqlite3.connect(sys.argv[1]); database.execute('pragma cache_size = 1');"
        "database.execute('insert into users values (?)', ('new@college.edu',)); database.commit();"
        "database.executemany('insert into users values (?)', [('x' * 500,)] * 500); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", half, hub], check=False)
    assert Path(f"{hub}-journal").exists()
    assert run("restore", hub, copies, "7.sqlite", "needed")["restored"] is False
    assert people(hub) == ["alice@college.edu", "new@college.edu"]


SMALL = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
"""


def test_a_full_disk_leaves_the_database_as_it_is(hub, copies):
    run("back-up", hub, copies, "7.sqlite")
    assert "error" in run("restore", hub, copies, "7.sqlite", "always", before=SMALL)
    assert people(hub) == ["alice@college.edu"]
    assert run("restore", hub, copies, "7.sqlite", "needed")["restored"] is False, "nothing was begun"


NO_ROOM = """
import os
os.statvfs = lambda path: type("Disk", (), {"f_bavail": 100, "f_frsize": 1000, "f_blocks": 9_999})
"""


@pytest.mark.parametrize("argv", [["back-up"], ["restore", "always"]])
def test_too_little_room_is_said_before_anything_is_begun(hub, copies, argv):
    run("back-up", hub, copies, "7.sqlite")
    there = {path: path.read_bytes() for path in (hub, copies / "7.sqlite")}
    done = run(argv[0], hub, copies, "7.sqlite", *argv[1:], before=NO_ROOM)
    assert done["error"] == "it takes 1.0 MiB, and 0.1 MiB are free on the hub's disk" and done["room"]
    assert {path: path.read_bytes() for path in there} == there
    assert not (copies / script.MARK).exists() and not asides(hub)


def test_of_databases_set_aside_the_newest_three_stay(hub, copies):
    run("back-up", hub, copies, "7.sqlite")
    for year in (2098, 2099, 2097, 2096):  # a clock that was wrong
        Path(f"{hub}.before-{year}0101-000000").write_bytes(b"old")
        Path(f"{hub}.before-{year}0101-000000-journal").write_bytes(b"old")
    made = run("restore", hub, copies, "7.sqlite", "always")["aside"]
    assert made.startswith(f"{hub}.before-20"), "it is the oldest by name, and stays all the same"
    left = {Path(made).name, *(f"{hub.name}.before-{year}0101-000000{end}" for year in (2098, 2099) for end in ENDS)}
    assert asides(hub) == left


def test_old_ones_that_were_set_aside_go_with_the_next_copy(hub, copies):
    for year in range(2001, 2008):
        Path(f"{hub}.before-{year}0101-000000").write_bytes(b"old")
    run("back-up", hub, copies, "7.sqlite")
    assert asides(hub) == {f"{hub.name}.before-{year}0101-000000" for year in (2005, 2006, 2007)}


def test_two_in_one_second_are_both_kept(hub, copies):
    run("back-up", hub, copies, "7.sqlite")
    frozen = "import time; time.strftime = lambda _: '20261129-120000'\n"
    for who in ("first", "second"):
        change(hub, f"insert into users values ('{who}')")
        run("restore", hub, copies, "7.sqlite", "always", before=frozen)
    found = [people(hub.with_name(name)) for name in sorted(asides(hub))]
    assert found == [["alice@college.edu", "first"], ["alice@college.edu", "second"]]


NO_LINKS = """
import os
def refused(*_):
    raise PermissionError(1, "no hard links here")
os.link = refused
"""


def test_a_disk_without_hard_links_keeps_a_copy(hub, copies):
    run("back-up", hub, copies, "7.sqlite")
    change(hub, "insert into users values ('new@college.edu')")
    done = run("restore", hub, copies, "7.sqlite", "always", before=NO_LINKS)
    assert people(done["aside"]) == ["alice@college.edu", "new@college.edu"]
    assert people(hub) == ["alice@college.edu"]


def test_what_only_the_write_ahead_log_has_is_kept_aside_too(hub, copies):
    run("back-up", hub, copies, "7.sqlite")
    subprocess.run([sys.executable, "-c", WAL, hub], check=False)
    assert Path(f"{hub}-wal").stat().st_size
    done = run("restore", hub, copies, "7.sqlite", "always")
    assert not Path(f"{hub}-wal").exists()
    assert people(hub) == ["alice@college.edu"]
    assert people(done["aside"]) == ["alice@college.edu", "new@college.edu"]


def test_a_copy_is_found_without_a_change(hub, copies):
    run("back-up", hub, copies, "revision-7.sqlite")
    assert run("find", hub, copies, "revision-7.sqlite")["schema"] == "v1"
    assert run("find", hub, copies, "revision-8.sqlite")["error"] == "copies there are of: 7"


def test_it_is_python_of_3_9():
    ast.parse(SOURCE, feature_version=(3, 9))
