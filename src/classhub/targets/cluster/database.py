"""The hub's SQLite database on its claim: copied before an upgrade, put back on the way back if it must be.

A database elsewhere (hub.db.type mysql or postgres) is somebody else's to back up; it is said, and nothing is done.
"""

import json
import time
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from classhub.errors import NotFound, OutsideFailed, Refused
from classhub.targets.cluster import errand
from classhub.targets.cluster.labels import is_hubs, name
from classhub.targets.cluster.parts import is_alive
from classhub.targets.cluster.troubles import is_ready, trouble

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]
Tell = Callable[[str], None]

FILE, FOLDER = "jupyterhub.sqlite", "classhub-backups"
PATIENCE_S = 300
"""For the pod of an errand: a node may have to pull the hub's image first."""
REFUSED_S = 30
"""For a pod that may not be made because a quota is full or a webhook does not answer."""
UNPACK = "import base64, sys, zlib; exec(zlib.decompress(base64.urlsafe_b64decode(sys.argv.pop(1))))"


@dataclass(frozen=True)
class Hub:
    """deployment: as the release's manifest has it. pod: the one that runs, if one does."""

    release: str
    deployment: Object
    pod: Object | None

    def argv(self, do: str, revision: int, *more: str) -> list[str]:
        """Of a program that runs on the hub's disk."""
        return ["python3", "-c", _source(), *self._about(do, revision), *more]

    def packed(self, do: str, revision: int, *more: str) -> list[str]:
        """The same for exec, which sends it in the address of a request: some proxies take 8 kB of that."""
        source = urlsafe_b64encode(zlib.compress(_source().encode(), 9)).decode()
        return ["python3", "-c", UNPACK, source, *self._about(do, revision), *more]

    def _about(self, do: str, revision: int) -> list[str]:
        return [do, f"{errand.MOUNT}/{FILE}", f"{errand.MOUNT}/{FOLDER}", copy_of(revision)]

    @property
    def is_ready(self) -> bool:
        return self.pod is not None and is_ready(self.pod)


def has_disk(cluster: "Cluster", hub: Hub) -> bool:
    """Whether its database is on a claim that the chart made for it; not where hub.db.type is mysql or postgres, though
    somebody else's claim may be mounted in the same place."""
    claim = errand.claim(hub.deployment)
    if not claim:
        return False
    live = cluster.get("PersistentVolumeClaim", claim)
    return live is None or is_hubs(live, hub.release)


def copy_of(revision: int) -> str:
    """The database as this revision left it."""
    return f"revision-{revision}.sqlite"


def back_up(
    cluster: "Cluster", hub: Hub, revision: int, tell: Tell, keep: int | None = None, *, is_its: bool = False
) -> bool:
    """Copy it as revision `revision`'s. False where there is nothing to copy: no claim, or no database yet.

    keep: a revision whose copy must not be thinned out, as it is to come back. is_its: the database is certainly of that
    revision's hub, and no later one that failed has touched it: its newest copy counts, whatever schema an older one has.
    """
    if not has_disk(cluster, hub):
        tell("The hub's database is not on a disk of its own (hub.db.type): back it up where it lives.")
        return False
    kept = () if keep is None else (copy_of(keep),)
    said = _beside(cluster, hub, "back-up-over" if is_its else "back-up", revision, tell, *kept)
    if "error" in said:
        raise OutsideFailed("The hub's database could not be copied.", str(said["error"]), _fix(said))
    if not said["copied"]:
        if hub.is_ready:
            raise _elsewhere(hub)
        tell("There is no database yet: the hub never came up.")
        return False
    tell(f"The hub's database is copied ({said['bytes'] / 2**20:.1f} MiB).{_beside_the_old(said, revision)}")
    return True


def _beside_the_old(said: Mapping[str, Any], revision: int) -> str:
    if said["name"] == copy_of(revision):
        return ""
    return f" An earlier copy of revision {revision} has another schema, and stays; this one is {said['name']}."


def _elsewhere(hub: Hub) -> OutsideFailed:
    return OutsideFailed(
        f"The hub runs, but its disk ({errand.claim(hub.deployment)}) holds no {FILE}: nothing was copied or changed.",
        "its db_url leads to another database than hub.db.type says",
        "set hub.db.type to what the hub uses (mysql, postgres), and apply that once with helm upgrade",
    )


def _fix(said: Mapping[str, Any]) -> str:
    if not said.get("room"):
        return "classhub logs hub"
    return (
        f"classhub -t cluster exec hub -- du -h {errand.MOUNT}; remove there what is no longer needed"
        f" ({FOLDER}, {FILE}.before-*), or raise hub.db.pvc.storage"
    )


def find_copy(cluster: "Cluster", hub: Hub, revision: int, tell: Tell) -> None:
    """Raises NotFound where there is none, before anything is stopped for it."""
    if not has_disk(cluster, hub):
        raise NotFound("The hub's database is not on a disk of its own.", "hub.db.type", "bring it back where it lives")
    said = _beside(cluster, hub, "find", revision, tell)
    if "error" in said:
        what = f"There is no copy of the hub's database of revision {revision} that could come back."
        raise NotFound(what, str(said["error"]), f"classhub rollback {revision}, without --database")
    tell(f"There is a copy ({said['bytes'] / 2**20:.1f} MiB).")


def restore(cluster: "Cluster", hub: Hub, revision: int, *, always: bool, tell: Tell) -> None:
    """The hub must be stopped."""
    if not has_disk(cluster, hub):
        tell("The hub's database is not on a disk of its own (hub.db.type): it stays as it is.")
        return
    argv = hub.argv("restore", revision, "always" if always else "needed")
    said = run_apart(cluster, hub, argv, errand.name(hub.release, "restore", revision), tell)
    if "error" in said:
        raise OutsideFailed(
            f"The hub's database could not be put back to revision {revision}: it is as it was.",
            str(said["error"]),
            f"{_fix(said)}; then classhub rollback" if said.get("room") else "classhub rollback (it tries again)",
        )
    tell(_told(said, revision))


def _told(said: Mapping[str, Any], revision: int) -> str:
    if said["restored"]:
        aside = f"; the other is kept as {said['aside']}" if said["aside"] else ""
        return f"The hub's database of revision {revision} is back ({said['why']}){aside}."
    if said.get("why") == "no copy":
        return f"There is no copy of the hub's database of revision {revision}: the one of now stays."
    return "The hub's database is sound and of the same schema: it stays, with everybody in it."


def rehearse(cluster: "Cluster", hub: Hub) -> None:
    """Raises what the cluster would refuse of the pod that `restore` needs, before the hub is stopped for it."""
    if not has_disk(cluster, hub):
        return
    job = errand.job(hub.deployment, hub.release, errand.name(hub.release, "rehearse", 0), hub.argv("find", 0))
    try:
        cluster.create(job, dry_run=True)
        _rehearse_pod(cluster, hub, errand.pod(job))
    except Refused as error:
        error.what = f"The hub was not stopped, as no pod could then work on its database. {error.what}"
        raise


def _rehearse_pod(cluster: "Cluster", hub: Hub, pod: Object) -> None:
    from classhub.outside.kubernetes import Forbidden, Invalid, OverQuota, Uncounted

    try:
        cluster.create(pod, dry_run=True)
    except Forbidden:
        pass  # we may make Jobs, and Kubernetes makes their pods
    except Uncounted:
        raise
    except OverQuota:
        if hub.pod is None:
            raise  # else it gets the room of the hub, which is as large
    except Invalid as error:
        if "does not support dry run" not in error.cause:
            raise


def _beside(cluster: "Cluster", hub: Hub, do: str, revision: int, tell: Tell, *more: str) -> dict[str, Any]:
    """In the hub's own pod where it runs, else in one of its own."""
    if hub.pod is None or not hub.is_ready:
        argv = hub.argv(do, revision, *more)
        return run_apart(cluster, hub, argv, errand.name(hub.release, do, revision), tell)
    argv = hub.packed(do, revision, *more)
    done = cluster.run(name(hub.pod), errand.container(hub.pod["spec"])["name"], argv, timeout_s=PATIENCE_S)
    return _said(done.out, done.err)


def run_apart(cluster: "Cluster", hub: Hub, argv: list[str], job: str, tell: Tell) -> dict[str, Any]:
    """In a pod of its own on the hub's disk. A pod that an earlier try left is waited for, then asked again."""
    node = str((hub.pod or {}).get("spec", {}).get("nodeName") or "")
    remove(cluster, job)
    made = cluster.create(errand.job(hub.deployment, hub.release, job, argv, node))
    try:
        pod = _ended(cluster, made, tell)
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


def _ended(cluster: "Cluster", job: Object, tell: Tell) -> Object:
    began, said = time.monotonic(), ""
    while (passed := time.monotonic() - began) < PATIENCE_S:
        pods = list(cluster.list("Pod", labels=f"{errand.LABEL}={name(job)}"))
        for pod in pods:
            if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
                return pod
        wrong = next(filter(None, (trouble(pod) for pod in pods if is_alive(pod))), "")
        if not pods:
            wrong = _refused(cluster, job, passed)
        if wrong and wrong != said:
            tell(f"The pod that works on the database waits: {wrong}.")
            said = wrong
        time.sleep(0.5)
    raise OutsideFailed("The pod that works on the hub's database did not come to its end.", said, "classhub status")


def _refused(cluster: "Cluster", job: Object, passed_s: float) -> str:
    """Why there is no pod yet, while that may pass by itself."""
    events = cluster.list("Event", fields=f"involvedObject.uid={job['metadata']['uid']}")
    why, for_good = errand.refusal(events)
    if why and (for_good or passed_s > REFUSED_S):
        fix = f"kubectl -n {cluster.namespace} describe resourcequota,limitrange; make room, or have the rule changed"
        raise OutsideFailed("The cluster lets no pod work on the hub's database.", why, fix)
    return why


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


def _source() -> str:
    return (files("classhub.targets.cluster") / "database_script.py").read_text()
