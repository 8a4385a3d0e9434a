"""Which students' servers run: one small file each, written by the spawner.

The supervisor and the command line read it also when the hub is down. An entry counts only while its process
identity (boot id, pid, start time) is alive.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from classhub.hub.files import write_private
from classhub.walls import cgroups, identity, names
from classhub.walls.identity import Identity


@dataclass(frozen=True)
class Entry:
    """One running server. group: name of its cgroup, empty without one. since: seconds since the epoch.

    memory_limit: bytes, where a control group holds it.
    """

    user: str
    server: str
    process: Identity
    socket: str
    since: float
    group: str = ""
    uid: int | None = None
    memory_limit: int | None = None

    @property
    def alive(self) -> bool:
        return identity.is_alive(self.process)


def write(folder: Path, entry: Entry) -> None:
    """Remember a server; replaces what was there for the same user and server name."""
    write_private(
        _file(folder, entry.user, entry.server), json.dumps({**asdict(entry), "process": entry.process.to_json()})
    )


def forget(folder: Path, user: str, server: str) -> None:
    """Fine when there is nothing to forget."""
    _file(folder, user, server).unlink(missing_ok=True)


def read(folder: Path, user: str, server: str = "") -> Entry | None:
    """The entry of one server, alive or not."""
    return _read(_file(folder, user, server))


def read_all(folder: Path) -> list[Entry]:
    """Every entry whose process is alive, by user name."""
    entries = (_read(path) for path in sorted(folder.glob("*.json")))
    return [entry for entry in entries if entry is not None and entry.alive]


def end(entries: Iterable[Entry], patience_s: float = 10) -> None:
    """Ask servers to end (they stop their kernels), then make them. Returns when all are gone."""
    identity.end([entry.process for entry in entries], patience_s)


def end_all(folder: Path) -> None:
    """Every server that lives, with what it leaves behind."""
    entries = read_all(folder)
    end(entries)
    for entry in entries:
        sweep(entry)
        forget(folder, entry.user, entry.server)


def sweep(entry: Entry) -> None:
    """After the end: what the server left in its cgroup, its socket."""
    if entry.group and (group := cgroups.find(entry.group)):
        group.kill()
        group.remove()
    Path(entry.socket).unlink(missing_ok=True)


def _file(folder: Path, user: str, server: str) -> Path:
    return folder / f"{names.slug(user, server)}.json"


def _read(path: Path) -> Entry | None:
    try:
        raw: dict[str, Any] = json.loads(path.read_text())
        process = identity.from_json(raw.pop("process"))
        return Entry(process=process, **raw) if process else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
