"""The files that containerd, kubelet and kube-proxy read. Pure but for write_all."""

import json
from pathlib import Path
from typing import Any

from cluster import control_groups
from cluster.slot import Slot


def write_all(folder: Path, plane: Path, slot: Slot, pause: str) -> None:
    (folder / "cni").mkdir()
    (folder / "containerd.toml").write_text(containerd(folder, pause))
    for name, content in (
        ("cni/10-pods.conflist", pods_network(folder, slot)),
        ("kubelet.json", kubelet(folder, plane / "pki", slot)),
        ("kube-proxy.json", kube_proxy(plane, slot)),
    ):
        (folder / name).write_text(json.dumps(content, indent=1))


def containerd(folder: Path, pause: str) -> str:
    """restrict_oom_score_adj: without it no container starts where the right CAP_SYS_RESOURCE is missing."""
    return f"""\
version = 2
root = "{folder}/containerd"
state = "{folder}/containerd-state"
oom_score = 0

[grpc]
address = "{folder}/containerd.sock"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{pause}"
restrict_oom_score_adj = true
stream_server_address = "127.0.0.1"

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "{folder}/cni"

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
"""


def pods_network(folder: Path, slot: Slot) -> dict[str, Any]:
    addresses = {
        "type": "host-local",
        "ranges": [[{"subnet": slot.pods}]],
        "routes": [{"dst": "0.0.0.0/0"}],
        "dataDir": f"{folder}/addresses",
    }
    bridge = {
        "type": "bridge",
        "bridge": "pods",
        "isGateway": True,
        "ipMasq": False,
        "hairpinMode": True,
        "ipam": addresses,
    }
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    return {"cniVersion": "1.0.0", "name": "pods", "plugins": [bridge, ports]}


def kubelet(folder: Path, keys: Path, slot: Slot) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{slot.cable}",
        "containerRuntimeEndpoint": f"unix://{folder}/containerd.sock",
        "address": slot.node,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{keys}/authority.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": f"{keys}/kubelet-server.crt",
        "tlsPrivateKeyFile": f"{keys}/kubelet-server.key",
        "oomScoreAdj": 0,
        "failSwapOn": False,
        "enforceNodeAllocatable": [],
        "makeIPTablesUtilChains": False,
        "clusterDNS": [slot.node],
        "clusterDomain": "cluster.local",
        "resolvConf": "",
        "podLogsDir": f"{folder}/pod-logs",
        "volumePluginDir": f"{folder}/volume-plugins",
        # the machine's disk is not the node's: never evict for it, never throw images away
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "nodeStatusUpdateFrequency": "5s",
        "nodeLeaseDurationSeconds": 20,
        "syncFrequency": "10s",
        **({} if control_groups.is_second_version() else {"cgroupsPerQOS": True}),
    }


def kube_proxy(plane: Path, slot: Slot) -> dict[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clientConnection": {"kubeconfig": f"{plane}/kube-proxy.kubeconfig"},
        "clusterCIDR": slot.pods,
        "bindAddress": slot.node,
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }
