"""JupyterHub's Proxy for a Caddy that the supervisor runs.

Default servers need no route (the name rule). Named servers, services and names too long for a socket path get explicit
routes; they are kept in routes.json, which the supervisor also reads, so that a restarted Caddy knows them at once.
"""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from jupyterhub.proxy import Proxy
from traitlets import Dict, Unicode

from classhub.hub import caddy
from classhub.hub.files import write_private
from classhub.hub.routes import read_routes
from classhub.walls import names


class CaddyProxy(Proxy):
    """Routes for Caddy; should_start is False, as Caddy outlives the hub."""

    settings = Dict(config=True, help="The proxy part of hub.json.")
    routes_file = Unicode(config=True, help="Where explicit routes are kept.")
    should_start = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._by_rule: dict[str, dict[str, Any]] = {}
        self._lock = asyncio.Lock()
        """Held from the reading of routes.json until Caddy has it: servers that start together keep each other's routes."""

    async def add_route(self, routespec: str, target: str, data: dict[str, Any]) -> None:
        """Explicit where the name rule cannot serve it."""
        dial = self._dial(target, data)
        if dial is None:
            self._by_rule[routespec] = {"routespec": routespec, "target": target, "data": data}
            return
        async with self._lock:
            routes = read_routes(Path(self.routes_file))
            routes[routespec] = {"prefix": routespec, "dial": dial, "target": target, "data": data}
            await self._put(routes)

    async def delete_route(self, routespec: str) -> None:
        """Unknown routes are fine: JupyterHub deletes twice."""
        self._by_rule.pop(routespec, None)
        async with self._lock:
            routes = read_routes(Path(self.routes_file))
            if routes.pop(routespec, None) is not None:
                await self._put(routes)

    async def get_all_routes(self) -> dict[str, dict[str, Any]]:
        """Routes by routespec, the hub's own included."""
        explicit = read_routes(Path(self.routes_file)).values()
        kept = {
            route["prefix"]: {"routespec": route["prefix"], "target": route["target"], "data": route["data"]}
            for route in explicit
        }
        return {**kept, **self._by_rule}

    def _dial(self, target: str, data: Mapping[str, Any]) -> str | None:
        """Caddy's address for an explicit route; None when the static rules serve it."""
        if data.get("hub"):
            return None
        if "user" in data:
            return dial_server(self.settings["sockets"], data["user"], data.get("server_name", ""))
        return urlparse(target).netloc

    async def _put(self, routes: Mapping[str, Mapping[str, Any]]) -> None:
        write_private(Path(self.routes_file), json.dumps(routes))
        await load(self.settings, routes)


def dial_server(sockets: str, user: str, server: str) -> str | None:
    """The explicit address of a student's server; None when the name rule finds it."""
    folder = Path(sockets)
    if names.socket_name(user, server, folder) is not None:
        return None
    return f"unix/{folder / names.hashed_socket_name(user, server)}"


async def load(settings: Mapping[str, Any], routes: Mapping[str, Mapping[str, Any]]) -> None:
    """Give Caddy its whole configuration through its admin socket. Raises OSError when Caddy is not there."""
    body = json.dumps(caddy.configuration(settings, [dict(route) for route in routes.values()])).encode()
    lines = ["POST /load HTTP/1.1", "Host: caddy", "Content-Type: application/json", "Connection: close"]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
    reader, writer = await asyncio.wait_for(asyncio.open_unix_connection(settings["admin"]), timeout=5)
    try:
        writer.write(head.encode() + body)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), timeout=10)
    finally:
        writer.close()
    if b" 200 " not in answer.split(b"\r\n", 1)[0]:
        raise OSError(f"Caddy refused its routes: {answer[-300:].decode(errors='replace')}")
