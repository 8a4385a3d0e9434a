"""A real node: kubelet, containerd and kube-proxy, apart from this machine.

They run in namespaces of their own (processes, mounts, network) below one process; when it ends, so does all of it, pods
and mounts included. A cable of two ends joins the node's network to this machine's: tests reach pods and services by
their addresses.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cluster import binaries, cache, control_groups, control_plane, kept, relay
from cluster.control_plane import API_SERVER, ControlPlane
from cluster.slot import Slot

PLUGINS = Path("/usr/lib/cni")
PROGRAMS = ("containerd", "ctr", "runc", "iptables", "conntrack", "ip", "unshare")


def missing_here() -> str:
    """Why this machine can have no node, or nothing."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if not PLUGINS.is_dir():
        missing.append(str(PLUGINS))
    return f"a node for pods needs {', '.join(missing)} (sudo sh scripts/node-packages)" if missing else ""


@dataclass
class Node:
    """Close it to give it back; the last to do so ends it."""

    folder: Path
    lease: IO[str]

    @property
    def name(self) -> str:
        return control_plane.NODE

    def load(self, archive: Path) -> None:
        """Make an image known to the node."""
        done = self._ctr("images", "import", str(archive))
        if done.returncode:
            raise RuntimeError(f"{archive.name} could not be loaded: {done.stderr[-1000:]}")

    def load_once(self, archive: Path, name: str) -> None:
        """By the first of all workers that asks."""
        with cache.locked(self.folder / "images.lock"):
            if name not in self.images():
                self.load(archive)

    def images(self) -> set[str]:
        return set(self._ctr("images", "list", "-q").stdout.split())

    def _ctr(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        socket = self.folder / "containerd.sock"
        return subprocess.run(
            ["ctr", "-a", str(socket), "-n", "k8s.io", *arguments], capture_output=True, text=True, check=False
        )

    def close(self) -> None:
        self.lease.close()


def start(plane: ControlPlane) -> Node:
    folder = plane.folder.with_name("node")
    return Node(folder, kept.use(folder, "cluster.node", str(plane.folder)))


class Beginning:
    def __init__(self, folder: Path, plane: ControlPlane) -> None:
        self.folder, self.plane, self.slot = folder, plane, plane.slot

    def run(self, children: kept.Children) -> None:
        control_groups.remove_stale()
        control_groups.make(self.slot.cable)
        apart = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
        inside = (sys.executable, "-m", "cluster.node_inside", str(self.folder), str(self.plane.folder))
        outer = children.start("node", *apart, *inside, stdin=subprocess.PIPE)
        children.until((self.folder / "apart").exists, "node")
        lay_cable(self.slot, outer.pid)
        port = self.slot.port(API_SERVER)
        assert outer.stdin
        outer.stdin.write(b"joined\n")
        outer.stdin.flush()
        children.until((self.folder / "has-address").exists, "node")
        relay.carry_in_background(relay.listen_inside(outer.pid, self.slot.node, port), port)
        children.until((self.folder / "well").exists, "node")

    def end(self) -> None:
        cut_cable(self.slot)
        control_groups.remove(self.slot.cable)


def lay_cable(slot: Slot, process: int) -> None:
    """Only addresses of this slot's own network are touched on this machine."""
    cut_cable(slot)
    _ip("link", "add", slot.cable, "type", "veth", "peer", "name", "eth0", "netns", str(process))
    _ip("addr", "add", f"{slot.host}/30", "dev", slot.cable)
    _ip("link", "set", slot.cable, "up")
    for network in (slot.pods, slot.services, slot.balanced):
        _ip("route", "add", network, "via", slot.node, "dev", slot.cable)


def cut_cable(slot: Slot) -> None:
    if Path("/sys/class/net", slot.cable).exists():
        subprocess.run(["ip", "link", "delete", slot.cable], check=False, capture_output=True)


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


class NodeChildren(kept.Children):
    def stop(self, name: str, patience_s: float = 10) -> None:
        """unshare itself waits for the first process inside, and that for all others, so end that one."""
        outer = self.started[name].pid
        with contextlib.suppress(FileNotFoundError):  # it has ended by itself
            for process in Path(f"/proc/{outer}/task/{outer}/children").read_text().split():
                os.kill(int(process), signal.SIGKILL)
        super().stop(name, patience_s)


def main(folder: Path, plane_folder: Path) -> None:
    with plane_folder.with_name("control-plane.users").open("a") as lease:
        kept.hold(lease)  # no node outlives its API server
        beginning = Beginning(folder, ControlPlane(plane_folder, lease))
        kept.keep(folder, beginning.run, beginning.end, NodeChildren)


if __name__ == "__main__":
    binaries.ensure()
    main(Path(sys.argv[1]), Path(sys.argv[2]))
