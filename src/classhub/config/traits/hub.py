"""hub.* and the constants: the sections JupyterHub, ConfigurableHTTPProxy and Spawner."""

from typing import Any

from classhub.config.traits.lookup import Section, Values, get, set_traits
from classhub.config.traits.names import Names

HUB_TRAITS = (
    ("concurrent_spawn_limit", "hub.concurrentSpawnLimit"),
    ("active_server_limit", "hub.activeServerLimit"),
    ("base_url", "hub.baseUrl"),
    ("allow_named_servers", "hub.allowNamedServers"),
    ("named_server_limit_per_user", "hub.namedServerLimitPerUser"),
    ("authenticate_prometheus", "hub.authenticatePrometheus"),
    ("redirect_to_server", "hub.redirectToServer"),
    ("shutdown_on_logout", "hub.shutdownOnLogout"),
    ("template_paths", "hub.templatePaths"),
    ("template_vars", "hub.templateVars"),
)
SPAWNER_TRAITS = (
    ("consecutive_failure_limit", "hub.consecutiveFailureLimit"),
    ("default_url", "singleuser.defaultUrl"),
)
_DB_URLS = {"sqlite-pvc": "sqlite:///jupyterhub.sqlite", "sqlite-memory": "sqlite://"}
_DROPPED = {
    "JupyterHub": {"proxy_auth_token", "cookie_secret", "services"},
    "ConfigurableHTTPProxy": {"auth_token"},
    "CryptKeeper": {"keys"},
}
"""Traits of hub.config that the chart takes out again, because it sets them from its Secret or from hub.services."""


def hub(values: Values, named: Names) -> Section:
    section: Section = {
        "spawner_class": "kubespawner.KubeSpawner",
        "cleanup_servers": False,
        "last_activity_interval": 60,
        "tornado_settings": {"slow_spawn_timeout": 0},
        "hub_bind_url": "http://:8081",
        "hub_connect_url": f"http://{named.of('hub')}:8081",
    }
    db_url = _DB_URLS.get(get(values, "hub.db.type"), get(values, "hub.db.url"))
    if db_url is not None:
        section["db_url"] = db_url
    set_traits(section, values, HUB_TRAITS)
    if get(values, "debug.enabled"):
        section["log_level"] = "DEBUG"
    return section


def proxy(named: Names) -> Section:
    return {"api_url": f"http://{named.of('proxy-api')}:8001", "should_start": False}


def spawner(values: Values) -> Section:
    section: Section = {}
    set_traits(section, values, SPAWNER_TRAITS)
    absent = object()
    cmd = get(values, "singleuser.cmd", absent)
    if cmd is not absent:
        section["cmd"] = cmd  # An explicit null means the image's own command.
    if get(values, "debug.enabled"):
        section["debug"] = True
    return section


def own_sections(values: Values) -> dict[str, dict[str, Any]]:
    """hub.config: what the college set by class and trait. It replaces whatever the rest of the values made of a trait."""
    sections = {}
    for name, section in (get(values, "hub.config") or {}).items():
        kept = {trait: value for trait, value in section.items() if trait not in _DROPPED.get(name, ())}
        if kept or not section:
            sections[name] = kept
    return sections
