"""Start one server as a test user, and take it away again with its claim: the only proof that students can work.

A user of that kind that a killed command left is taken away by the next one.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from classhub.errors import ClasshubError, NotFound, OutsideFailed
from classhub.outside.hub_api import HubApi
from classhub.targets.cluster.labels import is_of, name, owner
from classhub.targets.cluster.troubles import trouble

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]
Tell = Callable[[str], None]

PREFIX = "classhub-try-"
GONE_S = 120


def try_server(cluster: "Cluster", release: str, api: Callable[[], HubApi], tell: Tell, *, timeout_s: float) -> None:
    """Raises OutsideFailed with what keeps the server from running."""
    user = f"{PREFIX}{secrets.token_hex(3)}"
    with api() as hub:
        for old in [one["name"] for one in hub.users() if str(one["name"]).startswith(PREFIX)]:
            _take_away(cluster, release, hub, old)
        hub.add_user(user)
        began = time.monotonic()
        try:
            hub.start_server(user)
            while not _is_ready(cluster, release, hub, user):
                if time.monotonic() - began > timeout_s:
                    raise _late(_wrong(cluster, release, user) or f"it was not ready within {timeout_s:g} s")
                time.sleep(1)
            tell(f"A server of a test user was ready after {time.monotonic() - began:.0f} s.")
        finally:
            _take_away(cluster, release, hub, user)


def _is_ready(cluster: "Cluster", release: str, hub: HubApi, user: str) -> bool:
    """Raises OutsideFailed once the hub gave up."""
    wrong = _wrong(cluster, release, user)  # asked first: the hub that gives up takes the pod away
    server = hub.user(user)["servers"].get("")
    if not server:
        raise _late(wrong or "the hub gave up")
    return bool(server.get("ready"))


def _wrong(cluster: "Cluster", release: str, user: str) -> str:
    return next((found for pod in _pods(cluster, release, user) if (found := trouble(pod))), "")


def _late(why: str) -> OutsideFailed:
    return OutsideFailed("A server of a test user does not come up.", why, "classhub logs hub")


def _take_away(cluster: "Cluster", release: str, hub: HubApi, user: str) -> None:
    """The pod first: a claim in use would only be marked."""
    try:
        hub.remove_user(user)
    except NotFound:
        pass
    except ClasshubError:  # the hub is what failed: its pod and claim go all the same
        for pod in _pods(cluster, release, user):
            cluster.delete("Pod", name(pod))
    until = time.monotonic() + GONE_S
    while any(True for _ in _pods(cluster, release, user)) and time.monotonic() < until:
        time.sleep(0.5)
    for claim in list(cluster.list("PersistentVolumeClaim")):
        if is_of(claim, release) and owner(claim)[0] == user:
            cluster.delete("PersistentVolumeClaim", name(claim))


def _pods(cluster: "Cluster", release: str, user: str) -> Iterator[Object]:
    return (pod for pod in cluster.list("Pod") if is_of(pod, release) and owner(pod)[0] == user)
