"""Take a release away, and leave students' homes."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from classhub.errors import NotFound
from classhub.outside.hub_api import HubApi
from classhub.targets.cluster import changing, claims, inspection, record
from classhub.targets.cluster.connection import Connection
from classhub.targets.cluster.labels import HUB, PROXY, is_hubs
from classhub.targets.cluster.turn import Held

Tell = Callable[[str], None]


def remove(at: Connection, held: Held, api: Callable[[], HubApi], tell: Tell, *, state: Path, timeout_s: float) -> None:
    """Students' servers first: Helm does not know of them. Fine when some of it is gone already."""
    changing.stop(at, api, False, tell)
    try:
        at.helm.uninstall(at.release, timeout_s=timeout_s)
    except NotFound:
        tell(f"Helm knows no release {at.release} (any more).")
    _await_end(at)
    record.forget(at.cluster, at.release)
    for copy in state.glob(f"{at.release}-values-*.json"):
        copy.unlink()
    held.forget()
    kept = [one for one in at.cluster.list("PersistentVolumeClaim") if claims.is_home(one, at.release)]
    tell(
        f"{len(kept)} {'home stays' if len(kept) == 1 else 'homes stay'} as claims in the namespace {at.cluster.namespace}."
    )
    if kept:
        tell(f"They go with the namespace: never run `kubectl delete namespace {at.cluster.namespace}`.")


def take_away(at: Connection, held: Held, *, timeout_s: float) -> None:
    """Of a first installation that failed: all that it made."""
    held.note(step="take away")  # raises where another command has the turn by now
    if inspection.newest(at.helm.history(at.release)) is not None:
        at.helm.uninstall(at.release, timeout_s=timeout_s)
        _await_end(at)
    record.forget(at.cluster, at.release)
    held.done()


def _await_end(at: Connection) -> None:
    """A claim goes after its last pod, and the next installation must not meet it on its way out."""
    changing.await_end_of_pods(at, (HUB, PROXY))
    changing.wait_until_gone(lambda: [one for one in _claims(at) if one["metadata"].get("deletionTimestamp")], "claims")


def _claims(at: Connection) -> list[Mapping[str, Any]]:
    return [one for one in at.cluster.list("PersistentVolumeClaim") if is_hubs(one, at.release)]
