"""The hub's SQLite database on its claim: copied before an upgrade, put back on the way back if it must be.

A database elsewhere (hub.db.type mysql or postgres) is somebody else's to back up; it is said, and nothing is done.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from classhub.errors import NotFound, OutsideFailed
from classhub.targets.cluster import errand
from classhub.targets.cluster.labels import name
from classhub.targets.cluster.parts import is_alive
from classhub.targets.cluster.troubles import is_ready, trouble

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]
Tell = Callable[[str], None]

FILE, FOLDER = "jupyterhub.sqlite", "classhub-backups"
PATIENCE_S = 300
"""For the pod of an errand: a node may have to pull the hub's image first."""


@dataclass(frozen=True)
class Hub:
    """deployment: as the release's manifest has it. pod: the one that runs, if one does."""

    release: str
    deployment: Object
    pod: Object | None

    @property
    def has_disk(self) -> bool:
        return bool(errand.disk(self.deployment))

    def argv(self, do: str, revision: int, *more: str) -> list[str]:
        disk = errand.disk(self.deployment)
        source = (files("classhub.targets.cluster") / "database_script.py").read_text()
        return ["python3", "-c", source, do, f"{disk}/{FILE}", f"{disk}/{FOLDER}", copy_of(revision), *more]


def copy_of(revision: int) -> str:
    """The database as this revision left it."""
    return f"revision-{revision}.sqlite"


def back_up(cluster: "Cluster", hub: Hub, revision: int, tell: Tell) -> bool:
    """Copy it as revision `revision`'s. False where there is nothing to copy: no claim, or no database yet."""
    if not hub.has_disk:
        tell("The hub's database is not on a disk of its own (hub.db.type): back it up where it lives.")
        return False
    said = _beside(cluster, hub, "back-up", revision, tell)
    if "error" in said:
        raise OutsideFailed("The hub's database could not be copied.", str(said["error"]), "classhub logs hub")
    if not said["copied"]:
        tell("There is no database yet: the hub never came up.")
        return False
    tell(f"The hub's database is copied ({said['bytes'] / 2**20:.1f} MiB).")
    return True


def find_copy(cluster: "Cluster", hub: Hub, revision: int, tell: Tell) -> None:
    """Raises NotFound where there is none, before anything is stopped for it."""
    if not hub.has_disk:
        raise NotFound("The hub's database is not on a disk of its own.", "hub.db.type", "bring it back where it lives")
    said = _beside(cluster, hub, "find", revision, tell)
    if "error" in said:
        what = f"There is no copy of the hub's database of revision {revision} that could come back."
        raise NotFound(what, str(said["error"]), f"classhub rollback {revision}, without --database")
    tell(f"There is a copy ({said['bytes'] / 2**20:.1f} MiB).")


def restore(cluster: "Cluster", hub: Hub, revision: int, *, always: bool, tell: Tell) -> None:
    """The hub must be stopped."""
    if not hub.has_disk:
        tell("The hub's database is not on a disk of its own (hub.db.type): it stays as it is.")
        return
    argv = hub.argv("restore", revision, "always" if always else "needed")
    said = run_apart(cluster, hub, argv, errand.name(hub.release, "restore", revision), tell)
    if "error" in said:
        raise OutsideFailed(
            f"The hub's database could not be put back to revision {revision}: it is as it was.",
            str(said["error"]),
            "classhub rollback (it tries again)",
        )
    tell(_told(said, revision))


def _told(said: Mapping[str, Any], revision: int) -> str:
    if said["restored"]:
        aside = f"; the other is kept as {said['aside']}"
        return f"The hub's database of revision {revision} is back ({said['why']}){aside}."
    if said.get("why") == "no copy":
        return f"There is no copy of the hub's database of revision {revision}: the one of now stays."
    return "The hub's database is sound and of the same schema: it stays, with everybody in it."


def _beside(cluster: "Cluster", hub: Hub, do: str, revision: int, tell: Tell) -> dict[str, Any]:
    """In the hub's own pod where it runs, else in one of its own."""
    argv = hub.argv(do, revision)
    if hub.pod is None or not is_ready(hub.pod):
        return run_apart(cluster, hub, argv, errand.name(hub.release, do, revision), tell)
    done = cluster.run(name(hub.pod), errand.container(hub.pod["spec"])["name"], argv, timeout_s=PATIENCE_S)
    return _said(done.out, done.err)


def run_apart(cluster: "Cluster", hub: Hub, argv: list[str], job: str, tell: Tell) -> dict[str, Any]:
    """In a pod of its own on the hub's disk. A pod that an earlier try left is waited for, then asked again."""
    node = str((hub.pod or {}).get("spec", {}).get("nodeName") or "")
    remove(cluster, job)
    cluster.create(errand.job(hub.deployment, hub.release, job, argv, node))
    try:
        pod = _ended(cluster, job, tell)
        return _said("\n".join(cluster.logs(name(pod), "errand", tail=20)), trouble(pod))
    finally:
        remove(cluster, job)


def sweep(cluster: "Cluster", release: str) -> None:
    """End what commands that were killed left running on the database."""
    for one in list(cluster.list("Job", labels=f"{errand.RELEASE}={release}")):
        remove(cluster, name(one))


def remove(cluster: "Cluster", job: str) -> None:
    """And wait until its pod is gone: two must not write at the same time."""
    cluster.delete("Job", job)
    deadline = time.monotonic() + PATIENCE_S
    while any(True for _ in cluster.list("Pod", labels=f"{errand.LABEL}={job}")):
        if time.monotonic() > deadline:
            raise OutsideFailed(
                f"The pod of {job} does not go.",
                "its node does not answer; two pods must never write to one database",
                "classhub -t cluster status; kubectl get nodes",
            )
        time.sleep(0.5)


def _ended(cluster: "Cluster", job: str, tell: Tell) -> Object:
    deadline, said = time.monotonic() + PATIENCE_S, ""
    while time.monotonic() < deadline:
        for pod in cluster.list("Pod", labels=f"{errand.LABEL}={job}"):
            if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
                return pod
            if is_alive(pod) and (wrong := trouble(pod)) and wrong != said:
                tell(f"The pod that works on the database waits: {wrong}.")
                said = wrong
        time.sleep(0.5)
    raise OutsideFailed("The pod that works on the hub's database did not come to its end.", said, "classhub status")


def _said(out: str, err: str) -> dict[str, Any]:
    """The script's one line of JSON; what else comes is why there is none."""
    for line in reversed(out.strip().splitlines()):
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict):
            return said
    return {"error": (err or out).strip()[-500:] or "no reason was given"}
