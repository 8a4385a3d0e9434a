"""What this machine has and lacks for a hub: for doctor, for the first line of `up`, for parity."""

import os
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

from classhub.config.model import Config
from classhub.errors import OutsideFailed, Refused
from classhub.plan.checks import Check
from classhub.targets.local import callback, home_checks, host_check, owners
from classhub.targets.local.paths import Paths
from classhub.targets.local.settings import address
from classhub.walls import cgroups, reach
from classhub.walls.uids import FIRST

LEAST_FREE_BYTES = 2**30
SERVER_BYTES = 160 * 2**20
"""A plain server with one kernel (facts: speed.md, 1)."""


def is_root() -> bool:
    return os.geteuid() == 0


def first_lines() -> list[str]:
    """Said before all else; nothing for root."""
    if is_root():
        return []
    return [
        "One person's trial: ClassHub was not started by root, so every server runs as your own account and could read the others' files. "
        "Only this machine can reach it. For a class, start it as root."
    ]


def refuse_open_address(config: Config) -> None:
    """Not root: loopback only, until walls of another kind are built (design.md, section 6)."""
    address = config.settings.local.address
    if is_root() or _is_loopback(address):
        return
    raise Refused(
        f"local.address {address} would let other machines in, and ClassHub was not started by root.",
        cause="without root all students' servers would share your account",
        fix=f"remove local.address from config/classhub.yaml, or {owners.as_root(config.state)}",
    )


def _is_loopback(address: str) -> bool:
    """config/ was read, so it is an IP address or localhost."""
    import ipaddress

    return address == "localhost" or ipaddress.ip_address(address).is_loopback


def machine() -> Any:
    """Facts for parity.rows."""
    from classhub.config.parity import Machine

    support = cgroups.probe()
    return Machine(is_root=is_root(), memory_limits=support.memory, cpu_limits=support.cpu)


@cache
def interpreter_problem() -> str | None:
    """None when a student's account can run this interpreter here; tried for real. Not root: nothing to try."""
    if not is_root():
        return None
    mounts = reach.plan_mounts(FIRST, FIRST, show=reach.needed_paths(sys.executable), hide=[])
    return reach.preflight(sys.executable, FIRST, mounts)


def need_interpreter(paths: Paths) -> None:
    """Raises OutsideFailed with the folder that is in the way."""
    problem = interpreter_problem()
    if problem:
        raise OutsideFailed(problem, fix="classhub doctor shows what else this machine lacks")


def all_checks(paths: Paths, config: Config | None) -> list[Check]:
    """Most important first."""
    return [
        _account(paths),
        _interpreter(),
        _limits(),
        _walls(),
        _socket_path(paths),
        _proxy(),
        *([host_check.leads_here(config.settings.local.host)] if config and config.settings.local.host else []),
        *_callback(config),
        *([home_checks.owners(paths), home_checks.accounts(paths)] if is_root() else []),
        _disk(paths),
        _memory(),
    ]


def _callback(config: Config | None) -> list[Check]:
    if config is None or config.login.stand_in:
        return []
    check = callback.leads_here(config.values, config.login.sections, address(config))
    return [check] if check else []


def _account(paths: Paths) -> Check:
    if is_root():
        return Check("account", seen="root: each student's server gets an account of its own")
    return Check(
        "account",
        "not root: all servers share your account, so this is one person's trial",
        owners.as_root(paths.state),
    )


def _interpreter() -> Check:
    problem = interpreter_problem()
    if problem:
        what, _, fix = problem.partition(" Fix: ")
        return Check(
            "interpreter", what, fix or "install ClassHub in a folder that is open to all, such as /opt/classhub"
        )
    who = "a student's account" if is_root() else "your account, as all servers do here"
    return Check("interpreter", seen=f"{sys.executable} runs as {who}")


def _limits() -> Check:
    support = cgroups.probe()
    if support.memory and support.cpu:
        return Check("limits", seen=f"memory and CPU limits hold (cgroup {support.version})")
    lacking = " and ".join(name for name, there in (("memory", support.memory), ("CPU", support.cpu)) if not there)
    return Check(
        "limits",
        f"{lacking} limits of config.yaml do not hold here: {support.why}",
        "start it as root on a Linux with cgroups",
    )


def _walls() -> Check:
    if sys.platform != "linux":
        return Check(
            "walls",
            "only Linux can keep students' files and processes apart",
            "use it alone here; teach from a Linux machine",
        )
    if not is_root():
        return Check(
            "walls",
            "none: a program in one server can read the other homes, and this hub's own secrets",
            "let nobody in whom you do not trust; for a class, start it as root",
        )
    return Check("walls", seen="homes, temporary files and processes of others are hidden")


def _socket_path(paths: Paths) -> Check:
    return Check("sockets", seen=str(paths.runtime))


def _proxy() -> Check:
    caddy = Path(sys.executable).parent / "caddy"
    if os.access(caddy, os.X_OK):
        return Check("proxy", seen="Caddy is installed")
    return Check("proxy", "Caddy is not installed beside this Python", "make .venv")


def _disk(paths: Paths) -> Check:
    place = next(folder for folder in (paths.homes, *paths.homes.parents) if folder.is_dir())
    free = shutil.disk_usage(place).free
    if free < LEAST_FREE_BYTES:
        return Check(
            "disk",
            f"only {free / 2**20:.0f} MiB are free where homes lie ({place})",
            f"make room: du -xh -d1 '{place}' | sort -h",
        )
    return Check("disk", seen=f"{free / 2**30:.0f} GiB free for homes")


def _memory() -> Check:
    import psutil

    available = psutil.virtual_memory().available
    return Check(
        "memory",
        seen=f"{available / 2**30:.1f} GiB available: room for about {available // SERVER_BYTES} servers with a kernel each",
    )
