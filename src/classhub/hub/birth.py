"""Bring one server process into the world: account, home, socket, control group, walls. Runs in a thread of the hub."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from classhub.hub import home, launch, registry
from classhub.walls import cgroups, identity, names, reach, uids
from classhub.walls.cgroups import Group, Limits
from classhub.walls.spec import Account, Spec

OPEN_FILES = 8192
GOES_FIRST = 500
"""oom_score_adj: students' work goes before the hub when memory ends; needs no privilege to raise."""


@dataclass(frozen=True)
class Order:
    """What to start. machine: the part of hub.json; given: the spawner's environment; sockets: the proxy's folder."""

    user: str
    server: str
    machine: Mapping[str, Any]
    sockets: Path
    command: Sequence[str]
    arguments: Sequence[str]
    given: Mapping[str, Any]
    prefix: str
    limits: Limits

    def folder(self, name: str) -> Path:
        return Path(self.machine["folders"][name])

    @property
    def slug(self) -> str:
        return names.slug(self.user, self.server)

    @property
    def log(self) -> Path:
        return self.folder("logs") / f"{self.slug}.log"


def start(order: Order, rescue: bool) -> tuple["subprocess.Popen[bytes]", registry.Entry]:
    """The process and its entry, already written. rescue: without the settings in the home. Raises OSError, ClasshubError."""
    uid = uids.uid_for(order.folder("state") / "uids.json", order.user) if order.machine["root"] else None
    folder = order.folder("homes") / names.slug(order.user)
    home.ensure_home(folder, uid)
    short = names.hashed_socket_name(order.user, order.server)[1:13]
    runtime = home.fresh_runtime(order.folder("runtime") / "u" / short, uid)
    group = (
        cgroups.make(f"classhub-{order.machine['id']}/{order.slug}", order.limits) if order.machine["root"] else None
    )
    with listen(order.sockets, order.user, order.server) as listener:
        env = launch.environment(
            order.given,
            order.machine,
            user=order.user,
            home=folder,
            runtime=runtime,
            prefix=order.prefix,
            rescue=rescue,
        )
        env["CLASSHUB_LISTEN_FD"] = str(listener.fileno())
        mounts = _mounts(order, uid, [folder, runtime]) if uid is not None else reach.Mounts()
        spec = _spec(order, env, uid, mounts, group)
        child = _popen(spec, order)
        path = str(listener.getsockname())
    process = identity.of(child.pid)
    if process is None:
        raise OSError(f"its process ended at once with exit code {child.wait()}")
    limit = order.limits.memory_bytes if group else None
    entry = registry.Entry(
        order.user, order.server, process, path, time.time(), group.name if group else "", uid, limit
    )
    registry.write(order.folder("servers"), entry)
    return child, entry


def listen(folder: Path, user: str, server: str) -> socket.socket:
    """Bound by us in a folder that only the proxy enters; the student's process gets the open descriptor. Raises OSError."""
    path = folder / (names.socket_name(user, server, folder) or names.hashed_socket_name(user, server))
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener


def _spec(order: Order, env: dict[str, str], uid: int | None, mounts: reach.Mounts, group: Group | None) -> Spec:
    argv = launch.arguments(order.command, order.arguments, separate_accounts=uid is not None)
    keep = [int(env["CLASSHUB_LISTEN_FD"])]
    if uid is None:
        return Spec(argv, env, env["HOME"], nofile=OPEN_FILES, keep_fds=keep)
    return Spec(
        argv,
        env,
        env["HOME"],
        uid=uid,
        gid=uid,
        cgroups=group.procs_files if group else [],
        oom_score_adj=GOES_FIRST,
        hide=mounts.hide,
        show=mounts.show,
        links=mounts.links,
        private_tmp=True,
        tmp_bytes=_tmp_bytes(order.limits),
        account=Account(order.user[:32], env["HOME"]),
        hide_processes=True,
        nofile=OPEN_FILES,
        keep_fds=keep,
    )


def _tmp_bytes(limits: Limits) -> int | None:
    """Half the memory limit: what lies in /tmp counts as memory, and the kernel cannot take it back."""
    return limits.memory_bytes // 2 if limits.memory_bytes else None


def _mounts(order: Order, uid: int, own: Sequence[Path]) -> reach.Mounts:
    package = launch.CONFIG_FOLDER.parent.parent
    material = [Path(course["material"]) for course in order.machine["courses"]]
    show = [*needed_paths(order.machine["python"]), package, *own, *(path for path in material if path.exists())]
    return reach.plan_mounts(uid, uid, show=show, hide=[Path(path) for path in order.machine["hide"]])


@cache
def needed_paths(python: str) -> tuple[Path, ...]:
    """Asked of the interpreter once per hub: it is started for it."""
    return tuple(reach.needed_paths(python))


def _popen(spec: Spec, order: Order) -> "subprocess.Popen[bytes]":
    """The spec goes through a file without a name: it holds the server's token, which belongs in no argv."""
    log = home.rotate_log(order.log)
    with tempfile.TemporaryFile() as file, os.fdopen(log, "ab") as out:
        file.write(spec.to_json().encode())
        file.seek(0)
        return subprocess.Popen(
            spec.command(order.machine["python"], file.fileno()),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            pass_fds=[file.fileno(), *spec.keep_fds],
            start_new_session=True,
            cwd="/",
            env={"PATH": launch.PLAIN_PATH},
        )
