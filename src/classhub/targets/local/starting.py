"""Start the supervisor, after looking at everything that would make a start fail half-way."""

import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from classhub.errors import NotRunning, OutsideFailed
from classhub.outside import process
from classhub.plan.steps import Plan
from classhub.targets.local import checks, control, machine, owners, parts, ports
from classhub.targets.local.alone import whole
from classhub.targets.local.machine import Machine
from classhub.targets.local.paths import Paths
from classhub.targets.local.state_files import need_sound_database
from classhub.walls import machine_uids, uids

SUPERVISOR_TIMEOUT_S = 20


def usable_ports(paths: Paths, known: Machine) -> Machine:
    """The inner ports, moved when a stranger took one while nothing of ours ran."""
    if all(machine.is_free("127.0.0.1", port) for port in (known.hub_port, known.internal_port)):
        return known
    return machine.move_ports(paths.machine_json, known)


def need_sound_state(paths: Paths) -> None:
    """The files that people's accounts and homes hang on. Raises ClasshubError in words; nothing is repaired by guessing."""
    need_sound_database(paths.database)
    if uids.users(paths.uids_json) and checks.is_root():
        machine_uids.read(machine_uids.path())


def record_uids(paths: Paths) -> None:
    """As root: other hubs of this machine must know which accounts are given. Raises as need_sound_state."""
    if checks.is_root():
        uids.register(paths.uids_json, machine_uids.path())


def look_ahead(paths: Paths, plan: Plan, applied: Mapping[str, Any] | None) -> None:
    """Everything that would make these steps fail half-way. Raises OutsideFailed in words; nothing was touched yet."""
    steps = {step.do for step in plan.steps}
    if "start supervisor" in steps:
        checks.need_interpreter(paths)
    if steps & {"start proxy", "restart proxy"} and "proxy" in plan.settings:
        ours = str(applied["proxy"]["listen"]) if applied and _has_its_ports(paths) else ""
        _need_public_port(plan.settings["proxy"]["listen"], ours, paths)


def leave_nothing(paths: Paths) -> None:
    """After an `up` that was refused: what it made goes again, as far as nothing was put in it.

    Nothing at all was, before the first settings, when only the ports and tokens of machine.json are there.
    """
    folders = (paths.sockets, paths.student_runtime, paths.mirror_files.parent)
    if paths.runtime.is_dir() and set(paths.runtime.iterdir()) <= set(folders):
        _remove_empty(*folders, paths.runtime)
    if paths.hub_json.exists():
        return
    made = (paths.history, paths.servers, paths.user_logs, paths.logs, paths.events, paths.state / "homes")
    _remove_empty(*made)
    if [*paths.state.iterdir()] == [paths.machine_json]:
        paths.machine_json.unlink()
        _remove_empty(paths.state)


def _remove_empty(*folders: Path) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _has_its_ports(paths: Paths) -> bool:
    """The proxy listens there; while it is away, its supervisor holds them."""
    return "proxy" in parts.living(paths) or _is_listening(paths)


def start_supervisor(paths: Paths) -> None:
    """Detached from this terminal. Raises OutsideFailed in words. Ctrl-C waits until it can be told to stop."""
    with whole():
        if not _is_listening(paths):
            process.start_detached(
                [sys.executable, "-m", "classhub.targets.local.supervisor", str(paths.state)],
                log=paths.logs / "supervisor.log",
                cwd=paths.state,
            )
        _wait_for_socket(paths)


def _is_listening(paths: Paths) -> bool:
    try:
        control.ask(paths, {"do": "status"}, timeout_s=5)
    except NotRunning:
        return False
    return True


def _wait_for_socket(paths: Paths) -> None:
    deadline = time.monotonic() + SUPERVISOR_TIMEOUT_S
    while not _is_listening(paths):
        if time.monotonic() > deadline:
            raise OutsideFailed("The supervisor did not start.", fix=f"read why: cat '{paths.logs / 'supervisor.log'}'")
        time.sleep(0.03)


def _need_public_port(listen: str, ours: str, paths: Paths) -> None:
    """ours: the address that this hub has now, which is free for us."""
    address, number = ports.address(listen)
    example = number + 1 if 1024 <= number < 65535 else 8000
    elsewhere = f"set another local.port in config/classhub.yaml, for example\n  local:\n    port: {example}"
    try:
        if ours.endswith(f":{number}"):
            machine.is_free(address, 0)
            return
        taken = address if not machine.is_free(address, number) else ports.taken_beside(address, number)
        if not taken:
            return
    except PermissionError as error:
        raise OutsideFailed(
            f"Port {number} needs root.",
            cause="ports below 1024 are kept for the administrator of the machine",
            fix=f"{elsewhere}\nor {owners.as_root(paths.state)}",
        ) from error
    except OSError as error:
        raise OutsideFailed(
            f"This machine has no address {address}.",
            cause="a typing error, or the network that has it is down; `ip address` lists what is here",
            fix="correct local.address in config/classhub.yaml: 127.0.0.1 is this machine alone, 0.0.0.0 all its addresses",
        ) from error
    raise OutsideFailed(
        f"Port {number} on {taken} is taken by {machine.listener_of(number)}.",
        cause="another program, or another hub, listens there",
        fix=f"stop it, or {elsewhere}",
    )
