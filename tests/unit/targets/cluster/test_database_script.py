"""The hub's database is copied while it is used, and comes back whole: run as it runs in the hub's pod."""

import ast
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import classhub.targets.cluster.database_script as script

SOURCE = Path(script.__file__).read_text()


def run(*argv):
    done = subprocess.run(
        [sys.executable, "-I", "-c", SOURCE, *map(str, argv)], capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout)


def make(path, *users, schema="v1"):
    with sqlite3.connect(path) as database:
        database.execute("create table alembic_version (version_num text)")
        database.execute("insert into alembic_version values (?)", (schema,))
        database.execute("create table users (name text)")
        database.executemany("insert into users values (?)", [(user,) for user in users])
    database.close()
    return path


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


@pytest.mark.parametrize("moment", range(6))
def test_a_kill_at_any_moment_is_mended_by_the_next_run(tmp_path, moment):
    big = make(tmp_path / "jupyterhub.sqlite", *(f"student-{number}@college.edu" for number in range(5_000)))
    copies = tmp_path / "copies"
    run("back-up", big, copies, "7.sqlite")
    with sqlite3.connect(big) as database:
        database.execute("update alembic_version set version_num = 'v2'")
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", SOURCE, "restore", big, copies, "7.sqlite", "needed"], stdout=subprocess.PIPE
    )
    time.sleep(0.02 + moment * 0.02)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    run("restore", big, copies, "7.sqlite", "needed")
    assert script.schema(big) == "v1"
    assert len(people(big)) == 5_000


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
    source = SMALL + SOURCE.replace("from __future__ import annotations", "")
    argv = [sys.executable, "-I", "-c", source, "restore", hub, copies, "7.sqlite", "always"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert "error" in json.loads(done.stdout), done.stderr
    assert people(hub) == ["alice@college.edu"]
    assert run("restore", hub, copies, "7.sqlite", "needed")["restored"] is False, "nothing was begun"


def test_a_copy_is_found_without_a_change(hub, copies):
    run("back-up", hub, copies, "revision-7.sqlite")
    assert run("find", hub, copies, "revision-7.sqlite")["schema"] == "v1"
    assert run("find", hub, copies, "revision-8.sqlite")["error"] == "copies there are of: 7"


def test_it_is_python_of_3_9():
    ast.parse(SOURCE, feature_version=(3, 9))
