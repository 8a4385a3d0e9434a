"""The hub's Secret, which holds the values in force and the tokens of its services. Nothing of it is ever shown."""

import base64
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from classhub.config.overlay import SERVICE
from classhub.config.reading import parse
from classhub.config.traits.lookup import get
from classhub.errors import Finding, NotFound, NotRunning
from classhub.targets.cluster.labels import HUB, selectors

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]

VALUES = "values.yaml"
TOKEN = f"hub.services.{SERVICE}.apiToken"


def read(cluster: "Cluster", release: str) -> Object:
    """Found by the labels that the chart gives it. Raises NotRunning where the release has none."""
    found = next((one for one in _listed(cluster, release) if VALUES in (one.get("data") or {})), None)
    if found is None:
        raise NotRunning(
            f"The release {release} has no Secret of a hub in the namespace {cluster.namespace}.",
            "It is not installed there, or it is no release of the JupyterHub chart.",
            "classhub deploy",
        )
    return found


def values(secret: Object) -> dict[str, Any]:
    """Those in force, over the chart's defaults, as the chart hands them to the hub."""
    mistakes: list[Finding] = []
    document = parse(decoded(secret, VALUES).encode(), VALUES, mistakes)
    return dict(document.values) if document is not None and isinstance(document.values, Mapping) else {}


def token(cluster: "Cluster", secret: Object) -> str:
    """Of our service. The college's own Secret (hub.existingSecret) counts more, as it does for the hub."""
    own = str(get(values(secret), "hub.existingSecret") or "")
    for one in (cluster.get("Secret", own) if own else None, secret):
        if one is not None and TOKEN in (one.get("data") or {}):
            return decoded(one, TOKEN)
    raise NotFound(
        "The hub does not know ClassHub, so it answers none of its questions.",
        "This release was not deployed by ClassHub.",
        "classhub deploy (it adds the service to the hub)",
    )


def decoded(secret: Object, key: str) -> str:
    return base64.b64decode((secret.get("data") or {}).get(key, "")).decode(errors="replace")


def _listed(cluster: "Cluster", release: str) -> Iterator[Object]:
    """By a selector: the namespace holds Helm's own Secrets too, a few hundred kB each."""
    for selector in selectors(HUB, release):
        yield from cluster.list("Secret", labels=selector)
