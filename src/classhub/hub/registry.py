"""Which students' servers run: one small file each, written by the spawner.

The supervisor and the command line read it also when the hub is down. An entry counts only while its process
identity (boot id, pid, start time) is alive.
"""

import json
import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from classhub.errors import ClasshubError
from classhub.hub.files import write_private
from classhub.walls import cgroups, identity, leftovers, names, uids
from classhub.walls.identity import Identity

_births: dict[int | None, threading.Lock] = {}


def births(uid: int | None) -> threading.Lock:
    """Held from a process's start until its entry is written: who ends leftovers of a uid must see every server of it.

    Of this uid only: an end may take seconds, and starts of others go on.
    """
    return _births.setdefault(uid, threading.Lock())


@dataclass(frozen=True)
class Entry:
    """One running server. group: name of its cgroup, empty without one. since: seconds since the epoch.

    memory_limit: bytes, where a control group holds it. ready: it has answered.
    """

    user: str
    server: str
    process: Identity
    socket: str
    since: float
    group: str = ""
    uid: int | None = None
    memory_limit: int | None = None
    ready: bool = field(default=False, compare=False)

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
    return [entry for entry in _every(folder) if entry.alive]


def end(entries: Iterable[Entry], patience_s: float = 10) -> None:
    """Ask servers to end (they stop their kernels), then make them. Returns when all are gone."""
    identity.end([entry.process for entry in entries], patience_s)


def end_all(folder: Path, deployment: str) -> None:
    """Every server, with what it leaves behind: also of one that ended when no hub was there to see to it.

    deployment: `classhub-<deployment id>`, whose control groups all end.
    """
    entries = _every(folder)
    end(entries)
    for entry in entries:
        clear(folder, entry)
    cgroups.end_slice(deployment)


def clear(folder: Path, entry: Entry, patience_s: float = 10) -> None:
    """End one server, with what it leaves behind. One that was started in its place since then is left alone."""
    end([entry], patience_s)
    now = read(folder, entry.user, entry.server)
    if now is None or now.process == entry.process:
        sweep(folder, entry)
        forget(folder, entry.user, entry.server)


def sweep(folder: Path, entry: Entry) -> None:
    """After the end: what the server left in its cgroup (without one: under its uid; under ours: of its own), its socket."""
    if entry.group and (group := cgroups.find(entry.group)):
        group.kill()
        group.remove()
    elif entry.uid is not None and not entry.group:
        with births(entry.uid):
            _end_account(folder, entry, entry.uid)
    elif entry.uid is None and os.geteuid() != 0:
        runtime = Path(entry.socket).parent.parent
        leftovers.end_under_our_account(runtime / "u" / names.runtime_name(entry.user, entry.server))
    Path(entry.socket).unlink(missing_ok=True)


def _end_account(folder: Path, entry: Entry, uid: int) -> None:
    """Unless the user has another server. The map of uids has the last word on whose uid it is; see walls/uids.py."""
    others = [other for other in read_all(folder) if other.uid == uid and other.server != entry.server]
    with suppress(ClasshubError, ValueError):
        if not others and uids.users(folder.with_name("uids.json")).get(entry.user) == uid:
            leftovers.end(uid, runtime=Path(entry.socket).parent.parent)


def _file(folder: Path, user: str, server: str) -> Path:
    return folder / f"{names.slug(user, server)}.json"


def _every(folder: Path) -> list[Entry]:
    """Alive or not, by user name."""
    entries = (_read(path) for path in sorted(folder.glob("*.json")))
    return [entry for entry in entries if entry is not None]


def _read(path: Path) -> Entry | None:
    try:
        raw: dict[str, Any] = json.loads(path.read_text())
        process = identity.from_json(raw.pop("process"))
        return Entry(process=process, **raw) if process else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
