"""Copy the hub's SQLite database, and put a copy back. Runs in the hub's own image, as text: standard library, Python 3.9.

    python3 -c SOURCE back-up DATABASE FOLDER NAME
    python3 -c SOURCE restore DATABASE FOLDER NAME needed|always
    python3 -c SOURCE find DATABASE FOLDER NAME

Writes one line of JSON. Whenever it is killed, the database is the one of before or the copy, and running it again ends it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

KEPT = 5
"""Copies, the newest; each is as large as the database."""
MARK = "restoring.json"
BESIDE = ("-journal", "-wal", "-shm")
"""SQLite's own files beside a database: they would be applied to whatever lies under its name."""


def schema(path: Path) -> str:
    """The schema's version, as Alembic writes it. Raises sqlite3.DatabaseError for a damaged database."""
    database = _open(path)
    try:
        said = database.execute("pragma integrity_check").fetchone()[0]
        if said != "ok":
            raise sqlite3.DatabaseError(said)
        found = database.execute("select version_num from alembic_version").fetchone()
        return str(found[0]) if found else ""
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return ""
        raise
    finally:
        database.close()


def back_up(database: Path, folder: Path, name: str) -> dict[str, object]:
    """A copy of a database that is in use, whole and checked before it gets its name."""
    if not database.exists():  # no hub ever came up on this disk
        return {"copied": False}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy, unfinished = folder / name, folder / f"{name}.part"
    unfinished.unlink(missing_ok=True)
    source, target = _open(database), sqlite3.connect(unfinished)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
    version = schema(unfinished)
    _put(unfinished, copy)
    _thin_out(folder, name)
    return {"copied": True, "schema": version, "bytes": copy.stat().st_size}


def restore(database: Path, folder: Path, name: str, when: str) -> dict[str, object]:
    """Only what must be: where the schema is the same and the database is sound, people and servers of now are kept."""
    copy, mark = folder / name, folder / MARK
    try:
        wanted = schema(copy)
    except sqlite3.DatabaseError:
        if when == "always" or mark.exists():
            raise
        return {"restored": False, "why": "no copy"}
    why = "asked" if when == "always" else reason(database, wanted, mark)
    if not why:
        return {"restored": False, "schema": wanted}
    unfinished = Path(f"{database}.part")
    _copy(copy, unfinished)
    _sync(unfinished)
    _write(mark, name)
    aside = f"{database}.before-{time.strftime('%Y%m%d-%H%M%S')}"
    for end in ("", *BESIDE):
        if os.path.exists(f"{database}{end}"):  # noqa: PTH110 - a name with an ending
            Path(f"{database}{end}").replace(f"{aside}{end}")
    _put(unfinished, database)
    mark.unlink()
    return {"restored": True, "why": why, "schema": schema(database), "aside": aside}


def find(database: Path, folder: Path, name: str) -> dict[str, object]:
    """The copy, looked at; nothing is changed."""
    copy = folder / name
    if not copy.exists():
        there = sorted(one.stem.rpartition("-")[2] for one in folder.glob("revision-*.sqlite"))
        return {"error": f"copies there are of: {', '.join(there) or 'none'}", "missing": True}
    return {"found": True, "schema": schema(copy), "bytes": copy.stat().st_size}


def reason(database: Path, wanted: str, mark: Path) -> str:
    """Why the copy must come back; empty if it need not."""
    if mark.exists():
        return "an earlier try was cut short"
    if not database.exists():
        return "there is no database"
    try:
        found = schema(database)
    except sqlite3.DatabaseError as error:
        return f"the database is damaged: {error}"
    return "" if found == wanted else f"the newer hub has changed its schema ({found})"


def _open(path: Path) -> sqlite3.Connection:
    """An existing one. For writing: what a killed hub left half-written SQLite itself takes back first, else it is "damaged"."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as old, target.open("wb") as new:
        while block := old.read(2**20):
            new.write(block)


def _put(unfinished: Path, path: Path) -> None:
    """Under its name once it is on the disk."""
    _sync(unfinished)
    unfinished.replace(path)
    _sync(path.parent)


def _write(path: Path, text: str) -> None:
    unfinished = Path(f"{path}.part")
    unfinished.write_text(text)
    _put(unfinished, path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _thin_out(folder: Path, name: str) -> None:
    """The newest stay; the one just made always."""
    copies = sorted((one for one in folder.glob("*.sqlite") if one.name != name), key=lambda one: one.stat().st_mtime)
    for one in copies[: max(0, len(copies) - (KEPT - 1))]:
        one.unlink()


def main(argv: list[str]) -> int:
    do, database, folder, name = argv[:4]
    try:
        acts: dict[str, Callable[..., dict[str, object]]] = {"back-up": back_up, "restore": restore, "find": find}
        act = acts[do]
        done = act(Path(database), Path(folder), name, *argv[4:])
    except (OSError, sqlite3.Error) as error:
        done = {"error": f"{type(error).__name__}: {error}"}
    sys.stdout.write(f"{json.dumps(done)}\n")
    return 1 if "error" in done else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
