"""What happens to objects, over cut connections and restarts of the API server."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from classhub.outside.kubernetes.call import Call, Object
from classhub.outside.kubernetes.calls import Calls
from classhub.outside.kubernetes.refusals import Expired, Failing, TooBusy
from classhub.outside.kubernetes.silence import BrokenOff, Unreachable

TURN_S = 50
"""The server ends each watch after this, so that silence for longer means a dead connection."""
AWAY_S = 60
"""How long the API server may be away."""
PAUSE_S = 0.5
PAGE = 500


def watch(calls: Calls, call: Call, timeout_s: float) -> Iterator[tuple[str, Object]]:
    return _Watch(calls, call, time.monotonic() + timeout_s).events()


class _Watch:
    """known: name and version of each object that the caller knows of, by uid."""

    def __init__(self, calls: Calls, call: Call, until: float) -> None:
        self._calls, self._call, self._until = calls, call, until
        self._known: dict[str, Object] = {}
        self._version = ""
        self._heard = time.monotonic()

    def events(self) -> Iterator[tuple[str, Object]]:
        while time.monotonic() < self._until:
            try:
                if self._version:
                    yield from self._turn()
                else:
                    yield from self._all()
            except Expired:
                self._version = ""
            except (Unreachable, BrokenOff, Failing, TooBusy):
                if time.monotonic() - self._heard > AWAY_S:
                    raise
                time.sleep(min(PAUSE_S, max(0, self._until - time.monotonic())))

    def _all(self) -> Iterator[tuple[str, Object]]:
        """What is there, and what has gone since the caller last knew."""
        there: dict[str, Any] = {}
        listing = replace(self._call, verb="list").asking(limit=PAGE)
        page = self._calls.json(listing)
        self._heard = time.monotonic()
        while True:
            there |= {found["metadata"]["uid"]: found for found in page.get("items") or ()}
            rest = page["metadata"].get("continue")
            if not rest:
                break
            page = self._calls.json(listing.asking(**{"continue": rest}))
        for uid in self._known.keys() - there.keys():
            yield "DELETED", self._known.pop(uid)
        for uid, found in there.items():
            known = self._known.get(uid)
            self._known[uid] = _named(found)
            if known is None:
                yield "ADDED", found
            elif known["metadata"]["resourceVersion"] != found["metadata"]["resourceVersion"]:
                yield "MODIFIED", found
        self._version = page["metadata"]["resourceVersion"]

    def _turn(self) -> Iterator[tuple[str, Object]]:
        turn_s = max(1, math.ceil(min(TURN_S, self._until - time.monotonic())))
        asked = self._call.asking(
            watch="true", allowWatchBookmarks="true", resourceVersion=self._version, timeoutSeconds=turn_s
        )
        with self._calls.answer(replace(asked, is_whole=False, quiet_s=turn_s + 5)) as answer:
            self._heard = time.monotonic()
            for line in answer.iter_lines():
                self._heard = time.monotonic()
                yield from self._event(line)
                if time.monotonic() >= self._until:
                    return

    def _event(self, line: str) -> Iterator[tuple[str, Object]]:
        import msgspec

        try:
            event = msgspec.json.decode(line)
        except msgspec.DecodeError:
            raise BrokenOff("The cluster broke off a watch.") from None
        kind, found = event["type"], event["object"]
        if kind == "ERROR":
            raise self._calls.told(self._call, msgspec.json.encode(found))
        self._version = found["metadata"]["resourceVersion"]
        if kind == "BOOKMARK":
            return
        if kind == "DELETED":
            self._known.pop(found["metadata"]["uid"], None)
        else:
            self._known[found["metadata"]["uid"]] = _named(found)
        yield kind, found


def _named(found: Object) -> Object:
    """What a DELETED needs when the object itself is gone unseen."""
    kept = ("name", "namespace", "uid", "resourceVersion", "labels", "annotations")
    metadata = {key: value for key, value in found["metadata"].items() if key in kept}
    return {**{key: found[key] for key in ("kind", "apiVersion") if key in found}, "metadata": metadata}
