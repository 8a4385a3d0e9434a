"""What the hub's database holds in reserve."""

import sqlite3

from classhub.hub import room


def test_free_pages_and_a_log_are_there_beforehand_and_no_table_is_left(tmp_path):
    database = tmp_path / "x.sqlite"
    for _ in range(2):
        room.keep(database)
        size = database.stat().st_size
        assert room.BYTES < size < 1.2 * room.BYTES
        assert database.with_name("x.sqlite-wal").stat().st_size > room.BYTES
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()


def test_a_place_that_cannot_be_written_is_no_failure(tmp_path):
    room.keep(tmp_path / "nowhere" / "x.sqlite")
