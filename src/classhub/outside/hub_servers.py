"""Stop many servers through the hub at the same time: each stop waits for a program to end, one after the other would take long."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from classhub.errors import ClasshubError, NotFound
from classhub.outside.hub_api import HubApi

AT_ONCE = 10


def stop_all(api: HubApi, servers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """servers: (user, server name). Gives those that did not stop, with the reason; one that is gone has stopped."""

    def stop(one: tuple[str, str]) -> str:
        try:
            api.stop_server(*one)
        except NotFound:
            return ""
        except ClasshubError as error:
            return f"{error.what} {error.cause}".strip()
        return ""

    wanted = list(servers)
    if not wanted:
        return {}
    with ThreadPoolExecutor(min(AT_ONCE, len(wanted))) as pool:
        reasons = list(pool.map(stop, wanted))
    return {one: reason for one, reason in zip(wanted, reasons, strict=True) if reason}
