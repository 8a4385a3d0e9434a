"""The hub's own limits and its database."""

from collections.abc import Iterator

from classhub.config.document import Where
from classhub.config.meaning.found import Values, is_stock, whole
from classhub.config.problem import Problem
from classhub.config.spelling import dotted
from classhub.config.traits.lookup import get

LEAST_START_S = 60


def problems(values: Values) -> Iterator[Problem]:
    yield from _database(values)
    for name in ("concurrentSpawnLimit", "activeServerLimit"):
        yield from _limit(values, ("hub", name))
    if get(values, "hub.namedServerLimitPerUser") and get(values, "hub.allowNamedServers") is not True:
        where: Where = ("hub", "namedServerLimitPerUser")
        message = f"{dotted(where)} is set, and hub.allowNamedServers is off: there are no named servers to limit."
        yield Problem(where, message, "", "allowNamedServers: true, or remove the limit", "warning", "CH1863")
    start = whole(get(values, "singleuser.startTimeout"))
    if start is not None and start < LEAST_START_S:
        where = ("singleuser", "startTimeout")
        message = f"{dotted(where)} ({start} s) is shorter than a start takes on a node that is new."
        why = "The hub gives up, and after five failures in a row it restarts itself."
        yield Problem(where, message, why, "startTimeout: 300", "warning", "CH1864")


def _database(values: Values) -> Iterator[Problem]:
    kind, url = get(values, "hub.db.type"), get(values, "hub.db.url")
    if kind == "sqlite-memory":
        message = "hub.db.type: sqlite-memory forgets everything at each restart of the hub."
        why = "Who added users in the hub's pages does it again, and running servers are lost sight of."
        yield Problem(("hub", "db", "type"), message, why, "type: sqlite-pvc", "warning", "CH1861")
    elif kind in ("mysql", "postgres", "other") and not url:
        message = f"hub.db.type: {kind} needs hub.db.url, which is not set."
        fix = "url: postgresql+psycopg2://hub@db.college.edu/hub"
        yield Problem(("hub", "db", "url"), message, "The hub would not find its database.", fix, "warning", "CH1861")
    elif kind == "sqlite-pvc" and url:
        message = "hub.db.url is not used: hub.db.type is sqlite-pvc."
        yield Problem(("hub", "db", "url"), message, "", "type: other, or remove url", "warning", "CH1861")


def _limit(values: Values, where: Where) -> Iterator[Problem]:
    limit = whole(get(values, dotted(where)))
    if limit == 0:
        why = "Once a class starts together, that is what holds the hub upright."
        yield Problem(where, f"{dotted(where)}: 0 is no limit at all.", why, "", "note", "CH1862")
    elif limit is not None and limit < 0:
        message = f"{dotted(where)} is below zero, so no server may start."
        fix = f"{where[-1]}: {64 if where[-1] == 'concurrentSpawnLimit' else 0}"
        yield Problem(where, message, "", fix, "error" if is_stock(values) else "warning", "CH1862")
