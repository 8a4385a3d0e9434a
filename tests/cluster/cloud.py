"""What a cloud does for a cluster, in one process: volumes for claims, addresses for load balancers."""

import sys
import threading
from pathlib import Path

from cluster import balancer, provisioner, watching
from cluster.api import Api


def main(folder: Path) -> None:
    api = Api(folder / "admin.kubeconfig")
    disks = provisioner.Provisioner(api, folder / "volumes")
    disks.begin()
    balancing = balancer.Balancer(api, balancer.slot_of(folder))
    (folder / "cloud.ready").touch()
    work = (
        (provisioner.CLAIMS, disks.take_claim),
        (provisioner.VOLUMES, disks.take_volume),
        ("/api/v1/services", balancing.take),
    )
    threads = [threading.Thread(target=watching.for_ever, args=[api, path, take]) for path, take in work]
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
