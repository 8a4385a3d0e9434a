"""The hub's API on a port of our own that leads to the hub's pod, whatever its public address is."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from classhub.errors import NotRunning
from classhub.outside.hub_api import HubApi
from classhub.targets.cluster import address, hub_secret
from classhub.targets.cluster.errand import container
from classhub.targets.cluster.labels import HUB, name, selectors
from classhub.targets.cluster.parts import is_alive
from classhub.targets.cluster.troubles import is_ready, trouble

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]

PORT = 8081
"""Where the chart's hub listens, unless its container says otherwise."""


def open_api(cluster: "Cluster", release: str) -> HubApi:
    """The forwarded port is closed with it. Raises NotRunning while the hub is down, NotFound without a token of ours."""
    secret = hub_secret.read(cluster, release)
    token = hub_secret.token(cluster, secret)
    values = hub_secret.values(secret)
    pod = ready_hub([one for selector in selectors(HUB, release) for one in cluster.list("Pod", labels=selector)])
    public = next((one for one in _services(cluster, release)), None)
    stack = ExitStack()
    port = stack.enter_context(cluster.forward(name(pod), hub_port(pod)))
    near = f"http://127.0.0.1:{port}{address.base(values)}"
    shown = address.address(values, public) or near
    return HubApi(shown, token, via=near, closing=stack.close, has_pages=False)


def ready_hub(pods: list[Object]) -> Object:
    """The one that answers. Raises NotRunning with what keeps it from doing so."""
    alive = [pod for pod in pods if is_alive(pod)]
    for pod in alive:
        if is_ready(pod):
            return pod
    if not alive:
        raise NotRunning("The hub does not run: it has no pod.", "It was stopped, or it cannot be made.", NEXT)
    why = next(filter(None, map(trouble, alive)), "")
    raise NotRunning("The hub does not answer yet.", why or "it is starting", NEXT)


NEXT = "classhub -t cluster status"


def hub_port(pod: Object) -> int:
    """The container's port of the name http."""
    ports = container(pod["spec"]).get("ports") or ()
    return next((int(port["containerPort"]) for port in ports if port.get("name") == "http"), PORT)


def _services(cluster: "Cluster", release: str) -> list[Object]:
    return [one for selector in selectors("proxy-public", release) for one in cluster.list("Service", labels=selector)]
