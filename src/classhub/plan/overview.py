"""A hub on a cluster on one screen: what the admin of a class looks at. Frozen and pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from classhub.config.chart.advisories import missing_security, newest, released
from classhub.plan.changes import some
from classhub.plan.records import Home
from classhub.plan.running import Running, State

SOON_S = 21 * 24 * 3600
"""A certificate that ends within this is worth a sentence: Let's Encrypt renews 30 days before."""
NAMED = 4


@dataclass(frozen=True)
class Service:
    """part: what answers there. address: what other programs use; public: what the world uses, if it may."""

    part: str
    name: str
    kind: str
    address: str
    public: str = ""


@dataclass(frozen=True)
class PodLine:
    """One pod. what: a part, or a user's server. reason: why it does not run, in words."""

    name: str
    what: str
    node: str
    state: str
    since: float | None
    restarts: int
    reason: str = ""


@dataclass(frozen=True)
class Node:
    """Free: allocatable less what all pods on it asked for; placeholders count as free, since students push them away.

    more: how many more students' servers fit; None where that cannot be told. takes_students: by labels and taints.
    """

    name: str
    ready: bool
    cordoned: bool
    takes_students: bool
    free_cores: float | None
    cores: float
    free_memory_bytes: int | None
    memory_bytes: int
    more: int | None
    servers: int


@dataclass(frozen=True)
class Certificate:
    """until: seconds since the epoch; None: there is none yet. where: what holds it."""

    where: str
    names: tuple[str, ...] = ()
    until: float | None = None


@dataclass(frozen=True)
class Warned:
    """A warning of the cluster, in words. about: the part, user or object."""

    about: str
    text: str
    when: float | None
    times: int = 1


@dataclass(frozen=True)
class Overview:
    """Everything that `status` shows of a cluster. missing: sentences on what our account may not see."""

    running: Running
    place: str
    chart: str
    services: tuple[Service, ...] = ()
    pods: tuple[PodLine, ...] = ()
    nodes: tuple[Node, ...] = ()
    homes: tuple[Home, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    warnings: tuple[Warned, ...] = ()
    missing: tuple[str, ...] = ()
    requests: int = field(default=0, compare=False)
    """How often the API server was asked for this."""


def advice(seen: Overview, now: float) -> list[str]:
    """What needs a hand, most urgent first; each with the next command where there is one."""
    return [
        *_parts(seen.running),
        *_certificates(seen.certificates, now),
        *_room(seen.nodes),
        *_homes(seen.homes),
        *_chart(seen.chart),
        *seen.missing,
    ]


def _parts(running: Running) -> Iterable[str]:
    for part in running.parts:
        if part.state is State.FAILING:
            reason = (part.reason or "no reason known").rstrip(".")
            yield f"The {part.name} fails: {reason}. Next: `classhub -t cluster logs {part.name}`."
    if running.state is State.STOPPED:
        on = f"; {count(len(running.servers), 'server')} of students still run" if running.servers else ""
        yield f"The hub is stopped{on}. Next: `classhub deploy` starts it."


def _certificates(found: Iterable[Certificate], now: float) -> Iterable[str]:
    for one in found:
        names = ", ".join(one.names) or one.where
        if one.until is None:
            yield f"There is no certificate for {names} yet. Next: `classhub -t cluster logs autohttps`."
        elif one.until < now:
            yield f"The certificate for {names} has ended: browsers refuse the hub. Next: `classhub -t cluster logs autohttps`."
        elif one.until - now < SOON_S:
            days = int((one.until - now) // 86400)
            yield f"The certificate for {names} ends in {days} days and was not renewed. Next: `classhub -t cluster logs autohttps`."


def _room(nodes: Sequence[Node]) -> Iterable[str]:
    away = [node.name for node in nodes if not node.ready]
    if away:
        yield f"{some(away, NAMED)} {'does' if len(away) == 1 else 'do'} not answer: what runs there is lost or moves in minutes."
    counted = [node.more for node in nodes if node.takes_students and node.ready and node.more is not None]
    if counted and sum(counted) == 0:
        yield "No node has room for one more server: the next start waits for a new node, if the cluster adds any."


def _homes(homes: Sequence[Home]) -> Iterable[str]:
    stuck = [home.path for home in homes if home.phase in ("Pending", "Lost", "Terminating")]
    if stuck:
        yield f"{count(len(stuck), 'home')} without a usable disk: {some(stuck, NAMED)}. Next: `classhub -t cluster homes list`."
    moved = [home.owner for home in homes if home.instead]
    if moved:
        what = "another home than this one is mounted"
        yield f"For {some(moved, NAMED)} {what}; older work may lie there. Next: `classhub -t cluster homes list`."
    orphans = sum(home.orphaned is True for home in homes)
    if orphans:
        yield f"{count(orphans, 'home')} of users who are gone. Next: `classhub -t cluster homes list --orphaned`."


def _chart(version: str) -> Iterable[str]:
    holes = missing_security(version)
    if holes:
        yield (
            f"The chart {version} lacks {count(len(holes), 'security release')} ({some(holes, NAMED)}). "
            f"Next: set chart.version to {newest()} in classhub.yaml, then `classhub -t cluster plan`."
        )


def age_of(version: str) -> str:
    """ "4.4.0, of 2026-06-10"."""
    when = released(version)
    return f"{version}, of {when}" if when else version


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
