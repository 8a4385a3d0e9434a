"""Start the supervisor, after looking at everything that would make a start fail half-way."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classhub.errors import NotRunning, OutsideFailed
from classhub.outside import process
from classhub.targets.local import checks, control, machine
from classhub.targets.local.machine import Machine
from classhub.targets.local.paths import Paths

SUPERVISOR_TIMEOUT_S = 20


def usable_ports(paths: Paths, known: Machine) -> Machine:
    """The inner ports, moved when a stranger took one while nothing of ours ran."""
    if all(machine.is_free("127.0.0.1", port) for port in (known.hub_port, known.internal_port)):
        return known
    return machine.move_ports(paths.machine_json, known)


def start_supervisor(paths: Paths, applied: Mapping[str, Any]) -> None:
    """Detached from this terminal. Raises OutsideFailed in words, with nothing started."""
    if not _is_listening(paths):
        if not _proxy_lives(paths):
            _need_public_port(applied["proxy"]["listen"])
        checks.need_interpreter(paths)
        process.start_detached(
            [sys.executable, "-m", "classhub.targets.local.supervisor", str(paths.state)],
            log=paths.logs / "supervisor.log",
            cwd=paths.state,
        )
    _wait_for_socket(paths)


def _is_listening(paths: Paths) -> bool:
    try:
        control.ask(paths.control, {"do": "status"}, timeout_s=5)
    except NotRunning:
        return False
    return True


def _proxy_lives(paths: Paths) -> bool:
    from classhub.targets.local.inspection import _orphans

    return any(part.name == "proxy" for part in _orphans(paths))


def _wait_for_socket(paths: Paths) -> None:
    deadline = time.monotonic() + SUPERVISOR_TIMEOUT_S
    while not _is_listening(paths):
        if time.monotonic() > deadline:
            raise OutsideFailed("The supervisor did not start.", fix=f"read why: cat '{paths.logs / 'supervisor.log'}'")
        time.sleep(0.03)


def _need_public_port(listen: str) -> None:
    host, _, port = listen.rpartition(":")
    address, number = host.strip("[]"), int(port)
    elsewhere = f"set another port in config/classhub.yaml, for example\n  local:\n    port: {number + 1 if number >= 1024 else 8000}"
    try:
        if machine.is_free(address, number):
            return
    except PermissionError as error:
        raise OutsideFailed(
            f"Port {number} needs root.", cause="ports below 1024 are reserved", fix=elsewhere
        ) from error
    except OSError as error:
        raise OutsideFailed(
            f"This machine has no address {address}.",
            cause=error.strerror or "",
            fix="correct local.address in config/classhub.yaml; 127.0.0.1 is this machine alone",
        ) from error
    raise OutsideFailed(
        f"Port {number} on {address} is taken by {machine.listener_of(number)}.",
        cause="another program, or another hub, listens there",
        fix=f"stop it, or {elsewhere}",
    )


def student_environment(home: Path) -> dict[str, str]:
    """The least that a program needs to run as a student."""
    return {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
    }
