"""hub.config.CLASS.TRAIT on one machine: which classes exist in this hub, and what the stand-in leaves of a login."""

from dataclasses import replace

from classhub.config.authenticators import find
from classhub.config.parity_rules import TRAIT_RULES, Here, Rule

LISTS = {"admin_users", "allowed_users", "blocked_users", "username_map", "username_pattern", "delete_invalid_users"}
"""What the stand-in takes over from the configured authenticator's sections (hub/local_traits.py)."""
SPAWNER_TRAITS = frozenset(
    (
        "apply_user_options",
        "args",
        "auth_state_hook",
        "cmd",
        "consecutive_failure_limit",
        "cpu_guarantee",
        "cpu_limit",
        "debug",
        "default_url",
        "disable_user_config",
        "env_keep",
        "environment",
        "http_timeout",
        "mem_guarantee",
        "mem_limit",
        "notebook_dir",
        "oauth_client_allowed_scopes",
        "oauth_roles",
        "options_form",
        "options_from_form",
        "poll_interval",
        "poll_jitter",
        "post_stop_hook",
        "pre_spawn_hook",
        "progress_ready_hook",
        "server_token_scopes",
        "start_timeout",
    )
)
"""Those of jupyterhub.spawner.Spawner: KubeSpawner inherits them, and so does the spawner here."""
OURS = frozenset(
    (
        "admin_access",
        "bind_url",
        "cleanup_proxy",
        "cleanup_servers",
        "cookie_secret_file",
        "db_kwargs",
        "db_url",
        "hub_bind_url",
        "hub_connect_ip",
        "hub_connect_url",
        "hub_ip",
        "hub_port",
        "hub_prefix",
        "internal_ssl",
        "ip",
        "port",
        "proxy_class",
        "public_url",
        "spawner_class",
        "ssl_cert",
        "ssl_key",
        "upgrade_db",
        "concurrent_spawn_limit",
    )
)
"""Traits of JupyterHub that this machine sets for itself; what is written never reaches the hub (targets/local/settings.py)."""
NOT_HERE = frozenset(("subdomain_host", "subdomain_hook"))
"""Likewise, and nothing takes their place."""


def rule_for_trait(section: str, trait: str, stand_in: bool) -> Rule:
    """Never fails: what nobody knows is handed on, and said to be."""
    setting = f"hub.config.{section}.{trait}"
    if section in _FIXED:
        here, sentence = _FIXED[section]
        return Rule(setting, (), here, sentence)
    if section == "JupyterHub":
        return _hub(setting, trait, stand_in)
    if section in ("KubeSpawner", "Spawner"):
        return _spawner(setting, section, trait)
    if section.endswith("Authenticator") or find(section):
        return _login(setting, trait, stand_in)
    return Rule(setting, (), "near", "handed to the hub as it is; holds if this machine has that class")


_FIXED: dict[str, tuple[Here, str]] = {
    "ConfigurableHTTPProxy": ("only there", "Caddy is the proxy here"),
    "CryptKeeper": ("near", "this machine makes its own keys and keeps them in .classhub"),
}


def _hub(setting: str, trait: str, stand_in: bool) -> Rule:
    if trait == "authenticator_class" and stand_in:
        return Rule(setting, (), "only there", "people enter by invitation here")
    if trait in NOT_HERE:
        return Rule(setting, (), "only there", "every address here begins with the hub's own")
    if trait in OURS:
        return Rule(setting, (), "near", "this machine has its own")
    here, sentence, cluster = _HUB.get(trait, ("same", "holds here as on the cluster", "as written"))
    return Rule(setting, (), here, sentence, cluster=cluster)


_SECRET: tuple[Here, str, str] = ("near", "this machine makes its own and keeps it in .classhub", "as written")
_HUB: dict[str, tuple[Here, str, str]] = {
    "authenticator_class": ("same", "people sign in as on the cluster", "as written"),
    "proxy_auth_token": _SECRET,
    "cookie_secret": _SECRET,
    "services": ("only there", "the chart drops it; hub.services is the place", "dropped by the chart"),
    "load_roles": ("near", "holds here; the culler keeps its role", "replaces the chart's roles, the culler's too"),
}


def _spawner(setting: str, section: str, trait: str) -> Rule:
    if trait == "poll_interval":
        return Rule(setting, (), "near", "every 5 s at the latest; an end is noticed at once")
    if section == "Spawner" and trait == "http_timeout":
        return Rule(setting, (), "near", "120 s at least: the hub waits for a proxy that restarts")
    for known in ("KubeSpawner", "Spawner"):
        if rule := TRAIT_RULES.get(f"{known}.{trait}"):
            return replace(rule, setting=setting, traits=())
    if trait in SPAWNER_TRAITS:
        return Rule(setting, (), "same", "holds here as on the cluster")
    return Rule(setting, (), "only there", "speaks of pods; a server is a process here")


def _login(setting: str, trait: str, stand_in: bool) -> Rule:
    if trait in LISTS:
        return Rule(setting, (), "same", "holds here as on the cluster")
    if stand_in and trait == "allow_all":
        cluster = "whoever the login lets through may enter"
        return Rule(setting, (), "near", "who is on no list asks, and an admin says yes", cluster=cluster)
    if stand_in:
        return Rule(setting, (), "only there", "people enter by invitation here")
    if trait == "oauth_callback_url":
        return Rule(setting, (), "near", "must lead to this machine's address for people to come back here")
    return Rule(setting, (), "same", "holds here as on the cluster")
