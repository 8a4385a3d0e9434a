"""Homes on a cluster: which claims they are, whose, and whether anybody uses them. Pure; one pass over each list."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from classhub.config.quantities import quantity
from classhub.plan.records import Home
from classhub.targets.cluster.labels import OWNER, SERVER, STORAGE, annotations, component, is_of, labels, name, owner
from classhub.targets.cluster.parts import seconds

Object = Mapping[str, Any]
User = Mapping[str, Any]
"""Of the hub's API, with stopped servers."""

SPAWNER = "hub.jupyter.org/kubespawner-version"
NEW_NAMES = 7
"""The KubeSpawner that makes names of claims in another way (facts: z2jh.md, 5)."""


def homes(
    claims: Iterable[Object], pods: Iterable[Object], users: Iterable[User] | None, release: str
) -> tuple[Home, ...]:
    """By owner; claims that nobody owns come last. users: None where the hub could not be asked."""
    mounted = in_use(pods)
    known = None if users is None else {str(user["name"]): user for user in users}
    mounts = dict(_mounts(known or {}))
    by_state = {claim: whose for whose, claim in mounts.items()}
    found = [_home(claim, by_state, mounts, known, mounted) for claim in claims if is_home(claim, release)]
    return tuple(sorted(found, key=lambda home: (home.shared, home.owner, home.server, home.path)))


def is_home(claim: Object, release: str) -> bool:
    """Whether students' files may lie on it: not the hub's database, nothing of another release."""
    marked = component(claim) == STORAGE or OWNER in annotations(claim)
    known = labels(claim)
    if ("release" in known or "app.kubernetes.io/instance" in known) and not is_of(claim, release):
        return False
    return marked or component(claim) in ("", SERVER)


def in_use(pods: Iterable[Object]) -> set[str]:
    """Claims that a pod mounts, also one that is about to end: its writes may not be over."""
    return {
        str(volume["persistentVolumeClaim"]["claimName"])
        for pod in pods
        if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")
        for volume in (pod.get("spec") or {}).get("volumes") or ()
        if "persistentVolumeClaim" in volume
    }


def capacity(claim: Object) -> int | None:
    """Bytes: what it has, else what it asks for."""
    status, asked = claim.get("status") or {}, (claim.get("spec") or {}).get("resources") or {}
    amount = (status.get("capacity") or {}).get("storage") or (asked.get("requests") or {}).get("storage")
    try:
        return int(quantity(amount))
    except ValueError:
        return None


def _home(
    claim: Object,
    by_state: Mapping[str, tuple[str, str]],
    mounts: Mapping[tuple[str, str], str],
    known: Mapping[str, User] | None,
    mounted: set[str],
) -> Home:
    mine = name(claim)
    user, server = owner(claim)
    if not user:
        user, server = by_state.get(mine, ("", ""))
    metadata, is_mounted = claim["metadata"], mine in mounted
    instead = mounts.get((user, server), "") if user else ""
    return Home(
        owner=user,
        path=mine,
        size_bytes=None,
        changed=None,
        server=server,
        capacity_bytes=capacity(claim),
        created=seconds(metadata.get("creationTimestamp")),
        last_used=_last_used((known or {}).get(user), server),
        phase="Terminating" if metadata.get("deletionTimestamp") else str((claim.get("status") or {}).get("phase", "")),
        volume=str((claim.get("spec") or {}).get("volumeName") or ""),
        in_use=is_mounted,
        orphaned=None if known is None or not user else user not in known,
        shared=not user,
        instead="" if instead == mine else instead,
        legacy=_is_legacy(claim),
    )


def _mounts(users: Mapping[str, User]) -> Iterator[tuple[tuple[str, str], str]]:
    """The claim of each server, as the hub remembers it."""
    for user, model in users.items():
        for server, found in (model.get("servers") or {}).items():
            claim = (found.get("state") or {}).get("pvc_name")
            if claim:
                yield (user, server), str(claim)


def _last_used(user: User | None, server: str) -> float | None:
    """Of the server; of the user where the hub has forgotten the server."""
    if user is None:
        return None
    found = (user.get("servers") or {}).get(server)
    activity = found.get("last_activity") if found else user.get("last_activity")
    return seconds(activity)


def _is_legacy(claim: Object) -> bool:
    version = annotations(claim).get(SPAWNER, "").partition(".")[0]
    if version.isdigit():
        return int(version) < NEW_NAMES
    return component(claim) == STORAGE  # before 7 it wrote no version


def used(summary: Object, namespace: str) -> dict[str, int]:
    """Bytes written on each claim that a node mounts, of its kubelet's summary."""
    volumes = [volume for pod in summary.get("pods") or () for volume in pod.get("volume") or ()]
    return {
        volume["pvcRef"]["name"]: int(volume["usedBytes"])
        for volume in volumes
        if (volume.get("pvcRef") or {}).get("namespace") == namespace and volume.get("usedBytes") is not None
    }
