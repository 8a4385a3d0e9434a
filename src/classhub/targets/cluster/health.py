"""Whether the hub serves people: its login page and its API, through the proxy, then at the public address."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from classhub.errors import OutsideFailed
from classhub.outside import web_page

Tell = Callable[[str], None]

PAGES = ("hub/login", "hub/api/")


@dataclass(frozen=True)
class Health:
    """version: JupyterHub's. public: what is wrong at the public address, though the hub itself is well; often empty."""

    version: str
    public: str = ""


def check(near: str, public: str, *, timeout_s: float, tell: Tell) -> Health:
    """near: the proxy through a port of our own. public: what people type; empty where nothing public leads to the hub.

    Raises OutsideFailed when the hub does not serve through its own proxy. A public address that does not answer is no
    failure of the release: a load balancer, a DNS entry or a certificate may take minutes more.
    """
    version = _until(lambda: _version(near), timeout_s)
    if not public:
        return Health(version, "no public address leads to it")
    try:
        _until(lambda: _version(public), min(timeout_s, 20))
    except OutsideFailed as error:
        tell(f"The hub is well, but {error.what} {error.cause}")
        return Health(version, f"{error.what} {error.cause}".strip())
    return Health(version)


def _until(ask: Callable[[], str], timeout_s: float) -> str:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            return ask()
        except OutsideFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _version(address: str) -> str:
    """JupyterHub's version. Raises OutsideFailed unless both pages are a hub's."""
    login, api = (web_page.get(f"{address}{page}") for page in PAGES)
    if login.status != 200 or not login.hub_version:
        raise OutsideFailed(f"The login page at {address} is not the hub's.", f"status {login.status}")
    if not isinstance(api.json, dict) or "version" not in api.json:
        raise OutsideFailed(f"The hub's API at {address} does not answer.", f"status {api.status}")
    return str(api.json["version"])
