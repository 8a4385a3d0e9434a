"""Take a release away, and leave students' homes."""

from collections.abc import Callable
from pathlib import Path

from classhub.errors import NotFound
from classhub.outside.hub_api import HubApi
from classhub.targets.cluster import changing, claims, record
from classhub.targets.cluster.connection import Connection
from classhub.targets.cluster.turn import Held

Tell = Callable[[str], None]


def remove(at: Connection, held: Held, api: Callable[[], HubApi], tell: Tell, *, state: Path, timeout_s: float) -> None:
    """Students' servers first: Helm does not know of them. Fine when some of it is gone already."""
    changing.stop(at, api, False, tell)
    try:
        at.helm.uninstall(at.release, timeout_s=timeout_s)
    except NotFound:
        tell(f"Helm knows no release {at.release} (any more).")
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
