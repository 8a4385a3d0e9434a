"""From hub.json to traitlets: what the values say, then what only one machine needs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

NOT_ON_ONE_MACHINE = {
    "JupyterHub": {
        "spawner_class",
        "db_url",
        "hub_bind_url",
        "hub_connect_url",
        "services",
        "admin_access",
        "concurrent_spawn_limit",
    },
    "ConfigurableHTTPProxy": None,
}
"""Traits of the chart that speak of the cluster; None: the whole section. Services come back without the culler."""

SPAWNER = "ClassHubSpawner"


def apply_values(c: Any, traits: Mapping[str, Mapping[str, Any]]) -> None:
    """Set every trait of the values that can hold here. KubeSpawner's stay under its name until apply_machine."""
    for section, values in traits.items():
        skipped = NOT_ON_ONE_MACHINE.get(section, set())
        if skipped is None:
            continue
        for name, value in values.items():
            if name not in skipped:
                setattr(c[section], name, value)


def apply_machine(c: Any, settings: Mapping[str, Any], state: Path) -> None:
    """What makes it run here; after extraConfig, so that it always wins."""
    hub = settings["hub"]
    _network(c, settings, state)
    _storage(c, hub, state)
    _services(c, hub, culled=bool(settings["culler"]))
    _spawner(c, settings, hub)
    _login(c, settings["login"])


def _network(c: Any, settings: Mapping[str, Any], state: Path) -> None:
    from classhub.hub.proxy import CaddyProxy

    proxy = settings["proxy"]
    c.JupyterHub.bind_url = c.JupyterHub.public_url = proxy["url"]
    # no port of its own: only Caddy reaches it, so X-Forwarded-For is Caddy's word, and nobody answers in its place
    c.JupyterHub.hub_bind_url = f"http+unix://{quote(proxy['hub_socket'], safe='')}{proxy['base_url']}"
    c.JupyterHub.hub_connect_url = f"http://{proxy['hub']}"
    c.JupyterHub.proxy_class = CaddyProxy
    c.CaddyProxy.settings = dict(proxy)
    c.CaddyProxy.routes_file = str(state / "routes.json")
    # a hub that comes back waits for a proxy that comes back, before it doubts that a server lives
    wanted = c.Spawner.get("http_timeout", 0)
    c.Spawner.http_timeout = max(120, wanted if isinstance(wanted, int) else 0)
    told = c.JupyterHub.get("tornado_settings", {})
    cookies = {"samesite": "Lax", **told.get("cookie_options", {})}
    c.JupyterHub.tornado_settings = {**told, "cookie_options": cookies}
    c.JupyterHub.cleanup_servers = False
    c.JupyterHub.cleanup_proxy = False


def _storage(c: Any, hub: Mapping[str, Any], state: Path) -> None:
    c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
    c.JupyterHub.upgrade_db = True
    c.JupyterHub.cookie_secret_file = str(state / "jupyterhub_cookie_secret")
    c.CryptKeeper.keys = [bytes.fromhex(hub["tokens"]["crypt"])]


def _services(c: Any, hub: Mapping[str, Any], culled: bool) -> None:
    """The college's services as they are; the culler and our own command line with tokens of this machine."""
    from classhub.hub.login import SCOPES

    tokens = hub["tokens"]
    added = list(c.JupyterHub.get("services", []))
    ours = [{"name": "classhub", "api_token": tokens["classhub"]}]
    if culled:
        ours.append({"name": "jupyterhub-idle-culler", "api_token": tokens["culler"]})
    named = {service["name"] for service in ours}
    given = [service for service in [*hub["services"], *added] if service.get("name") not in named]
    c.JupyterHub.services = [*ours, *given]
    roles = list(c.JupyterHub.get("load_roles", []))
    role = hub.get("culler_role")
    # hub.config.JupyterHub.load_roles replaces the chart's own; a culler without its role stops nobody
    if culled and role and all(one.get("name") != role["name"] for one in roles):
        roles.append(role)
    ours_too = {"name": "classhub", "services": ["classhub"], "scopes": list(SCOPES)}
    c.JupyterHub.load_roles = [*roles, ours_too]


def _spawner(c: Any, settings: Mapping[str, Any], hub: Mapping[str, Any]) -> None:
    from classhub.hub.spawner import ClassHubSpawner

    c.JupyterHub.spawner_class = ClassHubSpawner
    own = c[SPAWNER]
    known = ClassHubSpawner.class_trait_names(config=True)
    for name, value in dict(c.KubeSpawner).items():
        # the chart gives its defaults to KubeSpawner; a trait set for Spawner or our class by hand wins
        if name in known and name not in own and name not in UNFIT:
            setattr(own, name, value)
    own.machine = dict(hub["machine"])
    own.proxy_settings = dict(settings["proxy"])
    # the spawner queues by itself and counts the configured time from its turn on
    own.own_start_timeout = int(own.get("start_timeout", 300))
    own.start_timeout = 3600
    c.JupyterHub.concurrent_spawn_limit = 0
    # on the cluster five failures in a row restart a hub that lost its API server; here one student could do it to all
    own.consecutive_failure_limit = 0


UNFIT = {"namespace", "working_dir", "events_enabled"}


def _login(c: Any, login: Mapping[str, Any]) -> None:
    """The stand-in, or the configured authenticator with pages in words; the admin's link works with both."""
    from classhub.hub import handlers, oauth
    from classhub.hub.login import StandInAuthenticator

    c.JupyterHub.extra_handlers = [*c.JupyterHub.get("extra_handlers", []), *handlers.extra_handlers()]
    c.JupyterHub.template_paths = [*c.JupyterHub.get("template_paths", []), handlers.templates_folder()]
    if login["stand_in"]:
        c.JupyterHub.authenticator_class = StandInAuthenticator
        _take_over_names(c, login)
        c.Authenticator.allow_all = False
    else:
        c.JupyterHub.authenticator_class = oauth.in_words(c.JupyterHub.authenticator_class)


TAKEN_OVER = ("blocked_users", "username_map", "username_pattern", "delete_invalid_users")
"""Beside the lists: what the stand-in takes from the configured authenticator's sections, extraConfig's word included."""


def _take_over_names(c: Any, login: Mapping[str, Any]) -> None:
    """As traitlets would for the configured authenticator: the most specific section that has a trait wins."""
    own = c.StandInAuthenticator
    sections = [c.get(section, {}) for section in login.get("sections", ["Authenticator"])]
    for trait in TAKEN_OVER:
        if found := [section[trait] for section in sections if trait in section]:
            setattr(own, trait, found[0])
    own.admin_users = set(login["admins"])
    own.allowed_users = set(login["allowed"])
    if not any(section.get("admin_users") for section in sections):
        own.own_admin = login["admins"][0]


def use_wal() -> None:
    """SQLite in WAL mode with a patient lock on every connection: a start commits several times and must not wait for the disk."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "connect")  # type: ignore[misc,unused-ignore]
    def _pragmas(connection: Any, _record: Any) -> None:
        if type(connection).__module__.startswith("sqlite3"):
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000"):
                connection.execute(f"PRAGMA {pragma}")
