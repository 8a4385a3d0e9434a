"""Whom a name means: a part of the release, or a user's server. By labels and annotations; names are never parsed. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from classhub.errors import NotFound
from classhub.targets.cluster import parts
from classhub.targets.cluster.labels import SERVER, component, name, owner

Object = Mapping[str, Any]


@dataclass(frozen=True)
class ThePart:
    """pods: alive or not, newest last."""

    who: str
    workload: Object
    pods: tuple[Object, ...]


@dataclass(frozen=True)
class TheServer:
    """A user's server; empty `server` is the default one. claims: this server's own. pod_name: as the hub last knew it."""

    who: str
    user: str
    server: str
    pods: tuple[Object, ...] = ()
    claims: tuple[Object, ...] = ()
    pod_name: str = ""


def the_part(who: str, workloads: Iterable[Object], pods: Iterable[Object]) -> ThePart | None:
    workload = parts.named(workloads, who)
    if workload is None:
        return None
    return ThePart(who, workload, _by_age(pod for pod in pods if parts.belongs(pod, workload)))


def the_server(
    who: str, pods: Iterable[Object], claims: Iterable[Object], user: Mapping[str, Any] | None = None
) -> TheServer | None:
    """user: the hub's model of the one who is meant; None where nobody of that name is known to it, or it is down."""
    typed, _, server = who.partition("/")
    pods = [pod for pod in pods if component(pod) == SERVER]
    claims = list(claims)
    owners = {owner(one)[0] for one in (*pods, *claims)} - {""}
    known = str(user["name"]) if user else _written(typed, owners)
    if not known:
        return None
    mine = (known, server)
    state = (((user or {}).get("servers") or {}).get(server) or {}).get("state") or {}
    return TheServer(
        who,
        known,
        server,
        _by_age(pod for pod in pods if owner(pod) == mine),
        tuple(claim for claim in claims if owner(claim) == mine or name(claim) == state.get("pvc_name")),
        str(state.get("pod_name") or ""),
    )


def nobody(who: str, workloads: Iterable[Object], owners: Iterable[str], why: str = "") -> NotFound:
    """With near names. why: what kept us from asking the hub itself."""
    names = sorted({component(one) for one in workloads} | set(owners) - {""})
    near = get_close_matches(who.partition("/")[0], names, n=1)
    hint = f"did you mean {near[0]}?" if near else why or "the hub knows nobody of that name"
    return NotFound(
        f"There is no user or part named {who!r}.",
        hint,
        f"classhub -t cluster users list; parts are {', '.join(sorted(component(one) for one in workloads))}",
    )


def no_part(part: str, workloads: Sequence[Object]) -> NotFound:
    known = sorted(component(one) for one in workloads)
    near = get_close_matches(part, known, n=1)
    fix = (
        f"classhub -t cluster restart {near[0]}" if near else "classhub -t cluster servers stop NAME stops a student's"
    )
    return NotFound(f"There is no part named {part!r}.", f"parts of this release: {', '.join(known)}", fix)


def _written(typed: str, owners: set[str]) -> str:
    """Letter for letter, else the only one that differs in case: the hub writes Jane.Doe as jane.doe."""
    if typed in owners:
        return typed
    same = [one for one in owners if one.casefold() == typed.casefold()]
    return same[0] if len(same) == 1 else ""


def _by_age(pods: Iterable[Object]) -> tuple[Object, ...]:
    return tuple(sorted(pods, key=lambda pod: str(pod["metadata"].get("creationTimestamp") or "")))
