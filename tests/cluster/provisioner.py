"""A storage class for the tests' cluster: each claim of it gets a volume that is a folder, and loses it when it goes.

It does what a cloud's provisioner does: Kubernetes' own controllers say when (an annotation on the claim, a released
volume), it makes and removes.
"""

import shutil
from pathlib import Path

from cluster.api import Api, Object, Refused

NAME = "classhub.test/folder"
CLAIMS, VOLUMES = "/api/v1/persistentvolumeclaims", "/api/v1/persistentvolumes"
CLASSES = "/apis/storage.k8s.io/v1/storageclasses"


def storage_class(name: str, is_default: bool, mode: str) -> Object:
    return {
        "metadata": {
            "name": name,
            "annotations": {"storageclass.kubernetes.io/is-default-class": str(is_default).lower()},
        },
        "provisioner": NAME,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": mode,
    }


def volume(claim: Object, folder: Path) -> Object:
    meta, spec = claim["metadata"], claim["spec"]
    reference = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "name": meta["name"]}
    return {
        "metadata": {
            "name": f"pvc-{meta['uid']}",
            "annotations": {"pv.kubernetes.io/provisioned-by": NAME},
        },
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": spec["storageClassName"],
            "volumeMode": "Filesystem",
            "hostPath": {"path": str(folder), "type": "Directory"},
            "claimRef": {**reference, "namespace": meta["namespace"], "uid": meta["uid"]},
        },
    }


def is_wanted(claim: Object) -> bool:
    """The controllers write the annotation when it is this provisioner's turn, after the scheduler's where it waits."""
    asked = claim["metadata"].get("annotations", {}).get("volume.kubernetes.io/storage-provisioner")
    return asked == NAME and not claim["spec"].get("volumeName") and "deletionTimestamp" not in claim["metadata"]


def is_over(one: Object) -> bool:
    ours = one["metadata"].get("annotations", {}).get("pv.kubernetes.io/provisioned-by") == NAME
    released = one.get("status", {}).get("phase") == "Released"
    return ours and released and one["spec"]["persistentVolumeReclaimPolicy"] == "Delete"


class Provisioner:
    def __init__(self, api: Api, folder: Path) -> None:
        self.api, self.folder = api, folder

    def begin(self) -> None:
        for one in (
            storage_class("standard", True, "Immediate"),
            storage_class("when-used", False, "WaitForFirstConsumer"),
        ):
            self.api.create(CLASSES, one)

    def take_claim(self, kind: str, claim: Object) -> None:
        if kind != "DELETED" and is_wanted(claim):
            self.make(claim)

    def take_volume(self, kind: str, one: Object) -> None:
        if kind != "DELETED" and is_over(one):
            self.remove(one)

    def make(self, claim: Object) -> None:
        folder = self.folder / claim["metadata"]["uid"]
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o777)  # a folder of the host takes no fsGroup, as a disk would
        try:
            self.api.create(VOLUMES, volume(claim, folder))
        except Refused as refused:
            if refused.code != 409:
                raise

    def remove(self, one: Object) -> None:
        shutil.rmtree(one["spec"]["hostPath"]["path"], ignore_errors=True)
        self.api.delete(f"{VOLUMES}/{one['metadata']['name']}")
