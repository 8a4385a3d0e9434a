"""An API server that a test may kill."""

import contextlib
import subprocess
from pathlib import Path

import yaml

from classhub.errors import OutsideFailed
from classhub.outside.kubernetes import Cluster
from doubles.ports import free_port


class SecondServer:
    """An API server beside the first, on the same etcd, that a test may kill."""

    def __init__(self, control_plane, folder):
        document = yaml.safe_load(control_plane.kubeconfig.read_text())
        first = document["clusters"][0]["cluster"]["server"]
        self.argv = self._argv(first.rpartition(":")[2])
        port = free_port()
        self.argv = [part if not part.startswith("--secure-port") else f"--secure-port={port}" for part in self.argv]
        document["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{port}"
        self.kubeconfig = folder / "second.kubeconfig"
        self.kubeconfig.write_text(yaml.safe_dump(document))
        self.log = folder / "second.log"
        self.start()

    @staticmethod
    def _argv(port):
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                argv = path.read_text().split("\0")[:-1]
                if f"--secure-port={port}" in argv:
                    return argv
        raise AssertionError("no API server found")

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def is_well(self):
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        with contextlib.suppress(OutsideFailed), Cluster.connect("default", kubeconfig=self.kubeconfig) as cluster:
            return cluster.get("Namespace", "kube-system") is not None

    def kill(self):
        self.process.kill()
        self.process.wait()
