"""Where a student's server lives: account, home, runtime folder, control group, socket."""

import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from classhub.hub import home
from classhub.hub.order import Order
from classhub.walls import cgroups, machine_uids, names, uids
from classhub.walls.cgroups import Group
from classhub.walls.removal import remove_tree


@dataclass(frozen=True)
class Place:
    """Where the process will live. All of it can be made again."""

    uid: int | None
    home: Path
    runtime: Path
    group: Group | None
    socket: Path

    def clear(self) -> None:
        """After a start that failed. The home stays."""
        if self.group is not None:
            self.group.kill()
            self.group.remove()
        self.socket.unlink(missing_ok=True)
        with suppress(OSError):
            remove_tree(self.runtime)


def prepare(order: Order) -> Place:
    """Made or found, the socket not yet. Raises OSError, ClasshubError, UnusableHome."""
    uid = _uid(order) if order.machine["root"] else None
    folder = order.folder("homes") / names.slug(order.user)
    home.ensure_home(folder, uid)
    hashed = names.hashed_socket_name(order.user, order.server)
    runtime = home.fresh_runtime(order.folder("runtime") / "u" / names.runtime_name(order.user, order.server), uid)
    group = (
        cgroups.make(f"classhub-{order.machine['id']}/{order.slug}", order.limits) if order.machine["root"] else None
    )
    socket_name = names.socket_name(order.user, order.server, order.sockets) or hashed
    return Place(uid, folder, runtime, group, order.sockets / socket_name)


def _uid(order: Order) -> int:
    return uids.uid_for(order.folder("state") / "uids.json", order.user, machine=machine_uids.path())


def listen(path: Path) -> socket.socket:
    """Bound by us in a folder that only the proxy enters; the student's process gets the open descriptor. Raises OSError."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener
