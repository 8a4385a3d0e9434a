"""Copy the hub's SQLite database, and put a copy back. Runs in the hub's own image, as text: standard library, Python 3.9.

    python3 -c SOURCE back-up DATABASE FOLDER NAME [KEPT...]
    python3 -c SOURCE restore DATABASE FOLDER NAME needed|always
    python3 -c SOURCE find DATABASE FOLDER NAME

Writes one line of JSON. Whenever it is killed, the database is the one of before or the copy, under its name and whole, and
running it again ends it.
"""

from __future__ import annotations

import functools
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

KEPT = 5
"""Copies, the newest; each is as large as the database."""
ASIDE_KEPT = 3
"""Databases that a copy took the place of, the newest."""
SPARE = 2**20
"""Bytes that stay free for the hub."""
MARK = "restoring.json"
BESIDE = ("-journal", "-wal", "-shm")
"""SQLite's own files beside a database: they would be applied to whatever lies under its name."""


class NoRoom(OSError):
    """On the hub's disk."""


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


def back_up(database: Path, folder: Path, name: str, *kept: str, over: bool = False) -> dict[str, object]:
    """A copy of a database that is in use, whole and checked before it gets its name. kept: copies that stay, however old.

    over: also in place of a copy of another schema.
    """
    if not database.exists():
        return {"copied": False}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob("*.part*"):
        left.unlink()
    thin_out_aside(database)
    need(folder, sum(Path(f"{database}{end}").stat().st_size for end in ("", "-wal") if _is_there(f"{database}{end}")))
    unfinished = folder / f"{name}.part"
    try:
        _back_up(database, unfinished)
        version = schema(unfinished)
        copy = folder / (name if over else name_for(folder, name, version))
    except BaseException:
        unfinished.unlink(missing_ok=True)  # the hub runs on, and needs the room
        raise
    _put(unfinished, copy)
    thin_out(folder, {name, copy.name, *kept})
    return {"copied": True, "schema": version, "bytes": copy.stat().st_size, "name": copy.name}


def name_for(folder: Path, name: str, version: str) -> str:
    """`name`, unless a sound copy of another schema has it: the hub of a later revision, which failed, may have changed
    the schema since, and that copy is then the only one that the hub of `name` can read. The new one gets a name that
    `restore` is never asked for."""
    copy = folder / name
    if not copy.exists():
        return name
    try:
        found = schema(copy)
    except sqlite3.OperationalError:  # it cannot be told: no reason to overwrite it
        raise
    except sqlite3.DatabaseError:
        return name
    if found in ("", version):  # one without a schema is of no use to any hub
        return name
    other = "".join(one if one.isalnum() else "-" for one in version) or "none"
    return f"{copy.stem}-schema-{other}{copy.suffix}"


def restore(database: Path, folder: Path, name: str, when: str) -> dict[str, object]:
    """Only what must be: where the schema is the same and the database is sound, people and servers of now are kept."""
    copy, mark = folder / name, folder / MARK
    ended = end(database, mark, name)
    try:
        wanted = schema(copy)
    except sqlite3.DatabaseError:
        if when == "always" or mark.exists():
            raise
        return {"restored": False, "why": "no copy"}
    why = "asked" if when == "always" and not ended else reason(database, wanted, mark)
    if not why:
        return {"restored": bool(ended), "schema": wanted, **ended}
    aside = _replace(database, copy, mark)
    thin_out_aside(database, aside)
    return {"restored": True, "why": why, "schema": wanted, "aside": aside}


def _replace(database: Path, copy: Path, mark: Path) -> str:
    """The name of the one of before, which stays beside it; empty where there was none.

    It is under two names before the copy takes one of them in a single step. Of a sound one SQLite has taken its own files
    in by then; those of a damaged one go aside with it, as they would be applied to the copy.
    """
    unfinished = Path(f"{database}.part")
    _copy(copy, unfinished)
    _settle(database)
    aside = _aside(database, str(_marked(mark).get("aside", "")))
    there = database.exists()
    about = {"name": copy.name, "inode": _inode(unfinished), "aside": Path(aside).name if there else ""}
    _write(mark, json.dumps(about))
    for ending in ("", *BESIDE):
        _keep(f"{database}{ending}", f"{aside}{ending}")
    _sync(database.parent)
    for ending in BESIDE:
        Path(f"{database}{ending}").unlink(missing_ok=True)
    _put(unfinished, database)
    mark.unlink()
    return aside if there else ""


def find(database: Path, folder: Path, name: str) -> dict[str, object]:
    """The copy, looked at; nothing is changed."""
    copy = folder / name
    if not copy.exists():
        there = [one.stem.partition("-")[2] for one in folder.glob("revision-*.sqlite")]
        numbers = sorted((one for one in there if one.isdigit()), key=int)
        return {"error": f"copies there are of: {', '.join(numbers) or 'none'}", "missing": True}
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


def end(database: Path, mark: Path, name: str) -> dict[str, object]:
    """What a run that was killed had done but for taking its mark away: a hub may have been at work on it since."""
    said = _marked(mark)
    if not said or said.get("inode") != _inode(database):
        return {}
    mark.unlink()
    if said.get("name") != name:
        return {}
    aside = str(said.get("aside", ""))
    return {"why": "an earlier try was cut short at its end", "aside": aside and str(database.with_name(aside))}


def need(folder: Path, size: int) -> None:
    """Raises NoRoom before anything is begun that would fill the disk under the hub."""
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if disk.f_blocks and free < size + SPARE:  # some network disks tell no numbers
        raise NoRoom(f"it takes {_mib(size + SPARE)}, and {_mib(free)} are free on the hub's disk")


def thin_out(folder: Path, kept: set[str]) -> None:
    """The newest stay, and those of `kept` always."""
    there = sorted(folder.glob("*.sqlite"), key=lambda one: one.stat().st_mtime)
    others = [one for one in there if one.name not in kept]
    for one in others[: max(0, min(len(others), len(there) - KEPT))]:
        one.unlink()


def thin_out_aside(database: Path, made: str = "") -> None:
    """The newest stay, and the one just made always; by the time in their names."""
    for left in database.parent.glob(f"{database.name}.before-*.part"):
        left.unlink()
    found = {str(one) for one in database.parent.glob(f"{database.name}.before-*")}
    names = {next((one[: -len(ending)] for ending in BESIDE if one.endswith(ending)), one) for one in found}
    others = sorted(names - {made})
    for one in others[: max(0, len(others) - ASIDE_KEPT + bool(made))]:
        for ending in ("", *BESIDE):
            Path(f"{one}{ending}").unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    """An existing one. For writing: what a killed hub left half-written SQLite itself takes back first, else it is "damaged"."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)


def _settle(database: Path) -> None:
    """What a killed hub left in SQLite's own files is taken back or in, by SQLite. A damaged database stays as it is."""
    try:
        found = _open(database)
        try:
            found.execute("select count(*) from sqlite_master").fetchone()
            found.execute("pragma wal_checkpoint(truncate)").fetchone()
        finally:
            found.close()
    except sqlite3.Error:
        pass


def _back_up(database: Path, unfinished: Path) -> None:
    source, target = _open(database), sqlite3.connect(unfinished)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()


def _aside(database: Path, begun: str) -> str:
    """A free name, or the one under which a run that was killed has this very database already."""
    stamp = f"{database}.before-{time.strftime('%Y%m%d-%H%M%S')}"
    names = [str(database.with_name(begun))] if begun else []
    names += [stamp, *(f"{stamp}-{number}" for number in range(2, 10))]
    for name in names:
        pairs = [(f"{database}{ending}", f"{name}{ending}") for ending in ("", *BESIDE)]
        if all(not _is_there(new) or (_is_there(old) and Path(old).samefile(new)) for old, new in pairs):
            return name
    raise FileExistsError(f"{stamp} is there already")


def _keep(path: str, aside: str) -> None:
    """Under a second name; as a copy where the disk knows no hard links."""
    if not _is_there(path) or _is_there(aside):
        return
    try:
        os.link(path, aside)
    except OSError:
        unfinished = Path(f"{aside}.part")
        _copy(Path(path), unfinished)
        _put(unfinished, Path(aside))


def _is_there(path: str) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - a name with an ending


def _inode(path: Path) -> int:
    return path.stat().st_ino if path.exists() else 0


def _marked(mark: Path) -> dict[str, object]:
    try:
        said = json.loads(mark.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _copy(source: Path, target: Path) -> None:
    """On the disk when it returns. A part that came to nothing gives its room back, and keeps its inode: a mark may name it."""
    try:
        need(target.parent, source.stat().st_size - (target.stat().st_size if target.exists() else 0))
        with source.open("rb") as old, target.open("wb") as new:
            while block := old.read(2**20):
                new.write(block)
        _sync(target)
    except OSError:
        if target.exists():
            os.truncate(target, 0)
        raise


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


def _mib(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"


def main(argv: list[str]) -> int:
    do, database, folder, name = argv[:4]
    try:
        over = functools.partial(back_up, over=True)
        acts: dict[str, Callable[..., dict[str, object]]] = {
            "back-up": back_up,
            "back-up-over": over,
            "restore": restore,
            "find": find,
        }
        act = acts[do]
        done = act(Path(database), Path(folder), name, *argv[4:])
    except NoRoom as error:
        done = {"error": str(error), "room": True}
    except (OSError, sqlite3.Error) as error:
        done = {"error": f"{type(error).__name__}: {error}"}
    sys.stdout.write(f"{json.dumps(done)}\n")
    return 1 if "error" in done else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
