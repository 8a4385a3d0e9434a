"""Room that the hub's database already holds, so that logins go on when the disk is full.

SQLite writes its log (WAL) over and over in place, and new rows into pages that were freed before: both need no new
block of the disk once they are there (https://www.sqlite.org/wal.html, section 2.3). One student can fill a disk.
"""

import sqlite3
from contextlib import suppress
from pathlib import Path

BYTES = 3 * 2**20
"""Below the 1000 pages after which SQLite copies its log into the database."""

_held: list[sqlite3.Connection] = []
"""The log is deleted with the last connection: ours stays open as long as the hub."""


def keep(database: Path) -> None:
    """Once for each start of the hub. On a disk that is full already there is nothing to keep."""
    with suppress(sqlite3.Error):
        connection = sqlite3.connect(database, timeout=15, isolation_level=None)
        _held.append(connection)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("DROP TABLE IF EXISTS classhub_room")
        connection.execute("CREATE TABLE classhub_room (filling BLOB)")
        connection.execute("INSERT INTO classhub_room VALUES (zeroblob(?))", (BYTES,))
        connection.execute("DROP TABLE classhub_room")
        connection.execute("PRAGMA wal_checkpoint(RESTART)")
