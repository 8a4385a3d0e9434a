"""One control group per student's server: limits, what it uses, and an end for everything in it.

make() and probe() need root; find() and the figures do not. Elsewhere than on Linux there are none, and probe says so.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from classhub.errors import OutsideFailed
from classhub.outside import process
from classhub.walls import cgroup_v1, cgroup_v2, identity
from classhub.walls.cgroup_tree import Limits, Tree, folders, read_tree
from classhub.walls.spec import Spec

__all__ = ["Group", "Limits", "Support", "Tree", "end_slice", "find", "make", "probe", "read_tree", "remove_slice"]

NOBODY = 65534
NOT_OURS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY)
TRIAL = {"memory": Limits(memory_bytes=64 << 20), "cpu": Limits(cpu_cores=0.5), "pids": Limits(pids=64)}


class _Kernel(Protocol):
    """What the two versions name differently."""

    def prepare(self, root: Path, folder: Path) -> None: ...
    def limit(self, folders: Mapping[str, Path], limits: Limits) -> None: ...
    def memory_bytes(self, folders: Mapping[str, Path]) -> int: ...
    def cpu_seconds(self, folders: Mapping[str, Path]) -> float: ...
    def oom_kills(self, folders: Mapping[str, Path]) -> int: ...


KERNELS: dict[str, _Kernel] = {"v1": cgroup_v1, "v2": cgroup_v2}


@dataclass(frozen=True)
class Support:
    """What was seen to work here. version: v1, v2 or none. why: a sentence for each that does not; else empty."""

    memory: bool
    cpu: bool
    pids: bool
    version: str
    why: str


@dataclass(frozen=True)
class Group:
    """One server's group. A figure that the machine does not keep is 0."""

    name: str
    version: str
    folders: Mapping[str, Path]

    @property
    def procs_files(self) -> list[str]:
        """Write a pid into each of these and it is in the group, with all that it starts from then on."""
        return [str(folder / "cgroup.procs") for folder in dict.fromkeys(self.folders.values())]

    def memory_bytes(self) -> int:
        """In use, less the file cache that the kernel would give back first."""
        return KERNELS[self.version].memory_bytes(self.folders)

    def cpu_seconds(self) -> float:
        """CPU time since the group was made."""
        return KERNELS[self.version].cpu_seconds(self.folders)

    def oom_kills(self) -> int:
        """Processes that the kernel killed at the memory limit since the group was made."""
        return KERNELS[self.version].oom_kills(self.folders)

    def pids(self) -> list[int]:
        """Whoever is in it, in whichever hierarchy. Processes of other pid namespaces are not listed."""
        found: set[int] = set()
        for file in self.procs_files:
            with contextlib.suppress(OSError):
                found.update(map(int, Path(file).read_text().split()))
        return sorted(found - {0})

    def limit(self, limits: Limits) -> None:
        """Set all three anew; None lifts a limit. Raises OutsideFailed when one cannot be set."""
        try:
            KERNELS[self.version].limit(self.folders, limits)
        except LookupError as error:
            raise _failed(self.name, f"this kernel has no {error.args[0]} controller here") from error
        except OSError as error:
            raise _failed(self.name, f"{error.strerror} ({error.filename})") from error

    def kill(self, timeout_s: float = 5) -> bool:
        """End everything in it at once; True when nobody is left. New forks are refused until limit() is called."""
        if "pids" in self.folders or self.version == "v2":
            with contextlib.suppress(OSError):
                (self.folders.get("pids") or self.folders["unified"]).joinpath("pids.max").write_text("0")
        until = time.monotonic() + timeout_s
        while self.pids():
            self._kill_once()
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return True

    def _kill_once(self) -> None:
        """cgroup.kill (Linux 5.14), then one by one whoever is still listed: known first, seen in the list after."""
        unified = self.folders.get("unified")
        if unified is not None and (unified / "cgroup.kill").exists():
            with contextlib.suppress(OSError):
                (unified / "cgroup.kill").write_text("1")
        known = [identity.of(pid) for pid in self.pids()]
        listed = set(self.pids())
        for who in known:
            if who is not None and who.pid in listed:
                with contextlib.suppress(PermissionError):
                    identity.send(who, signal.SIGKILL)

    def remove(self, timeout_s: float = 2) -> bool:
        """Take the empty group away; True when it is gone. One that still has processes stays."""
        until = time.monotonic() + timeout_s
        while not all(map(_is_removed, dict.fromkeys(self.folders.values()))):
            if self.pids() or time.monotonic() > until:
                return False
            time.sleep(0.01)  # the kernel lets go of the last process a moment after it has ended
        return True


def make(name: str, limits: Limits, tree: Tree | None = None) -> Group | None:
    """Make the group, or take the one that is there, and set its limits. name: `classhub-<deployment id>/<slug>`.

    None when this machine or account has no control groups to give (probe tells why). Raises OutsideFailed when it has,
    but this group or one of its limits cannot be made: a server never runs without its limits by accident.
    """
    tree = tree or read_tree()
    if tree.version == "none":
        return None
    try:
        group = _make_folders(tree, name)
    except OSError as error:
        if error.errno in NOT_OURS:
            return None
        raise _failed(name, f"{error.strerror} ({error.filename})") from error
    group.limit(limits)
    return group


def find(name: str, tree: Tree | None = None) -> Group | None:
    """The group of that name if it is there; for readers, and for a hub that comes back."""
    tree = tree or read_tree()
    there = {controller: folder for controller, folder in folders(tree, name).items() if folder.is_dir()}
    return Group(name, tree.version, there) if there else None


def end_slice(deployment: str, tree: Tree | None = None) -> None:
    """End and take away every group of the deployment, whoever made it. deployment: as remove_slice."""
    tree = tree or read_tree()
    slices = {folder.parent for folder in folders(tree, f"{deployment}/any").values()}
    for slug in sorted({place.name.removeprefix("server-") for slice_ in slices for place in slice_.glob("server-*")}):
        if group := find(f"{deployment}/{slug}", tree):
            group.kill()
            group.remove()


def remove_slice(deployment: str, tree: Tree | None = None) -> None:
    """Take the deployment's own folder away when no group is left in it. deployment: `classhub-<deployment id>`."""
    for folder in folders(tree or read_tree(), f"{deployment}/any").values():
        _is_removed(folder.parent)


def probe(tree: Tree | None = None) -> Support:
    """Find out by doing it: a throw-away group, each limit in turn, and a short program that joins it."""
    tree = tree or read_tree()
    if tree.version == "none":
        why = "No control groups are mounted." if sys.platform == "linux" else "Only Linux has control groups."
        return Support(False, False, False, "none", why)
    name = f"classhub-probe-{os.getpid()}/trial"
    try:
        group = _make_folders(tree, name)
        _join(group)
    except (OSError, process.ProgramFailed) as error:
        return Support(False, False, False, tree.version, _why(error))
    else:
        failed = {controller: _try(group, limits) for controller, limits in TRIAL.items()}
        why = " ".join(f"No {controller} limit: {reason}" for controller, reason in failed.items() if reason)
        return Support(not failed["memory"], not failed["cpu"], not failed["pids"], tree.version, why)
    finally:
        _remove_all(tree, name)


def _make_folders(tree: Tree, name: str) -> Group:
    """Raises OSError. Our slice can be passed through but not listed: its groups carry the names of users."""
    group = Group(name, tree.version, folders(tree, name))
    for controller, folder in group.folders.items():
        folder.parent.mkdir(mode=0o711, exist_ok=True)
        folder.parent.chmod(0o711)
        KERNELS[tree.version].prepare(tree.roots()[controller], folder)
        folder.mkdir(exist_ok=True)
    return group


def _join(group: Group) -> None:
    who = NOBODY if os.geteuid() == 0 else None
    spec = Spec(argv=["/bin/true"], env={}, cwd="/", uid=who, gid=who, cgroups=group.procs_files)
    process.run(spec.command(sys.executable), stdin=spec.to_json(), timeout_s=20)


def _try(group: Group, limits: Limits) -> str:
    try:
        group.limit(limits)
    except OutsideFailed as error:
        return error.what
    return ""


def _why(error: OSError | process.ProgramFailed) -> str:
    if isinstance(error, process.ProgramFailed):
        return f"A program cannot join a control group: {error.cause or error.what}"
    if os.geteuid() != 0:
        return "Control groups need root."
    return (
        f"Control groups cannot be made here: {error.strerror} ({error.filename}). "
        "In a container that takes --privileged and a cgroup namespace of its own whose root holds no process."
    )


def _remove_all(tree: Tree, name: str) -> None:
    for folder in folders(tree, name).values():
        _is_removed(folder)
        _is_removed(folder.parent)


def _is_removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _failed(name: str, why: str) -> OutsideFailed:
    return OutsideFailed(
        f"The limits of {name.partition('/')[2]} cannot be set: {why}.",
        cause="the control group's kernel files refuse it.",
        fix="`classhub doctor` shows which limits work here",
    )
