"""Bring one server process into the world, in its place and behind its walls. Runs in a thread of the hub."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from classhub.hub import home, launch, registry
from classhub.hub.order import Order
from classhub.hub.place import Place, listen, prepare
from classhub.walls import identity, reach
from classhub.walls.cgroups import Limits
from classhub.walls.spec import Account, Spec

Child = subprocess.Popen[bytes]

OPEN_FILES = 8192
GOES_FIRST = 500
"""oom_score_adj: students' work goes before the hub when memory ends; needs no privilege to raise."""


def start(order: Order, rescue: bool) -> tuple[Child, registry.Entry]:
    """The process and its entry, already written. rescue: without the settings in the home. Raises OSError, ClasshubError.

    A server of the same name that still runs is ended before. What fails leaves no process behind.
    """
    if earlier := registry.read(order.folder("servers"), order.user, order.server):
        registry.clear(order.folder("servers"), earlier)
    place = prepare(order)
    try:
        with listen(place.socket) as listener:
            spec = _spec(order, place, _environment(order, place, listener.fileno(), rescue))
            with registry.births(place.uid):
                child = _popen(spec, order)
                with _ended_on_failure(child):
                    return child, _registered(order, place, child)
    except BaseException:
        place.clear()
        raise


def _registered(order: Order, place: Place, child: Child) -> registry.Entry:
    process = identity.of(child.pid)
    if process is None:
        raise OSError(f"its process ended at once with exit code {child.wait()}")
    entry = registry.Entry(
        order.user,
        order.server,
        process,
        str(place.socket),
        time.time(),
        place.group.name if place.group else "",
        place.uid,
        order.limits.memory_bytes if place.group else None,
    )
    registry.write(order.folder("servers"), entry)
    return entry


@contextmanager
def _ended_on_failure(child: Child) -> Iterator[None]:
    """With all of its session: nobody else knows of it yet."""
    try:
        yield
    except BaseException:
        if child.returncode is None:  # not waited for: its pid, which is the session's too, is still its own
            with suppress(OSError):
                os.killpg(child.pid, signal.SIGKILL)
            exit_code(child)
        raise


def _environment(order: Order, place: Place, listener: int, rescue: bool) -> dict[str, str]:
    env = launch.environment(
        order.given,
        order.machine,
        user=order.user,
        home=place.home,
        runtime=place.runtime,
        prefix=order.prefix,
        rescue=rescue,
    )
    return {**env, "CLASSHUB_LISTEN_FD": str(listener)}


def _spec(order: Order, place: Place, env: dict[str, str]) -> Spec:
    uid, group = place.uid, place.group
    argv = launch.arguments(order.command, order.arguments, separate_accounts=uid is not None)
    keep = [int(env["CLASSHUB_LISTEN_FD"])]
    if uid is None:
        return Spec(argv, env, env["HOME"], nofile=OPEN_FILES, keep_fds=keep)
    mounts = _mounts(order, uid, [place.home])
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
        small=[os.path.realpath(env["JUPYTER_RUNTIME_DIR"])],
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
    show = [*needed_paths(order.machine["python"]), package, *own, *_files(order)]
    return reach.plan_mounts(uid, uid, show=show, hide=[Path(path) for path in order.machine["hide"]])


def _files(order: Order) -> list[Path]:
    """The folder with the socket on which the mirror hands over files: the socket itself is another after each restart."""
    folder = Path(order.machine.get("material_files") or "/").parent
    return [folder] if folder != Path("/") and folder.is_dir() else []


@cache
def needed_paths(python: str) -> tuple[Path, ...]:
    """Asked of the interpreter once per hub: it is started for it."""
    return tuple(reach.needed_paths(python))


def _popen(spec: Spec, order: Order) -> Child:
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


def exit_code(child: Child) -> int | None:
    """Of a child that has ended, or is about to; None when it has not after all."""
    try:
        return child.wait(timeout=2)
    except subprocess.TimeoutExpired:
        return None
