"""The uids of all hubs of one machine: the highest that any of them ever gave, and where their maps are.

Each hub has a map of its own (uids.py), and a uid means the same account to all of them. Root's own file: only root gives uids.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from classhub.errors import ClasshubError, OutsideFailed
from classhub.walls import durable

VARIABLE = "CLASSHUB_UIDS"
"""Another file than FILE: for tests, and for a machine whose /var/lib is read-only. The same for all of its hubs."""

FILE = Path("/var/db" if sys.platform == "darwin" else "/var/lib") / "classhub" / "uids.json"
LARGEST = 2**31 - 2


@dataclass(frozen=True)
class Record:
    highest: int = 0
    maps: frozenset[Path] = frozenset()


def path() -> Path:
    return Path(os.environ.get(VARIABLE) or FILE)


def give(file: Path, map_file: Path, own_highest: int, choose: Callable[[int], int]) -> int:
    """The uid that `choose` makes of the highest ever given here; recorded before anybody has it.

    A map that is gone is forgotten; the highest uid never is. Raises OutsideFailed, ClasshubError.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with durable.locked(file):
            known = read(file)
            uid = choose(max(own_highest, known.highest))
            maps = {each for each in known.maps if each.exists()} | {map_file}
            durable.write(file, {"highest": uid, "maps": sorted(map(str, maps))})
    except OSError as error:
        raise OutsideFailed(
            f"The uids given on this machine, {file}, cannot be recorded: {error.strerror}.",
            cause="without that record two hubs could give two students the same account",
            fix=f"look at the folder and its disk: ls -ld {quote(str(file.parent))}; or name a file on a disk that can "
            f"be written, the same for every hub of this machine, in the variable {VARIABLE}, and start the hub again",
        ) from error
    return uid


def register(file: Path, map_file: Path, own_highest: int) -> None:
    """Make the uids of this map known, those that were given before there was a record too. Raises as give does."""
    known = read(file)
    if map_file not in known.maps or known.highest < own_highest:
        give(file, map_file, own_highest, choose=lambda highest: highest)


def read(file: Path) -> Record:
    """What is known; of a file that is gone, what its copy says. Raises ClasshubError when damaged."""
    try:
        return _read(file)
    except (FileNotFoundError, NotADirectoryError):
        try:
            return _read(durable.copy_of(file))
        except (OSError, ValueError):
            return Record()
    except (OSError, ValueError) as error:
        raise ClasshubError(
            f"The record of uids given on this machine, {file}, is damaged: {error}.",
            cause="an edit by hand or a disk fault; a guess could give two students the same account",
            fix=_way_back(file),
        ) from error


def _read(file: Path) -> Record:
    raw = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(raw, dict):
        raise ValueError("it is not a mapping")
    highest, maps = raw.get("highest"), raw.get("maps")
    if type(highest) is not int or not 0 <= highest <= LARGEST:
        raise ValueError("highest is no uid")
    if not isinstance(maps, list) or not all(isinstance(each, str) for each in maps):
        raise ValueError("maps is no list of files")
    return Record(highest, frozenset(map(Path, maps)))


def _way_back(file: Path) -> str:
    return durable.restored(file, _read) or (
        f"take it away, and run `classhub up` in every deployment of this machine before a new student signs in: "
        f"each records its uids again\n  rm -f {quote(str(file))} {quote(str(durable.copy_of(file)))}"
    )
