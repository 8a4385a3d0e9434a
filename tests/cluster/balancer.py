"""Gives each Service of type LoadBalancer an address, as a cloud does: one of the slot's, which leads to the node."""

import json
from pathlib import Path

from cluster.api import Api, Object, Refused
from cluster.slot import Slot


class Balancer:
    def __init__(self, api: Api, slot: Slot) -> None:
        self.api, self.slot = api, slot
        self.given: dict[str, str] = {}

    def take(self, kind: str, service: Object) -> None:
        meta = service["metadata"]
        if kind == "DELETED":
            self.given.pop(meta["uid"], None)
        elif service["spec"]["type"] == "LoadBalancer" and not service["status"]["loadBalancer"].get("ingress"):
            status = {"loadBalancer": {"ingress": [{"ip": self.address(meta["uid"]), "ipMode": "VIP"}]}}
            path = f"/api/v1/namespaces/{meta['namespace']}/services/{meta['name']}/status"
            try:
                self.api.patch(path, {"status": status})
            except Refused as refused:
                if refused.code != 404:
                    raise

    def address(self, uid: str) -> str:
        free = (self.slot.address(f"240.{last}") for last in range(1, 255))
        taken = set(self.given.values())
        return self.given.setdefault(uid, next(one for one in free if one not in taken))


def slot_of(folder: Path) -> Slot:
    return Slot(json.loads((folder / "slot.json").read_text()))
