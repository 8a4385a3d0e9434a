"""hub.services, hub.loadRoles and the culler."""

from typing import Any

from classhub.config.traits.lookup import Values, get, mapping

CULLER = "jupyterhub-idle-culler"


def services(values: Values) -> list[dict[str, Any]]:
    """JupyterHub.services, the culler first. Their api_token is left to the target: it is a secret."""
    own = [
        {"name": key, **{name: value for name, value in (service or {}).items() if name != "apiToken"}}
        for key, service in mapping(values, "hub.services").items()
    ]
    return [*_culler_service(values), *own]


def roles(values: Values) -> list[dict[str, Any]]:
    """JupyterHub.load_roles, the culler's first."""
    own = [{"name": key, **(role or {})} for key, role in mapping(values, "hub.loadRoles").items()]
    return [*_culler_role(values), *own]


def _culler_service(values: Values) -> list[dict[str, Any]]:
    if not get(values, "cull.enabled", False):
        return []
    base = (get(values, "hub.baseUrl") or "/").strip("/")
    url = "/".join(part for part in ("http://localhost:8081", base, "hub/api") if part)
    command = ["python3", "-m", "jupyterhub_idle_culler", f"--url={url}"]
    for option, key in (("timeout", "timeout"), ("cull-every", "every"), ("concurrency", "concurrency")):
        if get(values, f"cull.{key}"):
            command.append(f"--{option}={get(values, f'cull.{key}')}")
    if get(values, "cull.users"):
        command.append("--cull-users")
    if not get(values, "cull.adminUsers"):
        command.append("--cull-admin-users=false")
    if get(values, "cull.removeNamedServers"):
        command.append("--remove-named-servers")
    if get(values, "cull.maxAge"):
        command.append(f"--max-age={get(values, 'cull.maxAge')}")
    return [{"name": CULLER, "command": command}]


def _culler_role(values: Values) -> list[dict[str, Any]]:
    if not get(values, "cull.enabled", False):
        return []
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    if get(values, "cull.users"):
        scopes.append("admin:users")
    return [{"name": CULLER, "scopes": scopes, "services": [CULLER]}]
