"""What a deploy lays over the college's values: homes outlive their users, one service for our own operations, and where a
course has material the student's side of it.

Nothing else differs from `helm upgrade -f config/config.yaml -f config/secrets.yaml`; `classhub values --merged` prints it.
"""

from collections.abc import Mapping
from typing import Any

from classhub.config.merge import layer
from classhub.config.overlay_servers import ForServers, in_servers
from classhub.config.traits.lookup import get

SERVICE = "classhub"
"""Our name in hub.services and hub.loadRoles; its token is in the Secret `hub`, key hub.services.classhub.apiToken."""
SCOPES = (
    "admin:server_state",  # which claim a server has: never computed
    "admin:users",
    "delete:servers",
    "delete:users",
    "list:users",
    "read:hub",
    "read:servers",
    "read:users",
    "servers",
)
"""What `users`, `servers`, `homes` and `status` ask of the hub's API (JupyterHub 5, reference/rbac/scopes)."""


def overlay(own: Mapping[str, Any], material: ForServers | None = None) -> dict[str, Any]:
    """The values that are added. own: what the college wrote; its own word on delete_pvc stands. material: None where no
    course has any."""
    added: dict[str, Any] = {
        "services": {SERVICE: {}},
        "loadRoles": {SERVICE: {"scopes": list(SCOPES), "services": [SERVICE]}},
    }
    if get(own, "hub.config.KubeSpawner.delete_pvc") is None:
        added["config"] = {"KubeSpawner": {"delete_pvc": False}}
    return layer({"hub": added}, in_servers(own, material) if material else {})


def deployed(own: Mapping[str, Any], material: ForServers | None = None) -> dict[str, Any]:
    """What Helm is given: the college's values with the overlay. Nulls stay, as they delete the chart's defaults."""
    return layer(own, overlay(own, material))
