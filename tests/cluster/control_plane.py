"""etcd, API server, controllers and scheduler on loopback, for one test run."""

import json
import os
import ssl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx2

from cluster import binaries, certificates, kept, kubeconfig, slot
from cluster.api import Api
from cluster.slot import Slot

NODE = "node1"
ETCD, ETCD_PEERS, API_SERVER, CONTROLLERS, SCHEDULER = range(5)


@dataclass
class ControlPlane:
    """Close it to give it back; the last to do so ends it."""

    folder: Path
    lease: IO[str]

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.folder / "admin.kubeconfig"

    @property
    def slot(self) -> Slot:
        return Slot(json.loads((self.folder / "slot.json").read_text()))

    @property
    def url(self) -> str:
        return address(self.slot)

    @property
    def api(self) -> Api:
        return Api(self.kubeconfig)

    def kubectl(self, *arguments: str, stdin: str = "") -> str:
        """Fails with what kubectl says."""
        command = [f"{binaries.ensure()}/kubectl", f"--kubeconfig={self.kubeconfig}", *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def close(self) -> None:
        self.lease.close()


def start(run: str) -> ControlPlane:
    """Who names the same run shares one."""
    binaries.ensure()
    folder = kept.root() / run / "control-plane"
    return ControlPlane(folder, kept.use(folder, "cluster.control_plane"))


def address(place: Slot) -> str:
    return f"https://127.0.0.1:{place.port(API_SERVER)}"


class Beginning:
    """All that happens between an empty folder and a cluster that answers."""

    def __init__(self, folder: Path, place: Slot, programs: Path) -> None:
        self.folder, self.slot, self.programs = folder, place, programs
        self.keys = folder / "pki"
        self.keys.mkdir()
        self.authority = certificates.Authority(self.keys, "authority")
        self.front = certificates.Authority(self.keys, "front-authority")

    def run(self, children: kept.Children) -> None:
        self.issue()
        children.start("etcd", *self.etcd())
        children.start("kube-apiserver", *self.api_server())
        children.until(lambda: self.is_well(API_SERVER, "/readyz"), "kube-apiserver")
        # Only now: part of /readyz are the roles without which the controllers end at once.
        children.start("kube-controller-manager", *self.controllers())
        children.start("kube-scheduler", *self.scheduler())
        children.start("cloud", sys.executable, "-m", "cluster.cloud", str(self.folder))
        children.until(lambda: self.is_well(CONTROLLERS, "/healthz"), "kube-controller-manager")
        children.until(lambda: self.is_well(SCHEDULER, "/healthz"), "kube-scheduler")
        children.until((self.folder / "cloud.ready").exists, "cloud")

    def issue(self) -> None:
        names = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
        local = ("localhost", "127.0.0.1")
        hosts = (*names, "kubernetes.default.svc.cluster.local", "127.0.0.1", self.slot.first_service, self.slot.node)
        self.served = self.authority.issue("api-server", "kube-apiserver", hosts=hosts)
        self.authority.issue("etcd", "etcd", hosts=local)
        self.authority.issue("etcd-client", "kube-apiserver-etcd-client")
        self.authority.issue("local", "local", hosts=local)
        self.authority.issue("to-kubelet", "kube-apiserver-kubelet-client", "system:masters")
        self.authority.issue("kubelet-server", f"system:node:{NODE}", "system:nodes", hosts=(NODE, self.slot.node))
        self.front.issue("front", "front-proxy-client")
        certificates.signing_key(self.keys, "accounts")
        for stem, user, group in (
            ("admin", "admin", "system:masters"),
            ("controllers", "system:kube-controller-manager", None),
            ("scheduler", "system:kube-scheduler", None),
            ("inside", "admin", "system:masters"),
            ("kubelet", f"system:node:{NODE}", "system:nodes"),
            ("kube-proxy", "system:kube-proxy", None),
        ):
            user_said = kubeconfig.by_certificate(self.authority.issue(stem, user, group))
            place = address(self.slot)
            if stem in ("inside", "kubelet", "kube-proxy"):  # the node has a network of its own
                place = f"https://{self.slot.node}:{self.slot.port(API_SERVER)}"
            path = self.folder / f"{stem}.kubeconfig"
            kubeconfig.write(path, place, self.authority.pair.certificate, user_said)

    def is_well(self, port: int, path: str) -> bool:
        try:
            answer = httpx2.get(f"https://127.0.0.1:{self.slot.port(port)}{path}", verify=self._trust(), timeout=5)
        except httpx2.HTTPError:
            return False
        return answer.text == "ok"

    def _trust(self) -> ssl.SSLContext:
        trust = ssl.create_default_context(cafile=str(self.authority.pair.certificate))
        trust.load_cert_chain(self.keys / "admin.crt", self.keys / "admin.key")
        return trust

    def etcd(self) -> list[str]:
        clients = f"https://127.0.0.1:{self.slot.port(ETCD)}"
        peers = f"http://127.0.0.1:{self.slot.port(ETCD_PEERS)}"
        return [
            f"{self.programs}/etcd",
            "--name=test",
            f"--data-dir={self.folder}/etcd",
            f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=test={peers}",
            f"--cert-file={self.keys}/etcd.crt",
            f"--key-file={self.keys}/etcd.key",
            f"--trusted-ca-file={self.authority.pair.certificate}",
            "--client-cert-auth",
            "--unsafe-no-fsync",
            "--log-level=warn",
        ]

    def api_server(self) -> list[str]:
        keys = self.keys
        return [
            f"{self.programs}/kube-apiserver",
            f"--etcd-servers=https://127.0.0.1:{self.slot.port(ETCD)}",
            f"--etcd-cafile={self.authority.pair.certificate}",
            f"--etcd-certfile={keys}/etcd-client.crt",
            f"--etcd-keyfile={keys}/etcd-client.key",
            "--bind-address=127.0.0.1",
            f"--secure-port={self.slot.port(API_SERVER)}",
            # where pods find it: the node carries this address on to loopback
            f"--advertise-address={self.slot.node}",
            f"--service-cluster-ip-range={self.slot.services}",
            f"--tls-cert-file={keys}/api-server.crt",
            f"--tls-private-key-file={keys}/api-server.key",
            f"--client-ca-file={self.authority.pair.certificate}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={keys}/accounts.pub",
            f"--service-account-signing-key-file={keys}/accounts.key",
            f"--kubelet-client-certificate={keys}/to-kubelet.crt",
            f"--kubelet-client-key={keys}/to-kubelet.key",
            f"--kubelet-certificate-authority={self.authority.pair.certificate}",
            "--kubelet-preferred-address-types=InternalIP",
            f"--requestheader-client-ca-file={self.front.pair.certificate}",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={keys}/front.crt",
            f"--proxy-client-key-file={keys}/front.key",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged=true",
            "--profiling=false",
        ]

    def controllers(self) -> list[str]:
        return [
            f"{self.programs}/kube-controller-manager",
            *self._component("controllers", CONTROLLERS),
            f"--service-account-private-key-file={self.keys}/accounts.key",
            f"--root-ca-file={self.authority.pair.certificate}",
            f"--cluster-signing-cert-file={self.authority.pair.certificate}",
            f"--cluster-signing-key-file={self.authority.pair.key}",
            "--use-service-account-credentials",
            "--node-monitor-period=2s",
            "--node-monitor-grace-period=30s",
        ]

    def scheduler(self) -> list[str]:
        return [f"{self.programs}/kube-scheduler", *self._component("scheduler", SCHEDULER)]

    def _component(self, name: str, port: int) -> list[str]:
        config = self.folder / f"{name}.kubeconfig"
        return [
            f"--kubeconfig={config}",
            f"--authentication-kubeconfig={config}",
            f"--authorization-kubeconfig={config}",
            "--bind-address=127.0.0.1",
            f"--secure-port={self.slot.port(port)}",
            f"--tls-cert-file={self.keys}/local.crt",
            f"--tls-private-key-file={self.keys}/local.key",
            "--leader-elect=false",
            "--profiling=false",
        ]


def main(folder: Path) -> None:
    kept.sweep_stale()
    place, held = slot.claim(kept.root())
    (folder / "slot.json").write_text(json.dumps(place.number))
    kept.keep(folder, Beginning(folder, place, binaries.ensure()).run)
    held.close()


if __name__ == "__main__":
    os.umask(0o077)
    main(Path(sys.argv[1]))
