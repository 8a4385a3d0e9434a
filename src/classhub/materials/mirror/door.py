"""Who asks: a token is shown to the hub, which knows whose it is.

A token itself is kept nowhere and written nowhere: answers are remembered by its digest.
"""

import asyncio
import getpass
import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from tornado.httpclient import HTTPClientError
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from classhub.materials.mirror.access import Person

KNOWN_S = 5 * 60
"""For so long a person is believed to be who the hub said, and in the groups that it said."""
UNKNOWN_S = 10
STALE_S = 60 * 60
"""For so long when the hub does not answer: its restart must stop no lesson."""
AWAY_S = 10
"""A hub that did not answer is not asked again for so long, so that nobody waits for it a second time."""
ASK_S = 4
TOKEN = re.compile(r"[!-~]{1,1000}")
MOST = 10_000
CONNECTIONS = 20
STRANGERS = 10
"""Of the connections to the hub, those for tokens that nobody is known to have: invented ones take no others."""


class HubAway(Exception):
    """The hub cannot be asked."""


class Door(Protocol):
    async def person(self, token: str) -> Person | None:
        """None: nobody has this token. Raises HubAway."""
        ...


class OpenDoor:
    """Without a hub there is one person, and no token."""

    def __init__(self, name: str = "") -> None:
        self._person = Person(name or getpass.getuser())

    async def person(self, token: str) -> Person | None:
        return self._person


@dataclass
class Remembered:
    person: Person | None
    asked: float


class HubDoor:
    """hub_api: as http://127.0.0.1:8081/hub/api. clock: seconds, ever rising."""

    def __init__(self, hub_api: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = f"{hub_api.rstrip('/')}/user"
        self._clock = clock
        self._client = SimpleAsyncHTTPClient(force_instance=True, max_clients=CONNECTIONS, max_body_size=1 << 20)
        self._known: OrderedDict[bytes, Remembered] = OrderedDict()
        self._unknown: OrderedDict[bytes, Remembered] = OrderedDict()
        self._asking: dict[bytes, asyncio.Task[Person | None]] = {}
        self._strangers = asyncio.Semaphore(STRANGERS)
        self._away_until = float("-inf")

    async def person(self, token: str) -> Person | None:
        if not TOKEN.fullmatch(token):
            return None  # the hub would refuse the question, and that looks as if it were away
        key = sha256(token.encode("utf-8", "surrogatepass")).digest()
        found = self._remembered(key)
        if found is not None:
            return found.person
        try:
            return await self._answer(key, token)
        except HubAway:
            last = self._known.get(key)
            if last is None or self._clock() - last.asked > STALE_S:
                raise
            return last.person

    def _remembered(self, key: bytes) -> Remembered | None:
        for kept, valid_s in ((self._known, KNOWN_S), (self._unknown, UNKNOWN_S)):
            found = kept.get(key)
            if found is not None and self._clock() - found.asked <= valid_s:
                return found
        return None

    async def _answer(self, key: bytes, token: str) -> Person | None:
        """Asked once, however many wait for it. A waiter who leaves takes nothing from the others."""
        if key not in self._asking:
            if self._clock() < self._away_until:
                raise HubAway
            task = asyncio.ensure_future(self._ask(key, token))
            self._asking[key] = task
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(self._asking[key])

    async def _ask(self, key: bytes, token: str) -> Person | None:
        try:
            if key in self._known:
                person = await self._shown(token)
            else:
                async with self._strangers:
                    person = await self._shown(token) if self._clock() >= self._away_until else _away()
        except HubAway:
            self._away_until = self._clock() + AWAY_S
            raise
        # Apart from each other: whoever invents tokens must not push out those that the hub knows.
        kept = self._unknown if person is None else self._known
        kept[key] = Remembered(person, self._clock())
        kept.move_to_end(key)
        while len(kept) > MOST:
            kept.popitem(last=False)
        if person is None:
            self._known.pop(key, None)
        return person

    async def _shown(self, token: str) -> Person | None:
        headers = {"Authorization": f"token {token}", "Accept": "application/json"}
        try:
            answer = await self._client.fetch(
                self._url, headers=headers, connect_timeout=ASK_S, request_timeout=ASK_S, follow_redirects=False
            )
            model = json.loads(answer.body)
            person = _person(model)
            return person if person.is_service or _is_own(model) else None
        except HTTPClientError as error:
            if error.code in (401, 403):
                return None
            raise HubAway from None
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise HubAway from None


def _away() -> Person:
    raise HubAway


def _person(model: Mapping[str, Any]) -> Person:
    """Of the hub's own model. Raises what a model that is none leads to."""
    if model["kind"] not in ("user", "service") or not isinstance(model["name"], str) or not model["name"]:
        raise ValueError
    groups = frozenset(str(group) for group in model.get("groups") or ())
    return Person(model["name"], groups, model.get("admin") is True, model["kind"] == "service")


def _is_own(model: Mapping[str, Any]) -> bool:
    """Whether this is a token of the person's own server, or one that holds no less.

    A visit to another's server, or to a service, leaves a token of the visitor's with whoever runs that. It is made in a
    browser's session, and holds the right to that server alone.
    """
    name, scopes = model["name"], model.get("scopes")
    if model.get("session_id") or not isinstance(scopes, list):
        return False
    own = f"access:servers!server={name}/"
    wide = {"access:servers", f"access:servers!user={name}", f"users:activity!user={name}"}
    return any(isinstance(one, str) and (one in wide or one.startswith(own)) for one in scopes)
