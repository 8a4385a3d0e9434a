"""`classhub status` of a hub on a cluster: everything on one screen, in words."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from classhub.cli import words
from classhub.cli.console import plain, say, table
from classhub.plan.overview import advice, age_of, count

if TYPE_CHECKING:
    from classhub.plan.overview import Node, Overview, PodLine
    from classhub.plan.records import Home

SHOWN = 20
"""Rows of a table on the screen; --json has them all."""


def facts(seen: Overview) -> dict[str, object]:
    """What scripts may rely on: the same keys as on one machine, and those of a cluster."""
    found = dict(plain(seen))
    running = found.pop("running")
    for inner in ("settings_digest", "launched", "dry"):
        running.pop(inner)
    found.pop("missing")
    return {**running, **found, "notes": [*running["notes"], *advice(seen, time.time())]}


def show(seen: Overview) -> None:
    running = seen.running
    say(f"{running.state.value}  {running.address or 'no public address'}  revision {running.revision}")
    say(f"chart {age_of(seen.chart)}; {seen.place}")
    rows = [(one.name, one.part or "-", one.kind, one.address or "-", one.public or "-") for one in seen.services]
    _table(f"{count(len(rows), 'service')}", ("service", "part", "kind", "inside", "public"), rows)
    parts = [(one.name, one.state.value, words.ago(one.since), str(one.restarts), one.reason) for one in running.parts]
    _table(f"{count(len(parts), 'part')}", ("part", "state", "since", "restarts", "reason"), parts)
    _table(
        f"{count(len(seen.pods), 'pod')}", ("node", "pod of", "state", "since", "restarts", "reason"), _pods(seen.pods)
    )
    say(f"\n{count(len(running.servers), 'server')} running")
    _nodes(seen.nodes)
    _homes(seen.homes)
    for one in seen.certificates:
        until = "none yet" if one.until is None else f"good until {words.minute(one.until)}"
        say(f"\nCertificate of {', '.join(one.names) or one.where}: {until}")
    warned = [(one.about, words.ago(one.when), str(one.times), one.text) for one in seen.warnings]
    _table("Warnings of the last hour", ("about", "ago", "times", "what"), warned)
    notes = advice(seen, time.time())
    if notes:
        say()
    for line in notes:
        say(line)


def _table(title: str, heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    if not rows:
        return
    say(f"\n{title}")
    table(heads, rows[:SHOWN])
    if len(rows) > SHOWN:
        say(f"... and {len(rows) - SHOWN} more (--json shows all)")


def _pods(pods: Sequence[PodLine]) -> list[tuple[str, ...]]:
    """Those in trouble first, as a screen holds so many."""
    wrong_first = sorted(pods, key=lambda pod: pod.state == "running")
    return [
        (pod.node or "-", pod.what, pod.state, words.ago(pod.since), str(pod.restarts), pod.reason)
        for pod in wrong_first
    ]


def _nodes(nodes: Sequence[Node]) -> None:
    rows = [(node.name, _state(node), str(node.servers), _cores(node), _memory(node), _more(node)) for node in nodes]
    _table(f"{count(len(rows), 'node')}", ("node", "state", "servers", "cores free", "memory free", "room for"), rows)
    counted = [node.more for node in nodes if node.more is not None]
    if counted:
        say(f"Room for {sum(counted)} more students' servers on these nodes")


def _state(node: Node) -> str:
    words_ = ["ready" if node.ready else "does not answer", *(["cordoned"] if node.cordoned else [])]
    return ", ".join([*words_, *([] if node.takes_students else ["not for students"])])


def _cores(node: Node) -> str:
    return "-" if node.free_cores is None else f"{node.free_cores:.1f} of {node.cores:g}"


def _memory(node: Node) -> str:
    if node.free_memory_bytes is None:
        return "-"
    return f"{words.size(max(node.free_memory_bytes, 0))} of {words.size(node.memory_bytes)}"


def _more(node: Node) -> str:
    return "-" if node.more is None or not node.takes_students else str(node.more)


def _homes(homes: Sequence[Home]) -> None:
    total = sum(home.capacity_bytes or 0 for home in homes)
    used = sum(home.in_use for home in homes)
    rows = sorted(homes, key=lambda home: -(home.last_used or home.created or 0))
    _table(
        f"{count(len(homes), 'home')}, {words.size(total)}, {used} in use",
        ("owner", "server", "size", "state", "made", "last used", "volume"),
        [(*home_row(home), home.volume or "-") for home in rows[:SHOWN]],
    )
    if len(homes) > SHOWN:
        say(f"... and {len(homes) - SHOWN} more: `classhub -t cluster homes list`")


def home_row(home: Home) -> tuple[str, ...]:
    owner = home.owner or "(shared)"
    last = "now" if home.in_use else (f"{words.ago(home.last_used)} ago" if home.last_used else "-")
    made = f"{words.ago(home.created)} ago" if home.created else "-"
    return owner, home.server or "-", words.size(home.capacity_bytes), home.phase or "-", made, last
