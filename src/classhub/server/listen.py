"""Answer on the unix socket that the spawner bound before it gave up its rights.

The student's process never needs a folder that it could fill with other sockets, and no port that another could take.
"""

from __future__ import annotations

import os
import socket
from typing import Any

LISTEN_FD = "CLASSHUB_LISTEN_FD"


def adopt_socket(serverapp: Any) -> None:
    """Make this ServerApp serve the inherited descriptor; without one it listens as configured."""
    number = os.environ.pop(LISTEN_FD, "")
    if not number:
        return
    listener = socket.socket(fileno=int(number))
    listener.setblocking(False)
    os.set_inheritable(listener.fileno(), False)

    def bind() -> None:
        serverapp.http_server.add_socket(listener)

    # jupyter_server 2.x asks for a free port first and binds later; both are answered by the socket we hold
    serverapp._find_http_port = lambda: None
    serverapp._bind_http_server = bind
