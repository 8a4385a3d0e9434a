"""Students' servers: which run, start one, stop one or all. Through the hub's own API, the same on every target."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classhub.errors import OutsideFailed
from classhub.operations import users

if TYPE_CHECKING:
    from classhub.outside.hub_api import HubApi
    from classhub.targets.interface import Target, Tell

PATIENCE_S = 300
"""For one server: a node may have to pull the image first."""


@dataclass(frozen=True)
class Server:
    """state: "ready", "starting", "stopping", "stopped". Times as the hub writes them, ISO 8601; empty: never."""

    user: str
    name: str
    state: str
    started: str = ""
    last_activity: str = ""
    url: str = ""

    @property
    def shown(self) -> str:
        return f"{self.user}/{self.name}" if self.name else self.user


def listing(target: Target, stopped: bool = False) -> list[Server]:
    """By user; stopped: also those that the hub remembers and that do not run."""
    with target.api() as api:
        return list(_of(api.users(include_stopped=stopped)))


def start(target: Target, who: str) -> Server:
    """And wait until it is ready. who: a user, or USER/SERVER. Raises NotFound, Refused, OutsideFailed."""
    with target.api() as api:
        user, server = _named(api, who)
        if not api.start_server(user, server):
            _wait(api, user, server, "ready")
        return _one(api, user, server)


def stop(target: Target, who: str) -> Server:
    """And wait until it has ended; fine when it does not run."""
    with target.api() as api:
        user, server = _named(api, who)
        if server not in (api.user(user).get("servers") or {}):
            return Server(user, server, "stopped")
        if not api.stop_server(user, server):
            _wait(api, user, server, "stopped")
        return Server(user, server, "stopped")


def stop_all(target: Target, tell: Tell = lambda sentence: None) -> tuple[list[Server], Mapping[tuple[str, str], str]]:
    """And wait until they have ended. Those that ran, and why some still do."""
    from classhub.outside.hub_servers import stop_all as stop_these

    with target.api() as api:
        running = list(_of(api.users()))
        asked = [(server.user, server.name) for server in running]
        return running, stop_these(api, asked, tell, patience_s=PATIENCE_S)


def _of(models: Sequence[Mapping[str, Any]]) -> Iterator[Server]:
    for model in sorted(models, key=lambda one: str(one["name"])):
        for name, found in sorted((model.get("servers") or {}).items()):
            yield _server(str(model["name"]), name, found)


def _server(user: str, name: str, found: Mapping[str, Any]) -> Server:
    started, active, url = (str(found.get(key) or "") for key in ("started", "last_activity", "url"))
    return Server(user, name, _state(found), started, active, url)


def _state(found: Mapping[str, Any]) -> str:
    pending = found.get("pending")
    if pending:
        return {"spawn": "starting", "stop": "stopping"}.get(str(pending), str(pending))
    if found.get("ready"):
        return "ready"
    return "stopped" if found.get("stopped") else "starting"


def _named(api: HubApi, who: str) -> tuple[str, str]:
    user, _, server = who.partition("/")
    return users.named(api, user), server


def _one(api: HubApi, user: str, server: str) -> Server:
    found = (api.user(user).get("servers") or {}).get(server)
    if found is None:
        raise OutsideFailed(
            f"The server of {user} has ended at once.", "It could not start.", f"classhub events {user}"
        )
    return _server(user, server, found)


def _wait(api: HubApi, user: str, server: str, wanted: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = (api.user(user).get("servers") or {}).get(server)
        if wanted == "stopped" and (found is None or _state(found) == "stopped"):
            return
        if wanted == "ready" and (found is None or _state(found) in ("ready", "stopped")):
            return
        time.sleep(0.5)
    raise OutsideFailed(
        f"The server of {user} is not {wanted} after {PATIENCE_S} s.",
        "It may still get there.",
        f"classhub events {user}",
    )
