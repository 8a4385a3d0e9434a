"""Run a program beside a user's server or a part, for somebody who reads what it says as it comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classhub.operations.on_cluster import OnACluster
    from classhub.plan.records import Finished

Sink = Callable[[bytes], None]


def run(target: OnACluster, who: str, argv: list[str], out: Sink, err: Sink) -> Finished:
    """Of whatever length: nothing is kept. Raises as Target.run does."""
    from classhub.targets.cluster import inside, records

    found = records.find(target.at.cluster, target.at.release, target.api, who)
    return inside.run_aloud(target.at.cluster, found, argv, out, err)
