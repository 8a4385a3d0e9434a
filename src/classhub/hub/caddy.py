"""Caddy's configuration as pure functions, used by the supervisor (whole) and by the hub's Proxy (explicit routes).

The name rule sends /user/NAME/ to the unix socket NAME.sock: no route to add when a server starts, no port to squat,
and a dead server falls through to the hub at once. Caddy's JSON: https://caddyserver.com/docs/json/
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]

# Open websockets of an old configuration live on this long after a route is added or removed
STREAMS_SURVIVE = "24h"
# Requests wait for a restarting hub instead of failing
HUB_PATIENCE = "12s"


def configuration(proxy: Mapping[str, Any], explicit: Sequence[Mapping[str, str]] = ()) -> Json:
    """All of Caddy's configuration.

    proxy: `listen`, `internal` and `hub` (host:port), `hub_socket` (path), `base_url`, `sockets` (folder), `admin`
    (socket path), `storage` (folder) and `https` {mode, host, certificate, key}. explicit: routes as `explicit_routes`
    keeps them. `mirror_socket` (path) may be missing. The hub itself has no port that a student could take while it
    restarts, or speak to past this proxy.
    """
    servers = {"public": _public(proxy, explicit), "internal": _internal(proxy, explicit), "hub": _hub(proxy)}
    # an internal authority stays in our folder: nothing is added to the machine's trust store
    apps: Json = {"http": {"servers": servers}, "pki": {"certificate_authorities": {"local": {"install_trust": False}}}}
    tls = _tls(proxy["https"])
    if tls:
        apps["tls"] = tls
    return {
        "admin": {"listen": f"unix/{proxy['admin']}", "config": {"persist": False}},
        "storage": {"module": "file_system", "root": proxy["storage"]},
        "logging": {"logs": {"default": {"level": "WARN"}}},
        "apps": apps,
    }


def _public(proxy: Mapping[str, Any], explicit: Sequence[Mapping[str, str]]) -> Json:
    mode = proxy["https"]["mode"]
    server: Json = {
        "listen": [proxy["listen"]],
        "routes": [_headers(mode in ("own", "acme")), *public_routes(proxy, explicit)],
        "errors": {"routes": [_headers(mode in ("own", "acme")), *_when_unreachable(proxy)]},
        # certificates are named in apps.tls: nothing is asked for by the way
        "automatic_https": {"disable": True},
        "protocols": ["h1"] if mode == "off" else ["h1", "h2"],
    }
    if mode != "off":
        server["tls_connection_policies"] = [{}]
    return server


def _internal(proxy: Mapping[str, Any], explicit: Sequence[Mapping[str, str]]) -> Json:
    """Where the hub probes students' servers: the same rules, but nothing falls back to the hub."""
    return _inner(proxy["internal"], internal_routes(proxy, explicit))


def _hub(proxy: Mapping[str, Any]) -> Json:
    """Where students' servers, services and our own commands reach the hub and the mirror, and nothing else."""
    return _inner(proxy["hub"], [*_mirror(proxy), {"handle": [_hub_within(proxy, HUB_PATIENCE)]}])


def _inner(listen: str, routes: Sequence[Json]) -> Json:
    return {"listen": [listen], "automatic_https": {"disable": True}, "protocols": ["h1"], "routes": routes}


def public_routes(proxy: Mapping[str, Any], explicit: Sequence[Mapping[str, str]]) -> list[Json]:
    """The mirror and explicit routes first, then the name rule, then the hub."""
    return [*_mirror(proxy), *internal_routes(proxy, explicit), {"handle": [_hub_within(proxy, HUB_PATIENCE)]}]


def internal_routes(proxy: Mapping[str, Any], explicit: Sequence[Mapping[str, str]]) -> list[Json]:
    # the longest prefix first: /user/alice/second/ before /user/alice/
    ordered = sorted(explicit, key=lambda route: -len(route["prefix"]))
    return [*(_explicit(route) for route in ordered), _name_rule(proxy)]


def _headers(secure: bool) -> Json:
    headers = {"X-Content-Type-Options": ["nosniff"], "Referrer-Policy": ["strict-origin-when-cross-origin"]}
    if secure:
        headers["Strict-Transport-Security"] = ["max-age=31536000"]
    response = {"set": headers, "delete": ["Server", "X-JupyterHub-Version"], "deferred": True}
    return {"handle": [{"handler": "headers", "response": response}]}


def _proxy_to(dial: str, **more: Any) -> Json:
    return {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": dial}],
        "flush_interval": -1,
        "stream_close_delay": STREAMS_SURVIVE,
        # Caddy overwrites X-Forwarded-*; tornado would believe these two as well
        "headers": {"request": {"delete": ["X-Real-Ip", "X-Scheme"]}},
        **more,
    }


def _mirror(proxy: Mapping[str, Any]) -> list[Json]:
    """Course material; settings of an earlier version name no mirror."""
    if "mirror_socket" not in proxy:
        return []
    path = [f"{_literal(proxy['base_url'])}services/material/*"]
    return [{"match": [{"path": path}], "handle": [_proxy_to(f"unix/{proxy['mirror_socket']}")], "terminal": True}]


def _explicit(route: Mapping[str, str]) -> Json:
    # Caddy matches the decoded path
    prefix = unquote(route["prefix"])
    return {"match": [{"path": [f"{_literal(prefix)}*"]}], "handle": [_proxy_to(route["dial"])], "terminal": True}


def _literal(path: str) -> str:
    """A path for Caddy's matcher, whose * is a wildcard and whose { opens a placeholder."""
    return path.replace("{", "\\{").replace("*", "%2A")


def _name_rule(proxy: Mapping[str, Any]) -> Json:
    pattern = f"^{_regexp(proxy['base_url'])}user/([^/]+)/"
    dial = f"unix/{proxy['sockets']}/{{http.regexp.user.1}}.sock"
    return {
        "match": [{"path_regexp": {"name": "user", "pattern": pattern}}],
        # JupyterHub leaves @ as it is in addresses; browsers and learning systems may not
        "handle": [
            {"handler": "rewrite", "uri_substring": [{"find": "%40", "replace": "@", "limit": 1}]},
            _proxy_to(dial),
        ],
        "terminal": True,
    }


def _regexp(text: str) -> str:
    return "".join(char if char.isalnum() or char in "/-_" else f"\\{char}" for char in text)


def _hub_within(proxy: Mapping[str, Any], patience: str) -> Json:
    """To the hub, which may be restarting: tried again for that long."""
    return _proxy_to(f"unix/{proxy['hub_socket']}", load_balancing={"try_duration": patience, "try_interval": "200ms"})


def _when_unreachable(proxy: Mapping[str, Any]) -> list[Json]:
    """A server that does not answer: the hub's page says why. A hub that does not answer: a page that tries again."""
    unreachable = "{http.error.status_code} in [502, 503, 504]"
    to_user = [{"path": [f"{proxy['base_url']}user/*"], "expression": unreachable}]
    again = {
        "handler": "static_response",
        "status_code": "{http.error.status_code}",
        "headers": {"Content-Type": ["text/html; charset=utf-8"], "Retry-After": ["3"], "Cache-Control": ["no-store"]},
        "body": HUB_AWAY,
    }
    return [
        {
            "match": to_user,
            "handle": [_hub_within(proxy, "4s")],
            "terminal": True,
        },
        {"match": [{"expression": unreachable}], "handle": [again], "terminal": True},
    ]


HUB_AWAY = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<meta name="viewport" content="width=device-width"><title>One moment</title>
<body style="font: 1.1rem sans-serif; margin: 4rem auto; max-width: 36rem; padding: 0 1rem">
<h1>One moment</h1><p>The hub is starting again. This page tries again by itself every three seconds.
Running notebooks go on meanwhile; nothing is lost.</p></body></html>"""


def _tls(https: Mapping[str, str]) -> Json:
    mode = https["mode"]
    if mode == "own":
        return {"certificates": {"load_files": [{"certificate": https["certificate"], "key": https["key"]}]}}
    if mode == "internal":
        policy = {"subjects": [https["host"]], "issuers": [{"module": "internal"}]}
        return {"certificates": {"automate": [https["host"]]}, "automation": {"policies": [policy]}}
    if mode == "acme":
        return {"certificates": {"automate": [https["host"]]}}
    return {}
