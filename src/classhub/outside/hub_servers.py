"""Stop many servers through the hub at the same time: each stop waits for a program to end, one after the other would take long."""

import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor

from classhub.errors import ClasshubError, NotFound
from classhub.outside.hub_api import HubApi

Server = tuple[str, str]
"""User and server name."""
Tell = Callable[[str], None]

AT_ONCE = 10
PATIENCE_S = 120
"""For all of them to end once each was asked to."""
EVERY_S = 1.0
STOPS = "it is still stopping"


def stop_all(
    api: HubApi,
    servers: Iterable[Server],
    tell: Tell = lambda sentence: None,
    *,
    patience_s: float = PATIENCE_S,
    every_s: float = EVERY_S,
) -> dict[Server, str]:
    """Returns once they have ended. Gives those that did not, with the reason; one that is gone has stopped."""

    def stop(one: Server) -> str:
        try:
            return "" if api.stop_server(*one) else STOPS
        except NotFound:
            return ""
        except ClasshubError as error:
            return f"{error.what} {error.cause}".strip()

    wanted = list(servers)
    if not wanted:
        return {}
    with ThreadPoolExecutor(min(AT_ONCE, len(wanted))) as pool:
        left = {one: reason for one, reason in zip(wanted, pool.map(stop, wanted), strict=True) if reason}
    stopping = {one for one, reason in left.items() if reason == STOPS}
    stayed = _after(api, stopping, tell, time.monotonic() + patience_s, every_s)
    return {one: reason for one, reason in left.items() if one not in stopping or one in stayed}


def _after(
    api: HubApi, stopping: Collection[Server], tell: Tell, deadline: float, every_s: float
) -> Collection[Server]:
    """Those that have not ended by then. The hub lists its active servers in one answer, however many are asked about."""
    told = 0
    while stopping:
        if len(stopping) != told:
            told = len(stopping)
            tell(f"{told} {'server' if told == 1 else 'servers'} still {'stops' if told == 1 else 'stop'}.")
        time.sleep(every_s)
        active = {(str(user["name"]), name) for user in api.users() for name in user.get("servers") or {}}
        stopping = [one for one in stopping if one in active]
        if time.monotonic() > deadline:
            break
    return stopping
