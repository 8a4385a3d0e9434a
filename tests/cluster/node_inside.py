"""What runs inside the node's namespaces: its network, containerd, kubelet, kube-proxy and names."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from cluster import archive, binaries, kept, node_settings
from cluster.api import Api, Refused
from cluster.control_plane import NODE
from cluster.slot import Slot

PAUSE = "localhost/pause:1"
# kubelet sets these for the whole machine. Here it meets files that only it sees.
KERNEL_SETTINGS = (
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)


def hide_machine(folder: Path) -> None:
    """Whatever is written to /run, /var or the kernel's settings stays in this node."""
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    for name in ("var", "var-work"):
        (folder / name).mkdir()
    (folder / "var").chmod(0o755)
    layers = f"lowerdir=/var,upperdir={folder}/var,workdir={folder}/var-work"
    run("mount", "-t", "overlay", "overlay", "-o", layers, "/var")
    for index, setting in enumerate(KERNEL_SETTINGS):
        real, stand_in = Path("/proc/sys", setting), folder / f"kernel-{index}"
        if real.exists():
            stand_in.write_text(real.read_text())
            run("mount", "--bind", str(stand_in), str(real))


def join_network(slot: Slot) -> None:
    run("ip", "link", "set", "lo", "up")
    run("ip", "addr", "add", f"{slot.node}/30", "dev", "eth0")
    run("ip", "link", "set", "eth0", "up")
    # kube-proxy changes where such a packet goes after the kernel has found any way for it
    for network in (slot.services, slot.balanced):
        run("ip", "route", "add", network, "dev", "eth0")
    run("ip", "route", "add", "unreachable", "default")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    filtered = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")
    if filtered.exists():
        filtered.write_text("1")


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")


class Inside:
    def __init__(self, folder: Path, plane: Path) -> None:
        self.folder, self.plane = folder, plane
        self.slot = Slot(json.loads((plane / "slot.json").read_text()))
        self.programs = binaries.ensure()
        self.children = kept.Children(folder)

    def begin(self) -> None:
        node_settings.write_all(self.folder, self.plane, self.slot, PAUSE)
        self.containerd()
        self.children.start(
            "kubelet",
            f"{self.programs}/kubelet",
            f"--config={self.folder}/kubelet.json",
            f"--kubeconfig={self.plane}/kubelet.kubeconfig",
            f"--hostname-override={NODE}",
            f"--node-ip={self.slot.node}",
            f"--root-dir={self.folder}/kubelet",
            f"--cert-dir={self.folder}/kubelet-pki",
        )
        self.children.start(
            "kube-proxy",
            f"{self.programs}/kube-proxy",
            f"--config={self.folder}/kube-proxy.json",
            f"--hostname-override={NODE}",
        )
        known = str(self.plane / "inside.kubeconfig")
        self.children.start("dns", sys.executable, "-m", "cluster.dns", known, self.slot.node)
        self.children.until(self.is_ready, "kubelet")
        self.children.until(proxies_services, "kube-proxy")
        self.children.until(lambda: has_names(self.slot.node), "dns")

    def containerd(self) -> None:
        self.children.start("containerd", "containerd", "--config", f"{self.folder}/containerd.toml")
        sock = f"{self.folder}/containerd.sock"
        answers = ["ctr", "-a", sock, "version"]
        self.children.until(
            lambda: subprocess.run(answers, capture_output=True, check=False).returncode == 0, "containerd"
        )
        packed = self.folder / "pause.tar"
        archive.pause(self.programs / "pause", packed, PAUSE)
        run("ctr", "-a", sock, "-n", "k8s.io", "images", "import", str(packed))

    def is_ready(self) -> bool:
        try:
            conditions = Api(self.plane / "inside.kubeconfig").get(f"/api/v1/nodes/{NODE}")["status"]["conditions"]
        except (httpx2.HTTPError, Refused, KeyError):
            return False
        return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def proxies_services() -> bool:
    try:
        return httpx2.get("http://127.0.0.1:10256/healthz", timeout=2).status_code == 200
    except httpx2.HTTPError:
        return False


def has_names(server: str) -> bool:
    """Ask for the one service that is always there."""
    import socket
    import struct

    name = b"".join(bytes([len(part)]) + part for part in b"kubernetes.default.svc.cluster.local".split(b"."))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(1)
        asking.sendto(struct.pack("!HHHHHH", 1, 0, 1, 0, 0, 0) + name + b"\0\0\1\0\1", (server, 53))
        try:
            return asking.recv(512)[7] == 1
        except OSError:
            return False


def bury_orphans(child: int) -> None:
    """The first process of a namespace inherits all orphans; with the real one's end it ends, and all others with it."""
    while True:
        ended, status = os.wait()
        if ended == child:
            sys.exit(os.waitstatus_to_exitcode(status))


def main(folder: Path, plane: Path) -> None:
    if child := os.fork():
        bury_orphans(child)
    os.umask(0o022)  # containerd makes the roots of containers, which other users than root enter
    (folder / "apart").touch()
    sys.stdin.readline()
    inside = Inside(folder, plane)
    hide_machine(folder)
    join_network(inside.slot)
    (folder / "has-address").touch()
    inside.begin()
    (folder / "well").touch()
    while sys.stdin.read(1):  # until the keeper is gone
        time.sleep(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
